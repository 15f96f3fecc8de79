"""CSV files that somebody else wrote: their delimiter found out, their rows numbered, every fault with its row."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from exchange.incoming.records import Unreadable
from exchange.incoming.texts import BOM, decoded

LONGEST_CELL = 8 * 1024 * 1024  # characters: a cell may hold an interview


@dataclass(frozen=True)
class Table:
    """A table: its header in small letters, and its rows, read as they are asked for."""

    header: list[str]
    text: str
    delimiter: str

    @classmethod
    def of(cls, data: bytes) -> "Table":
        """The table in these bytes. Raises Unreadable for what is no text or has no header."""
        csv.field_size_limit(LONGEST_CELL)  # it is the whole process's, and a library may have set another
        text = decoded(data, "The file").removeprefix(BOM)
        first = text.split("\n", 1)[0]
        delimiter = max(",;\t", key=first.count)
        try:
            header = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), [])
        except csv.Error as error:
            raise Unreadable(f"This is no CSV: {error}.", place="row 1") from error
        return cls([cell.strip().casefold() for cell in header], text, delimiter)

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Number and cells of each row that is not empty; row 1 is the header."""
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.delimiter, strict=True)
        number = 1
        try:
            next(reader, None)
            for number, cells in enumerate(reader, start=2):
                if any(cell.strip() for cell in cells):
                    if len(cells) < len(self.header):
                        words = f"The row has {len(cells)} cells; the heading has {len(self.header)}."
                        raise Unreadable(words, place=f"row {number:,}")
                    yield number, dict(zip(self.header, cells, strict=False))
        except csv.Error as error:
            raise Unreadable(f"This is no CSV: {error}.", place=f"row {number + 1:,}") from error
