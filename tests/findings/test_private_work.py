"""Editors never see, count, change or delete what teams and importers keep to themselves."""

import pytest
from django.test import Client

from findings import actions
from findings.admin import CodedQuoteResource
from findings.models import Code, Coding
from findings.team_work import REFUSAL
from schools.models import Quote, School, Study
from tests.bench import Team, make_team
from tests.desk import as_shown, make_editor, road
from tests.factories import make_code, make_codebook, make_fact, make_quote, make_school, make_study

pytestmark = pytest.mark.django_db
SECRET = "zzsecret"


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(make_editor())
    return client


@pytest.fixture(params=[Quote, School, Study], ids=lambda model: model.__name__)
def record(request: pytest.FixtureRequest, team: Team) -> Quote | School | Study:
    quote = team.quotes[0]
    return {Quote: quote, School: quote.school, Study: quote.school.study}[request.param]


@pytest.mark.parametrize("work", ["coding", "note"])
def test_what_a_team_worked_on_is_not_deleted_and_nothing_of_it_told(editor: Client, team: Team, record, work: str):
    if work == "coding":
        team.code("ann", memo=SECRET)
    else:
        actions.write_note(
            codebook=team.codebook, coder=team.coder("ann"), quote=team.quotes[0], memo=SECRET, is_key=True
        )
    model = type(record)
    address = road(model, "delete", record.pk)
    page = editor.get(address)
    assert REFUSAL in page.content.decode()
    assert SECRET not in page.content.decode()
    assert (page.context["deleted_objects"], list(page.context["model_count"])) == ([], [])
    editor.post(address, {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [record.pk], "post": "yes"}
    page = editor.post(road(model, "changelist"), chosen).content.decode()
    assert REFUSAL in page
    assert model.objects.filter(pk=record.pk).exists()


def test_whether_a_team_worked_on_a_quote_does_not_show(editor: Client, team: Team):
    """A quote of a study with a team's codebook stays whether or not anything was coded; without such, it goes."""
    editor.post(road(Quote, "delete", team.quotes[1].pk), {"post": "yes"})
    assert Quote.objects.filter(pk=team.quotes[1].pk).exists()
    free = make_quote()
    editor.post(road(Quote, "delete", free.pk), {"post": "yes"})
    assert not Quote.objects.filter(pk=free.pk).exists()


def test_a_row_on_the_school_s_page_is_kept_as_well(editor: Client, team: Team):
    team.code("ann")
    address = road(School, "change", team.quotes[0].school.pk)
    sent = as_shown(editor.get(address)) | {"quotes-0-DELETE": "on"}
    assert sent["quotes-0-id"] == str(team.quotes[0].pk)
    response = editor.post(address, sent)
    assert "One of the rows cannot be deleted: private work of a team may stand on it." in response.content.decode()
    assert Coding.objects.filter(quote=team.quotes[0]).exists()


def test_a_shorter_text_is_refused_whether_or_not_it_is_coded(team: Team):
    quote = team.quotes[0]
    text, faults = quote.text, CodedQuoteResource().faults
    quote.text = text[:-1]
    refused = faults(quote)
    assert "may stand at the end" in refused["text"]
    for place in range(3):
        team.code("ann", 0, place, 20)
    assert faults(quote) == refused
    quote.text = text.upper()
    assert faults(quote) == {}


@pytest.mark.parametrize("name", ["study", "school", "quote", "topic", "indicator", "fact"])
def test_editors_see_nothing_of_a_study_that_somebody_brought(editor: Client, name: str):
    study = make_study(title=f"Study {SECRET}", is_editorial=False, is_published=False)
    school = make_school(study, name=f"School {SECRET}")
    quote = make_quote(school, text=f"Quote {SECRET}")
    fact = make_fact(school, value=SECRET)
    rows = {"study": study, "school": school, "quote": quote, "topic": quote.topic, "fact": fact}
    rows["indicator"] = fact.indicator
    model = type(rows[name])
    own = model.objects.exclude(pk=rows[name].pk).first()
    for address in (road(model, "changelist"), road(model, "add"), road(model, "change", own.pk)):
        page = editor.get(address)
        assert page.status_code == 200
        assert SECRET not in page.content.decode(), address
    for kind in ("change", "delete", "history"):
        page = editor.get(road(model, kind, rows[name].pk), follow=True)
        assert SECRET not in page.content.decode(), kind
    exported = editor.get(
        "/admin/autocomplete/", {"app_label": "schools", "model_name": "fact", "field_name": "school"}
    )
    assert SECRET not in exported.content.decode()


def test_history_of_a_deleted_private_study_stays_private(editor: Client):
    study = make_study(title=f"Study {SECRET}", is_editorial=False, is_published=False)
    key = study.pk
    study.delete()
    assert editor.get(road(Study, "history", key)).status_code == 404


@pytest.mark.parametrize("kind", ["history", "simple_history"])
def test_history_of_a_teams_deleted_code_stays_private(editor: Client, team: Team, kind: str):
    """An editors' code that was deleted has its history still; of neither can it be told by the address."""
    code, ours = team.codes[0], make_code(make_codebook(is_editorial=True), name="Our own")
    keys = {"team": [code.pk, code.history.first().pk], "editors": [ours.pk, ours.history.first().pk]}
    Code.objects.filter(pk__in=[code.pk, ours.pk]).delete()
    found = {who: road(Code, kind, *(key if kind == "simple_history" else key[:1])) for who, key in keys.items()}
    assert editor.get(found["editors"]).status_code == 200
    assert editor.get(found["team"]).status_code == 404
