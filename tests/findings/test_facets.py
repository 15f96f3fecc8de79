"""Facets: the count beside a choice is what choosing it shows."""

from itertools import product

import pytest
from django.http import QueryDict
from django.utils import timezone

from findings import filters
from findings.facets import facets
from findings.filters import QuoteFilter
from findings.models import Coding
from schools.models import Quote
from tests.factories import (
    editors,
    loaded_study,
    make_code,
    make_codebook,
    make_coder,
    make_coding,
    make_quote,
    make_school,
    make_study,
)

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


@pytest.mark.parametrize("state", ["code=gateways/student-voice", "codebook=key-skills", "finding=staying-ahead"])
def test_quotes_are_the_same_on_whichever_side_a_database_begins(state: str, monkeypatch: pytest.MonkeyPatch):
    begun_with_links = list(filtered(state).qs)
    monkeypatch.setattr(filters, "MOST_LINKS", 0)
    assert list(filtered(state).qs) == begun_with_links != []


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


def codes_shown(query: str) -> list[tuple[str, list[tuple[str, int | None]]]]:
    """The name over each group of codes, and their keys with the numbers beside them."""
    groups = [facet for facet in facets(filtered(query)) if facet.name == "code"]
    return [(facet.label, [(choice.key, choice.count) for choice in facet.choices]) for facet in groups]


def test_codebooks_of_one_name_or_place_stay_apart():
    quote, study = make_quote(make_school(loaded_study())), loaded_study()
    books = [make_codebook(study, slug=slug, name="Roles", position=9) for slug in ("roles-a", "roles-b")]
    for position, book in [(1, books[0]), (1, books[1]), (2, books[0]), (2, books[1])]:
        make_coding(quote, make_code(book, slug=f"role-{position}", position=position), coder=editors())
    assert codes_shown(f"school={quote.school.slug}")[-2:] == [
        ("Roles", [("roles-a/role-1", 1), ("roles-a/role-2", 1)]),
        ("Roles", [("roles-b/role-1", 1), ("roles-b/role-2", 1)]),
    ]


def test_codebook_without_choices_keeps_its_place():
    everywhere = [name for name, _ in codes_shown("")]
    nowhere = codes_shown("q=aardvark")
    assert nowhere == [(name, []) for name in everywhere]
    assert len(nowhere) == 2


def test_chosen_code_of_a_team_counts_what_it_shows():
    now = timezone.now()
    team = {"is_editorial": False, "published_at": now, "opened_at": now, "shows_agreed": True}
    code = make_code(make_codebook(loaded_study(), name="A team’s", **team))
    agreed = make_coder(agreed_for=code.codebook)
    for quote in Quote.objects.published()[:3]:
        make_coding(quote, code, coder=agreed)
    assert filtered(f"code={code.key}").qs.count() == 3
    assert codes_shown(f"code={code.key}")[-1] == ("A team’s", [(code.key, 3)])
    assert "A team’s" not in dict(codes_shown(""))


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
