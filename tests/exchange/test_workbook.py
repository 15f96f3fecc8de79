"""/quotes.xlsx, read back to the last cell; and what Excel cannot hold."""

import io
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from openpyxl import load_workbook

from exchange.datasets import DATASETS, cells
from exchange.material import Material
from exchange.study_columns import CODE_MORE, SCHOOL_MORE
from exchange.tabular import Row
from exchange.workbook import CUT, MOST_CHARACTERS, MOST_COLUMNS, Sheet, fitting, write_workbook
from findings.models import Coding
from schools.models import Quote
from tests.exchange.roads import body
from tests.factories import loaded_study, make_quote

ROAD = "/quotes.xlsx"
NOON = datetime(2026, 11, 23, 12, 0, 0, 999, tzinfo=UTC)


def book(data: bytes) -> dict[str, list[list[Any]]]:
    """The values of every sheet. Excel reads _x0001_ as the character; openpyxl leaves it as it is."""
    read = load_workbook(io.BytesIO(data))
    return {
        sheet.title: [[_character(cell) for cell in row] for row in sheet.iter_rows(values_only=True)] for sheet in read
    }


def _character(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), cell)


def made(rows: list[Row], header: list[str] | None = None, **options: Any) -> tuple[list[list[Any]], str]:
    """A sheet of these rows as it is read back, and what the README says is missing."""
    file = io.BytesIO()
    write_workbook(file, [("What", "this")], [Sheet("s", header or ["quote", "b", "c"], rows)], NOON, **options)
    sheets = book(file.getvalue())
    return sheets["s"][1:], "\n".join(row[1] for row in sheets["README"] if row[0] == "What Excel cannot hold")


# ── Cells ───────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("plain", "plain"),
        ("=1+1", "=1+1"),
        ("{=1+1}", "{=1+1}"),
        ("http://example.org", "http://example.org"),
        ("007", "007"),
        ("1E5", "1E5"),
        ("  kept  ", "  kept  "),
        ("a\nb", "a\nb"),
        ("👩🏽‍🏫 e\u0301 שלום", "👩🏽‍🏫 e\u0301 שלום"),
        ("a\x00b\x01c\x1f", "a\x00b\x01c\x1f"),
        ("_x0041_ as typed", "_x0041_ as typed"),
        ("a\ud800b", "a\ufffdb"),
        ("a\uffffb", "a\ufffdb"),
        ("", None),
        (None, None),
        (0, 0),
        (-3, -3),
        (Decimal("35.50"), 35.5),
        (NOON, datetime(2026, 11, 23, 12)),
    ],
)
def test_cell_comes_back(cell: Any, read: Any):
    ((first, last, _),), missing = made([[cell, "end", 1]])
    assert (first, last) == (read, "end")
    assert type(first) is type(read)
    assert missing == "Everything is here."


def test_text_is_never_a_formula_or_a_link():
    file = io.BytesIO()
    rows = [['=HYPERLINK("http://x")', "@SUM(1)", "mailto:a@b.c"]]
    write_workbook(file, [], [Sheet("s", ["=1", "b", "c"], rows)], None)
    with ZipFile(file) as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml").decode()
        assert not [name for name in archive.namelist() if "rels" in name and "sheet" in name]
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet.replace("HYPERLINK", "")
    assert sheet.count('t="inlineStr"') == 6


@pytest.mark.parametrize("character", ["x", "é", "👩"])
def test_text_longer_than_a_cell_is_cut_and_said(character: str):
    text = character * 100_000
    ((cell, end, _), (whole, _, _)), missing = made([[text, "end", 1], [text[:10], "", 2]])
    assert cell.endswith(CUT)
    assert text.startswith(cell.removesuffix(CUT))
    assert MOST_CHARACTERS - 2 < len(cell.encode("utf-16-le")) // 2 <= MOST_CHARACTERS
    assert (end, whole) == ("end", text[:10])
    assert missing == (
        "s, row 2, quote: cut. The text has 100,000 characters, a cell holds 32,767. "
        "The same table as CSV has all of it."
    )


def test_text_that_just_fits_is_whole():
    assert fitting("x" * MOST_CHARACTERS) == "x" * MOST_CHARACTERS
    assert fitting("x" * (MOST_CHARACTERS + 1)).endswith(CUT)
    assert fitting("👩" * 16_383) == "👩" * 16_383
    assert fitting("👩" * 16_384).endswith(CUT)


def test_many_cut_cells_are_counted():
    _, missing = made([["x" * 40_000, "", 1]] * 103)
    assert len(missing.splitlines()) == 101
    assert missing.endswith("3 more cells were cut in the same way.")


@pytest.mark.parametrize(("count", "kept"), [(3, 3), (4, 3)])
def test_rows_beyond_a_sheet_are_said(count: int, kept: int):
    asked = []

    def rows() -> Any:
        for number in range(count):
            asked.append(number)
            yield ["a", "b", number]

    found, missing = made(rows(), most_rows=5)
    assert [row[2] for row in found[:kept]] == list(range(kept))
    if count == kept:
        assert (len(found), missing) == (kept, "Everything is here.")
    else:
        assert found[kept][0] == "INCOMPLETE: a sheet holds 5 rows. There are more: take the CSV file."
        assert missing == "s: only the first 3 rows are here. The CSV file has all of them."


def test_columns_beyond_a_sheet_are_said():
    header = [f"c{number}" for number in range(MOST_COLUMNS + 1)]
    found, missing = made([[1] * len(header)], header)
    assert len(found[0]) == MOST_COLUMNS
    assert "only the first 16,384 of 16,385 columns" in missing


def test_workbook_that_fails_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def rows() -> Any:
        yield ["a", "b", 1]
        raise ConnectionError("gone")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(ConnectionError, match="gone"):
        made(rows())
    assert list(tmp_path.iterdir()) == []


# ── The road ────────────────────────────────────────────────────────────────────────────────────
def told(rows: list[list[Any]], name: str) -> list[str]:
    return [row[1] for row in rows if row[0] == name]


@pytest.mark.django_db
def test_workbook_holds_every_cell(client: Client):
    sheets = book(body(client, ROAD))
    assert list(sheets) == ["README", "quotes", "codings", "wide", "codebook", "cases", "data dictionary"]
    material = Material.published(loaded_study())
    for name, key in (("codings", "codings"), ("codebook", "codes"), ("cases", "schools")):
        (dataset,) = [one for one in DATASETS if one.key == key]
        columns = [one for one in dataset.columns_of(material) if one not in SCHOOL_MORE + CODE_MORE]
        assert sheets[name][0] == [column.name for column in columns]
        shown = cells(dataset.records(material), columns)
        assert sheets[name][1:] == [[_read(cell) for cell in row] for row in shown]
    quotes = list(Quote.objects.published())
    assert [row[10] for row in sheets["quotes"][1:]] == [quote.text for quote in quotes]
    wide = sheets["wide"]
    ones = sum(sum(row[12:]) for row in wide[1:])
    assert ones == Coding.objects.published().values("quote", "code").distinct().count()
    described = {(row[0], row[1]) for row in sheets["data dictionary"][1:]}
    for name in ("quotes", "codings", "codebook", "cases"):
        assert {(name, column) for column in sheets[name][0]} <= described


def _read(cell: Any) -> Any:
    """A value as it comes back from a cell."""
    match cell:
        case None | "":
            return None
        case datetime():
            return cell.replace(tzinfo=None, microsecond=0)
        case int():
            return cell
        case Decimal():
            return float(cell) if cell % 1 else int(cell)
        case _:
            return str(cell)


@pytest.mark.django_db
def test_workbook_has_frozen_headers_and_filters(client: Client):
    read = load_workbook(io.BytesIO(body(client, ROAD)))
    for sheet in list(read)[1:]:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions


@pytest.mark.django_db
def test_workbook_takes_the_filters_of_the_page_and_says_them(client: Client):
    filters = {"q": "parents", "school": ["a", "b"], "code": "gateways/student-voice", "sort": "relevance"}
    sheets = book(body(client, ROAD, {"school": ["a", "b"], "code": "gateways/student-voice"}))
    assert {row[2] for row in sheets["quotes"][1:]} == {"b"}
    assert {row[4] for row in sheets["codings"][1:]} == {"student-voice"}
    assert {row[2] for row in sheets["cases"][1:]} == {row[2] for row in sheets["quotes"][1:]}
    assert told(sheets["README"], "Filters") == ["school: a, b; code: gateways/student-voice"]
    assert told(sheets["README"], "Study") == ["Ann Gill, One step ahead of the game (2007)"]
    assert told(sheets["README"], "Data version")[0].endswith("UTC")
    assert book(body(client, ROAD, filters))["README"]
    assert client.get(ROAD, {"school": "zz"}).status_code == 400


@pytest.mark.django_db
def test_workbook_of_no_quote_is_a_workbook(client: Client):
    sheets = book(body(client, ROAD, {"q": "zebra"}))
    assert [len(sheets[name]) for name in ("quotes", "codings", "wide", "codebook", "cases")] == [1, 1, 1, 17, 1]


@pytest.mark.django_db
def test_workbook_of_a_long_quote_says_what_was_cut(client: Client):
    make_quote(loaded_study().schools.first(), text="=" + "y" * 100_000)
    readme = book(body(client, ROAD))["README"]
    assert [line.split(":")[0] for line in told(readme, "What Excel cannot hold")] == [
        "quotes, row 12, quote",
        "wide, row 12, quote",
    ]
