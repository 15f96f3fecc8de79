"""What somebody sends who was signed out meanwhile is kept, shown, and sent again."""

from html import unescape

import pytest
from django.test import Client

from findings.models import Code
from findings.views import again
from tests.bench import Team, make_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return make_team()


def send(client: Client, team: Team, **more: str) -> str:
    road = f"{team.road}codes/"
    sent = {"name": "Fresh & new", "definition": "It is\nnew.", "colour": "3", "parent": str(team.codes[0].guid)}
    answer = client.post(road, sent | more, headers={"referer": f"http://testserver{team.road}codes/?parent=1"})
    return answer["Location"]


def test_it_is_kept_over_signing_in_shown_and_sent_once(team: Team):
    client = Client()
    assert send(client, team) == "/account/login/?next=/workbench/again/"
    client.force_login(team.users["ann"])
    page = client.get("/workbench/again/")
    html = unescape(page.content.decode())
    assert "It is\nnew." in html
    assert str(team.codes[0].guid) not in html.split("<form")[0]
    assert f'<a href="{team.road}codes/">' in html
    assert not Code.objects.filter(name="Fresh & new").exists()
    fields: dict[str, list[str]] = {}
    for name, value in page.context["kept"]["fields"]:
        fields.setdefault(name, []).append(value)
    assert client.post(page.context["kept"]["to"], fields).status_code == 302
    made = Code.objects.get(name="Fresh & new")
    assert (made.definition, made.parent) == ("It is\nnew.", team.codes[0])
    assert client.get("/workbench/again/")["Location"] == "/workbench/"


def test_a_button_pressed_while_signed_out_leads_to_no_dead_end(team: Team):
    client = Client()
    client.post(f"{team.road}codes/{team.codes[0].guid}/retire/")
    client.force_login(team.users["lead"])
    assert "You were signed out when you sent this" in client.get("/workbench/again/").content.decode()


def test_what_is_old_or_very_long_is_not_kept(team: Team, monkeypatch: pytest.MonkeyPatch):
    client = Client()
    send(client, team, memo="x" * again.MOST)
    client.force_login(team.users["ann"])
    assert client.get("/workbench/again/").status_code == 302
    client = Client()
    send(client, team)
    client.force_login(team.users["ann"])
    monkeypatch.setattr(again, "HOUR", -1)
    assert client.get("/workbench/again/")["Location"] == "/workbench/"
    monkeypatch.undo()
    assert client.get("/workbench/again/")["Location"] == "/workbench/"


def test_the_page_to_go_back_to_is_of_this_site(team: Team):
    client = Client()
    client.post(f"{team.road}undo/", headers={"referer": "http://testserver//elsewhere.example/x"})
    client.force_login(team.users["ann"])
    assert client.get("/workbench/again/").context["kept"]["back"] == "/elsewhere.example/x"
