"""The editors' desk for what was collected, and what all desks share."""

import pytest

from schools.actions import data_version
from schools.history import AS_LOADED
from schools.models import Fact, Quote, School, Topic
from tests.desk import as_shown, check_pages, check_queries, check_refusal, desks, make_editor, queries_of, road
from tests.factories import loaded_study, make_fact, make_indicator, make_quote, make_school, make_section, make_study

pytestmark = pytest.mark.django_db
MODELS = pytest.mark.parametrize("model", desks("schools"), ids=lambda model: model.__name__)


@pytest.fixture
def editor(client):
    """A signed-in editor."""
    editor = make_editor()
    client.force_login(editor)
    return editor


@pytest.fixture
def quote():
    """A quote of the loaded study, which nobody edited yet."""
    return Quote.objects.get(school__slug="a", locator="L137")


@MODELS
def test_desk_opens_for_an_editor(client, model):
    check_pages(client, model)


@MODELS
def test_desk_is_refused_to_others(client, model):
    check_refusal(client, model)


@MODELS
def test_desk_asks_as_often_for_many_rows(client, model):
    check_queries(client, model)


def test_desk_of_a_school_asks_as_often_for_many_facts_and_quotes(client, editor):
    few, many = make_school(), make_school()
    for school, count in ((few, 2), (many, 20)):
        for _ in range(count):
            make_fact(school, make_indicator(school.study))
            make_quote(school)
    client.get(road(School, "change", few.pk))
    assert queries_of(client, road(School, "change", few.pk)) == queries_of(client, road(School, "change", many.pk))


def test_desk_has_a_name(client, editor):
    assert "ICT Lead: editors’ desk" in client.get("/admin/").content.decode()


def test_save_is_one_data_version_and_keeps_who_and_what(client, editor, quote):
    before, text = data_version().number, quote.text
    sent = as_shown(client.get(road(Quote, "change", quote.pk))) | {"note": "As printed.", "evidence-0-reason": "Anew."}
    assert client.post(road(Quote, "change", quote.pk), sent).status_code == 302
    assert data_version().number == before + 1
    after, first = quote.history.all()
    assert (after.note, after.history_user, after.text) == ("As printed.", editor, text)
    assert (first.note, first.history_user, first.history_change_reason) == (quote.note, None, AS_LOADED)
    page = client.get(road(Quote, "history", quote.pk)).content.decode()
    assert editor.username in page
    assert "<ins>As printed.</ins>" in page
    assert [one.reason for one in quote.evidence.get(reason="Anew.").history.all()][0] == "Anew."
    assert quote.evidence.get(reason="Anew.").history.count() == 2


def test_save_of_nothing_new_is_no_edit(client, editor, quote):
    before = data_version().number
    client.post(road(Quote, "change", quote.pk), as_shown(client.get(road(Quote, "change", quote.pk))))
    assert data_version().number == before
    assert not quote.history.exists()


def test_save_keeps_the_line_ends_of_a_text(client, editor):
    quote = make_quote(text="One line.\nAnother.\n\nA third.")
    sent = as_shown(client.get(road(Quote, "change", quote.pk)))
    sent |= {"text": quote.text.replace("\n", "\r\n"), "note": "Changed."}
    client.post(road(Quote, "change", quote.pk), sent)
    quote.refresh_from_db()
    assert (quote.text, quote.note) == ("One line.\nAnother.\n\nA third.", "Changed.")


def test_add_is_one_data_version(client, editor):
    before = data_version().number
    sent = as_shown(client.get(road(Topic, "add")))
    sent |= {"study": str(loaded_study().pk), "slug": "new", "name": "New", "label": "New", "position": "9"}
    assert client.post(road(Topic, "add"), sent).status_code == 302
    assert data_version().number == before + 1


def test_delete_is_one_data_version(client, editor, quote):
    before = data_version().number
    client.post(road(Quote, "delete", quote.pk), {"post": "yes"})
    assert data_version().number == before + 1
    last = Quote.history.filter(id=quote.pk).first()
    assert (last.history_type, last.history_user, last.text) == ("-", editor, quote.text)


def test_delete_of_chosen_rows_is_one_data_version(client, editor):
    quotes, before = [make_quote(), make_quote(), make_quote()], data_version().number
    chosen = {"action": "delete_selected", "_selected_action": [quote.pk for quote in quotes], "post": "yes"}
    assert client.post(road(Quote, "changelist"), chosen).status_code == 302
    assert data_version().number == before + 1
    assert not Quote.objects.filter(pk__in=[quote.pk for quote in quotes]).exists()


def test_guid_is_shown_and_never_typed(client, editor, quote):
    page = client.get(road(Quote, "change", quote.pk))
    assert str(quote.guid) in page.content.decode()
    assert "guid" not in as_shown(page)


def test_earlier_state_is_only_read(client, editor):
    quote = make_quote()
    earlier = road(Quote, "simple_history", quote.pk, quote.history.first().pk)
    client.force_login(make_editor(view_only=True))
    assert client.get(earlier).status_code == 200
    assert client.post(earlier, {"text": "Taken over."}).status_code == 403
    quote.refresh_from_db()
    assert quote.text != "Taken over."


@pytest.mark.parametrize("locator", ["137", "L", "L1-", "l5", "L5 L6", "Q", "Q1-Q2"])
def test_locator_is_checked(client, editor, quote, locator):
    sent = as_shown(client.get(road(Quote, "change", quote.pk))) | {"locator": locator}
    response = client.post(road(Quote, "change", quote.pk), sent)
    assert response.context["adminform"].form.errors["locator"] == [
        "Write a locator like L137, L404+L406 or L129-L133."
    ]


@pytest.mark.parametrize(
    ("fact", "field"),
    [
        ({"value": "Two", "number": "", "locator": ""}, "locator"),
        ({"value": "", "number": "2", "locator": ""}, "value"),
        ({"value": "", "number": "", "locator": "L5"}, "value"),
    ],
)
def test_fact_is_stated_with_its_place_or_not_at_all(client, editor, fact, field):
    record = make_fact()
    response = client.post(
        road(Fact, "change", record.pk), as_shown(client.get(road(Fact, "change", record.pk))) | fact
    )
    assert list(response.context["adminform"].form.errors) == [field]


def test_fact_that_is_not_stated_is_saved(client, editor):
    record = make_fact(number=2)
    sent = as_shown(client.get(road(Fact, "change", record.pk))) | {"value": "", "number": "", "locator": ""}
    assert client.post(road(Fact, "change", record.pk), sent).status_code == 302
    record.refresh_from_db()
    assert (record.value, record.number, record.locator) == ("", None, "")


@pytest.mark.parametrize(("build", "field"), [(make_quote, "topic"), (make_section, "topic"), (make_fact, "indicator")])
def test_topic_and_indicator_are_of_the_study_of_the_school(client, editor, build, field):
    record = build()
    url = road(type(record), "change", record.pk)
    response = client.post(url, as_shown(client.get(url)) | {"school": str(make_school().pk)})
    assert response.context["adminform"].form.errors == {field: [f"This {field} is of another study than the school."]}


def test_a_record_leads_to_its_page_at_its_own_study(client, editor):
    quote = make_quote(make_school(make_study()))
    study = quote.school.study
    page = client.get(f"/admin/schools/quote/{quote.pk}/change/").content.decode()
    assert f'href="/studies/{study.slug}/quotes/{quote.guid}/"' in page
    assert f'href="/studies/{study.slug}/"' in client.get(f"/admin/schools/study/{study.pk}/change/").content.decode()
    hidden = make_quote(make_school(make_study(is_published=False)))
    assert f"quotes/{hidden.guid}/" not in client.get(f"/admin/schools/quote/{hidden.pk}/change/").content.decode()


def test_there_is_one_study_at_the_front(client, editor):
    study = make_study()
    page = client.get(f"/admin/schools/study/{study.pk}/change/").context["adminform"].form
    sent = {name: page.initial.get(name) or "" for name in page.fields} | {"is_front": "on", "is_published": "on"}
    sent |= {"topics-TOTAL_FORMS": "0", "topics-INITIAL_FORMS": "0"}
    response = client.post(f"/admin/schools/study/{study.pk}/change/", sent)
    assert "Another study is at the front." in response.content.decode()
