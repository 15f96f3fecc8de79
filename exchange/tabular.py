"""Rows → CSV as a stream of bytes: RFC 4180, UTF-8, safe to open in a spreadsheet, in constant memory.

Takes data and gives bytes; knows no request and no table.
"""

import csv
import io
import logging
from collections.abc import Generator, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from django.utils.text import slugify

from exchange.characters import encodable
from schools.formulas import guarded

Cell = str | int | float | Decimal | datetime | UUID | None
Row = Sequence[Cell]

CHUNK = 32 * 1024  # characters: large enough that sending costs little, small enough that the first rows come at once
BOM = "\ufeff"

logger = logging.getLogger(__name__)


def csv_stream(
    header: Row, rows: Iterable[Row], *, bom: bool = False, keep_formulas: bool = False, strict: bool = False
) -> Generator[bytes, None, None]:
    """The header and the rows as CSV, in chunks of some 32 kB; `rows` is read as the chunks are asked for.

    `bom` begins the file with a byte order mark, by which Excel knows UTF-8. `keep_formulas` does not guard text that
    a spreadsheet would calculate. Where `rows` raises, the fault is logged and the file ends with a line INCOMPLETE:
    the status has been sent by then, so only the file itself can say that it is not whole. With `strict` the fault is
    raised instead, for a file that is not sent before it is whole.
    """
    buffer = io.StringIO(BOM if bom else "", newline="")
    buffer.seek(0, io.SEEK_END)
    writer = csv.writer(buffer, lineterminator="\r\n")
    written = 0
    try:
        writer.writerow([cell_text(cell, keep_formulas=keep_formulas) for cell in header])
        for row in rows:
            writer.writerow([cell_text(cell, keep_formulas=keep_formulas) for cell in row])
            written += 1
            if buffer.tell() >= CHUNK:
                yield _taken(buffer)
    except Exception:
        if strict:
            raise
        logger.exception("A CSV file broke off after %d rows", written)
        writer.writerow([incomplete_line(written)])
    yield _taken(buffer)


def incomplete_line(rows: int) -> str:
    """The last line of a file that broke off after so many rows. Complete files have no such line."""
    return f"INCOMPLETE: this file broke off after {rows} row{'' if rows == 1 else 's'}. Download it again."


def _taken(buffer: io.StringIO) -> bytes:
    """All that the buffer holds; it is empty afterwards. Only whole lines were written to it."""
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return encodable(text).encode()


def cell_text(cell: Cell, *, keep_formulas: bool = False) -> str:
    """How a value stands in a cell: nothing is empty, a number has no needless zeros, a time is ISO 8601 in UTC."""
    match cell:
        case None:
            return ""
        case str():
            return cell if keep_formulas else guarded(cell)
        case Decimal():
            return f"{cell.normalize():f}"
        case datetime():
            return cell.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case _:
            return str(cell)


def file_name(*parts: str, extension: str = "csv") -> str:
    """A file name that every system takes, from the parts that are not empty: gill-2007-quotes-long-v3.csv."""
    return "-".join(slug for slug in map(slugify, parts) if slug) + f".{extension}"
