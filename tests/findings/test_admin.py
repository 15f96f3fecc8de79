"""The editors' desk for what was made of it."""

import pytest
from django.contrib.messages import get_messages

from findings.models import Code, Coding, Finding
from schools.actions import data_version
from schools.models import Quote
from tests.desk import as_shown, check_pages, check_queries, check_refusal, desks, make_editor, queries_of, road
from tests.factories import editors, make_code, make_codebook, make_coding, make_finding, make_quote

pytestmark = pytest.mark.django_db
MODELS = pytest.mark.parametrize("model", desks("findings"), ids=lambda model: model.__name__)


@pytest.fixture
def editor(client):
    """A signed-in editor."""
    editor = make_editor()
    client.force_login(editor)
    return editor


@MODELS
def test_desk_opens_for_an_editor(client, model):
    check_pages(client, model)


@MODELS
def test_desk_is_refused_to_others(client, model):
    check_refusal(client, model)


@MODELS
def test_desk_asks_as_often_for_many_rows(client, model):
    check_queries(client, model)


def test_desk_of_a_quote_asks_as_often_for_many_codings(client, editor):
    few, many = make_quote(), make_quote()
    for quote, count in ((few, 2), (many, 20)):
        for _ in range(count):
            make_coding(quote, make_code(make_codebook(quote.school.study)), coder=editors())
    client.get(road(Quote, "change", few.pk))
    assert queries_of(client, road(Quote, "change", few.pk)) == queries_of(client, road(Quote, "change", many.pk))


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        (5, 5, "A passage ends after it starts."),
        (6, 5, "A passage ends after it starts."),
        (0, 11, "The quote has 10 characters: the passage can end at 10."),
    ],
)
def test_coding_lies_in_its_quote(client, editor, start, end, message):
    coding = make_coding(make_quote(text="0123456789"))
    sent = as_shown(client.get(road(Coding, "change", coding.pk))) | {"start": str(start), "end": str(end)}
    response = client.post(road(Coding, "change", coding.pk), sent)
    assert response.context["adminform"].form.errors == {"end": [message]}


def test_coding_on_the_page_of_its_quote_is_checked_against_the_new_text(client, editor):
    coding = make_coding(make_quote(text="0123456789"))
    url = road(Quote, "change", coding.quote_id)
    assert "0123456789</p>" in client.get(url).content.decode()  # the passage is shown
    response = client.post(url, as_shown(client.get(url)) | {"text": "01234"})
    assert response.context["inline_admin_formsets"][0].formset.errors == [
        {"end": ["The quote has 5 characters: the passage can end at 5."]}
    ]


def test_new_words_of_a_coded_quote_are_a_reason_to_look_again(client, editor):
    coding = make_coding(make_quote(text="0123456789"))
    url = road(Quote, "change", coding.quote_id)
    response = client.post(url, as_shown(client.get(url)) | {"text": "9876543210"})
    assert [str(one) for one in get_messages(response.wsgi_request)][0].startswith("The words of this quote changed.")


def test_coding_is_added_on_the_page_of_its_quote(client, editor):
    quote, code, before = make_quote(text="0123456789"), make_code(), data_version().number
    url = road(Quote, "change", quote.pk)
    sent = as_shown(client.get(url)) | {
        "codings-TOTAL_FORMS": "1",
        "codings-0-code": str(code.pk),
        "codings-0-coder": str(editors().pk),
        "codings-0-start": "2",
        "codings-0-end": "5",
        "codings-0-memo": "Because.",
        "codings-0-coded_at_0": "2026-11-23",
        "codings-0-coded_at_1": "12:00",
    }
    assert client.post(url, sent).status_code == 302
    coding = quote.codings.get()
    assert (coding.passage, coding.memo, data_version().number) == ("234", "Because.", before + 1)
    assert coding.history.get().history_user == editor


def test_codes_are_offered_by_codebook(client, editor):
    code = make_code(name="Leadership")
    page = client.get(road(Quote, "change", make_quote().pk)).content.decode()
    assert f">{code.key}</option>" in page


def test_code_has_its_parent_in_its_own_codebook(client, editor):
    code, other = make_code(), make_code()
    url = road(Code, "change", code.pk)
    response = client.post(url, as_shown(client.get(url)) | {"parent": str(other.pk)})
    assert response.context["adminform"].form.errors["parent"] == [
        f"This code is of another codebook, {other.codebook}."
    ]


def test_quotes_are_found_by_their_words_when_evidence_is_given(client, editor):
    quote = make_quote(text="A weather station on the roof.")
    finding = make_finding()
    assert client.get(road(Finding, "change", finding.pk)).status_code == 200
    found = client.get(
        "/admin/autocomplete/",
        {"app_label": "findings", "model_name": "evidence", "field_name": "quote", "term": "weather station"},
    ).json()
    assert [str(quote.pk)] == [one["id"] for one in found["results"]]
