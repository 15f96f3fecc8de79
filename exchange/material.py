"""What goes out of a study: the querysets that every writer reads, and how two of them are read side by side.

A writer takes a Material and asks nothing of who may see what: whoever makes the Material has decided that. What is
published is `Material.published(study)`; a codebook that only some may see is a Material with their codings.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import QuerySet

from findings.models import CaseEvidence, Code, Codebook, Coder, Coding, Evidence, Finding, QuoteNote, Uncoded
from schools.actions import data_version
from schools.models import DataVersion, Fact, Indicator, Quote, School, Study

CHUNK_SIZE = 200  # rows fetched at a time; a project reads four tables side by side

Row = TypeVar("Row")
Other = TypeVar("Other")


class DataChangedError(Exception):
    """Published data changed while a file was made of them: it is not all of one data version."""


@dataclass(frozen=True)
class Material:
    """A study as it goes out. Every method gives rows in one and the same order: schools, quotes, passages."""

    study: Study
    version: DataVersion
    codebooks: QuerySet[Codebook]
    all_codings: QuerySet[Coding]
    all_notes: QuerySet[QuoteNote] | None = None  # on quotes: a member's, never published
    is_private: bool = False  # for members: with the memos on codes
    filters: str = "no filters"  # what was chosen of the coding, in words

    @classmethod
    def published(cls, study: Study, version: DataVersion | None = None, chosen: Sequence[Codebook] = ()) -> "Material":
        """What everyone may read of a published study. `chosen`: these published codebooks, also of teams, instead of
        the editors'."""
        if chosen:
            codings = Coding.objects.readable().filter(code__codebook__in=chosen, quote__school__study=study)
            words = f"codebook: {', '.join(one.slug for one in chosen)}"
            books = Codebook.objects.published().filter(study=study, pk__in=[one.pk for one in chosen])
            return cls(study, version or data_version(), books, codings, filters=words)
        codebooks = Codebook.objects.published().editorial().filter(study=study)
        codings = Coding.objects.published().filter(code__codebook__study=study, quote__school__study=study)
        return cls(study, version or data_version(), codebooks, codings)

    @classmethod
    def of_desk(cls, codebook: Codebook, user: Any) -> "Material":
        """A codebook's study and all of its coding that a member may see."""
        return cls(
            codebook.study,
            data_version(),
            Codebook.objects.filter(pk=codebook.pk),
            Coding.objects.visible_to(user, codebook),
            QuoteNote.objects.visible_to(user, codebook),
            is_private=True,
        )

    def schools(self) -> QuerySet[School]:
        """The cases."""
        return School.objects.filter(study=self.study).select_related("study").order_by("position", "pk")

    def indicators(self) -> QuerySet[Indicator]:
        """What every school is asked about."""
        return Indicator.objects.filter(study=self.study).order_by("position", "pk")

    def facts(self) -> QuerySet[Fact]:
        """Every fact with its indicator and school, not stated ones included."""
        return (
            Fact.objects.filter(school__study=self.study)
            .select_related("indicator", "school")
            .order_by("school__position", "school_id", "indicator__position", "indicator_id")
        )

    def quotes(self) -> QuerySet[Quote]:
        """The quotes with school, study and topic."""
        quotes = Quote.objects.filter(school__study=self.study).select_related("school__study", "topic")
        return quotes.order_by("school__position", "school_id", "position", "pk")

    def codes(self) -> QuerySet[Code]:
        """The codes with their codebooks, in their order; `tree()` has them below one another."""
        codes = Code.objects.filter(codebook__in=self.codebooks.order_by()).select_related("codebook")
        return codes.order_by("codebook__position", "codebook__slug", "position", "pk")

    def codings(self) -> QuerySet[Coding]:
        """The codings with quote, school, coder, code and codebook, in the order of `quotes()` and the passages."""
        codings = self.all_codings.filter(code__codebook__in=self.codebooks.order_by())
        order = ("start", "end", "code__codebook__position", "code__position", "pk")
        return codings.select_related("quote__school", "coder", "code__codebook").order_by(*by_quote(), *order)

    def uncoded(self) -> QuerySet[Uncoded]:
        """Statements that a quote fits no code, in the order of `quotes()`."""
        rows = Uncoded.objects.filter(
            codebook__in=self.codebooks.order_by(), quote__school__study=self.study, coder__in=self.coders()
        )
        return rows.select_related("quote", "codebook", "coder").order_by(*by_quote(), "codebook__position", "pk")

    def notes(self) -> QuerySet[QuoteNote]:
        """Notes on quotes, in the order of `quotes()`."""
        notes = QuoteNote.objects.none() if self.all_notes is None else self.all_notes
        notes = notes.filter(quote__school__study=self.study)
        return notes.select_related("quote", "codebook", "coder").order_by(*by_quote(), "pk")

    def coders(self) -> QuerySet[Coder]:
        """Who coded or noted, and who linked the evidence."""
        found = Coder.objects.filter(slug="editors")
        for rows in (self.all_codings, self.notes(), self.evidence(), self.case_evidence()):
            found |= Coder.objects.filter(pk__in=rows.order_by().values("coder"))
        return found.order_by("slug")

    def findings(self) -> QuerySet[Finding]:
        """The findings with their themes."""
        findings = Finding.objects.filter(theme__study=self.study).select_related("theme")
        return findings.order_by("theme__position", "theme_id", "position", "pk")

    def evidence(self) -> QuerySet[Evidence]:
        """Links of findings to quotes, in the order of `quotes()`."""
        links = Evidence.objects.of_study(self.study)
        order = ("finding__theme__position", "finding__position", "pk")
        return links.select_related("finding", "quote__school", "coder").order_by(*by_quote(), *order)

    def case_evidence(self) -> QuerySet[CaseEvidence]:
        """Links of findings to schools, in the order of `schools()`."""
        links = CaseEvidence.objects.of_study(self.study)
        order = ("school__position", "school_id", "finding__theme__position", "finding__position", "pk")
        return links.select_related("finding", "school", "coder").order_by(*order)

    def check_unchanged(self) -> None:
        """Raise DataChangedError where the data version is no longer the one that this was made for."""
        check_unchanged(self.version)


def check_unchanged(version: DataVersion) -> None:
    """Raise DataChangedError where `version` is no longer the data version."""
    now = data_version()
    if (now.number, now.changed_at) != (version.number, version.changed_at):
        raise DataChangedError(f"Data {version} became {now} while a file was made of them.")


def by_quote() -> tuple[str, ...]:
    """The order of `Material.quotes()`, for rows that belong to a quote."""
    return ("quote__school__position", "quote__school_id", "quote__position", "quote_id")


def stream(rows: QuerySet, *load: str) -> Iterator[Any]:
    """The rows, some of them in memory at a time. With `load`, they come with these relations and no others.

    Half the time of a large export goes into making objects of what is joined: who needs less, says so.
    """
    if load:
        rows = rows.select_related(None).select_related(*load)
    return rows.iterator(chunk_size=CHUNK_SIZE)


def under(
    rows: Iterable[Row], others: Iterable[Other], key: Callable[[Other], Any], of: Callable[[Row], Any]
) -> Iterator[tuple[Row, Iterator[Other]]]:
    """Each row with the others that belong to it: those whose `key` is what `of` gives for the row.

    Both must come in the same order of keys. Each is read once, one row ahead, so neither the number of queries nor
    the memory grows; what is left of a row's others when the next row is asked for is passed over. Raises ValueError
    at the end where one of the others belongs to no row, or stands in another order: nothing is lost in silence.
    """
    others = iter(others)
    waiting = next(others, None)

    def belonging(wanted: Any) -> Iterator[Other]:
        nonlocal waiting
        while waiting is not None and key(waiting) == wanted:
            current = waiting
            yield current
            waiting = next(others, None)

    for row in rows:
        mine = belonging(of(row))
        yield row, mine
        for _ in mine:
            pass
    if waiting is not None:
        raise ValueError(f"{waiting!r} belongs to no row, or stands in another order.")


def beside(
    rows: Iterable[Row], others: Iterable[Other], key: Callable[[Other], Any], of: Callable[[Row], Any]
) -> Iterator[tuple[Row, list[Other]]]:
    """As `under`, with the others of a row as a list."""
    for row, mine in under(rows, others, key, of):
        yield row, list(mine)
