"""A mixed day for locust: 90 % reading, 8 % searching, 2 % saving. How many people one machine serves.

    python -m venv /tmp/locust && /tmp/locust/bin/pip install -r requirements-bench.txt
    python -m benchmarks.knee --locust /tmp/locust/bin/locust

starts a site and walks up the stairs. A reader waits five to fifteen seconds between two pages; each of the browsers
here waits a tenth of that and stands for ten, so that locust, on the same machine, leaves the site enough of it.
"""

import json
import os
import random
from pathlib import Path
from uuid import uuid4

from locust import FastHttpUser, between, task

STANDS_FOR = int(os.environ["STANDS_FOR"])  # people
WORDS = """
    parents laptops training confidence vision broadband governors time children web whiteboard software internet staff
    teacher pupil learning skills budget change leader team school home assessment cameras podcast video email games
    research writing reading maths science music planning support network server plan policy access equipment project
    display sound pictures animation robot sharing meeting questions feedback homework club library reports data
""".split()
SCHOOLS = "abcde"
SEATS = json.loads(Path(os.environ["SEATS"]).read_text())  # cookies and questions of people with a review
PAGES = ["/", "/schools/", "/gateways/", "/findings/", "/quotes/", "/codebooks/", "/about/", "/questionnaire/"]


class Person(FastHttpUser):
    """Somebody who reads, and now and then searches; some answer the self-review."""

    wait_time = between(5 / STANDS_FOR, 15 / STANDS_FOR)  # seconds

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
            self.road, self.token = seat["road"], seat["cookies"]["csrftoken"]
            self.cookies = "; ".join(f"{name}={value}" for name, value in seat["cookies"].items())
        if not self.road:
            return  # there are reviews for so many; the others read
        data = {"text": f"Words {uuid4()}", "level": "emerging", "base": self.base, "save_id": str(uuid4())}
        headers = {"Accept": "application/json", "X-CSRFToken": self.token, "Cookie": self.cookies}
        answer = self.client.post(self.road, data, headers=headers, name="a save")
        if answer.status_code == 200:
            self.base = answer.json()["version"]
