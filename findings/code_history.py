"""What changed in a code from one of its states to the next."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet

from findings.hues import HUES
from findings.models import Code, Codebook
from schools.fields import locator_words
from schools.models import Quote


@dataclass(frozen=True)
class Change:
    """One thing that changed, in words; empty where there was or is nothing."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class State:
    """A state of a code: the record of it, and what differs from the one before; of the first, all that it had."""

    record: Any
    is_first: bool
    changes: list[Change]


@dataclass(frozen=True)
class Told:
    """What states point at, in words: codes of the codebook and quotes by primary key."""

    codes: dict[int, str]
    quotes: dict[int, str]

    @classmethod
    def of(cls, codebook: Codebook, records: Iterable[Any]) -> "Told":
        """Two queries. Codes of another codebook are not told: they are its own."""
        keys = {key for one in records for key in (one.parent_id, one.merged_into_id) if key}
        codes = Code.objects.filter(codebook=codebook, pk__in=keys).values_list("pk", "name")
        examples = {one.example_id for one in records if one.example_id}
        quotes = Quote.objects.filter(pk__in=examples).select_related("school")
        return cls(dict(codes), {one.pk: f"{one.school.name}, {locator_words(one.locator)}" for one in quotes})

    def code(self, key: int | None) -> str:
        """A code's name as it is now."""
        return self.codes.get(key, "a code that is gone") if key else ""

    def quote(self, key: int | None) -> str:
        """Where a quote stands."""
        return self.quotes.get(key, "a quote that is gone") if key else ""


COLOURS = dict(HUES)
# what is told of a state, and how it is put in words
TOLD: list[tuple[str, Callable[[Any, Told], str]]] = [
    ("Name", lambda one, told: one.name),
    ("Below", lambda one, told: told.code(one.parent_id)),
    ("Place among those beside it", lambda one, told: str(one.position)),
    ("Definition", lambda one, told: one.definition),
    ("Include when", lambda one, told: one.include),
    ("Exclude when", lambda one, told: one.exclude),
    ("Example", lambda one, told: told.quote(one.example_id)),
    ("Memo", lambda one, told: one.memo),
    ("Colour", lambda one, told: COLOURS.get(one.colour, "")),
    ("Number key", lambda one, told: str(one.number_key or "")),
    ("Retired", lambda one, told: "yes" if one.retired_at else ""),
    ("Merged into", lambda one, told: told.code(one.merged_into_id)),
    ("Where the report says it", lambda one, told: locator_words(one.locator)),
    ("Short name in files", lambda one, told: one.slug),
]


def records_of(code: Code, codebook: Codebook) -> QuerySet:
    """The records of a code under a codebook, latest first. What it was under another is the other's own."""
    records = Code.history.filter(id=code.pk, codebook=codebook.pk)
    return records.select_related("history_user__coder").order_by("-history_date", "-history_id")


def states_of(codebook: Codebook, records: Sequence[Any], most: int) -> list[State]:
    """At most so many states from their records, latest first: one record more tells what the last changed. Two
    queries.
    """
    told = Told.of(codebook, records)
    pairs = list(pairwise([*records, None]))[:most]
    return [State(record, before is None, _changes(before, record, told)) for record, before in pairs]


def _changes(before: Any, after: Any, told: Told) -> list[Change]:
    pairs = ((what, say(before, told) if before else "", say(after, told)) for what, say in TOLD)
    return [Change(what, was, now) for what, was, now in pairs if was != now]
