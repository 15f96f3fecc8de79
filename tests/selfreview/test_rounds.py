"""Rounds: frozen as they were, compared through versions of the questionnaire; actions that two people change."""

import csv
import io
import json
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from docx import Document

from ictlead.loading import load_questionnaire
from selfreview.actions import close_round, next_round, pass_pen
from selfreview.models import Action, Answer, Question, Questionnaire, Review, Team
from selfreview.versions import keeps_its_words, new_version
from tests.desk import make_editor
from tests.selfreview.cast import Cast
from tests.selfreview.test_roads import ANSWER

pytestmark = pytest.mark.django_db
EXAMPLE = settings.BASE_DIR / "docs" / "examples" / "questionnaire.json"


@pytest.fixture
def cast() -> Cast:
    return Cast()


# ── Frozen ──────────────────────────────────────────────────────────────────────────────────────
def everything_of(cast: Cast, client) -> list[bytes]:
    """Every download of the round; of the Word document its texts, since the file holds the time when it was made."""
    base = f"/review/{cast.review.guid}/"
    document = Document(BytesIO(client.get(f"{base}report.docx").content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [
        b"".join(client.get(f"{base}answers.csv").streaming_content),
        client.get(f"{base}answers.json").content,
        "\n".join([*(one.text for one in document.paragraphs), *cells]).encode(),
    ]


def test_download_of_a_closed_round_is_that_round_and_not_today(cast: Cast):
    Team.objects.filter(pk=cast.review.team_id).update(name="Hill School")
    Action.objects.filter(pk=cast.action.pk).update(title="Buy boards", owner=cast.contributor)
    cast.review.refresh_from_db()
    close_round(review=cast.review)
    client = cast.client("viewer")
    before = everything_of(cast, client)
    page = client.get(f"/review/{cast.review.guid}/answers/").content.decode()
    Team.objects.filter(pk=cast.review.team_id).update(name="Valley School", pupils=99)
    Action.objects.filter(pk=cast.action.pk).update(title="Sell boards", status="doing", owner=None)
    cast.lead.name = "Renamed"
    cast.lead.save()
    cast.contributor.name = "Renamed too"
    cast.contributor.save()
    assert everything_of(cast, client) == before
    for name in ("Hill School", "Buy boards", "Con"):
        assert name in before[2].decode()
        assert name in page
    assert "Valley" not in client.get(f"/review/{cast.review.guid}/answers/").content.decode()
    shared = client.get(f"/review/shared/{cast.share_secret}/").content.decode()
    assert "Hill School" in shared
    assert "Valley School" not in shared


def test_open_round_tells_how_things_stand(cast: Cast):
    client = cast.client("viewer")
    Team.objects.filter(pk=cast.review.team_id).update(name="Hill School")
    assert "Hill School" in client.get(f"/review/{cast.review.guid}/answers/").content.decode()
    Team.objects.filter(pk=cast.review.team_id).update(name="Valley School")
    assert "Valley School" in client.get(f"/review/{cast.review.guid}/answers/").content.decode()


def test_everything_is_in_the_export(cast: Cast):
    close_round(review=cast.review)
    second = next_round(team=cast.review.team)
    said = json.loads(cast.client("viewer").get(f"/review/{second.guid}/everything.json").content)
    assert [one["round"] for one in said["rounds"]] == [1, 2]
    assert said["rounds"][0]["answers"][0]["answer"] == "We begin."
    assert [one["title"] for one in said["actions"]] == ["Buy boards"]
    assert {one["name"] for one in said["people"]} >= {"Con", "Vic", "Gone"}
    assert [one["left"] is None for one in said["people"] if one["name"] == "Gone"] == [False]


def test_evidence_is_kept_linked_and_taken_away(cast: Cast):
    client, base = cast.client("lead"), f"/review/{cast.review.guid}/"
    pointed = "https://school.example/plan\r\nBlue folder in the office\r\njavascript:alert(1)"
    client.post(f"{base}what/1/", ANSWER | {"evidence": pointed})
    page = client.get(f"{base}what/1/").content.decode()
    assert '<a href="https://school.example/plan" rel="noopener noreferrer nofollow">' in page
    assert "<li>Blue folder in the office</li>" in page
    assert 'href="javascript' not in page
    rows = list(csv.DictReader(io.StringIO(client.get(f"{base}answers.csv").getvalue().decode("utf-8-sig"))))
    assert rows[0]["evidence"].splitlines()[0] == "https://school.example/plan"
    document = Document(BytesIO(client.get(f"{base}report.docx").content))
    assert "Evidence: Blue folder in the office" in [one.text for one in document.paragraphs]


@pytest.mark.parametrize("wrong", ["http://", "https://two words.example", "x" * 501, "https://[bad"])
def test_evidence_that_is_no_address_is_named_and_kept(cast: Cast, wrong: str):
    client, road = cast.client("lead"), f"/review/{cast.review.guid}/what/1/"
    response = client.post(road, ANSWER | {"text": "My words.", "evidence": f"A plan\n{wrong}"})
    page = response.content.decode()
    assert response.status_code == 400
    assert "Line 2 is" in page
    assert wrong in page
    assert "My words." in page


# ── Versions ────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def second_version() -> Questionnaire:
    """Version 2: question 1.1 in other words, 1.2 gone, one that is new."""
    version = new_version(questionnaire=Questionnaire.objects.get(version=1))
    questions = Question.objects.filter(section__questionnaire=version, section__slug="what")
    questions.filter(position=1).update(text="Where are we going?")
    questions.get(position=2).delete()
    Question.objects.create(section=questions[0].section, position=20, text="What is new?", locator="L1")
    Questionnaire.objects.filter(pk=version.pk).update(is_published=True)
    return version


def test_new_version_copies_questions_with_all_that_helps(second_version: Questionnaire):
    first = Questionnaire.objects.get(version=1)
    assert (second_version.version, second_version.slug) == (2, first.slug)
    old = Question.objects.get(section__questionnaire=first, section__slug="what", position=3)
    new = Question.objects.get(section__questionnaire=second_version, section__slug="what", position=3)
    assert new.replaces == old
    assert new.guid != old.guid
    for links in ("code_links", "finding_links"):
        assert getattr(new, links).count() == getattr(old, links).count() > 0


def test_old_round_keeps_the_questions_that_it_answered(cast: Cast, second_version: Questionnaire):
    close_round(review=cast.review)
    second = next_round(team=cast.review.team)
    assert second.questionnaire == second_version
    client = cast.client("lead")
    words = Question.objects.get(section__questionnaire__version=1, section__slug="what", position=1).text
    assert words in client.get(f"/review/{cast.review.guid}/what/1/").content.decode()
    page = client.get(f"/review/{second.guid}/what/1/").content.decode()
    assert "Where are we going?" in page
    assert f"Asked then as: {words}" in page
    assert "We begin." in page  # last time's answer, to the question's earlier words


def test_rounds_are_compared_through_versions(cast: Cast, second_version: Questionnaire):
    second_question = Question.objects.get(section__questionnaire__version=1, section__slug="what", position=2)
    cast.answer(cast.lead, "Gone since.", "leading", 0, second_question)
    close_round(review=cast.review)
    second = next_round(team=cast.review.team)
    client = cast.client("lead")
    client.post(f"/review/{second.guid}/what/1/", ANSWER | {"base": "0", "save_id": str(uuid4()), "text": "Now."})
    page = client.get(f"/review/{second.guid}/rounds/1/").content.decode()
    rows = [row for row in page.split("<tr>") if "Where are we going?" in row]
    assert len(rows) == 1
    assert "We begin." in rows[0]
    assert "Now." in rows[0]
    assert "Asked in round 1 as:" in rows[0]
    assert page.count("no longer asked") == 1
    assert page.count("not asked then") == 1
    assert page == client.get(f"/review/{cast.review.guid}/rounds/2/").content.decode().replace(
        str(cast.review.guid), str(second.guid)
    )


def test_third_version_still_knows_the_first(cast: Cast, second_version: Questionnaire):
    third = new_version(questionnaire=second_version)
    first = Question.objects.first_versions(third.slug)
    old = Question.objects.get(section__questionnaire__version=1, section__slug="what", position=3)
    new = Question.objects.get(section__questionnaire=third, section__slug="what", position=3)
    assert first[new.pk] == first[old.pk] == old.pk


def test_a_circle_of_versions_ends(second_version: Questionnaire):
    new = Question.objects.filter(replaces__isnull=False)[0]
    Question.objects.filter(pk=new.replaces_id).update(replaces=new)
    assert Question.objects.first_versions(second_version.slug)


def test_desk_changes_no_words_that_were_answered(cast: Cast, client):
    client.force_login(make_editor())
    question = Question.objects.get(section__slug="what", position=1)
    page = client.get(f"/admin/selfreview/question/{question.pk}/change/").content.decode()
    assert 'name="text"' not in page
    assert 'name="locator"' in page
    client.post(f"/admin/selfreview/question/{question.pk}/delete/", {"post": "yes"})
    assert Question.objects.filter(pk=question.pk).exists()
    page = client.get(f"/admin/selfreview/section/{question.section_id}/change/").content.decode()
    assert 'name="questions-0-text"' not in page
    assert 'name="questions-MAX_NUM_FORMS" value="0"' in page  # no row can be added


def test_desk_changes_words_that_nobody_answered(client):
    client.force_login(make_editor())
    question = Question.objects.get(section__slug="what", position=1)
    assert 'name="text"' in client.get(f"/admin/selfreview/question/{question.pk}/change/").content.decode()


def test_desk_makes_a_new_version_to_edit(cast: Cast, client):
    client.force_login(make_editor())
    questionnaire = Questionnaire.objects.get()
    data = {"action": "make_new_version", "_selected_action": [questionnaire.pk]}
    client.post("/admin/selfreview/questionnaire/", data)
    copy = Questionnaire.objects.get(version=2)
    assert not copy.is_published
    assert Question.objects.filter(section__questionnaire=copy).count() == 33
    question = Question.objects.filter(section__questionnaire=copy).first()
    assert 'name="text"' in client.get(f"/admin/selfreview/question/{question.pk}/change/").content.decode()


def test_answered_questionnaire_takes_no_new_question(cast: Cast, client, tmp_path: Path):
    section = Question.objects.get(section__slug="what", position=1).section
    fields = {"section": ["ict-self-review", 1, "what"], "position": 40, "text": "New?", "locator": "L1"}
    path = tmp_path / "more.json"
    path.write_text(json.dumps([{"model": "selfreview.question", "fields": fields}]))
    assert load_questionnaire(path).answered
    client.force_login(make_editor())
    data = {"section": section.pk, "position": 40, "text": "New?", "locator": "L1"}
    management = {
        f"{name}-{form}_FORMS": "0" for name in ("code_links", "finding_links") for form in ("TOTAL", "INITIAL")
    }
    client.post("/admin/selfreview/question/add/", data | management)
    assert Question.objects.count() == 33
    Review.objects.all().delete()
    client.post("/admin/selfreview/question/add/", data | management)
    assert Question.objects.count() == 34


def test_name_of_the_questionnaire_is_frozen_with_the_round(cast: Cast):
    close_round(review=cast.review)
    before = everything_of(cast, cast.client("viewer"))
    Questionnaire.objects.update(name="Another name")
    assert everything_of(cast, cast.client("viewer")) == before


def test_next_round_keeps_the_pen_where_it_was(cast: Cast):
    pass_pen(review=cast.review, member=cast.contributor)
    close_round(review=cast.review)
    second = next_round(team=cast.review.team)
    assert (second.pen_for_all, second.pen) == (False, cast.contributor)


def test_loading_leaves_words_that_were_answered(cast: Cast):
    question = Question.objects.get(section__slug="what", position=1)
    changed = Question.objects.get(pk=question.pk)
    changed.text = "Other words?"
    assert keeps_its_words(question, changed)
    Review.objects.all().delete()
    assert not keeps_its_words(question, changed)


# ── A second questionnaire ──────────────────────────────────────────────────────────────────────
def test_second_questionnaire_is_loaded_and_answered_without_code(client):
    call_command("load_questionnaire", EXAMPLE)
    assert "Which questions?" in client.get("/review/").content.decode()
    assert "A garden for learning" in client.get("/questionnaire/garden/").content.decode()
    assert client.get("/questionnaire/garden/paper/").content.decode().count('class="paper-question"') == 3
    assert "0 of 33" in start_with(client, "ict-self-review")
    assert "0 of 3 questions completed" in start_with(client, "garden")
    again = load_questionnaire(EXAMPLE)
    assert (again.written, again.kept) == (0, [])


def start_with(client, slug: str) -> str:
    client.post("/review/", {"questionnaire": slug})
    return client.get(f"/review/{Review.objects.latest('pk').guid}/").content.decode()


def test_review_of_an_unknown_questionnaire_is_not_begun(client):
    response = client.post("/review/", {"questionnaire": "nonsense"}, follow=True)
    assert "Choose one of the questionnaires." in response.content.decode()
    assert not Review.objects.exists()
    assert client.get("/questionnaire/nonsense/").status_code == 404


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda entries: entries[0].update(model="schools.school"), "entry 1 (garden): schools.school is no part of"),
        (
            lambda entries: entries[0]["fields"].update(study=["nowhere"]),
            "study refers to ['nowhere'], which is not here",
        ),
        (lambda entries: entries[0].pop("fields"), "entry 1: fields is missing"),
        (lambda entries: entries[0].update(fields=None), "entry 1: "),
        (lambda entries: entries[0].update(fields=7), "entry 1: "),
        (lambda entries: entries[-2]["fields"].update(locator="page 3"), "Write a locator like L137"),
    ],
)
def test_wrong_questionnaire_loads_nothing(tmp_path: Path, change, message: str):
    entries = json.loads(EXAMPLE.read_text())
    change(entries)
    path = tmp_path / "questionnaire.json"
    path.write_text(json.dumps(entries))
    with pytest.raises(CommandError, match="Nothing was loaded") as caught:
        call_command("load_questionnaire", path)
    assert message in str(caught.value)
    assert Questionnaire.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [("{", "is not JSON"), ("[" * 200_000, "is not JSON"), ("{}", "is not a list"), (None, "cannot be read")],
)
def test_file_that_is_no_questionnaire_is_named(tmp_path: Path, content: str | None, message: str):
    path = tmp_path / "questionnaire.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(CommandError, match=message):
        call_command("load_questionnaire", path)


# ── Actions ─────────────────────────────────────────────────────────────────────────────────────
def test_action_changed_by_two_shows_both(cast: Cast):
    road = f"/review/{cast.review.guid}/actions/{cast.action.guid}/"
    lead, con = cast.client("lead"), cast.client("contributor")
    con.post(road, {"title": "Con's title", "status": "doing", "base": "0"})
    response = lead.post(road, {"title": "Lead's title", "status": "to-do", "notes": "Mine.", "base": "0"})
    page = response.content.decode()
    assert response.status_code == 409
    for words in ("Con changed this action", "What: Con&#x27;s title", "Lead&#x27;s title", "Mine."):
        assert words in page
    assert Action.objects.get().title == "Con's title"
    assert 'name="base" value="1"' in page
    assert lead.post(road, {"title": "Both", "status": "doing", "base": "1"}).status_code == 302
    assert (Action.objects.get().title, Action.objects.get().version) == ("Both", 2)


def test_action_from_an_old_tab_overwrites_no_colleague(cast: Cast):
    """Ann saved last, but Ben saved between her old page and that."""
    road = f"/review/{cast.review.guid}/actions/{cast.action.guid}/"
    lead, con = cast.client("lead"), cast.client("contributor")
    con.post(road, {"title": "Buy", "notes": "Con's notes.", "status": "doing", "base": "0"})
    lead.post(road, {"title": "Buy soon", "notes": "Con's notes.", "status": "doing", "base": "1"})
    assert lead.post(road, {"title": "Buy", "notes": "", "status": "doing", "base": "0"}).status_code == 409
    assert Action.objects.get().notes == "Con's notes."


def test_action_sent_twice_is_made_once(cast: Cast):
    road, client = f"/review/{cast.review.guid}/actions/", cast.client("lead")
    data = {"title": "Buy once", "status": "to-do", "save_id": str(uuid4())}
    assert [client.post(road, data).status_code for _ in range(2)] == [302, 302]
    assert Action.objects.filter(title="Buy once").count() == 1


def test_action_that_is_gone_is_answered_like_none(cast: Cast, monkeypatch):
    def gone(**options):
        raise Action.DoesNotExist

    monkeypatch.setattr("selfreview.views.plan.save_action", gone)
    road = f"/review/{cast.review.guid}/actions/{cast.action.guid}/"
    assert cast.client("lead").post(road, {"title": "Buy", "status": "doing", "base": "0"}).status_code == 404


def test_details_that_were_not_changed_on_the_page_stay(cast: Cast):
    road, client = f"/review/{cast.review.guid}/team/", cast.client("lead")
    fields = ("name", "phase", "setting", "pupils", "fsm_percent", "urn")
    opened = dict.fromkeys(fields, "") | {f"initial-{name}": "" for name in fields}
    client.post(road, opened | {"name": "Hill School", "urn": "123456"})
    client.post(road, opened | {"pupils": "240"})  # from a page that was opened before
    team = Team.objects.get(pk=cast.review.team_id)
    assert (team.name, team.urn, team.pupils) == ("Hill School", "123456", 240)


def test_ones_own_changes_of_an_action_never_conflict(cast: Cast):
    road = f"/review/{cast.review.guid}/actions/{cast.action.guid}/"
    lead = cast.client("lead")
    for title in ("One", "Two"):
        assert lead.post(road, {"title": title, "status": "doing", "base": "0"}).status_code == 302
    assert Action.objects.get().title == "Two"


def test_answers_to_one_question_stay_one_answer(cast: Cast):
    assert Answer.objects.filter(review=cast.review).count() == 1
