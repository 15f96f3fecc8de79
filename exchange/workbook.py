"""Quotes as an Excel workbook: typed cells, written row by row in constant memory.

Takes sheets and a file; knows no request. Text is written as text, so nothing in it is ever calculated or becomes a
link. What Excel cannot hold is said on the first sheet, and in the cell or the last row itself; nothing goes missing
in silence.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, Any

from exchange.characters import sheet_text
from exchange.tabular import Cell, Row

if TYPE_CHECKING:
    from xlsxwriter import Workbook

FORMAT = 2  # goes up when the same data are written differently, so that no cache keeps the older form
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_CHARACTERS = 32_767  # of a cell, in UTF-16 units
MOST_ROWS = 1_048_576  # of a sheet, its header included
MOST_COLUMNS = 16_384
CUT = "… [cut here: see README]"
NOTED = 100  # cut cells that the first sheet names one by one
WIDE = {"quote", "passage", "memo", "definition", "include", "exclude", "summary", "meaning", "description"}
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "use_zip64": True,
}


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, the names of its columns, and its rows, which are read once."""

    name: str
    header: list[str]
    rows: Iterable[Row]


@dataclass
class _Faults:
    """What Excel could not hold."""

    lines: list[str] = field(default_factory=list)
    cut: int = 0

    def say_cut(self, sheet: str, row: int, column: str, length: int) -> None:
        self.cut += 1
        if self.cut <= NOTED:
            self.lines.append(
                f"{sheet}, row {row:,}, {column}: cut. The text has {length:,} characters, a cell holds "
                f"{MOST_CHARACTERS:,}. The same table as CSV has all of it."
            )

    def all(self) -> list[str]:
        more = self.cut - NOTED
        return self.lines + ([f"{more:,} more cells were cut in the same way."] if more > 0 else [])


def write_workbook(
    file: IO[bytes],
    about: list[tuple[str, str]],
    sheets: Iterable[Sheet],
    moment: datetime | None,
    most_rows: int = MOST_ROWS,
) -> None:
    """A workbook of a sheet README, which tells `about` (what it is, and its value), and of these sheets.

    `moment` dates the file, so that the same data give the same bytes. `most_rows` is the limit of a sheet.
    """
    from xlsxwriter import Workbook  # read when the first workbook is written

    # The rows lie in temporary files, which go with their folder: the writer leaves some behind where it fails.
    with TemporaryDirectory() as folder, Workbook(file, OPTIONS | {"tmpdir": folder}) as workbook:
        workbook.set_properties({"title": "ICT Lead", "created": _naive(moment) or datetime(1980, 1, 1)})
        styles, faults = _Styles(workbook), _Faults()
        first = workbook.add_worksheet("README")
        for sheet in sheets:
            _write_sheet(workbook, sheet, styles, faults, most_rows)
        _write_readme(first, about, faults, styles)


class _Styles:
    def __init__(self, workbook: "Workbook") -> None:
        self.bold = workbook.add_format({"bold": True, "valign": "top"})
        self.wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        self.top = workbook.add_format({"valign": "top"})
        self.time = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "valign": "top"})


def _write_sheet(workbook: "Workbook", sheet: Sheet, styles: _Styles, faults: _Faults, most_rows: int) -> None:
    page = workbook.add_worksheet(sheet.name)
    header = sheet.header[:MOST_COLUMNS]
    if len(sheet.header) > MOST_COLUMNS:
        faults.lines.append(
            f"{sheet.name}: only the first {MOST_COLUMNS:,} of {len(sheet.header):,} columns are here, for Excel has "
            "no more. The CSV file has all of them."
        )
    page.freeze_panes(1, 0)
    for place, name in enumerate(header):
        page.set_column(place, place, 60 if name in WIDE else max(12, min(len(name) + 4, 40)))
        _write_cell(page, 0, place, name, styles.bold, styles)
    row = 0
    for cells in sheet.rows:
        if row + 1 >= most_rows - 1:  # the last row of the sheet says that there were more
            text = f"INCOMPLETE: a sheet holds {most_rows:,} rows. There are more: take the CSV file."
            page.write_string(row + 1, 0, text, styles.bold)
            faults.lines.append(f"{sheet.name}: only the first {row:,} rows are here. The CSV file has all of them.")
            break
        row += 1
        for place, cell in enumerate(cells[:MOST_COLUMNS]):
            style = styles.wrapped if header[place] in WIDE else styles.top
            if length := _write_cell(page, row, place, cell, style, styles):
                faults.say_cut(sheet.name, row + 1, header[place], length)
    page.autofilter(0, 0, max(row, 1), max(len(header) - 1, 0))


def _write_cell(page: Any, row: int, place: int, cell: Cell, style: Any, styles: _Styles) -> int:
    """Write a value by its kind. Returns how many characters a text has that had to be cut, else 0."""
    match cell:
        case None | "":
            return 0
        case bool() | int() | Decimal():
            page.write_number(row, place, cell, styles.top)
        case datetime():
            page.write_datetime(row, place, _naive(cell), styles.time)
        case _:
            text = sheet_text(str(cell))
            page.write_string(row, place, fits := fitting(text), style)
            return 0 if fits == text else len(text)
    return 0


def fitting(text: str) -> str:
    """The text, or as much of it as a cell holds with a sign that it was cut. No character is cut in two."""
    if len(text) * 2 <= MOST_CHARACTERS or len(encoded := text.encode("utf-16-le")) // 2 <= MOST_CHARACTERS:
        return text
    return encoded[: (MOST_CHARACTERS - len(CUT)) * 2].decode("utf-16-le", "ignore") + CUT


def _naive(moment: datetime | None) -> datetime | None:
    """A time in UTC without its zone and parts of a second: Excel knows neither."""
    return moment and moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def _write_readme(page: Any, about: list[tuple[str, str]], faults: _Faults, styles: _Styles) -> None:
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 100)
    missing = [("What Excel cannot hold", line) for line in faults.all() or ["Everything is here."]]
    for row, (name, value) in enumerate([*about, *missing]):
        page.write_string(row, 0, fitting(sheet_text(name)), styles.bold)
        page.write_string(row, 1, fitting(sheet_text(value)), styles.wrapped)
