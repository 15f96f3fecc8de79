"""While coders work blind, nothing tells of another's codings; nor do public pages ever (`test_blind_everywhere`)."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime

from findings import actions
from findings.models import Code, Codebook, Coding
from tests.bench import Team, make_team
from tests.desk import make_editor
from tests.reading.test_pages import roads
from tests.workbench.test_roads import ROADS

pytestmark = pytest.mark.django_db

SECRET = "aardvark"


@pytest.fixture
def team() -> Team:
    """Ben coded, wrote and finished; his words and passages are all secret."""
    team = make_team(texts=["We tried boards and kept one.", "Children teach here."], codes=2)
    ben = team.coder("ben")
    team.code("ben", 0, 3, 8, memo=SECRET)
    team.code("ben", 1, 0, 8, code=1, memo=SECRET)
    actions.write_note(codebook=team.codebook, coder=ben, quote=team.quotes[0], memo=SECRET, is_key=True)
    actions.code_passage(
        codebook=team.codebook, coder=ben, quote=team.quotes[1], start=0, end=3, code=team.codes[0], memo=SECRET
    )
    return team


def gets(team: Team) -> list[str]:
    found = []
    for method, road, _, expected in ROADS:
        if method == "GET" and expected[2] == 200 and "{coding}" not in road and "{ben}" not in road:
            found.append(
                team.road
                + road.format(school=team.quotes[0].school.slug, code=team.codes[0].guid, quote=team.quotes[0].guid)
            )
    return found


def seen(team: Team, name: str) -> dict[str, str]:
    """Every page of the codebook that a member can open, without what differs from one time to the next."""
    client = team.client(name)
    pages = {}
    for road in [*gets(team), "/workbench/"]:
        response = client.get(road)
        if response.status_code == 200:
            pages[road] = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return pages


def test_coder_sees_the_own_work_and_all_once_it_is_opened(team: Team):
    mine = seen(team, "ben")
    assert sum(SECRET in text for text in mine.values()) >= 3
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    for name in ("lead", "ann", "viewer"):
        assert [road for road, text in seen(team, name).items() if SECRET in text], name
    assert not [road for road, text in seen(team, "stranger").items() if SECRET in text]


@pytest.mark.parametrize("name", ["lead", "ann", "viewer"])
def test_another_coders_coding_cannot_be_reached_by_its_guid(team: Team, name: str):
    coding = Coding.objects.filter(coder=team.coder("ben"))[0]
    for road in ("", "remove/", "merge/"):
        response = team.client(name).post(f"{team.road}codings/{coding.guid}/{road}", {"memo": "Mine"})
        assert response.status_code in {403, 404}
    coding.refresh_from_db()
    assert coding.memo == SECRET


def test_what_a_viewer_sees_instead_of_hidden_codings_is_said(team: Team):
    viewer = team.client("viewer")
    codings, matrix = (viewer.get(f"{team.road}{page}/").content.decode() for page in ("codings", "matrix"))
    assert "once a lead opens them" in codings
    assert "Code a quote first" not in codings
    assert "as a viewer you see all codings" in matrix
    assert "of nobody" not in matrix
    assert "Delete the code" not in team.client("lead").get(f"{team.road}codes/{team.codes[0].guid}/").content.decode()


def test_a_coding_of_one_s_own_that_was_removed_says_so_and_tells_nobody_else(team: Team):
    coding = Coding.objects.filter(coder=team.coder("ben"))[0]
    road = f"{team.road}codings/{coding.guid}/"
    actions.uncode(codebook=team.codebook, coder=team.coder("ben"), coding=coding)
    gone = team.client("ben").get(road)
    assert (gone.status_code, "was removed meanwhile" in gone.content.decode()) == (404, True)
    for guid in (coding.guid, uuid4()):
        other = team.client("ann").get(f"{team.road}codings/{guid}/")
        assert (other.status_code, "removed meanwhile" in other.content.decode()) == (404, False)


def test_split_and_refusals_tell_nothing(team: Team):
    """A lead cannot split off, delete or count what she may not see."""
    client = team.client("lead")
    coding = Coding.objects.filter(coder=team.coder("ben"), code=team.codes[0])[0]
    road = f"{team.road}codes/{team.codes[0].guid}/"
    foreign, unknown = (
        client.post(f"{road}split/", {"name": "Part", "coding": guid}) for guid in (coding.guid, uuid4())
    )
    assert "is no longer with this code" in foreign.content.decode()
    assert foreign.context["splitting"].errors == unknown.context["splitting"].errors
    used = client.post(f"{road}delete/", follow=True).content.decode()
    unused = actions.add_code(codebook=team.codebook, coder=team.coder("lead"), name="Unused")
    free = client.post(f"{team.road}codes/{unused.guid}/delete/", follow=True).content.decode()
    assert "“Idea 1” is not deleted: while coders work blind, a code can be retired, but not deleted" in used
    assert "“Unused” is not deleted: while coders work blind, a code can be retired, but not deleted" in free


def test_code_history_tells_who_and_when_of_own_changes_alone(team: Team):
    code = actions.add_code(codebook=team.codebook, coder=team.coder("ben"), name="Fresh")
    made = localtime(code.history.get().history_date)
    told = f"{made.day} {made:%B %Y, %H:%M}"
    Code.history.update(history_user=team.users["ben"])
    road = f"{team.road}codes/{code.guid}/history/"
    for name in ("lead", "ann", "viewer"):
        text = team.client(name).get(road).content.decode()
        assert "Fresh" in text
        assert "Ben" not in text, name
        assert told not in text, name
    assert told in team.client("ben").get(road).content.decode()
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    text = team.client("ann").get(road).content.decode()
    assert told in text
    assert "by Ben" in text


@pytest.mark.parametrize("state", ["private", "opened", "published without codings"])
def test_team_shows_on_no_public_page(team: Team, client: Client, state: str):
    Codebook.objects.filter(pk=team.codebook.pk).update(name=f"Book {SECRET}", description=SECRET)
    Code.objects.filter(codebook=team.codebook).update(name=SECRET, definition=SECRET)
    before = {road: client.get(road) for road in public(team)}
    if state != "private":
        actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    if state == "published without codings":
        Codebook.objects.filter(pk=team.codebook.pk).update(name="Book", description="D")
        Code.objects.filter(codebook=team.codebook).update(name="C", definition="D")
        actions.publish(
            codebook=team.codebook, coder=team.coder("lead"), version="1.0", authors="A", shows_agreed=False
        )
    for road in before:
        response = client.get(road)
        assert response.status_code == 200, road
        text = (response.getvalue() if response.streaming else response.content).decode()
        assert SECRET not in text.replace("q=aardvark", "").replace("“aardvark”", "").replace('value="aardvark"', "")
        assert "csrftoken" not in response.cookies
        assert "sessionid" not in response.cookies


def public(team: Team) -> list[str]:
    quote, school = team.quotes[0], team.quotes[0].school
    return [
        *roads().values(),
        quote.get_absolute_url(),
        school.get_absolute_url(),
        "/codebooks/",
        "/quotes.csv",
        "/quotes.csv?layout=wide",
        f"/quotes/?school={school.slug}",
    ]


def test_published_agreed_set_is_read_by_everyone(team: Team, client: Client):
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    actions.decide(
        codebook=team.codebook,
        coder=team.coder("lead"),
        quote=team.quotes[0],
        code=team.codes[0],
        start=3,
        end=8,
        verdict="accept",
        reason="We agreed on it.",
    )
    held = actions.publish(
        codebook=team.codebook, coder=team.coder("lead"), version="1.0", authors="Lead and Ann", shows_agreed=True
    )
    page = client.get(held.get_absolute_url()).content.decode()
    assert "By Lead and Ann, published on" in page
    assert "Leading change (Version 1.0) [Codebook]" in page
    code = client.get(f"/codebooks/{held.slug}/{team.codes[0].slug}/").content.decode()
    assert "We agreed on it." in code
    assert SECRET not in code
    assert "1 passage in all" in code
    key = f"{held.slug}/{team.codes[0].slug}"
    listed = client.get("/quotes/", {"code": key})
    assert listed.context["page"].paginator.count == 1
    rows = client.get("/quotes.csv", {"code": key}).getvalue().decode()
    assert "We agreed on it." in rows
    assert SECRET not in rows
    quote = team.quotes[0].get_absolute_url()
    assert "We agreed on it." in client.get(quote, {"code": key}).content.decode()
    assert "We agreed on it." not in client.get(quote).content.decode()
    assert "We agreed on it." not in client.get("/quotes.csv").getvalue().decode()


@pytest.mark.parametrize("model", ["coding", "code", "codebook", "coder", "quote", "study"])
def test_editors_desk_shows_no_team(team: Team, client: Client, model: str):
    Codebook.objects.filter(pk=team.codebook.pk).update(name=f"Book {SECRET}")
    Code.objects.filter(codebook=team.codebook).update(name=SECRET)
    actions.name_coder(coder=team.coder("ben"), name=f"Ben {SECRET}")
    client.force_login(make_editor())
    app = "schools" if model in {"quote", "study"} else "findings"
    roads = [reverse(f"admin:{app}_{model}_changelist")]
    roads.append(roads[0] + ("?q=boards" if model == "quote" else "add/"))
    rows = {
        "coding": Coding.objects.filter(coder=team.coder("ben"))[0],
        "code": team.codes[0],
        "codebook": team.codebook,
        "coder": team.coder("ben"),
        "quote": team.quotes[0],
    }
    if model in rows:
        roads.append(reverse(f"admin:{app}_{model}_change", args=[rows[model].pk]))
        roads.append(reverse(f"admin:{app}_{model}_history", args=[rows[model].pk]))
    for road in roads:
        response = client.get(road, follow=True)
        assert SECRET not in response.content.decode(), road
    found = client.get("/admin/autocomplete/", {"app_label": "findings", "model_name": "coding", "field_name": "code"})
    assert SECRET not in found.content.decode()
