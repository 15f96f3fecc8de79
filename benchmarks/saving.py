"""Writers of a review, who save answers over HTTP as a browser's autosave does."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import urlencode
from uuid import uuid4

from django.test import Client

from selfreview.actions import accept_invitation, invite
from selfreview.models import Membership, Question, Review


@dataclass
class Writer:
    """A member with a browser of its own: writes one question, again and again."""

    review: Review
    name: str
    road: str
    cookies: dict[str, str]
    base: int = 0
    statuses: list[int] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)  # the texts that the server said it has

    def save(self, connection: HTTPConnection, number: int) -> None:
        """Save once, and note what was answered. Raises OSError or HTTPException where the server goes away."""
        text = f"{self.name}, save {number}"
        data = {"text": text, "level": "emerging", "base": self.base, "save_id": uuid4()}
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": self.cookies["csrftoken"],
        }
        connection.request("POST", self.road, urlencode(data), headers)
        response = connection.getresponse()
        body = response.read()
        self.statuses.append(response.status)
        if response.status in {200, 409}:  # after a stale save the writer has seen what stands, and goes on from it
            self.base = json.loads(body)["version"]
        if response.status == 200:
            self.stored.append(text)


def writers(review: Review, lead: Membership, count: int, shared_by: int = 2) -> Iterable[Writer]:
    """So many contributors, so many of them at a question, with what their browsers know."""
    questions = list(Question.objects.filter(section__questionnaire=review.questionnaire_id).select_related("section"))
    for place in range(count):
        invitation, _ = invite(by=lead, name=f"Writer {place}", role="contributor")
        taken = accept_invitation(invitation=invitation)
        assert taken is not None, "a new invitation can be taken up"
        client = Client()
        client.get(f"/review/return/{taken[1]}/")
        question = questions[place // shared_by]
        road = f"/review/{review.guid}/{question.section.slug}/{question.position}/"
        client.get(road)
        cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        yield Writer(review, f"Writer {place}", road, cookies)
