"""A code with all that was coded so: its definition, counts by school and by speaker, and every passage with its memo.

Takes a queryset of codings, whatever the caller may see; as a page, as a Word document and as CSV it is the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice

from django.db.models import Count, QuerySet

from findings.models import Code, Coding
from schools.models import School, SpeakerRole

MOST = 2000  # passages on a page or in a document; a CSV file has no such limit


@dataclass(frozen=True)
class Tally:
    """How much of a code a school or a kind of speaker has."""

    label: str
    quotes: int
    passages: int


@dataclass(frozen=True)
class CodeReport:
    """A code's report. `schools` holds the passages in reading order; `left_out` says how many came after MOST."""

    code: Code
    quotes: int
    passages: int
    by_school: list[Tally]
    by_role: list[Tally]
    schools: list[tuple[School, list[Coding]]]
    left_out: int

    @classmethod
    def of(cls, code: Code, codings: QuerySet, *, most: int = MOST) -> "CodeReport":
        """Three queries, however much there is. Codes below it are left out. Needs the codebook loaded."""
        own = codings.filter(code=code)
        by_school = _tally(own, "quote__school__name", "quote__school__position", "quote__school")
        roles = {tally.label: tally for tally in _tally(own, "quote__speaker_role", "quote__speaker_role")}
        by_role = [
            Tally(label, roles[role].quotes, roles[role].passages)
            for role, label in SpeakerRole.choices
            if role in roles
        ]
        passages = sum(tally.passages for tally in by_school)
        shown = islice(in_reading_order(own), most)
        schools = [(school, list(members)) for school, members in groupby(shown, key=lambda one: one.quote.school)]
        quotes = sum(tally.quotes for tally in by_school)
        return cls(code, quotes, passages, by_school, by_role, schools, max(passages - most, 0))


def in_reading_order(codings: QuerySet) -> Iterator[Coding]:
    """Codings with all that a report says of them, school by school, as a stream. One query."""
    ordered = codings.select_related("quote__school__study", "quote__topic", "code__codebook", "coder").order_by(
        "quote__school__position", "quote__school", "quote__position", "quote", "start", "end", "pk"
    )
    return ordered.iterator(chunk_size=500)


def _tally(codings: QuerySet, label: str, *order: str) -> list[Tally]:
    rows = codings.order_by(*order).values_list(*dict.fromkeys([label, *order]))
    counted = rows.annotate(quotes=Count("quote", distinct=True), passages=Count("pk"))
    return [Tally(row[0], row[-2], row[-1]) for row in counted]
