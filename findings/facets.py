"""How many quotes each choice of a filter would show, given all the other filters.

The facets that are not in use count the same quotes: these are read once, and counted here. What a choice is called is
asked by primary key: short queries, which a database plans in less time than one that counts and names together.

Counting takes as long as there are quotes. Where the other filters let through more than 10,000, a facet offers its
choices without numbers, schools in the order of the study; numbers of the first 10,000 would be wrong.
"""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Model, Q, QuerySet
from django.db.models.expressions import RawSQL

from findings.filters import QuoteFilter
from findings.models import Code, Codebook, Coding, Evidence, Finding
from schools.models import Phase, School, Setting, SpeakerRole, Study, Topic
from schools.paging import MOST_COUNTED, is_many

MOST = 60  # choices shown of one facet, those with most quotes first; more are reached by text or by the lists


@dataclass(frozen=True)
class Choice:
    """One choice of a facet: its key in the URL, its label, how many quotes (or schools) it would show."""

    key: str
    label: str
    count: int | None  # None: not counted
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """A filter with its choices."""

    name: str
    label: str
    choices: list[Choice]
    active: int


FIXED = {"role": SpeakerRole.choices, "phase": Phase.choices, "setting": Setting.choices}
COLUMNS = {
    "school": "school_id",
    "role": "speaker_role",
    "topic": "topic_id",
    "phase": "school__phase",
    "setting": "school__setting",
}
# What the others are named by: the parts of a key, and the label.
NAMES: dict[str, tuple[type[Model], list[str], str]] = {
    "school": (School, ["slug"], "name"),
    "topic": (Topic, ["slug"], "label"),
    "code": (Code, ["codebook__slug", "slug"], "name"),
    "finding": (Finding, ["slug"], "title"),
}
ORDER = ["school", "role", "topic", "code", "finding", "phase", "setting"]


def facets(quote_filter: QuoteFilter, *, is_more: bool = False) -> list[Facet]:
    """The facets of a filter that has been validated, in the order in which the page shows them.

    `is_more`: the filter lets through more quotes than are counted. For each facet in use the quotes of the others are
    read besides.
    """
    in_use = quote_filter.chosen()
    found = None if is_more else _Found(quote_filter.narrowed())
    shown: list[Facet] = []
    for name in ORDER:
        counted = found
        if name in in_use:
            others = quote_filter.narrowed(except_for=name)
            counted = None if is_many(others) else _Found(others)
        counts = None if counted is None else counted.counts(name, in_use.get(name, []))
        shown += _facets_of(quote_filter, name, counts)
    return shown


class _Found:
    """The quotes that some filters let through, of whom, about what and by whom; 10,000 at most."""

    def __init__(self, quotes: QuerySet) -> None:
        read = zip(*quotes.values_list("pk", *COLUMNS.values())[:MOST_COUNTED], strict=True)
        keys, *others = list(read) or [()] * (1 + len(COLUMNS))
        self.keys: list[int] = list(keys)
        self.columns: dict[str, tuple] = dict(zip(COLUMNS, others, strict=True))

    def counts(self, name: str, chosen: list[Any]) -> Counter:
        """The quotes of each choice, by its key where it is FIXED, otherwise by primary key. At most one query.

        A team's codings are counted where a code of a team is chosen: it comes by address.
        """
        if name in COLUMNS:
            return Counter(self.columns[name])
        linked: Any = Evidence.objects.published_for_quotes()
        if name == "code":
            of_teams = any(not code.codebook.is_editorial for code in chosen)
            linked = Coding.objects.readable_for_quotes() if of_teams else Coding.objects.published_for_quotes()
        among = linked.filter(quote__in=RawSQL(*_values(self.keys))).order_by()
        return Counter(dict(among.values_list(name).annotate(n=Count("quote", distinct=True))))


def _values(keys: list[int]) -> tuple[str, list[Any]]:
    """A query whose rows are these keys, and its parameter: one, however many they are."""
    if connection.vendor == "postgresql":
        return "SELECT unnest(%s::bigint[])", [keys]
    return "SELECT value FROM json_each(%s)", [json.dumps(keys)]


def _facets_of(quote_filter: QuoteFilter, name: str, counts: Counter | None) -> list[Facet]:
    """A filter's facet; that of codes as one for each codebook: they share a parameter. `counts`: None if uncounted."""
    choices = (_fixed if name in FIXED else _named)(quote_filter, name, counts)
    if name == "code":
        return _by_codebook(quote_filter, choices)
    return [_facet(name, str(quote_filter.filters[name].label), choices)]


def _by_codebook(quote_filter: QuoteFilter, choices: list[Choice]) -> list[Facet]:
    """The codes under each codebook of the editors, then under those of teams that are in use. One query.

    A codebook without choices keeps its place: the page knows by it which group was open.
    """
    books = _of(Codebook.objects.published().editorial(), quote_filter.study).values_list("slug", "name")
    names = dict(books) | {code.codebook.slug: code.codebook.name for code in quote_filter.chosen().get("code", [])}
    under: dict[str, list[Choice]] = {slug: [] for slug in names}
    for choice in choices:
        if (slug := choice.key.partition("/")[0]) in under:
            under[slug].append(choice)
    return [_facet("code", names[slug], under[slug]) for slug in names]


def _facet(name: str, label: str, choices: list[Choice]) -> Facet:
    return Facet(name, label, choices, sum(choice.chosen for choice in choices))


def _fixed(quote_filter: QuoteFilter, name: str, counts: Counter | None) -> list[Choice]:
    chosen = quote_filter.chosen().get(name, [])
    return [
        Choice(key, label, None if counts is None else counts[key], key in chosen)
        for key, label in FIXED[name]
        if counts is None or key in counts or key in chosen
    ]


def _named(quote_filter: QuoteFilter, name: str, counts: Counter | None) -> list[Choice]:
    """Choices in the order of their records. One query."""
    model, key, label = NAMES[name]
    chosen = {record.pk for record in quote_filter.chosen().get(name, [])}
    most: Any = (
        _offered(name, quote_filter.study).values("pk")[:MOST]
        if counts is None
        else sorted(counts, key=lambda pk: (-counts[pk], pk))[:MOST]
    )
    shown = Q(pk__in=most) | Q(pk__in=chosen) if chosen else Q(pk__in=most)
    rows = model._default_manager.filter(shown).values_list("pk", label, *key)
    return [
        Choice("/".join(parts), text, None if counts is None else counts[pk], pk in chosen) for pk, text, *parts in rows
    ]


def _offered(name: str, study: Study | None) -> QuerySet:
    """The choices that there are, in their order."""
    offered: Any = {
        "school": School.objects.published(),
        "topic": Topic.objects.filter(study__is_published=True),
        "code": Code.objects.published().filter(codebook__is_editorial=True, retired_at=None),
        "finding": Finding.objects.published(),
    }[name]
    return _of(offered, study)


def _of(rows: Any, study: Study | None) -> Any:
    return rows if study is None else rows.of(study)
