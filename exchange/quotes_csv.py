"""Quotes as a table, in three layouts. exchange/columns.py says what each column holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from django.db.models import Prefetch, QuerySet

from exchange.columns import CODING, QUOTE, Column
from exchange.material import check_unchanged
from exchange.tabular import Cell, Row
from findings.models import Code, Codebook, Coding
from schools.models import DataVersion, Quote, Study

FORMAT = 2  # goes up when the same data are written differently, so that no cache keeps the older form
CHUNK_SIZE = 500  # quotes read at a time, with their codings in one more query


class Layout(StrEnum):
    """What a row is."""

    LONG = "long"  # a coding of a quote; a quote without coding keeps one row
    WIDE = "wide"  # a quote, with a column for each code
    QUOTES = "quotes"  # a quote, without its codings


@dataclass(frozen=True)
class Coded:
    """The codes and codings that a reader may see."""

    codes: QuerySet[Code]
    codings: QuerySet[Coding]

    @classmethod
    def published(cls, *, chosen: bool = True, study: Study | None = None) -> "Coded":
        """Those of a study, or of all, that everyone may read; the editors' alone where nobody has `chosen` any."""
        codes = Code.objects.published() if study is None else Code.objects.published().of(study)
        return cls(codes if chosen else codes.filter(codebook__is_editorial=True), Coding.objects.readable())

    def of(self, codes: QuerySet[Code]) -> QuerySet[Coding]:
        """The codings to these codes, in the order of the passages."""
        return self.codings.filter(code__in=codes.order_by()).for_reading()


@dataclass(frozen=True)
class QuotesTable:
    """Column names, and the rows below them: read once, from the database, as they are asked for."""

    header: list[str]
    rows: Iterator[Row]

    @classmethod
    def of(
        cls,
        quotes: QuerySet[Quote],
        layout: str,
        version: DataVersion,
        *,
        codebooks: Sequence[Codebook] = (),
        codes: Sequence[Code] = (),
        chunk_size: int = CHUNK_SIZE,
        among: Coded | None = None,
        study: Study | None = None,
    ) -> "QuotesTable":
        """These quotes in this layout. `codebooks` and `codes`, where given, narrow what is shown of their codings.

        `among` is what may be shown at all: what everyone may read (of `study`), where nothing else is said.
        The rows raise DataChangedError at their end where `version` is no longer the data version.
        """
        quotes = quotes.select_related("school__study", "topic")
        named = bool(codebooks or (codes and layout == Layout.LONG))
        among = among or Coded.published(chosen=named, study=study)
        match layout:
            case Layout.LONG:
                codings = among.of(chosen_codes(among.codes, codebooks, codes))
                header, rows = _names(QUOTE + CODING), long_rows(quotes, codings, CODING, chunk_size=chunk_size)
            case Layout.WIDE:
                # A column for each chosen code alone would be all ones: the other codes are what one looks for.
                header, rows = _wide(among, quotes, chosen_codes(among.codes, codebooks), chunk_size)
            case _:
                header, rows = _names(QUOTE), map(_quote_cells, quotes.iterator(chunk_size=chunk_size))
        return cls(header, all_of(version, rows))


def chosen_codes(
    among: QuerySet[Code], codebooks: Sequence[Codebook] = (), codes: Sequence[Code] = ()
) -> QuerySet[Code]:
    """The codes `among` these that are among `codes`; without them those of `codebooks`; without either all."""
    if codes:
        among = among.filter(pk__in=[code.pk for code in codes])
    elif codebooks:
        among = among.filter(codebook__in=codebooks)
    return among.select_related("codebook").order_by("codebook__position", "codebook__slug", "position", "pk")


def long_rows(
    quotes: QuerySet[Quote], codings: QuerySet[Coding], columns: list[Column], *, chunk_size: int = CHUNK_SIZE
) -> Iterator[Row]:
    """A row for each of these codings after the cells of its quote; a quote without one keeps one row.

    Quotes need school, study and topic loaded, codings what their columns ask for.
    """
    uncoded: list[Cell] = [None] * len(columns)
    for quote in _with(quotes, codings).iterator(chunk_size=chunk_size):
        cells = _quote_cells(quote)
        for coding in quote.shown_codings:
            yield cells + [column.value(coding) for column in columns]
        if not quote.shown_codings:
            yield cells + uncoded
        quote.shown_codings = ()  # they hold the quote, too: so both are gone at once, and wait for no collector


def _wide(
    among: Coded, quotes: QuerySet[Quote], codes: QuerySet[Code], chunk_size: int
) -> tuple[list[str], Iterator[Row]]:
    columns = {code.pk: code.key for code in codes}

    def rows() -> Iterator[Row]:
        pairs, found = among.of(codes).order_by(), quotes.iterator(chunk_size=chunk_size)
        while chunk := list(islice(found, chunk_size)):
            coded = set(pairs.filter(quote__in=[one.pk for one in chunk]).values_list("quote", "code").distinct())
            for quote in chunk:
                yield _quote_cells(quote) + [int((quote.pk, code) in coded) for code in columns]

    return _names(QUOTE) + list(columns.values()), rows()


def _names(columns: list[Column]) -> list[str]:
    return [column.name for column in columns]


def _quote_cells(quote: Quote) -> list[Cell]:
    return [column.value(quote) for column in QUOTE]


def _with(quotes: QuerySet[Quote], codings: QuerySet[Coding]) -> QuerySet[Quote]:
    """Quotes with `shown_codings`: theirs of these codings, in the order of their passages."""
    return quotes.prefetch_related(Prefetch("codings", queryset=codings, to_attr="shown_codings"))


def all_of(version: DataVersion, rows: Iterator[Row]) -> Iterator[Row]:
    """The rows; at their end DataChangedError, where `version` is no longer the data version."""
    yield from rows
    check_unchanged(version)
