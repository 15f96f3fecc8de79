"""A code with all that was coded so: its definition, counts by school and by speaker, and every passage with its memo.

Takes querysets of codings and notes, whatever the caller may see; as a page, as a Word document and as CSV it is the
same.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from typing import NamedTuple

from django.db.models import Count, QuerySet

from findings.models import Code, Coding, QuoteNote
from schools.models import School, SpeakerRole

MOST = 2000  # passages on a page or in a document; a CSV file has no such limit
SCHOOL, ROLE = "school", "role"
Road = Callable[[str, str], str]


@dataclass(frozen=True)
class Tally:
    """How much of a code a school or a kind of speaker has, and what to ask the quotes for to see it."""

    label: str
    quotes: int
    passages: int
    asks: str = ""


class SchoolPart(NamedTuple):
    """A school's passages in reading order, and the memos on their quotes."""

    school: School
    codings: list[Coding]
    notes: list[QuoteNote]


@dataclass(frozen=True)
class CodeReport:
    """A code's report, school by school; `left_out` says how many passages came after MOST."""

    code: Code
    quotes: int
    passages: int
    by_school: list[Tally]
    by_role: list[Tally]
    schools: list[SchoolPart]
    left_out: int

    @classmethod
    def of(
        cls,
        code: Code,
        codings: QuerySet,
        notes: QuerySet[QuoteNote] | None = None,
        *,
        asks: Road | None = None,
        most: int = MOST,
    ) -> "CodeReport":
        """Three queries, however much there is; a fourth for notes. Codes below it are left out.

        `asks`: gives, for SCHOOL with a slug or ROLE with a role, the query of the page that has these quotes. Needs
        the codebook loaded.
        """
        own = codings.filter(code=code)
        ask = asks or (lambda kind, key: "")
        order = ("quote__school__position", "quote__school", "quote__school__name", "quote__school__slug")
        by_school = [
            Tally(name, quotes, passages, ask(SCHOOL, slug))
            for _, _, name, slug, quotes, passages in _counted(own, *order)
        ]
        roles = {role: (quotes, passages) for role, quotes, passages in _counted(own, "quote__speaker_role")}
        by_role = [
            Tally(label, *roles[role], asks=ask(ROLE, role)) for role, label in SpeakerRole.choices if role in roles
        ]
        passages = sum(tally.passages for tally in by_school)
        shown = list(islice(in_reading_order(own), most))
        memos = {} if notes is None else _memos(notes, shown)
        schools = [
            SchoolPart(school, list(members), memos.get(school.pk, []))
            for school, members in groupby(shown, key=lambda one: one.quote.school)
        ]
        quotes = sum(tally.quotes for tally in by_school)
        return cls(code, quotes, passages, by_school, by_role, schools, max(passages - most, 0))


def in_reading_order(codings: QuerySet) -> Iterator[Coding]:
    """Codings with all that a report says of them, school by school, as a stream. One query."""
    ordered = codings.select_related("quote__school__study", "quote__topic", "code__codebook", "coder").order_by(
        "quote__school__position", "quote__school", "quote__position", "quote", "start", "end", "pk"
    )
    return ordered.iterator(chunk_size=500)


def _memos(notes: QuerySet[QuoteNote], codings: list[Coding]) -> dict[int, list[QuoteNote]]:
    """The memos on the quotes of these codings, by the school's key."""
    written = notes.filter(quote__in={one.quote_id for one in codings}).exclude(memo="")
    found: dict[int, list[QuoteNote]] = {}
    for one in written.select_related("quote", "coder").order_by("quote__position", "quote", "coder__name", "pk"):
        found.setdefault(one.quote.school_id, []).append(one)
    return found


def _counted(codings: QuerySet, *by: str) -> QuerySet:
    """Rows in the order of these fields: the fields, quotes and passages."""
    rows = codings.order_by(*by).values_list(*by)
    return rows.annotate(quotes=Count("quote", distinct=True), passages=Count("pk"))
