"""Codes against schools, speakers, topics and facts, and findings against schools: how much of each, cell by cell.

A matrix takes a queryset of codings (or of evidence): whatever the caller may see. One query counts it, however many
codings there are; characters are read as a stream, for a union of passages is not a sum.

What is counted:

- **codings**: passages coded so, by however many coders.
- **quotes**: quotes with such a passage, each once.
- **characters**: Unicode code points of quotes that lie in such a passage, each once however many passages overlap.

Totals and percentages are of the cells: a quote with two codes is in two rows, so a column adds up to more than the
quotes there are, and its percentages to 100.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Length

from findings.models import Code, Finding
from schools.models import Fact, School, SpeakerRole, Topic

CODINGS, QUOTES, CHARACTERS = "codings", "quotes", "characters"
COUNTED = {CODINGS: "Codings", QUOTES: "Quotes", CHARACTERS: "Characters"}
NOT_STATED = "not-stated"
READ_AT_ONCE = 2000  # rows of a stream


def noun(units: str, n: int) -> str:
    """What is counted, with its number: quotes, but one quote."""
    return units.removesuffix("s") if n == 1 else units


Conditions = dict[str, list[str]]  # query parameters of /quotes/: within one any value will do, all must hold
Counts = Mapping[tuple[Any, Any], int]


@dataclass(frozen=True)
class Line:
    """A row or a column: its key, its label, and the conditions that its quotes meet."""

    key: str
    label: str
    conditions: Conditions


@dataclass(frozen=True)
class Dimension:
    """The columns of a matrix. `lookup` is what a coding is counted by; `lines` gives each of its values a line.

    Several values may share a line: five schools of one band are one column.
    """

    label: str
    lookup: str
    lines: list[Line]
    places: Mapping[Any, int]  # value of the lookup: index into lines


@dataclass(frozen=True)
class Cell:
    """A count, the conditions that open its quotes, and its share of its row and of its column in per cent.

    A share is None where there is nothing to have a share of.
    """

    count: int
    conditions: Conditions
    row_percent: float | None
    column_percent: float | None


@dataclass(frozen=True)
class Matrix:
    """Rows × columns of counts, a list for each row, with their sums."""

    counted: str
    rows: list[Line]
    columns: list[Line]
    counts: list[list[int]]
    row_totals: list[int]
    column_totals: list[int]
    total: int

    @classmethod
    def of(cls, rows: list[Line], columns: list[Line], counts: list[list[int]], counted: str) -> "Matrix":
        """From plain counts, a list for each row."""
        across = [sum(row) for row in counts]
        down = [sum(column) for column in zip(*counts, strict=True)] if counts else [0] * len(columns)
        return cls(counted, rows, columns, counts, across, down, sum(across))

    @cached_property
    def cells(self) -> list[list[Cell]]:
        """The counts with what opens their quotes and with their shares."""
        return [
            [
                Cell(
                    count,
                    row.conditions | column.conditions,
                    share_of(count, self.row_totals[i]),
                    share_of(count, self.column_totals[j]),
                )
                for j, (column, count) in enumerate(zip(self.columns, self.counts[i], strict=True))
            ]
            for i, row in enumerate(self.rows)
        ]

    def first(self, *, rows: int | None = None, columns: int | None = None) -> "Matrix":
        """Its first rows and columns. Sums and shares stay those of all."""
        return replace(
            self,
            rows=self.rows[:rows],
            columns=self.columns[:columns],
            counts=[line[:columns] for line in self.counts[:rows]],
            row_totals=self.row_totals[:rows],
            column_totals=self.column_totals[:columns],
        )


def share_of(count: int, whole: int) -> float | None:
    """A share in per cent; None of nothing."""
    return 100 * count / whole if whole else None


# ── Columns ─────────────────────────────────────────────────────────────────────────────────────
def by_school(schools: Iterable[School]) -> Dimension:
    """A column for each school, in the order given."""
    chosen = list(schools)
    lines = [Line(one.slug, one.name, {"school": [one.slug]}) for one in chosen]
    return Dimension("School", "quote__school", lines, {one.pk: place for place, one in enumerate(chosen)})


def by_role(roles: Iterable[tuple[str, str]] = SpeakerRole.choices) -> Dimension:
    """A column for each kind of speaker, given as value and label."""
    lines = [Line(value, label, {"role": [value]}) for value, label in roles]
    return Dimension("Speaker", "quote__speaker_role", lines, {line.key: place for place, line in enumerate(lines)})


def by_topic(topics: Iterable[Topic]) -> Dimension:
    """A column for each topic, in the order given; topics of several studies under one name are one column."""
    chosen = list(topics)
    slugs = list(dict.fromkeys(one.slug for one in chosen))
    labels = {one.slug: one.label for one in reversed(chosen)}
    lines = [Line(slug, labels[slug], {"topic": [slug]}) for slug in slugs]
    return Dimension("Topic", "quote__topic", lines, {one.pk: slugs.index(one.slug) for one in chosen})


def by_fact(schools: Iterable[School], facts: Iterable[Fact], label: str, bands: Sequence[Decimal] = ()) -> Dimension:
    """A column for each thing that schools state for one indicator, the silent ones last.

    `bands` are ascending numbers: columns "under 150", "150 to under 300", "300 and more". A school that states words
    and no number then has a column of its own words. Without bands each wording is a column, in the schools' order.
    """
    stated = {fact.school_id: fact for fact in facts}
    groups: dict[str, list[School]] = {key: [] for key, _ in _band_names(bands)}
    labels = dict(_band_names(bands))
    for school in schools:
        key, name = _band_of(stated.get(school.pk), bands)
        labels.setdefault(key, name)
        groups.setdefault(key, []).append(school)
    if NOT_STATED in groups:
        groups[NOT_STATED] = groups.pop(NOT_STATED)  # last
    lines = [
        Line(key, labels[key], {"school": [one.slug for one in members]}) for key, members in groups.items() if members
    ]
    places = {one.pk: place for place, line in enumerate(lines) for one in groups[line.key]}
    return Dimension(label, "quote__school", lines, places)


def _band_names(bands: Sequence[Decimal]) -> list[tuple[str, str]]:
    if not bands:
        return []
    between = [(f"{low}-{high}", f"{low:n} to under {high:n}") for low, high in zip(bands, bands[1:], strict=False)]
    return [(f"under-{bands[0]}", f"under {bands[0]:n}"), *between, (f"{bands[-1]}-up", f"{bands[-1]:n} and more")]


def _band_of(fact: Fact | None, bands: Sequence[Decimal]) -> tuple[str, str]:
    if fact is None or not fact.value:
        return NOT_STATED, "not stated"
    if not bands or fact.number is None:
        return fact.value.lower(), fact.value
    return _band_names(bands)[sum(fact.number >= edge for edge in bands)]


# ── Matrices ────────────────────────────────────────────────────────────────────────────────────
def code_matrix(codings: QuerySet, codes: Iterable[Code], columns: Dimension, counted: str = QUOTES) -> Matrix:
    """Codes × a dimension. One query. A code's codings are those to this very code, not to the codes below it.

    Codes need their codebook loaded. Raises KeyError where `counted` is none of COUNTED.
    """
    count = {CODINGS: _codings, QUOTES: _quotes, CHARACTERS: _characters}[counted]
    chosen = list(codes)
    counts = count(codings.filter(code__in=[code.pk for code in chosen]), columns.lookup)
    rows = [Line(code.key, code.name, {"code": [code.key]}) for code in chosen]
    return Matrix.of(rows, columns.lines, _laid_out([code.pk for code in chosen], columns, counts), counted)


def finding_matrix(
    evidence: QuerySet, findings: Iterable[Finding], schools: Iterable[School], counted: str = QUOTES
) -> Matrix:
    """Findings × schools: quotes that bear a finding out, or their characters. Evidence is of whole quotes. One query.

    Raises ValueError for anything else that is to be counted.
    """
    if counted not in {QUOTES, CHARACTERS}:
        raise ValueError(f"Evidence is counted in quotes or characters, not in {counted}")
    chosen, columns = list(findings), by_school(schools)
    sums = Count("quote", distinct=True) if counted == QUOTES else Sum(Length("quote__text"))
    found = evidence.filter(finding__in=[one.pk for one in chosen]).order_by()
    rows = found.values_list("finding", columns.lookup).annotate(n=sums)
    counts = {(finding, school): n for finding, school, n in rows}
    lines = [Line(one.slug, one.title, {"finding": [one.slug]}) for one in chosen]
    return Matrix.of(lines, columns.lines, _laid_out([one.pk for one in chosen], columns, counts), counted)


def _laid_out(rows: list[int], columns: Dimension, counts: Counts) -> list[list[int]]:
    """Counts by (row, value) as a list of cells for each row; values without a column are left out."""
    at = {key: place for place, key in enumerate(rows)}
    table = [[0] * len(columns.lines) for _ in rows]
    for (row, value), count in counts.items():
        place = columns.places.get(value)
        if place is not None:
            table[at[row]][place] += count
    return table


def _grouped(what: Count) -> Callable[[QuerySet, str], Counts]:
    def counts(codings: QuerySet, lookup: str) -> Counts:
        rows = codings.order_by().values_list("code", lookup).annotate(n=what)
        return {(code, value): n for code, value, n in rows}

    return counts


_codings = _grouped(Count("pk"))
_quotes = _grouped(Count("quote", distinct=True))


def _characters(codings: QuerySet, lookup: str) -> Counts:
    """Each character once for a code, whoever coded it. Passages come in order, so one of them is held at a time."""
    rows = codings.order_by("code", "quote", "start", "end").values_list("code", lookup, "quote", "start", "end")
    counts: dict[tuple[Any, Any], int] = {}
    for (code, value, _), passages in groupby(rows.iterator(chunk_size=READ_AT_ONCE), key=lambda row: row[:3]):
        covered = sum(end - start for start, end in united((start, end) for *_, start, end in passages))
        counts[code, value] = counts.get((code, value), 0) + covered
    return counts


def united(passages: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Passages in the order of their starts as passages that neither overlap nor touch."""
    held: tuple[int, int] | None = None
    for start, end in passages:
        if held and start <= held[1]:
            held = (held[0], max(held[1], end))
            continue
        if held:
            yield held
        held = (start, end)
    if held:
        yield held
