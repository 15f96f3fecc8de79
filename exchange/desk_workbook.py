"""The sheets of a team's workbook: a codebook, its study and its coding, as far as one member may see them."""

from collections.abc import Iterable, Iterator

from exchange.columns import CODE as CODE_OF_WIDE
from exchange.columns import MEMBER, NOTE, QUOTE, Column
from exchange.datasets import cells, fact_columns, finding_cells, outlined, supported, with_facts
from exchange.material import Material, stream
from exchange.quotes_csv import Coded, Layout, QuotesTable
from exchange.study_columns import (
    CODE,
    CODE_MEMBER,
    CODEBOOK,
    CODEBOOK_MEMBER,
    CODING_ALONE,
    FACT,
    FINDING,
    QUOTE_MORE,
    SCHOOL,
    SCHOOL_MORE,
    SUPPORT,
)
from exchange.tabular import Row
from exchange.workbook import Sheet

SHEETS = {  # what each holds, as the README and the data dictionary say it
    "quotes": "Each quote of the study is one row.",
    "codings": "Each coding that you may see is one row.",
    "wide": "Each quote is one row, with a column of 0 or 1 for each code.",
    "notes": "Each note on a quote that you may see is one row.",
    "codebook": "What the codebook says of itself.",
    "codes": "Each code is one row, with its path, definition, criteria, memo and counts.",
    "cases": "Each case is one row, with every fact.",
    "facts": "Each fact of a case is one row, with its place and note.",
    "findings": "Each piece of evidence for a finding is one row; a finding without evidence keeps one row.",
    "data dictionary": "Each column of each sheet is one row.",
}
CODINGS = CODING_ALONE + [one for one in MEMBER if one.name != "coding_id"]


def sheets_of(material: Material) -> Iterator[Sheet]:
    """The sheets, one by one; each is read while it is written."""
    codes, codings = material.codes(), material.codings()
    case_columns = SCHOOL + SCHOOL_MORE + fact_columns(material.indicators())
    columns = {
        "quotes": QUOTE + QUOTE_MORE,
        "codings": CODINGS,
        "notes": QUOTE[:1] + NOTE,
        "codebook": CODEBOOK + CODEBOOK_MEMBER,
        "codes": CODE + CODE_MEMBER,
        "cases": case_columns,
        "facts": FACT,
    }

    def sheet(name: str, records: Iterable) -> Sheet:
        return Sheet(name, _names(columns[name]), cells(records, columns[name]))

    yield sheet("quotes", stream(material.quotes()))
    yield sheet("codings", stream(codings))
    among = Coded(codes, material.all_codings)
    wide = QuotesTable.of(
        material.quotes(), Layout.WIDE, material.version, codebooks=list(material.codebooks), among=among
    )
    yield Sheet("wide", wide.header, wide.rows)
    notes = ([str(one.quote.guid), *(column.value(one) for column in NOTE)] for one in stream(material.notes()))
    yield Sheet("notes", _names(columns["notes"]), notes)
    yield sheet("codebook", material.codebooks)
    yield sheet("codes", outlined(codes.order_by(), codings, for_members=True))
    yield sheet("cases", with_facts(material.schools()))
    yield sheet("facts", stream(material.facts()))
    yield Sheet("findings", _names(FINDING + SUPPORT), finding_cells(supported(material)))
    columns |= {"wide": [*QUOTE, CODE_OF_WIDE], "findings": FINDING + SUPPORT}
    yield Sheet("data dictionary", ["sheet", "column", "cells", "meaning"], _dictionary(columns))
    material.check_unchanged()


def about(material: Material, address: str) -> list[tuple[str, str]]:
    """What the README tells: study, codebook, data version, what was asked, sheets, and what to know of the cells."""
    version = material.version
    moment = f", of {version.changed_at:%Y-%m-%d %H:%M} UTC" if version.changed_at else ""
    return [
        ("What this is", "A study and its coding from ICT Lead, as far as you may see it. It is private."),
        ("Study", str(material.study)),
        *[("Codebook", f"{one.name}, version {one.stamp}") for one in material.codebooks],
        ("Data version", f"{version.number}{moment}"),
        ("Address", address),
        ("Codings and notes", "All that you may see." if material.filters == Material.filters else material.filters),
        *[(f"Sheet {name}", text) for name, text in SHEETS.items()],
        ("Empty cells", "The source does not state it, or there is nothing to tell. Nothing is guessed."),
        ("Times", "In UTC, to the second."),
        ("Formulas", "Text is stored as text and never calculated. A CSV saved from this file has no such guard."),
        ("Positions", "start and end count characters (Unicode code points) of the quote, from 0; end is exclusive."),
    ]


def _names(columns: list[Column]) -> list[str]:
    return [column.name for column in columns]


def _dictionary(of_sheets: dict[str, list[Column]]) -> Iterator[Row]:
    for sheet in SHEETS:
        for column in of_sheets.get(sheet, []):
            yield [sheet, column.name, column.kind, column.meaning]
