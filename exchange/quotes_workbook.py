"""The sheets of /quotes.xlsx: the quotes that a filter lets through, with all that belongs to them."""

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import QuerySet

from exchange.columns import CODE as CODE_OF_WIDE
from exchange.columns import QUOTE, Column
from exchange.datasets import cells, fact_columns, outlined, with_facts
from exchange.material import check_unchanged, stream
from exchange.quotes_csv import Coded, Layout, QuotesTable, chosen_codes
from exchange.study_columns import CODE, CODING_ALONE, SCHOOL
from exchange.tabular import Row
from exchange.workbook import Sheet
from findings.models import Code, Codebook, Coding
from schools.models import DataVersion, Indicator, Quote, School, Study

SHEETS = {  # what each holds, as the README and the data dictionary say it
    "quotes": "Each quote is one row.",
    "codings": "Each coding of these quotes is one row; chosen codes or codebooks narrow them.",
    "wide": "Each quote is one row, with a column of 0 or 1 for each code.",
    "codebook": "Each code is one row, with its path, definition, criteria and counts over the whole study.",
    "cases": "Each school of these quotes is one row, with every fact.",
    "data dictionary": "Each column of each sheet is one row.",
}


def sheets_of(
    quotes: QuerySet[Quote],
    version: DataVersion,
    *,
    study: Study | None = None,
    codebooks: Sequence[Codebook] = (),
    codes: Sequence[Code] = (),
    among: Coded | None = None,
) -> Iterator[Sheet]:
    """The sheets, one by one; each is read while it is written. `codebooks` and `codes` narrow the codings.

    `among` is what may be shown at all: what everyone may read (of `study`), where nothing else is said.
    """
    among = among or Coded.published(study=study)
    shown = chosen_codes(among.codes, codebooks, codes)
    of_one = {"study__is_published": True} if study is None else {"study": study}
    indicators = Indicator.objects.filter(**of_one).order_by("study", "position")
    case_columns = SCHOOL + fact_columns(indicators)
    plain = QuotesTable.of(quotes, Layout.QUOTES, version)
    yield Sheet("quotes", plain.header, plain.rows)
    yield _sheet("codings", CODING_ALONE, stream(_codings(quotes, shown, among)))
    wide = QuotesTable.of(quotes, Layout.WIDE, version, codebooks=codebooks, codes=codes, among=among)
    yield Sheet("wide", wide.header, wide.rows)
    yield _sheet("codebook", CODE, _all_codes(shown, among))
    cases = School.objects.filter(pk__in=quotes.order_by().values("school"))
    yield Sheet("cases", _names(case_columns), cells(with_facts(cases), case_columns))
    yield Sheet("data dictionary", ["sheet", "column", "cells", "meaning"], _dictionary(case_columns))
    check_unchanged(version)


def about(version: DataVersion, filters: str, address: str, quotes: QuerySet[Quote]) -> list[tuple[str, str]]:
    """What the README tells: study, data version, time, filters, sheets, and what to know of the cells."""
    studies = Study.objects.filter(pk__in=quotes.order_by().values("school__study")).order_by("pk")
    moment = f", of {version.changed_at:%Y-%m-%d %H:%M} UTC" if version.changed_at else ""
    return [
        ("What this is", "Quotations and their codings from ICT Lead."),
        *[("Study", str(study)) for study in studies],
        ("Data version", f"{version.number}{moment}"),
        ("Address", address),
        ("Filters", filters or "None: every quotation."),
        *[(f"Sheet {name}", text) for name, text in SHEETS.items()],
        ("Empty cells", "The source does not state it, or there is nothing to tell. Nothing is guessed."),
        ("Times", "In UTC, to the second."),
        ("Formulas", "Text is stored as text and never calculated. A CSV saved from this file has no such guard."),
        ("Positions", "start and end count characters (Unicode code points) of the quote, from 0; end is exclusive."),
        ("Whose words", "Quotations are the participants'. Codings, facts and definitions are written for ICT Lead."),
    ]


def _codings(quotes: QuerySet[Quote], codes: QuerySet[Code], among: Coded) -> QuerySet[Coding]:
    codings = among.codings.filter(quote__in=quotes.order_by().values("pk"), code__in=codes.order_by())
    order = ("quote__school__position", "quote__school_id", "quote__position", "quote_id", "start", "end", "pk")
    return codings.for_reading().select_related("quote__school").order_by(*order)


def _all_codes(codes: QuerySet[Code], among: Coded) -> Iterator[Code]:
    """The codes of the codebooks that these codes are of."""
    books = codes.order_by().values("codebook")
    of_them = among.codes.filter(codebook__in=books)
    return outlined(of_them, among.codings.filter(code__in=of_them.order_by().values("pk")))


def _sheet(name: str, columns: list[Column], records: Iterable) -> Sheet:
    return Sheet(name, _names(columns), cells(records, columns))


def _names(columns: list[Column]) -> list[str]:
    return [column.name for column in columns]


def _dictionary(case_columns: list[Column]) -> Iterator[Row]:
    of_sheets = {
        "quotes": QUOTE,
        "codings": CODING_ALONE,
        "wide": [*QUOTE, CODE_OF_WIDE],
        "codebook": CODE,
        "cases": case_columns,
    }
    for sheet, columns in of_sheets.items():
        for column in columns:
            yield [sheet, column.name, column.kind, column.meaning]
