"""A mixed day for locust: 90 % reading, 8 % searching, 2 % saving. How many people one machine serves.

    python -m venv /tmp/locust && /tmp/locust/bin/pip install -r requirements-bench.txt
    python -m benchmarks.knee --locust /tmp/locust/bin/locust

starts a site and walks up the stairs. Each person here waits five to fifteen seconds between two pages, as readers do.
"""

import json
import os
import random
from pathlib import Path
from uuid import uuid4

from locust import HttpUser, between, task

WORDS = ["parents", "laptops", "training", "confidence", "vision", "broadband", "governors", "time", "children", "web"]
SCHOOLS = "abcde"
SEATS = json.loads(Path(os.environ["SEATS"]).read_text())  # cookies and questions of people with a review
PAGES = ["/", "/schools/", "/gateways/", "/findings/", "/quotes/", "/codebooks/", "/about/", "/questionnaire/"]


class Person(HttpUser):
    """Somebody who reads, and now and then searches; a few answer the self-review."""

    wait_time = between(5, 15)  # seconds

    def on_start(self) -> None:
        """A browser that keeps what it was sent, with its ETag."""
        self.tags: dict[str, str] = {}
        self.road, self.base = "", 0

    def read(self, road: str, name: str) -> None:
        """A page; one that was read before is asked for with its ETag."""
        headers = {"If-None-Match": self.tags[road]} if road in self.tags else {}
        answer = self.client.get(road, headers=headers, name=name)
        if "ETag" in answer.headers:
            self.tags[road] = answer.headers["ETag"]

    @task(60)
    def read_a_list(self) -> None:
        """One of the pages that the menu leads to."""
        self.read(random.choice(PAGES), "a list")

    @task(30)
    def read_a_case(self) -> None:
        """A case, or a comparison of two."""
        one, other = random.sample(SCHOOLS, 2)
        self.read(random.choice([f"/schools/{one}/", f"/compare/?school={one}&school={other}"]), "a case")

    @task(8)
    def search(self) -> None:
        """Two words: hardly anybody has asked for them before."""
        self.read(f"/quotes/?q={'+'.join(random.sample(WORDS, 2))}&school={random.choice(SCHOOLS)}", "a search")

    @task(2)
    def save(self) -> None:
        """An answer, saved as the browser does it."""
        if not self.road and SEATS:
            seat = SEATS.pop()
            self.road, self.token, self.cookies = seat["road"], seat["cookies"]["csrftoken"], seat["cookies"]
        if not self.road:
            return  # there are reviews for so many; the others read
        data = {"text": f"Words {uuid4()}", "level": "emerging", "base": self.base, "save_id": str(uuid4())}
        headers = {"Accept": "application/json", "X-CSRFToken": self.token}
        answer = self.client.post(self.road, data, headers=headers, cookies=self.cookies, name="a save")
        if answer.ok:
            self.base = answer.json()["version"]
