"""Lists that are too long to be counted: what they say, how one goes on in them, and that nobody loses a row."""

import re
from html import unescape

import pytest
from django.http import QueryDict
from django.test import Client

from findings.facets import facets
from findings.filters import SORTS, QuoteFilter
from schools import paging, search
from schools.lists import AFTER
from schools.models import Quote
from tests.factories import make_quote, make_school, make_study

pytestmark = pytest.mark.django_db

FEW = 25  # rows that are counted here instead of 10,000: more than a page, fewer than there are


@pytest.fixture
def counted_to_25(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_COUNTED", FEW)
    monkeypatch.setattr(search, "RANKED", FEW)


def read(client: Client, road: str) -> str:
    response = client.get(road)
    assert response.status_code == 200, road
    return unescape(response.content.decode())


def shown(page: str) -> list[str]:
    """The quotes of a page by their guid, in order."""
    return list(dict.fromkeys(re.findall(r'href="/quotes/([0-9a-f-]{36})/"', page)))


def next_of(page: str) -> str | None:
    found = re.search(r'href="([^"]+)"\s+rel="next"', page)
    return f"/quotes/{found[1]}" if found else None


@pytest.mark.parametrize("sort", list(AFTER))
@pytest.mark.parametrize(
    "filters", ["", "q=children or parents or staff", "role=headteacher&role=teacher", "codebook=gateways"]
)
def test_every_quote_of_a_long_list_is_reached_once_in_its_order(client, counted_to_25, sort, filters):
    asked = f"{filters}&sort={sort}"
    expected = list(QuoteFilter(QueryDict(asked), queryset=Quote.objects.published()).qs.values_list("guid", flat=True))
    assert len(expected) > FEW
    page, found = read(client, f"/quotes/?{asked}"), []
    assert f"More than {FEW} quotes" in page
    while page:
        found += shown(page)
        road = next_of(page)
        page = read(client, road) if road else ""
    assert found == [str(guid) for guid in expected]


def test_list_that_goes_on_nowhere_says_so(client, counted_to_25):
    assert "The pages end here." in read(client, "/quotes/?sort=pupils&page=2")
    assert "The pages end here." not in read(client, "/quotes/?sort=pupils&page=1")
    assert "The pages end here." not in read(client, "/quotes/?page=2")
    assert set(SORTS) > set(AFTER)


def test_going_on_keeps_the_filters_and_a_change_begins_anew(client, counted_to_25):
    road = next_of(read(client, "/quotes/?q=children+or+parents+or+staff&page=2")) or ""
    assert "after=" in road
    assert "q=children" in road
    assert "page=" not in road
    page = read(client, road)
    assert "from here on" in page
    starts = re.findall(r'href="([^"]+)">Back to the start of the list', page)
    assert len(starts) == 1
    assert "after=" not in starts[0]
    assert "q=children" in starts[0]


@pytest.mark.parametrize("after", ["x", "00000000-0000-4000-8000-000000000000", "%00", "1" * 400])
def test_going_on_after_nothing_is_not_found(client, after):
    assert client.get(f"/quotes/?after={after}").status_code == 404


def test_going_on_after_a_hidden_quote_is_not_found(client):
    hidden = make_quote(make_school(make_study(is_published=False)))
    assert client.get(f"/quotes/?after={hidden.guid}").status_code == 404


def test_facets_of_a_long_list_offer_choices_without_numbers(client, counted_to_25):
    whole = QuoteFilter(QueryDict(""), queryset=Quote.objects.published())
    assert whole.is_valid()
    found = facets(whole, is_more=True)
    assert {choice.count for facet in found for choice in facet.choices} == {None}
    assert {choice.key for facet in found if facet.name == "school" for choice in facet.choices} == set("abcde")
    assert "tick__count" not in read(client, "/quotes/")


def test_facet_is_counted_where_the_others_leave_few(client, counted_to_25):
    one = QuoteFilter(QueryDict("school=b"), queryset=Quote.objects.published())
    assert one.is_valid()
    assert one.qs.count() <= FEW
    numbers = {facet.name: {choice.count for choice in facet.choices} for facet in facets(one)}
    assert numbers["school"] == {None}  # what the others let through is the whole list
    assert None not in numbers["role"] | numbers["topic"]


def test_nearest_of_a_long_list_are_those_of_its_first_quotes(client, counted_to_25):
    school = make_school(Quote.objects.order_by("pk")[0].school.study)
    for place in range(FEW + 5):
        make_quote(school, text=f"Aardvark{' aardvark' * (place == FEW + 4)} and others.", position=place)
    page = read(client, "/quotes/?q=aardvark&sort=relevance")
    assert f"More than {FEW} quotes" in page
    assert "the nearest are shown of the first" in page
    assert "others" in page
    assert "Aardvark aardvark" not in re.sub(r"</?mark>", "", page)
    page = read(client, "/quotes/?q=aardvark&sort=longest")
    assert "Aardvark aardvark" in re.sub(r"</?mark>", "", page)


@pytest.mark.parametrize("road", ["/", "/about/"])
def test_pages_about_the_site_say_that_there_are_many(client, counted_to_25, road):
    assert f"more than {FEW}" in read(client, road)


def test_codebook_that_was_used_often_is_not_counted(client, counted_to_25):
    page = read(client, "/codebooks/gateways/")
    assert page.count('<span class="quiet">many</span>') > 1


def test_pages_of_a_long_list_are_those_of_the_counted(client, monkeypatch):
    monkeypatch.setattr(paging, "MOST_COUNTED", 20)
    paginator = client.get("/quotes/").context["page"].paginator
    assert (paginator.count, paginator.num_pages, paginator.is_more) == (20, 1, True)


def test_code_that_was_used_often_is_not_counted_by_school(client, monkeypatch):
    road = "/codebooks/gateways/student-voice/"
    assert client.get(road).context["by_school"]
    monkeypatch.setattr(paging, "MOST_COUNTED", 1)
    assert client.get(road).context["by_school"] == []


def test_long_list_asks_no_oftener_than_a_short_one(client, monkeypatch, django_assert_num_queries):
    client.get("/quotes/")
    with django_assert_num_queries(15):
        client.get("/quotes/")
    monkeypatch.setattr(paging, "MOST_COUNTED", FEW)
    with django_assert_num_queries(12):
        client.get("/quotes/")
