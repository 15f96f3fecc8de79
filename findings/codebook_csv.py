"""A codebook as CSV: reads what another program wrote, and names each row that is wrong. No HTTP in it."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from findings.actions import MOST_CODES, MOST_LEVELS
from findings.actions.codebooks import NewCode
from findings.models import DEFINITION_LIMIT

COLUMNS = {
    "path": ("path", "code", "name", "code name"),
    "definition": ("definition", "description", "memo"),
    "include": ("include", "include when"),
    "exclude": ("exclude", "exclude when"),
    "colour": ("colour", "color", "hue"),
}
LARGEST = 1024 * 1024  # bytes of a file; it passes through a form a second time
LONGEST_NAME = 120
ABOVE = (" > ", " › ", ">")  # what may stand between a code and the one above it


@dataclass(frozen=True)
class Reading:
    """What a file holds: codes to make, and faults as (row, words); row 1 is the heading."""

    codes: list[NewCode] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)


def decoded(data: bytes) -> str:
    """A file's text. Raises ValueError, saying what to do, for one that is no UTF-8 or too large."""
    if len(data) > LARGEST:
        raise ValueError("The file is larger than 1 MB. Import it in parts.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError("This file is not in UTF-8. Save it as “CSV UTF-8” and choose it again.") from error


def read_codebook(text: str) -> Reading:
    """The codes of a CSV with a column `path` (like “Leading > Vision”), and the columns definition, include, exclude
    and colour (1 to 8) where it has them; separated by commas, semicolons or tabs."""
    first = text.splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        return Reading(faults=[(1, f"This is no CSV: {error}.")])
    columns = _columns(rows[0] if rows else [])
    if "path" not in columns:
        return Reading(faults=[(1, "There is no column “path”. Name the column that holds the codes “path”.")])
    reading = Reading()
    seen: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in row):
            _read_row(number, {name: row[at] for name, at in columns.items() if at < len(row)}, reading, seen)
    if not reading.codes and not reading.faults:
        reading.faults.append((1, "There is no code below the heading."))
    if len(reading.codes) > MOST_CODES:
        reading.faults.append((1, f"These are {len(reading.codes):,} codes; a codebook has at most {MOST_CODES:,}."))
    return reading


def _columns(heading: list[str]) -> dict[str, int]:
    said = [cell.strip().casefold() for cell in heading]
    return {name: said.index(one) for name, words in COLUMNS.items() for one in reversed(words) if one in said}


def _read_row(number: int, row: dict[str, str], reading: Reading, seen: dict[tuple[str, ...], int]) -> None:
    path = _path(row.get("path", ""))
    faults = list(_faults(path, row))
    key = tuple(name.casefold() for name in path)
    if key in seen and not faults:
        faults.append(f"“{' > '.join(path)}” stands in row {seen[key]} already.")
    reading.faults.extend((number, words) for words in faults)
    if not faults:
        seen[key] = number
        texts = {name: row.get(name, "").strip() for name in ("definition", "include", "exclude")}
        colour = row.get("colour", "").strip()
        reading.codes.append(NewCode(path, colour=int(colour) if colour else None, **texts))


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
    if colour and colour not in set("12345678"):
        yield f"The colour “{colour[:20]}” is none of 1 to 8."
