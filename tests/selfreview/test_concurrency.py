"""Many people saving at once: every save is stored or refused as stale, and no one sees an engine's complaint."""

import json
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from selfreview.actions import invite, start_review
from selfreview.models import Answer, Questionnaire

WRITERS, SAVES = 12, 12


@pytest.mark.django_db(transaction=True)
def test_every_concurrent_save_is_stored_or_refused(live_server: LiveServer):
    review, _, _ = start_review(questionnaire=Questionnaire.objects.get())
    secrets = [invite(team=review.team, name=f"Writer {place}", role="contributor")[1] for place in range(WRITERS)]
    cookies = []
    for secret in secrets:
        client = Client()
        client.get(f"/review/return/{secret}/")
        client.get(f"/review/{review.guid}/what/1/")
        cookies.append({name: morsel.value for name, morsel in client.cookies.items()})

    def write(place: int) -> list[int]:
        cookie = "; ".join(f"{name}={value}" for name, value in cookies[place].items())
        headers = {
            "Cookie": cookie,
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": cookies[place]["csrftoken"],
        }
        base, statuses = 0, []
        connection = HTTPConnection(urlsplit(live_server.url).netloc, timeout=60)
        for number in range(SAVES):
            data = {"text": f"{place} {number}", "level": "emerging", "base": base, "save_id": uuid4()}
            connection.request("POST", f"/review/{review.guid}/what/1/", urlencode(data), headers)
            response = connection.getresponse()
            body = response.read()
            statuses.append(response.status)
            if response.status == 200:
                base = json.loads(body)["version"]
            else:
                base += 1  # a stale save: try again from a later version, as a person would who has seen it
        connection.close()
        return statuses

    with ThreadPoolExecutor(WRITERS) as pool:
        statuses = [status for written in pool.map(write, range(WRITERS)) for status in written]
    assert set(statuses) <= {200, 409}
    answer = Answer.objects.get(review=review)
    numbers = list(answer.revisions.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, statuses.count(200) + 1))
    assert answer.version == len(numbers)
    assert answer.text == answer.revisions.get(number=answer.version).text
