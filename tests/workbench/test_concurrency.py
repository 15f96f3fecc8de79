"""Several people at one codebook at once: coding, merging, undoing, publishing never cross."""

from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest
from pytest_django.live_server_helper import LiveServer

from findings.models import Code, Codebook, Coding, Step
from tests.bench import Team, make_team

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 12


class Writer:
    """A member's browser, which posts to the roads of the team's codebook."""

    def __init__(self, team: Team, name: str, server: LiveServer) -> None:
        client = team.client(name)
        client.get(f"{team.road}code/{team.quotes[0].school.slug}/")
        cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        self.road, self.server = team.road, urlsplit(server.url).netloc
        self.headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": cookies["csrftoken"],
            "HX-Request": "true",
        }

    def post(self, road: str, **data: object) -> int:
        connection = HTTPConnection(self.server, timeout=60)
        connection.request("POST", self.road + road, urlencode(data), self.headers)
        response = connection.getresponse()
        response.read()
        connection.close()
        return response.status


@pytest.fixture
def team() -> Team:
    return make_team(codes=2, texts=["We tried boards and kept one. " * 3])


def test_merging_while_others_code_leaves_no_coding_behind(team: Team, live_server: LiveServer):
    writers = {name: Writer(team, name, live_server) for name in ("ann", "ben", "lead")}
    coded = f"quotes/{team.quotes[0].guid}/code/"
    first, second = team.codes

    def code(name: str) -> list[int]:
        return [writers[name].post(coded, start=place, end=place + 5, code=first.guid) for place in range(TIMES)]

    def merge(name: str) -> list[int]:
        found = []
        for _ in range(3):
            found.append(writers[name].post(f"codes/{first.guid}/merge/", into=second.guid))
            found.append(writers[name].post("undo/"))
        return [*found, writers[name].post(f"codes/{first.guid}/merge/", into=second.guid)]

    with ThreadPoolExecutor(3) as pool:
        jobs = [pool.submit(code, "ann"), pool.submit(code, "ben"), pool.submit(merge, "lead")]
        statuses = {status for job in jobs for status in job.result()}
    assert statuses <= {200, 204, 302, 400}
    assert Code.objects.get(pk=first.pk).merged_into == second
    assert not Coding.objects.filter(code=first).exists()
    made = Step.objects.filter(codebook=team.codebook, verb="code").count()
    assert Coding.objects.filter(code=second).count() == made


def test_one_coder_in_two_tabs_makes_one_coding_of_a_passage(team: Team, live_server: LiveServer):
    writer = Writer(team, "ann", live_server)
    road = f"quotes/{team.quotes[0].guid}/code/"
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(writer.post, road, start=0, end=5, code=team.codes[0].guid) for _ in range(TIMES)]
        assert {job.result() for job in jobs} == {200}
    assert Coding.objects.filter(coder=team.coder("ann")).count() == 1
    assert Step.objects.filter(coder=team.coder("ann")).count() == 1


def test_nothing_is_coded_after_a_codebook_was_published(team: Team, live_server: LiveServer):
    coder, lead = Writer(team, "ann", live_server), Writer(team, "lead", live_server)
    road = f"quotes/{team.quotes[0].guid}/code/"
    with ThreadPoolExecutor(2) as pool:
        coding = pool.submit(
            lambda: [coder.post(road, start=place, end=place + 5, code=team.codes[0].guid) for place in range(30)]
        )
        published = pool.submit(lead.post, "publish/", version="1.0", authors="A. Lead", confirm="1")
        assert published.result() == 302
        assert set(coding.result()) <= {200, 400, 403}
    held = Codebook.objects.get(pk=team.codebook.pk)
    assert not Coding.objects.filter(code__codebook=held, coded_at__gt=held.published_at).exists()
    assert coding.result().count(200) == Coding.objects.filter(code__codebook=held).count()
