"""The lists of the API: what they hold, how one walks through them, and what is refused."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from exchange.api.lists import LISTS, Listed
from exchange.api.paging import WRONG, cursor_after, read_cursor
from findings.models import Code, Coding, Finding
from schools.actions import publish_change
from schools.models import Fact, Quote, School
from tests import factories

pytestmark = pytest.mark.django_db
by_name = pytest.mark.parametrize("listed", LISTS, ids=lambda one: one.name)
ROAD = "/api/v1/"


@pytest.fixture(autouse=True)
def _no_limits_used() -> None:
    cache.clear()


def ask(client: Client, road: str, status: int = 200, **asked: Any) -> Any:
    response = client.get(ROAD + road, asked)
    assert response.status_code == status, response.content
    return response.json()


def walked(client: Client, road: str, **asked: Any) -> list[dict[str, Any]]:
    """Every record of a list, page by page."""
    found, url = [], f"{ROAD}{road}?{urlencode(asked, doseq=True)}"
    while url:
        response = client.get(url)
        page = response.json()
        assert response.status_code == 200, page
        assert response.get("Link", "") == (f'<{page["next"]}>; rel="next"' if page["next"] else "")
        found += page["items"]
        url = page["next"]
    return found


@by_name
def test_every_record_names_itself_its_page_its_study_and_the_data_version(client: Client, listed: Listed):
    version = publish_change().number
    [first, *_] = ask(client, f"{listed.name}/")["items"]
    assert (first["study"], first["data_version"]) == ("gill-2007", version)
    own = client.get(first["links"]["self"])
    assert own.json() == first
    assert first["guid"] in first["links"]["self"]
    assert client.get(first["links"]["html"]).status_code == 200


@by_name
def test_walking_in_small_steps_finds_each_record_once_and_in_the_same_order(client: Client, listed: Listed):
    whole = [one["guid"] for one in walked(client, f"{listed.name}/", limit=100)]
    for _ in range(2):
        assert [one["guid"] for one in walked(client, f"{listed.name}/", limit=17)] == whole
    assert len(whole) == len(set(whole)) > 0


def test_lists_hold_all_that_is_published(client: Client):
    factories.make_quote(factories.make_school(factories.make_study(is_published=False)))
    for name, number in [
        ("schools", School.objects.published().count()),
        ("facts", Fact.objects.filter(school__study__is_published=True).count()),
        ("quotes", Quote.objects.published().count()),
        ("codes", Code.objects.published().count()),
        ("codings", Coding.objects.readable().count()),
        ("findings", Finding.objects.published().count()),
    ]:
        assert len(walked(client, f"{name}/", limit=100)) == number > 0, name


def test_reading_order(client: Client):
    quotes = [str(one.guid) for one in Quote.objects.published().order_by("school__position", "position")]
    assert [one["guid"] for one in walked(client, "quotes/", limit=9)] == quotes


def test_a_record_that_comes_or_goes_meanwhile_neither_doubles_nor_drops_others(client: Client):
    first = ask(client, "quotes/", limit=10)
    kept = [one["guid"] for one in walked(client, "quotes/", limit=100)]
    Quote.objects.filter(guid=first["items"][-1]["guid"]).delete()
    rest = client.get(first["next"]).json()["items"]
    assert [one["guid"] for one in rest] == kept[10:20]


@pytest.mark.parametrize("asked", ["school=a&school=c", "role=teacher", "q=children", "code=gateways/new-technologies",
                                   "topic=use&phase=primary", "finding={finding}"])  # fmt: skip
def test_quotes_are_filtered_as_on_their_page(client: Client, asked: str):
    asked = asked.format(finding=Finding.objects.published().filter(evidence__isnull=False)[0].slug)
    shown = client.get(f"/quotes/?{asked}").context["page"].paginator.count
    found = client.get(f"{ROAD}quotes/?{asked}&limit=100").json()["items"]
    assert len(found) == shown > 0


@pytest.mark.parametrize("asked", ["size=small", "fsm=under-5&setting=rural-village", "q=board"])
def test_schools_are_filtered_as_on_their_page(client: Client, asked: str):
    shown = [one.slug for one in client.get(f"/schools/?{asked}").context["page"]]
    assert [one["slug"] for one in client.get(f"{ROAD}schools/?{asked}").json()["items"]] == shown


def test_codings_are_filtered_by_their_quotes_and_codes(client: Client):
    codings = Coding.objects.readable()
    some = codings[0]
    for asked, expected in [
        ({"school": "a"}, codings.filter(quote__school__slug="a")),
        ({"quote": str(some.quote.guid)}, codings.filter(quote=some.quote)),
        ({"code": some.code.key}, codings.filter(code=some.code)),
        ({"codebook": "gateways", "role": "headteacher"},
         codings.filter(code__codebook__slug="gateways", quote__speaker_role="headteacher")),
        ({"by": "agreed"}, codings.none()),
        ({"coder": str(some.coder.guid)}, codings.filter(coder=some.coder)),
    ]:  # fmt: skip
        found = walked(client, "codings/", limit=100, **asked)
        assert {one["guid"] for one in found} == {str(one.guid) for one in expected}, asked


def test_facts_and_findings_are_filtered(client: Client):
    silent = walked(client, "facts/", stated="0", limit=100)
    assert {one["value"] for one in silent} == {None}
    assert {one["school"] for one in walked(client, "facts/", school="b", limit=100)} == {"b"}
    finding = Finding.objects.published().filter(evidence__isnull=False)[0]
    record = ask(client, f"findings/{finding.guid}/")
    linked = client.get(record["links"]["evidence"]).json()["items"]
    assert len(linked) == record["quote_count"] == finding.evidence.count()
    assert len(client.get(record["links"]["case_evidence"]).json()["items"]) == record["case_count"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("colour=red", "colour: there is no such parameter."),
        ("page=2", "page: there is no such parameter. Follow `next` instead."),
        ("sort=longest", "sort: there is no such parameter."),
        ("school=z", "There is no school called “z”"),
        ("role=king", "“king” is not one of the choices"),
        ("limit=0", "limit: Ensure this value is greater than or equal to 1."),
        ("limit=101", "limit: Ensure this value is less than or equal to 100."),
        ("limit=many", "limit: Enter a whole number."),
        ("cursor=nonsense", WRONG),
        ("q=%00", "Null characters are not allowed"),
        ("token=ictlead_x", "token: there is no such parameter."),
    ],
)
def test_wrong_parameters_are_refused_with_what_is_wrong(client: Client, asked: str, said: str):
    response = client.get(f"{ROAD}quotes/?{asked}")
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    problem = response.json()
    assert said in problem["detail"]
    assert any(said in error for error in problem["errors"])
    assert response["Cache-Control"] == "no-store"


def test_a_cursor_is_good_for_its_own_list_alone(client: Client):
    order = ("position", "guid")
    school = School.objects.published()[0]
    cursor = cursor_after("schools", order, school)
    assert read_cursor("schools", order, cursor) == [school.position, school.guid]
    ask(client, "schools/", cursor=cursor)
    for road in ("quotes/", "codebooks/"):
        assert WRONG in ask(client, road, 400, cursor=cursor)["detail"]


@pytest.mark.parametrize(
    "values",
    [["schools", 1], ["schools", "1", "x"], ["schools", -1, "x"], ["schools", 2**40, "x"], ["schools", True, "x"],
     ["schools", 1.5, "x"], ["schools", 1, 5], {}, 7, None, ["schools", [], {}]],
)  # fmt: skip
def test_no_cursor_but_the_lists_own_is_read(values: Any):
    from base64 import urlsafe_b64encode

    with pytest.raises(ValueError, match="no cursor"):
        read_cursor("schools", ("position", "guid"), urlsafe_b64encode(json.dumps(values).encode()).decode())


@pytest.mark.parametrize("cursor", ["é", "====", "W" * 500, "[" * 400, "bnVsbA", "_-_-"])
def test_broken_cursors_are_refused(cursor: str):
    with pytest.raises(ValueError, match="no cursor"):
        read_cursor("schools", ("position", "guid"), cursor)


def test_as_many_queries_for_few_records_as_for_many(client: Client):
    few = {one.name: _queries(client, f"{one.name}/?limit=2") for one in LISTS}
    study = factories.loaded_study()
    theme = study.themes.all()[0]
    for _ in range(20):
        school = factories.make_school(study)
        quote = factories.make_quote(school)
        factories.make_fact(school)
        code = factories.make_code(factories.make_codebook(study), example=quote)
        factories.make_coding(quote, code, coder=factories.editors())
        finding = factories.make_finding(theme)
        factories.make_evidence(finding, quote, coder=factories.editors())
        factories.make_case_evidence(finding, school, coder=factories.editors())
    many = {one.name: _queries(client, f"{one.name}/?limit=100") for one in LISTS}
    assert many == few
    assert max(few.values()) <= 3


def _queries(client: Client, road: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(ROAD + road).status_code == 200
    return len(queries)
