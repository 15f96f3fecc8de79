"""Every road of the workbench, tried as everyone."""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from findings import actions
from findings.models import Coder, Coding, Decision, Invitation, Step
from tests.bench import Team, make_team, worded
from tests.factories import make_quote, make_school, make_user
from tests.undone import undone
from tests.workbench.test_analysis_roads import ROADS as ANALYSIS

pytestmark = pytest.mark.django_db

MEMBERS = ["viewer", "ann", "lead"]
PASSAGE = {"start": "0", "end": "5", "code": "{code}"}
CODE = {"name": "New", "colour": "3"}
# method, road below /workbench/<guid>/, what is sent, and what viewer, coder (ann) and lead get
ROADS = [
    ("GET", "", {}, [200, 200, 200]),
    ("GET", "settings/", {}, [403, 403, 200]),
    ("POST", "settings/", {"name": "Renamed", "description": "It is."}, [403, 403, 302]),
    ("POST", "settings/", {"name": ""}, [403, 403, 400]),
    ("GET", "delete/", {}, [403, 403, 200]),
    ("POST", "delete/", {}, [403, 403, 302]),
    ("POST", "open/", {"sure": "1"}, [403, 403, 302]),
    ("POST", "open/", {}, [403, 403, 302]),
    ("POST", "publish/", {"version": "1.0", "authors": "A"}, [403, 403, 200]),
    ("POST", "publish/", {"version": "1.0", "authors": "A", "shows_agreed": "on"}, [403, 403, 400]),
    ("POST", "publish/", {"version": "1.0", "authors": "A", "confirm": "1"}, [403, 403, 302]),
    ("POST", "publish/", {"version": "one"}, [403, 403, 400]),
    ("POST", "next-version/", {"next_version": "2.0"}, [403, 403, 400]),
    ("GET", "import/", {}, [403, 200, 200]),
    ("POST", "import/", {"text": "path\nA > B"}, [403, 200, 200]),
    ("POST", "import/", {"text": "path\nA > B", "confirm": "1"}, [403, 302, 302]),
    ("POST", "import/", {"text": "nothing"}, [403, 400, 400]),
    ("GET", "people/", {}, [200, 200, 200]),
    ("POST", "people/invite/", {"role": "coder"}, [403, 403, 200]),
    ("POST", "people/invite/", {"role": "king"}, [403, 403, 400]),
    ("POST", "people/invitations/{invitation}/withdraw/", {}, [403, 403, 302]),
    ("POST", "people/invitations/{lead}/withdraw/", {}, [403, 403, 404]),
    ("POST", "people/{viewer}/role/", {"role": "coder"}, [403, 403, 302]),
    ("POST", "people/{viewer}/role/", {"role": "king"}, [403, 403, 302]),
    ("GET", "people/{ben}/remove/", {}, [403, 403, 200]),
    ("POST", "people/{ben}/remove/", {}, [403, 403, 302]),
    ("GET", "codes/", {}, [403, 200, 200]),
    ("POST", "codes/", CODE, [403, 302, 302]),
    ("POST", "codes/", CODE | {"parent": "nonsense"}, [403, 400, 400]),
    ("POST", "codes/", CODE | {"name": "Idea 1"}, [403, 400, 400]),
    ("POST", "codes/", CODE | {"example": "nowhere L1"}, [403, 400, 400]),
    ("GET", "codes/{code}/", {}, [200, 200, 200]),
    ("GET", "codes/{code}/?page=9", {}, [404, 404, 404]),
    ("GET", "codes/{lead}/", {}, [404, 404, 404]),
    ("POST", "codes/{code}/", CODE, [403, 302, 302]),
    ("POST", "codes/{code}/", CODE | {"definition": "x" * 6000}, [403, 400, 400]),
    ("POST", "codes/{code}/", CODE | {"number_key": "2"}, [403, 400, 400]),
    ("POST", "codes/{code}/move/", {"parent": "{other}"}, [403, 403, 302]),
    ("POST", "codes/{code}/move/", {"parent": "nonsense"}, [403, 403, 404]),
    ("POST", "codes/{code}/move/", {"codebook": "{foreign}"}, [403, 403, 404]),
    ("POST", "codes/{code}/move/", {"codebook": "nonsense"}, [403, 403, 404]),
    ("POST", "codes/{code}/shift/", {"way": "up"}, [403, 403, 302]),
    ("POST", "codes/{code}/merge/", {"into": "{other}"}, [403, 403, 302]),
    ("POST", "codes/{code}/merge/", {}, [403, 403, 302]),
    ("GET", "codes/{code}/split/?page=2", {}, [403, 403, 302]),
    ("POST", "codes/{code}/split/", {"name": "Part"}, [403, 403, 400]),
    ("POST", "codes/{code}/split/", {"name": "\x00", "coding": "9" * 30}, [403, 403, 400]),
    ("POST", "codes/{code}/retire/", {}, [403, 403, 302]),
    ("POST", "codes/{code}/delete/", {}, [403, 403, 302]),
    ("GET", "codes/{code}/history/", {}, [200, 200, 200]),
    ("GET", "code/{school}/", {}, [403, 200, 200]),
    ("GET", "code/{school}/?at={quote}", {}, [403, 200, 200]),
    ("GET", "code/{school}/?at={lead}", {}, [403, 404, 404]),
    ("GET", "code/{school}/?at=nonsense", {}, [403, 404, 404]),
    ("GET", "code/{school}/?page=99", {}, [403, 404, 404]),
    ("GET", "code/nowhere/", {}, [403, 404, 404]),
    ("GET", "quotes/{quote}/", {}, [403, 200, 200]),
    ("GET", "quotes/{lead}/", {}, [403, 404, 404]),
    ("POST", "quotes/{quote}/code/", PASSAGE, [403, 302, 302]),
    ("POST", "quotes/{quote}/code/", {"code_name": "idea 2"}, [403, 302, 302]),
    ("POST", "quotes/{quote}/code/", {"code_name": "idea 99"}, [403, 400, 400]),
    ("POST", "quotes/{quote}/code/", {"start": "0", "end": "5", "new_name": "In vivo"}, [403, 302, 302]),
    ("POST", "quotes/{quote}/code/", PASSAGE | {"end": "999"}, [403, 400, 400]),
    ("POST", "quotes/{quote}/code/", PASSAGE | {"start": "x"}, [403, 400, 400]),
    ("POST", "quotes/{quote}/code/", PASSAGE | {"start": "5"}, [403, 400, 400]),
    ("POST", "quotes/{quote}/code/", PASSAGE | {"end": "9" * 30}, [403, 400, 400]),
    ("POST", "quotes/{quote}/code/", PASSAGE | {"code": "{lead}"}, [403, 400, 400]),
    ("POST", "quotes/{quote}/code/", {}, [403, 400, 400]),
    ("POST", "quotes/{lead}/code/", PASSAGE, [403, 404, 404]),
    ("POST", "quotes/{elsewhere}/code/", PASSAGE, [403, 404, 404]),
    ("POST", "quotes/{quote}/note/", {"is_done": "1"}, [403, 302, 302]),
    ("POST", "quotes/{quote}/note/", {"is_key": "king"}, [403, 400, 400]),
    ("POST", "quotes/{quote}/note/", {"memo": "x" * 100_000}, [403, 400, 400]),
    ("GET", "codings/", {}, [200, 200, 200]),
    ("GET", "codings/?code=nonsense&school=x&coder=y", {}, [400, 400, 400]),
    ("GET", "codings/{coding}/", {}, [403, 200, 404]),
    ("POST", "codings/{coding}/", {"memo": "So."}, [403, 302, 404]),
    ("POST", "codings/{coding}/", {"memo": "x" * 100_000}, [403, 400, 404]),
    ("POST", "codings/{coding}/remove/", {}, [403, 302, 404]),
    ("POST", "codings/{coding}/merge/", {}, [403, 400, 404]),
    ("POST", "undo/", {}, [302, 302, 302]),
    ("POST", "redo/", {}, [302, 302, 302]),
    ("POST", "leave/", {}, [302, 302, 302]),
    ("GET", "progress/", {}, [200, 200, 200]),
    ("GET", "steps/", {}, [200, 200, 200]),
    ("GET", "side-by-side/", {}, [200, 200, 200]),
    ("GET", "quotes/{quote}/decide/?page=2", {}, [403, 403, 302]),
    ("POST", "quotes/{quote}/decide/", PASSAGE | {"verdict": "accept"}, [403, 403, 302]),
    ("POST", "decisions/{lead}/take-back/", {}, [403, 403, 404]),
    ("POST", "accept/", {}, [403, 403, 302]),
]  # fmt: skip


@pytest.fixture
def team() -> Team:
    team = make_team()
    team.code("ann")
    team.code("ben")
    actions.invite(codebook=team.codebook, coder=team.coder("lead"), role="coder", note="")
    return team


def fill(team: Team, said: str) -> str:
    names = {
        "invitation": lambda: Invitation.objects.get(codebook=team.codebook).guid,
        "viewer": lambda: team.member("viewer").guid,
        "ben": lambda: team.member("ben").guid,
        "lead": lambda: team.member("lead").guid,
        "code": lambda: team.codes[0].guid,
        "other": lambda: team.codes[1].guid,
        "school": lambda: team.quotes[0].school.slug,
        "quote": lambda: team.quotes[0].guid,
        "elsewhere": lambda: make_quote().guid,
        "foreign": lambda: make_team().codebook.guid,
        "coding": lambda: Coding.objects.filter(coder=team.coder("ann")).order_by("pk")[0].guid,
    }
    return worded(said, names)


def ask(team: Team, name: str, method: str, road: str, data: dict) -> Any:
    return asked(team.client(name), team, method, road, data)


def asked(client: Client, team: Team, method: str, road: str, data: dict) -> Any:
    sent = {key: fill(team, value) for key, value in data.items()}
    return getattr(client, method.lower())(team.road + fill(team, road), sent)


def answers(team: Team, name: str, roads: Iterable[tuple] = ROADS) -> Iterator[tuple[str, tuple, Any]]:
    """Each road with what somebody is answered there; what was done is undone before the next."""
    client = team.client(name)
    for road in roads:
        with undone(client):
            yield f"{road[0]} {road[1] or 'codebook'} {','.join(road[2])}", road, asked(client, team, *road[:3])


def rows_of(team: Team) -> tuple[int, int]:
    """Steps and codings under the codebook: what no forbidden road may add to.

    Who may see what is the team's own matter, and noted all the same.
    """
    steps = Step.objects.filter(codebook=team.codebook).exclude(state=Step.State.NOTED)
    return steps.count(), Coding.objects.filter(code__codebook=team.codebook).count()


@pytest.mark.parametrize("place", [0, 1, 2], ids=MEMBERS)
def test_roads_answer_members_by_their_role(team: Team, place: int):
    wrong = [
        (name, response.status_code, road[3][place])
        for name, road, response in answers(team, MEMBERS[place])
        if response.status_code != road[3][place]
    ]
    assert wrong == []


@pytest.mark.parametrize("who", ["stranger", "staff"])
def test_roads_are_hidden_from_who_is_no_member(team: Team, who: str):
    before = rows_of(team)
    seen = [(name, response.status_code, rows_of(team)) for name, _, response in answers(team, who)]
    assert [one for one in seen if one[1:] != (404, before)] == []


def test_roads_lead_who_is_not_signed_in_to_sign_in(team: Team):
    before, sign_in = rows_of(team), resolve_url(settings.LOGIN_URL)
    for name, _, response in answers(team, "anonymous"):
        assert response.status_code == 302, name
        assert response["Location"].startswith(sign_in), name
        assert rows_of(team) == before, name


def test_published_codebook_is_changed_by_no_road(team: Team):
    changing = [one for one in ROADS if one[0] == "POST" and 302 in one[3]]
    actions.publish(codebook=team.codebook, coder=team.coder("lead"), version="1.0", authors="A", shows_agreed=False)
    before = rows_of(team)
    for name, road, response in answers(team, "lead", changing):
        # who may see what is the team's matter; of one's own steps, summaries and queries alone are undone
        changes_nothing_published = road[1].startswith(("people/", "open/", "undo/", "redo/", "leave/"))
        assert response.status_code == (302 if changes_nothing_published else 403), name
        assert rows_of(team) == before, name


def names_below(patterns: list, path: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for one in patterns:
        if isinstance(one, URLResolver):
            found |= names_below(one.url_patterns, path + str(one.pattern))
        elif isinstance(one, URLPattern):
            found[one.name] = path + str(one.pattern)
    return found


def test_every_road_of_a_codebook_is_tried():
    prefix = "<uuid:guid>/"
    roads = names_below(get_resolver("findings.urls").url_patterns)
    below = {re.sub("<[^>]+>", "*", path.removeprefix(prefix)) for path in roads.values() if path.startswith(prefix)}
    tried = {re.sub("{[^}]+}", "*", path.partition("?")[0]) for _, path, _, _ in ROADS + ANALYSIS}
    assert below - {one.replace("code/nowhere/", "code/*/") for one in tried} == set()


def test_unknown_codebook_looks_like_a_foreign_one(team: Team):
    client = team.client("stranger")
    foreign, unknown = client.get(team.road), client.get(f"/workbench/{uuid4()}/")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content == unknown.content


def test_no_cache_keeps_what_the_workbench_shows(team: Team):
    for method, path, data, expected in ROADS:
        if method == "GET" and expected[1] == 200:
            response = ask(team, "ann", method, path, data)
            assert response["Cache-Control"] == "no-store, private", path
            assert response["Referrer-Policy"] == "same-origin", path


def test_private_codebook_has_no_name_in_any_address(team: Team):
    assert team.codebook.slug == team.codebook.guid.hex
    assert team.client("anonymous").get(f"/codebooks/{team.codebook.slug}/").status_code == 404


def test_invitation_lets_in_whom_it_is_opened_by(team: Team):
    response = ask(team, "lead", "POST", "people/invite/", {"role": "coder", "note": "Dee"})
    road = response.content.decode().split('value="http://testserver')[1].split('"')[0]
    assert team.client("anonymous").get(road).status_code == 302
    client = team.client("stranger")
    assert "Leading change" in client.get(road).content.decode()
    assert client.get(team.road).status_code == 404
    client.post(road)
    assert client.get(team.road).status_code == 200
    assert client.get(road).status_code == 404
    assert "does not work any more" in client.post(road, follow=True).content.decode()


def test_first_visit_makes_a_coder_and_start_a_codebook(team: Team):
    client = team.client("stranger")
    assert "You have no codebook yet." in client.get("/workbench/").content.decode()
    page = client.post("/workbench/start/", {"name": "Mine", "study": "gill-2007", "source": "gateways"}, follow=True)
    assert "Copied from “" in page.content.decode()
    assert "Student voice" in page.content.decode()
    assert client.post("/workbench/start/", {"name": ""}).status_code == 400
    assert client.post("/workbench/start/", {"name": "X", "study": "gill-2007", "source": "nope"}).status_code == 400
    assert client.post("/workbench/name/", {"own_name": "Dee"}).status_code == 302
    assert client.post("/workbench/name/", {"own_name": ""}).status_code == 400
    assert team.coder("stranger").name == "Dee"


def test_only_lead_cannot_leave(team: Team):
    client = team.client("lead")
    response = client.post(f"{team.road}people/{team.member('lead').guid}/remove/", follow=True)
    assert "You are the only lead." in response.content.decode()
    assert team.client("ann").post(f"{team.road}people/{team.member('ann').guid}/remove/").status_code == 302
    assert team.client("ann").get(team.road).status_code == 404


def test_decision_by_the_page_and_back(team: Team):
    client = team.client("lead")
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    road = f"{team.road}quotes/{team.quotes[0].guid}/decide/?show=undecided"
    data = {
        "code": str(team.codes[0].guid),
        "start": "0",
        "end": "5",
        "verdict": "adjust",
        "to": "0-8",
        "reason": "So.",
    }
    page = client.get(f"{team.road}side-by-side/").content.decode()
    assert "All agree; undecided" in page
    assert client.post(road, data)["Location"].endswith(f"?show=undecided#quote-{team.quotes[0].guid}")
    made = Decision.objects.get()
    assert (made.coding.start, made.coding.end, made.reason) == (0, 8, "So.")
    wrong = client.post(road, data | {"to": "0-999", "reason": "Kept text."})
    assert wrong.status_code == 400
    for bad in ({"start": "9" * 30}, {"verdict": "king"}, {"to": "9-x"}, {"code": "x"}, {"reason": "x" * 20_001}):
        assert client.post(road, data | bad).status_code == 400, bad
    assert client.post(road, data | {"code": str(uuid4())}).status_code == 404
    assert (
        "Kept text."
        in client.post(road.partition("?")[0], data | {"to": "0-999", "reason": "Kept text."}).content.decode()
    )
    assert team.client("viewer").get(f"{team.road}side-by-side/").status_code == 200
    client.post(f"{team.road}decisions/{made.guid}/take-back/")
    assert not Decision.objects.exists()
    assert "1 passage accepted." in client.post(f"{team.road}accept/", follow=True).content.decode()


def test_nobody_is_ever_called_by_their_user_name(client: Any):
    """Who gave no name is asked for one before the first codebook; without a page, a number stands in."""
    user = make_user("0a1b2c3d")
    client.force_login(user)
    assert "0a1b2c3d" not in client.get("/workbench/").content.decode()
    asked = {"name": "Mine", "study": "gill-2007"}
    refused = client.post("/workbench/start/", asked)
    assert refused.status_code == 400
    assert b"Write your name" in refused.content
    client.post("/workbench/start/", asked | {"own_name": "Ada"})
    assert Coder.objects.get(user=user).name == "Ada"
    team = make_team()
    for expected in ("Coder 5", "Coder 6"):
        _, secret = actions.invite(codebook=team.codebook, coder=team.coder("lead"), role="coder", note="")
        member = actions.join(secret=secret, user=make_user())
        assert member.user.coder.name == expected
        page = team.client("lead").get(team.road + "settings/")
        assert "Lead, Ann, Ben" in page.content.decode()  # to be cited: given names only


def test_invitation_says_who_leads_what_and_asks_for_a_name(client: Any):
    team = make_team()
    _, secret = actions.invite(codebook=team.codebook, coder=team.coder("lead"), role="coder", note="")
    road = f"/workbench/invitation/{secret}/"
    assert "Sign in or make an account" not in client.get("/account/login/").content.decode()
    assert "You have been invited" in client.get(road, follow=True).content.decode()
    client.force_login(make_user())
    page = client.get(road).content.decode()
    for words in ("Led by Lead.", "What leads do.", "You work blind", "Lead invites you"):
        assert words in page
    assert client.post(road, {"own_name": " "}).status_code == 400
    client.post(road, {"own_name": "Eve"})
    assert team.codebook.members.filter(user__coder__name="Eve").exists()


def test_publishing_says_first_what_everybody_will_see():
    team = make_team()
    team.code("ann")
    team.code("ben")
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    asked = {"version": "1.0", "authors": "A. Lead"}
    page = team.client("lead").post(team.road + "publish/", asked).content.decode()
    for words in ("1 passage is undecided.", "A. Lead", "It cannot be taken back"):
        assert words in page
    team.codebook.refresh_from_db()
    assert not team.codebook.is_published
    team.client("lead").post(team.road + "publish/", asked | {"confirm": "1"})
    team.codebook.refresh_from_db()
    public = Client().get(team.codebook.get_absolute_url()).content.decode()
    assert "without their codings" in public
    assert "<table" not in public
    rows = b"".join(Client().get(f"/codebooks/{team.codebook.slug}.csv")).decode().splitlines()
    assert rows[1].endswith(",,,")


def test_a_case_without_quotes_opens(team: Team):
    road = f"{team.road}code/{make_school(team.codebook.study).slug}/"
    assert team.client("ann").get(road).status_code == 200
