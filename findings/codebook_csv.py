"""A codebook as CSV, or as QualCoder's text: reads what another program wrote, names each row that is wrong, and says
what it did not read. No HTTP in it."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from findings.actions import MOST_CODES, MOST_LEVELS
from findings.actions.codebooks import NewCode
from findings.hues import HUES, nearest_hue
from findings.models import DEFINITION_LIMIT

COLUMNS = {
    "path": ("path", "code", "name", "code name", "codename", "tag"),
    "parent": ("parent", "parent code", "category", "categories", "category name"),
    "definition": ("definition", "description", "memo"),
    "include": ("include", "include when"),
    "exclude": ("exclude", "exclude when"),
    "colour": ("colour", "color", "hue"),
}
LARGEST = 1024 * 1024  # bytes of a file; it passes through a form a second time
LONGEST_NAME = 120
ABOVE = (" > ", " › ", ">")  # what may stand between a code and the one above it
# Taguette knows no tree: its users write “school.budget”. Not “Dr. Who” or “1.5”: there it is no sign of a tree.
DOT = re.compile(r"(?<=[^\s\d.])\.(?=[^\s\d.])")
# QualCoder's text: “--Code: Vision, cid:3, Frq: 2, Owner: ann”, a pair of dashes a level; a memo on the lines after it.
ENTRY = re.compile(r"^((?:--)*)[^:,]+: (.+), c(?:at)?id:[0-9]+(?:, .*)?$")
MEMO = re.compile(r"^(?:--)*[^:,-]+: ?")
NOTES_SHOWN = 20


@dataclass(frozen=True)
class Reading:
    """What a file holds: codes to make, and faults as (row, words); row 1 is the heading. `notes`: what was read in
    another way than it stands, or not at all."""

    codes: list[NewCode] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """A row of a file: its number, its own path, the cell that names its parent, and its other cells."""

    number: int
    own: tuple[str, ...]
    parent: str
    cells: dict[str, str]


@dataclass
class Places:
    """Where the rows of a file stand: by name, and the paths of the names that were looked up."""

    by_name: dict[str, list[Row]] = field(default_factory=dict)
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def path_of(self, row: Row, below: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The names from the root down. Raises ValueError, saying what is wrong, for a parent that is not clear."""
        above = _path(row.parent)
        if not row.parent or _key(row.own[-len(above) - 1 : -1]) == _key(above):
            return row.own  # no parent, or one that the path has already
        return (above if len(above) > 1 else self._named(above[0], (*below, row.own[-1].casefold()))) + row.own

    def _named(self, name: str, below: tuple[str, ...]) -> tuple[str, ...]:
        key = name.casefold()
        if key in below or len(below) > MOST_LEVELS:
            raise ValueError(f"The parent “{name[:80]}” leads back to the code itself, or through too many levels.")
        if key not in self.known:
            paths: dict[tuple[str, ...], tuple[str, ...]] = {}
            for row in self.by_name.get(key, []):
                path = self.path_of(row, below)
                paths[_key(path)] = path
                if len(paths) > 1:
                    could = " or ".join(f"“{' > '.join(one)[:80]}”" for one in paths.values())
                    raise ValueError(f"The parent “{name[:80]}” could be {could}. Write the whole path.")
            self.known[key] = next(iter(paths.values()), (name,))
        return self.known[key]


def _key(path: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.casefold() for name in path)


def decoded(data: bytes) -> str:
    """A file's text. Raises ValueError, saying what to do, for one that is no UTF-8 or too large."""
    if len(data) > LARGEST:
        raise ValueError("The file is larger than 1 MB. Import it in parts.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError("This file is not in UTF-8. Save it as “CSV UTF-8” and choose it again.") from error


def read_codebook(text: str) -> Reading:
    """The codes of a CSV with a column `path` (like “Leading > Vision”), or a name and its `parent`; and the columns
    definition, include, exclude and colour (1 to 8, or like #3366cc) where it has them; separated by commas, semicolons
    or tabs. Taguette's file of tags and QualCoder's codebook are read, too."""
    reading = Reading()
    rows = _text_rows(text)
    if rows is None:
        rows = _table_rows(text, reading)
    seen: dict[tuple[str, ...], int] = {}
    places = Places()
    for row in rows:
        places.by_name.setdefault(row.own[-1].casefold(), []).append(row)
    for row in rows:
        _read_row(row, places, reading, seen)
    if not reading.codes and not reading.faults:
        reading.faults.append((1, "There is no code below the heading."))
    if len(reading.codes) > MOST_CODES:
        reading.faults.append((1, f"These are {len(reading.codes):,} codes; a codebook has at most {MOST_CODES:,}."))
    if len(reading.notes) > NOTES_SHOWN:
        reading.notes[NOTES_SHOWN:] = [f"And {len(reading.notes) - NOTES_SHOWN:,} more of this kind."]
    return reading


def _table_rows(text: str, reading: Reading) -> list[Row]:
    first = text.splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t", key=first.count)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        reading.faults.append((1, f"This is no CSV: {error}."))
        return []
    heading = [cell.strip() for cell in table[0]] if table else []
    columns = _columns([cell.casefold() for cell in heading])
    if "path" not in columns:
        reading.faults.append((1, "There is no column “path”. Name the column that holds the codes “path”."))
        return []
    unread = [cell or f"column {at + 1}" for at, cell in enumerate(heading) if at not in columns.values()]
    if unread:
        reading.notes.append(f"Not read: {', '.join(f'“{cell[:40]}”' for cell in unread)}.")
    is_tags = heading[columns["path"]].casefold() == "tag"
    rows = []
    for number, line in enumerate(table[1:], start=2):
        if len(line) > len(heading) and any(cell.strip() for cell in line[len(heading) :]):
            reading.faults.append((number, "The row has more cells than the heading: put texts with commas in quotes."))
        elif any(cell.strip() for cell in line):
            cells = {name: line[at] for name, at in columns.items() if at < len(line)}
            own = _path(cells.get("path", ""))
            if is_tags and len(own) == 1 and DOT.search(own[0]):
                own = tuple(part.strip() for part in DOT.split(own[0]))
                reading.notes.append(f"“{cells['path'].strip()[:80]}” is read as “{' › '.join(own)[:80]}”.")
            rows.append(Row(number, own, cells.get("parent", "").strip(), cells))
    return rows


def _text_rows(text: str) -> list[Row] | None:
    """The categories and codes of a codebook that QualCoder wrote as text; None for another text."""
    rows: list[Row] = []
    above: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if found := ENTRY.match(line):
            above = [*above[: len(found[1]) // 2], found[2].strip()]
            rows.append(Row(number, tuple(above), "", {"definition": ""}))
        elif rows and number == rows[-1].number + 1:
            rows[-1].cells["definition"] = MEMO.sub("", line)
        elif rows:
            rows[-1].cells["definition"] += f"\n{line}"
        elif number > 3:
            return None
    return rows or None


def _columns(said: list[str]) -> dict[str, int]:
    return {name: said.index(one) for name, words in COLUMNS.items() for one in reversed(words) if one in said}


def _read_row(row: Row, places: Places, reading: Reading, seen: dict[tuple[str, ...], int]) -> None:
    try:
        path = places.path_of(row)
    except ValueError as error:
        reading.faults.append((row.number, str(error)))
        return
    faults = list(_faults(path, row.cells))
    key = _key(path)
    if key in seen and not faults:
        faults.append(f"“{' > '.join(path)}” stands in row {seen[key]} already.")
    reading.faults.extend((row.number, words) for words in faults)
    if not faults:
        seen[key] = row.number
        texts = {name: row.cells.get(name, "").strip() for name in ("definition", "include", "exclude")}
        colour = row.cells.get("colour", "").strip()
        hue = int(colour) if colour in set("12345678") and colour else nearest_hue(colour)
        if colour and str(hue) != colour:
            reading.notes.append(f"Row {row.number}: the colour {colour[:20]} becomes {dict(HUES)[hue or 1]}.")
        reading.codes.append(NewCode(path, colour=hue, **texts))


def _path(cell: str) -> tuple[str, ...]:
    for sign in ABOVE:
        if sign in cell:
            return tuple(" ".join(part.split()) for part in cell.split(sign))
    return (" ".join(cell.split()),)


def _path_faults(path: tuple[str, ...]) -> Iterator[str]:
    if not all(path):
        yield "The path has an empty name."
    for name in path:
        if len(name) > LONGEST_NAME:
            yield f"The name “{name[:40]}…” is longer than {LONGEST_NAME} characters."
        if "\x00" in name:
            yield "The path has a character that no text has."
        if "›" in name:
            yield "A name has a “›” in it: that sign stands between a code and the one above it."


def _faults(path: tuple[str, ...], row: dict[str, str]) -> Iterator[str]:
    if len(path) > MOST_LEVELS:
        yield f"The path has {len(path):,} levels: at most {MOST_LEVELS} are kept."
        return
    yield from _path_faults(path)
    for column in ("definition", "include", "exclude"):
        said = row.get(column, "")
        if len(said) > DEFINITION_LIMIT:
            yield f"“{column}” has {len(said):,} characters: at most {DEFINITION_LIMIT:,} are kept."
        if "\x00" in said:
            yield f"“{column}” has a character that no text has."
    colour = row.get("colour", "").strip()
    if colour and colour not in set("12345678") and nearest_hue(colour) is None:
        yield f"The colour “{colour[:20]}” is none of 1 to 8, and not written like #3366cc."
