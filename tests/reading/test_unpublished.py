"""What is not published shows nowhere: on no page, in no count, in no download."""

import pytest
from django.test import Client

from findings.models import Code, Finding
from schools.models import School
from tests.factories import (
    editors,
    loaded_study,
    make_case_evidence,
    make_code,
    make_codebook,
    make_coding,
    make_evidence,
    make_finding,
    make_question_code,
    make_question_finding,
    make_quote,
    make_school,
    make_study,
    make_theme,
)
from tests.reading.test_pages import roads

pytestmark = pytest.mark.django_db

SECRET = "aardvark"


@pytest.fixture
def hidden() -> list[str]:
    """An unpublished study and an unpublished codebook, tied to the published study by every link there is."""
    by = editors()
    study = make_study(is_published=False)
    school = make_school(study, name=f"School {SECRET}", known_for=SECRET, summary=SECRET)
    quote = make_quote(school, text=f"An {SECRET} came.")
    finding = make_finding(make_theme(study), title=SECRET, statement=SECRET)
    codebook = make_codebook(study, name=SECRET, description=SECRET)
    code = make_code(codebook, name=SECRET, definition=SECRET)
    private = make_code(make_codebook(loaded_study(), is_published=False, name=SECRET), name=SECRET)
    open_quote = School.objects.get(slug="a").quotes.get(locator="L137")
    open_code = Code.objects.get(codebook__slug="gateways", slug="student-voice")
    open_finding = Finding.objects.order_by("pk")[0]
    make_coding(quote, open_code, coder=by, memo=SECRET)
    for one in (code, private):
        make_coding(open_quote, one, coder=by, memo=SECRET)
        make_question_code(code=one, coder=by, reason=SECRET)
    make_evidence(open_finding, quote, coder=by, reason=SECRET)
    make_evidence(finding, open_quote, coder=by, reason=SECRET)
    make_case_evidence(open_finding, school, coder=by, reason=SECRET)
    make_case_evidence(finding, open_quote.school, coder=by, reason=SECRET)
    make_question_finding(finding=finding, coder=by, reason=SECRET)
    Code.objects.filter(pk=open_code.pk).update(example=quote)
    return [
        open_finding.get_absolute_url(),
        open_quote.get_absolute_url(),
        "/quotes/?q=aardvark",
        "/quotes/?school=a",
        "/schools/?q=aardvark",
        "/schools/?gateway=student-voice",
        "/quotes.csv",
        "/quotes.csv?layout=wide",
        "/compare.csv?school=a&school=b",
        "/questionnaire/paper/",
    ]


def test_unpublished_shows_nowhere(client: Client, hidden: list[str]):
    for road in [*roads().values(), *hidden]:
        response = client.get(road)
        assert response.status_code == 200, road
        text = response.getvalue() if response.streaming else response.content
        found = (
            text.decode().lower().replace("q=aardvark", "").replace("“aardvark”", "").replace('value="aardvark"', "")
        )
        assert SECRET not in found, road


def test_unpublished_pages_are_not_there(client: Client, hidden: list[str]):
    for one in (Finding.objects.get(title=SECRET), School.objects.get(known_for=SECRET)):
        assert client.get(one.get_absolute_url()).status_code == 404
    for code in Code.objects.filter(name=SECRET).select_related("codebook"):
        assert client.get(code.get_absolute_url()).status_code == 404
        assert client.get(code.codebook.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("name", ["phase", "setting", "size", "fsm", "gateway"])
def test_every_tick_box_of_the_schools_shows_what_it_counts(client: Client, name: str):
    groups = {group.name: group for group in client.get("/schools/").context["groups"]}
    assert groups[name].choices
    for choice in groups[name].choices:
        response = client.get("/schools/", {name: choice.key})
        assert response.status_code == 200, choice.key
        assert response.context["page"].paginator.count == choice.count, choice.key
