"""Every road of the analysis, tried as everyone; what nobody may see early; and how often the database is asked."""

import io
import re
import zipfile
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.shortcuts import resolve_url
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from findings import actions
from findings.models import Code, Coding, FrameworkCell, QuoteNote, SavedQuery
from schools.models import Quote
from tests.bench import Team, make_team, worded
from tests.undone import undone

pytestmark = pytest.mark.django_db

MEMBERS = ["viewer", "ann", "lead"]
SUMMARY = {"base": "0", "text": "They tried."}
QUERY = "kind1=code&value1={code}&kind2=near&value2={other}&kind3=school&value3={school}&how3=not"
# method, road below /workbench/<guid>/, what is sent, and what viewer, coder (ann) and lead get
ROADS = [
    ("GET", "agreement/", {}, [200, 200, 200]),
    ("GET", "matrix/", {}, [200, 200, 200]),
    ("GET", "matrix/?columns=nonsense", {}, [400, 400, 400]),
    ("GET", "together/", {}, [200, 200, 200]),
    ("GET", "together/?kind=near", {}, [200, 200, 200]),
    ("GET", "together/?kind=passage", {}, [200, 200, 200]),
    ("GET", "framework/", {}, [200, 200, 200]),
    ("GET", "framework/?page=99", {}, [404, 404, 404]),
    ("GET", "framework/{school}/{code}/", {}, [403, 200, 200]),
    ("GET", "framework/{school}/{lead}/", {}, [403, 404, 404]),
    ("GET", "framework/nowhere/{code}/", {}, [403, 404, 404]),
    ("POST", "framework/{school}/{code}/", SUMMARY, [403, 302, 302]),
    ("POST", "framework/{school}/{code}/", {"text": "No base."}, [403, 400, 400]),
    ("GET", "words/", {}, [200, 200, 200]),
    ("GET", "words/?q=boards", {}, [200, 200, 200]),
    ("GET", "words/?q=boards&page=99", {}, [404, 404, 404]),
    ("GET", "words/frequencies/", {}, [200, 200, 200]),
    ("GET", "words/frequencies/?group=role-headteacher", {}, [200, 200, 200]),
    ("GET", "quotes/", {}, [200, 200, 200]),
    ("GET", "quotes/?page=99", {}, [404, 404, 404]),
    ("GET", f"quotes/?{QUERY}", {}, [200, 200, 200]),
    ("GET", "query/", {}, [200, 200, 200]),
    ("GET", f"query/?{QUERY}", {}, [200, 200, 200]),
    ("GET", "query/?kind1=done&value1={code}", {}, [400, 400, 400]),
    ("POST", "query/save/", {"name": "Mine", "asked": "kind1=role"}, [302, 302, 302]),
    ("POST", "query/save/", {"name": "", "asked": "kind1=role"}, [400, 400, 400]),
    ("GET", "query/{saved}/", {}, [302, 302, 302]),
    ("GET", "query/{lead}/", {}, [404, 404, 404]),
    ("GET", "query/{saved}/delete/", {}, [404, 200, 404]),
    ("POST", "query/{saved}/delete/", {}, [404, 302, 404]),
    ("GET", "codes/{code}/report/", {}, [200, 200, 200]),
    ("GET", "codes/{lead}/report/", {}, [404, 404, 404]),
    # files
    ("GET", "agreement.csv", {}, [400, 400, 400]),
    ("GET", "matrix.csv", {}, [200, 200, 200]),
    ("GET", "together.csv", {}, [200, 200, 200]),
    ("GET", "framework.csv", {}, [200, 200, 200]),
    ("GET", "words.csv?q=boards", {}, [200, 200, 200]),
    ("GET", "frequencies.csv", {}, [200, 200, 200]),
    ("GET", "nonsense.csv", {}, [404, 404, 404]),
    ("GET", "codings.csv", {}, [200, 200, 200]),
    ("GET", "codings.csv?key=1&coded=1", {}, [200, 200, 200]),
    ("GET", "codings.csv?by=all", {}, [400, 400, 400]),
    ("GET", "codings.csv?by={ben}", {}, [400, 400, 400]),
    ("GET", "codings.csv?key=king", {}, [400, 400, 400]),
    ("GET", f"query.csv?{QUERY}", {}, [200, 200, 200]),
    ("GET", "codes/{code}/report.csv", {}, [200, 200, 200]),
    ("GET", "codes/{code}/report.docx", {}, [200, 200, 200]),
    ("GET", "codes/{lead}/report.csv", {}, [404, 404, 404]),
    ("GET", "figures/agreement.svg", {}, [404, 404, 404]),
    ("GET", "figures/matrix.svg", {}, [200, 200, 200]),
    ("GET", "figures/matrix.csv", {}, [200, 200, 200]),
    ("GET", "figures/together.json", {}, [404, 200, 404]),
    ("GET", "figures/progress.csv", {}, [404, 200, 200]),
    ("GET", "figures/report.svg?of={code}", {}, [404, 200, 404]),
    ("GET", "figures/report.csv?of={lead}", {}, [404, 404, 404]),
    ("GET", "figures/report.csv?of=x", {}, [404, 404, 404]),
    ("GET", "figures/frequencies.svg", {}, [200, 200, 200]),
    ("GET", "figures/nonsense.svg", {}, [404, 404, 404]),
]  # fmt: skip


@pytest.fixture
def team() -> Team:
    """A team that works blind. Ann coded, and keeps a query."""
    team = make_team()
    team.code("ann")
    team.code("ann", code=1)
    actions.save_query(codebook=team.codebook, owner=team.coder("ann"), name="Kept", asked="kind1=role&value1=teacher")
    return team


def fill(team: Team, said: str) -> str:
    names = {
        "lead": lambda: team.member("lead").guid,
        "ben": lambda: team.coder("ben").guid,
        "code": lambda: team.codes[0].guid,
        "other": lambda: team.codes[1].guid,
        "school": lambda: team.quotes[0].school.slug,
        "saved": lambda: SavedQuery.objects.get(codebook=team.codebook, name="Kept").guid,
    }
    return worded(said, names)


def ask(client: Client, team: Team, method: str, road: str, data: dict) -> Any:
    return getattr(client, method.lower())(team.road + fill(team, road), data)


def body(response: Any) -> str:
    """What is answered, without the signs that differ from answer to answer."""
    if response.streaming:
        return b"".join(response.streaming_content).decode()
    if response["Content-Type"].startswith("application/vnd.openxml"):
        return zipfile.ZipFile(io.BytesIO(response.content)).read("word/document.xml").decode()
    return re.sub(r'csrfmiddlewaretoken" value="\w+"|csrf\S+', "", response.content.decode())


def test_every_road_answers_everyone_by_their_role_and_keeps_nothing_in_a_cache(team: Team):
    clients = {name: team.client(name) for name in [*MEMBERS, "stranger", "staff", "anonymous"]}
    for method, road, data, expected in ROADS:
        for name, client in clients.items():
            with undone(client):
                response = ask(client, team, method, road, data)
            if name in MEMBERS:
                assert response.status_code == expected[MEMBERS.index(name)], (name, road)
                if response.status_code < 400:
                    assert response["Cache-Control"] == "no-store, private", road
                    assert response["Referrer-Policy"] == "same-origin", road
            elif name == "anonymous":
                assert response.status_code == 302, road
                assert response["Location"].startswith(resolve_url(settings.LOGIN_URL)), road
            else:
                assert response.status_code == 404, (name, road)
    assert FrameworkCell.objects.count() == 0


def test_only_get_and_head_read_and_only_post_writes(team: Team):
    client = team.client("ann")
    for method, road, _, _ in ROADS:
        if method == "GET" and not road.startswith("framework/") and "delete" not in road:
            assert client.post(team.road + fill(team, road)).status_code == 405, road
            assert client.head(team.road + fill(team, road)).status_code < 500, road
    assert client.get(f"{team.road}query/save/").status_code == 405


def test_a_published_codebook_can_still_be_analysed(team: Team):
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    actions.publish(codebook=team.codebook, coder=team.coder("lead"), version="1.0", authors="A", shows_agreed=False)
    client = team.client("ann")
    for method, road, data, expected in ROADS:
        if expected[1] in {200, 302}:
            with undone():
                assert ask(client, team, method, road, data).status_code == expected[1], road


def test_ones_own_codings_are_in_ones_files_and_those_of_all_once_they_are_opened(team: Team):
    """That nobody sees another's early, `test_blind_everywhere` tells."""
    ann, viewer, secret = team.client("ann"), team.client("viewer"), "Between ourselves."
    team.code("ann", 1, 2, 9, 1, memo=secret)
    cell = {"coder": team.coder("ann"), "school": team.quotes[0].school, "code": team.codes[0]}
    actions.save_summary(**cell, text="Only mine.", base=0)
    files = [fill(team, road) for road in ("codings.csv", "codes/{other}/report.docx", "framework.csv")]
    assert [secret in body(ann.get(team.road + file)) for file in files] == [True, True, False]
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    assert [secret in body(viewer.get(team.road + file)) for file in files] == [True, True, False]
    assert "Only mine." in body(ann.get(team.road + files[2]))
    assert "Only mine." not in body(viewer.get(team.road + files[2]))


def test_a_query_of_a_colleague_finds_what_the_reader_may_see(team: Team):
    query = fill(team, "kind1=code&value1={code}")
    saved = actions.save_query(codebook=team.codebook, owner=team.coder("ann"), name="Mine", asked=query)

    def found(name: str) -> int:
        client = team.client(name)
        road = client.get(f"{team.road}query/{saved.guid}/")["Location"]
        return client.get(road).context["page"].paginator.count

    assert (found("ann"), found("ben"), found("viewer")) == (1, 0, 0)
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    assert (found("ben"), found("viewer")) == (1, 1)


def grow(team: Team, codes: int, codings: int) -> None:
    """So many codes and codings more, by three coders who are done with every quote."""
    now = timezone.now()
    made = Code.objects.bulk_create(
        Code(guid=uuid4(), codebook=team.codebook, slug=f"more-{n}", name=f"More {n}", position=100 + n)
        for n in range(codes)
    )
    quotes = list(Quote.objects.filter(school__study=team.codebook.study).order_by("pk"))
    coders = [team.coder(name) for name in ("ann", "ben", "lead")]
    Coding.objects.bulk_create(
        Coding(
            quote=quotes[n % len(quotes)],
            code=made[n % len(made)],
            coder=coders[n % 3],
            start=n // len(quotes) % 8,
            end=9 + n // 3000,
            coded_at=now,
        )
        for n in range(codings)
    )
    QuoteNote.objects.bulk_create(
        QuoteNote(codebook=team.codebook, quote=quote, coder=coder, done_at=now) for quote in quotes for coder in coders
    )


def test_as_many_queries_for_few_and_for_many(team: Team):
    team.code("ben", 1)
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    client = team.client("lead")
    roads = [fill(team, road) for method, road, _, _ in ROADS if method == "GET" and "nonsense" not in road]
    roads += [f"figures/{name}.csv" for name in ("agreement", "matrix", "together", "progress")]
    roads.append(fill(team, "figures/report.csv?of={code}"))

    def counted() -> dict[str, int]:
        found = {}
        for road in roads:
            with CaptureQueriesContext(connection) as queries:
                body(client.get(team.road + road))
            found[road] = len(queries)
        return found

    counted()  # what is looked up once in a process is looked up
    few = counted()
    grow(team, 200, 5000)
    many = counted()
    assert {road: (few[road], many[road]) for road in roads if few[road] != many[road]} == {}
    assert max(many.values()) < 25
