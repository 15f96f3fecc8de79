"""Facets: the count beside a choice is what choosing it shows."""

from itertools import product

import pytest
from django.http import QueryDict

from findings.facets import facets
from findings.filters import QuoteFilter
from findings.models import Coding
from schools.models import Quote
from tests.factories import loaded_study, make_code, make_codebook, make_coding, make_quote, make_school, make_study

pytestmark = pytest.mark.django_db

STATES = [
    "",
    "school=b",
    "school=a&school=d",
    "role=teacher",
    "q=children",
    "q=parents or staff -money",
    "code=gateways/student-voice",
    "code=gateways/new-technologies&code=key-skills/communication",
    "finding=staying-ahead",
    "topic=use&setting=rural-village",
    "phase=junior&q=parents",
    "codebook=key-skills&school=b",
]


def filtered(query: str) -> QuoteFilter:
    quote_filter = QuoteFilter(QueryDict(query), queryset=Quote.objects.published())
    assert quote_filter.is_valid(), quote_filter.errors
    return quote_filter


@pytest.mark.parametrize("state", STATES)
def test_count_is_what_choosing_shows(state: str):
    for facet in facets(filtered(state)):
        for choice in facet.choices:
            alone = QueryDict(state, mutable=True)
            alone.setlist(facet.name, [choice.key])
            assert filtered(alone.urlencode()).qs.count() == choice.count, (facet.name, choice.key)


@pytest.mark.parametrize("state", STATES)
def test_what_is_chosen_stays_to_be_seen(state: str):
    asked = QueryDict(state)
    shown = {(facet.name, choice.key) for facet in facets(filtered(state)) for choice in facet.choices if choice.chosen}
    names = {"school", "role", "topic", "code", "finding", "phase", "setting"}
    assert shown == {(name, key) for name, keys in asked.lists() if name in names for key in keys}


def test_choice_that_shows_nothing_stays_when_it_is_chosen():
    choices = {choice.key: choice for facet in facets(filtered("school=c&q=Norwegian")) for choice in facet.choices}
    assert choices["c"].count == 0
    assert choices["c"].chosen


def test_only_published_records_are_counted_and_found():
    hidden = make_quote(make_school(make_study(is_published=False)), text="A hidden aardvark.")
    open_quote = make_quote(make_school(loaded_study()), text="An open aardvark.")
    private = make_code(make_codebook(loaded_study(), is_published=False))
    make_coding(open_quote, private)
    assert list(filtered("q=aardvark").qs) == [open_quote]
    keys = {choice.key for facet in facets(filtered("q=aardvark")) for choice in facet.choices}
    assert private.key not in keys
    assert hidden.school.slug not in keys
    refused = QuoteFilter(QueryDict(f"code={private.key}"), queryset=Quote.objects.published())
    assert not refused.is_valid()
    refused = QuoteFilter(QueryDict(f"school={hidden.school.slug}"), queryset=Quote.objects.published())
    assert not refused.is_valid()


def test_another_coders_codings_do_not_count():
    code = Coding.objects.published().first().code
    before = filtered(f"code={code.key}").qs.count()
    make_coding(make_quote(make_school(loaded_study())), code)
    assert filtered(f"code={code.key}").qs.count() == before


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("shortest", lambda quote: len(quote.text)),
        ("longest", lambda quote: -len(quote.text)),
        ("pupils", lambda quote: quote.school.pupils or 10**9),
        ("fsm", lambda quote: -quote.school.fsm_percent if quote.school.fsm_percent is not None else 1),
        ("", lambda quote: (quote.school.position, quote.position)),
        ("relevance", lambda quote: (quote.school.position, quote.position)),
    ],
)
def test_sorting(sort: str, key):
    quotes = list(filtered(f"sort={sort}").qs.select_related("school"))
    assert len(quotes) == 56
    assert [key(quote) for quote in quotes] == sorted(key(quote) for quote in quotes)


def test_filters_of_different_kinds_must_all_hold():
    for school, role in product("abcde", ["headteacher", "teacher", "ict-coordinator"]):
        found = filtered(f"school={school}&role={role}").qs
        assert found.count() == Quote.objects.filter(school__slug=school, speaker_role=role).count()
