"""How many quotes each choice of a filter would show, given all the other filters. Two queries for all facets.

The facets that are not in use count the same quotes: these are read once, and counted here.

Counting takes as long as there are quotes. Where the other filters let through more than 10,000, a facet offers its
choices without numbers, schools in the order of the study; numbers of the first 10,000 would be wrong.
"""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import CharField, Count, F, IntegerField, Model, QuerySet, Value
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.functions import Cast, Concat

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
NAMED: dict[str, type[Model]] = {"school": School, "topic": Topic}  # the others are counted by the database
ORDER = ["school", "role", "topic", "code", "finding", "phase", "setting"]


def facets(quote_filter: QuoteFilter, *, is_more: bool = False) -> list[Facet]:
    """The facets of a filter that has been validated, in the order in which the page shows them.

    `is_more`: the filter lets through more quotes than are counted. For each facet in use one more query asks that of
    the others.
    """
    in_use = quote_filter.chosen()
    many = {name for name in ORDER if (is_many(quote_filter.narrowed(except_for=name)) if name in in_use else is_more)}
    found = _Found(quote_filter.narrowed()) if not is_more else None
    rows: dict[str, list[tuple[str, str, int, int]]] = {name: [] for name in ORDER}
    parts = []
    for name in ORDER:
        if name in many:
            parts.append(_offered(name, quote_filter.study))
        elif found is None or name in in_use:
            parts.append(_part(name, quote_filter.narrowed(except_for=name)))
        elif name in FIXED:
            rows[name] = [(key, key, 0, count) for key, count in found.counts[name].items()]
        else:
            parts.append(found.part(name))
    asked = [part for part in parts if part is not None]
    for name, key, label, place, count in asked[0].union(*asked[1:], all=True):
        if found and name in NAMED and name not in in_use:
            count = found.counts[name][count]
        rows[name].append((key, label, place, count))
    shown: list[Facet] = []
    for name in ORDER:
        facet = _facet(quote_filter, name, rows[name], counts=name not in many)
        shown += _by_codebook(facet, quote_filter.study) if name == "code" else [facet]
    return shown


def _by_codebook(codes: Facet, study: Study | None) -> list[Facet]:
    """The facet of codes as one for each codebook; they share a parameter. One query, for the codebooks' names."""
    parts = []
    for codebook in _of(Codebook.objects.published().editorial(), study):
        choices = [one for one in codes.choices if one.key.partition("/")[0] == codebook.slug]
        parts.append(Facet(codes.name, codebook.name, choices, sum(one.chosen for one in choices)))
    return parts


def _offered(name: str, study: Study | None) -> QuerySet | None:
    """Rows as of `_part` with a count of 0: the choices that there are. None for those that the code knows."""
    match name:
        case "school":
            first = _of(School.objects.published(), study).order_by("position", "pk").values("pk")[:MOST]
            rows, columns = School.objects.filter(pk__in=first), ("slug", "name", "position")
        case "topic":
            rows, columns = _of(Topic.objects.filter(study__is_published=True), study), ("slug", "label", "position")
        case "code":
            rows = _of(Code.objects.published(), study).filter(codebook__is_editorial=True, retired_at=None)
            place = F("codebook__position") * 1000 + F("position")
            return _zero(
                rows, name, Concat("codebook__slug", Value("/"), "slug", output_field=CharField()), "name", place
            )
        case "finding":
            place = F("theme__position") * 1000 + F("position")
            return _zero(_of(Finding.objects.published(), study), name, F("slug"), "title", place)
        case _:
            return None
    return _zero(rows, name, F(columns[0]), columns[1], F(columns[2]))


def _of(rows: Any, study: Study | None) -> Any:
    return rows if study is None else rows.of(study)


def _zero(
    rows: QuerySet, name: str, key: Combinable, label: str, place: Combinable, n: Combinable | None = None
) -> QuerySet:
    return (
        rows.order_by()
        .annotate(
            facet=Value(name, CharField()),
            facet_key=Cast(key, CharField()),
            facet_label=Cast(F(label), CharField()),
            facet_place=Cast(place, IntegerField()),
            n=n or Value(0),
        )
        .values_list("facet", "facet_key", "facet_label", "facet_place", "n")
    )


def _facet(quote_filter: QuoteFilter, name: str, rows: list[tuple[str, str, int, int]], *, counts: bool) -> Facet:
    chosen = _chosen(quote_filter, name)
    counted = {key: (label, place, count) for key, label, place, count in rows}
    if name in FIXED:
        labels = dict(FIXED[name])
        keys = [key for key in labels if key in counted or key in chosen or not counts]
    else:
        labels = {key: label for key, (label, _, _) in counted.items()} | chosen
        most = sorted(counted, key=lambda key: -counted[key][2])[:MOST]
        keys = sorted(set(most) | chosen.keys(), key=lambda key: counted.get(key, ("", 10**6, 0))[1])
    choices = [
        Choice(key, labels[key], counted.get(key, ("", 0, 0))[2] if counts else None, key in chosen) for key in keys
    ]
    return Facet(name, str(quote_filter.filters[name].label), choices, len(chosen))


def _chosen(quote_filter: QuoteFilter, name: str) -> dict[str, str]:
    """The chosen keys of a filter with their labels."""
    value = quote_filter.chosen().get(name, [])
    if name in FIXED:
        return {key: dict(FIXED[name])[key] for key in value}
    return {getattr(record, "key", None) or record.slug: str(record) for record in value}


class _Found:
    """The quotes that all filters let through, of whom, about what and by whom; 10,000 at most."""

    def __init__(self, quotes: QuerySet) -> None:
        columns = ("pk", "school_id", "topic_id", "speaker_role", "school__phase", "school__setting")
        read = zip(*quotes.values_list(*columns)[:MOST_COUNTED], strict=True)
        keys, *others = list(read) or [()] * len(columns)
        self.keys: list[int] = list(keys)
        self.counts: dict[str, Counter] = dict(
            zip(["school", "topic", "role", "phase", "setting"], map(Counter, others), strict=True)
        )

    def part(self, name: str) -> QuerySet:
        """Rows as of `_part`; for schools and topics the primary key stands in place of the count."""
        if name in NAMED:
            counts = self.counts[name]
            most = sorted(counts, key=lambda key: (-counts[key], key))[:MOST]
            rows = NAMED[name]._default_manager.filter(pk__in=most)
            label = "name" if name == "school" else "label"
            return _zero(rows, name, F("slug"), label, F("position"), n=F("pk"))
        return _count_links(name, RawSQL(*_values(self.keys)))


def _values(keys: list[int]) -> tuple[str, list[Any]]:
    """A query whose rows are these keys, and its parameter: one, however many they are."""
    if connection.vendor == "postgresql":
        return "SELECT unnest(%s::bigint[])", [keys]
    return "SELECT value FROM json_each(%s)", [json.dumps(keys)]


def _part(name: str, quotes: QuerySet) -> QuerySet:
    """Rows (facet, key, label, place, count) of one facet, of these quotes."""
    if name in {"code", "finding"}:
        return _count_links(name, quotes.values("pk"))
    columns = {
        "school": ("school__slug", "school__name", "school__position"),
        "role": ("speaker_role", "speaker_role", None),
        "topic": ("topic__slug", "topic__label", "topic__position"),
        "phase": ("school__phase", "school__phase", None),
        "setting": ("school__setting", "school__setting", None),
    }
    key_column, label_column, place_column = columns[name]
    place = F(place_column) if place_column else Value(0)
    return _count(quotes, name, F(key_column), F(label_column), place, Count("pk"))


def _count_links(name: str, keys: Any) -> QuerySet:
    """Rows as of `_part` for codes or findings, of the quotes with these keys."""
    each = Count("quote", distinct=True)
    if name == "code":
        rows = Coding.objects.published_for_quotes().filter(quote__in=keys)
        key = Concat("code__codebook__slug", Value("/"), "code__slug", output_field=CharField())
        place = F("code__codebook__position") * 1000 + F("code__position")
        return _count(rows, name, key, F("code__name"), place, each)
    rows = Evidence.objects.published().filter(quote__in=keys)
    place = F("finding__theme__position") * 1000 + F("finding__position")
    return _count(rows, name, F("finding__slug"), F("finding__title"), place, each)


def _count(rows: QuerySet, name: str, key: Combinable, label: Combinable, place: Combinable, number: Count) -> QuerySet:
    return (
        rows.order_by()
        .annotate(
            facet=Value(name, CharField()),
            facet_key=Cast(key, CharField()),
            facet_label=Cast(label, CharField()),
            facet_place=Cast(place, IntegerField()),
        )
        .values("facet", "facet_key", "facet_label", "facet_place")
        .annotate(n=number)
        .values_list("facet", "facet_key", "facet_label", "facet_place", "n")
    )
