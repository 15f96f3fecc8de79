"""A study read from a folder: `study.toml`, and CSV files in `data/` as the data package has them.

Reads and checks all of it, and collects every fault with its file and line; writes nothing. What comes out are entries
as fixtures have them (model, fields with natural keys), so that one loader takes both: `ictlead/loading.py`.
"""

import csv
import io
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from exchange.incoming.records import Unreadable
from exchange.incoming.tables import Table
from exchange.incoming.texts import PlainText, decoded
from exchange.study_rows import Entry, Rows
from exchange.study_tables import STUDY, STUDY_NEEDED, TABLES, InTable
from schools.formulas import unguarded
from schools.models import Study
from schools.source import locator_faults

MANIFEST = "study.toml"
LARGEST = 100 * 1024 * 1024  # bytes of one file
MOST_FAULTS = 200  # that are told at a time
_SAME = object()  # a cell that says nothing: what is here stays, what is new begins as its field does


class FolderError(Exception):
    """A folder that cannot be loaded: `faults` has a line for each fault, with its place."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass
class Folder:
    """A study as a folder has it: its entries, each after all that it refers to; and what of the folder is not read."""

    slug: str
    entries: list[Entry]
    notes: list[str]


def read_folder(path: Path, *, maker: str = "") -> Folder:
    """All of a folder, checked as far as it can be without what is here. Raises FolderError with every fault found.

    `maker`, where the study is to be somebody's own, is that person's coder, who stands in the place of the editors:
    codebooks and other coders then get names that no other study has.
    """
    reader = _Reader(path, maker)
    reader.read()
    if reader.faults:
        told = reader.faults[:MOST_FAULTS]
        more = len(reader.faults) - len(told)
        raise FolderError(told + ([f"… and {more} more faults."] if more else []))
    return Folder(reader.study["slug"], reader.entries, reader.notes)


class _Reader:
    def __init__(self, path: Path, maker: str) -> None:
        self.path, self.maker = path, maker
        self.faults: list[str] = []
        self.notes: list[str] = []
        self.entries: list[Entry] = []
        self.study: dict[str, Any] = {"slug": ""}

    def read(self) -> None:
        """The manifest, then each file in its order."""
        if not self.path.is_dir():
            self.faults.append(f"{self.path} is no folder. Give the folder that holds {MANIFEST}.")
            return
        self._read_manifest()
        if not self.faults:
            self._note_other_files()
            rows = Rows(self.study["slug"], self.maker, self.faults)
            for table in TABLES:
                self._read_table(table, rows)

    # ── The manifest ────────────────────────────────────────────────────────────────────────────
    def _read_manifest(self) -> None:
        data = self._bytes(self.path / MANIFEST, MANIFEST)
        try:
            text = decoded(data, MANIFEST) if data is not None else None
            said = tomllib.loads(text) if text is not None else None
        except (Unreadable, tomllib.TOMLDecodeError) as error:
            self.faults.append(str(error) if isinstance(error, Unreadable) else f"{MANIFEST}: it is no TOML: {error}.")
            return
        if text is None or said is None:
            return
        lines = {found[1]: text.count("\n", 0, found.start()) + 1 for found in re.finditer(r"(?m)^(\w+)\s*=", text)}
        values: dict[str, Any] = {}
        for name, value in said.items():
            place = f"{MANIFEST}, line {lines.get(name, 1)}"
            if name not in STUDY:
                self.faults.append(f"{place}: “{name[:60]}” is nothing that a study has. It has {', '.join(STUDY)}.")
            elif not isinstance(value, str | int) or isinstance(value, bool):
                self.faults.append(f"{place}: “{name}” is neither text nor a whole number.")
            else:
                cleaned = self._clean(Study, name, str(value), place, name)
                values |= {} if cleaned is _SAME else {name: cleaned}
        for name in STUDY_NEEDED:
            if not values.get(name) and name not in said:
                self.faults.append(f"{MANIFEST}: “{name}” is missing.")
        self.study = {"slug": "", **values}
        first = {"year": timezone.localdate().year, "summary": ""}
        first["published"] = str(values.get("year", first["year"]))
        self.entries.append(Entry(MANIFEST, "study", self.study, first))

    def _bytes(self, path: Path, name: str) -> bytes | None:
        try:
            if path.stat().st_size > LARGEST:
                self.faults.append(f"{name} is larger than {LARGEST // 1024 // 1024} MB.")
                return None
            return path.read_bytes()
        except FileNotFoundError:
            self.faults.append(f"{name} is missing.")
        except OSError as error:
            self.faults.append(f"{name} cannot be read: {error.strerror}.")
        return None

    def _note_other_files(self) -> None:
        known = {f"{one.key}.csv" for one in TABLES}
        other = sorted(path.name for path in (self.path / "data").glob("*.csv") if path.name not in known)
        if other:
            self.notes.append(f"Not read: {', '.join(f'data/{name}' for name in other)}.")
        if not any((self.path / "data" / name).exists() for name in known):
            self.faults.append("There is no file of a study in data/, not even data/schools.csv.")

    # ── A file ──────────────────────────────────────────────────────────────────────────────────
    def _read_table(self, table: InTable, rows: Rows) -> None:
        name = f"data/{table.key}.csv"
        if not (self.path / name).exists():
            return
        data = self._bytes(self.path / name, name)
        try:
            read = None if data is None else Table.of(data)
        except Unreadable as error:
            self.faults.append(f"{name}, line 1: {error.words}")
            return
        if read is None or not self._header_is_sound(table, name, read.header):
            return
        for place, row in self._rows(name, read):
            said = {column: unguarded(cell) for column, cell in row.items()}
            empty = [column for column in table.needed.split() if not said[column].strip()]
            for column in empty:
                self.faults.append(f"{place}: “{column}” is empty.")
            if not empty:
                self._take(table, place, said, rows)

    def _header_is_sound(self, table: InTable, name: str, header: list[str]) -> bool:
        found = []
        facts = [column for column in header if column.startswith("fact/")] if table.key == "schools" else []
        if facts and not (self.path / "data" / "facts.csv").exists():
            found.append(f"“{facts[0][:60]}”: facts are read from data/facts.csv, which is missing.")
        found += [f"there is no column “{one}”." for one in table.needed.split() if one not in header]
        known = table.known | set(facts)
        found += [
            f"“{column[:60]}” is no column of this file. It has {', '.join(sorted(table.known))}."
            for column in header
            if column not in known
        ]
        found += [
            f"the column “{column}” is there twice."
            for column in sorted({one for one in header if one})
            if header.count(column) > 1
        ]
        self.faults += [f"{name}, line 1: {one}" for one in found]
        return not found

    def _rows(self, name: str, table: Table) -> Iterator[tuple[str, dict[str, str]]]:
        """The rows below the header that are not empty, with the line on which each begins."""
        reader = csv.reader(io.StringIO(table.text, newline=""), delimiter=table.delimiter, strict=True)
        line = 1
        try:
            next(reader, None)
            line = reader.line_num + 1
            for cells in reader:
                place, line = f"{name}, line {line}", reader.line_num + 1
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) != len(table.header):
                    self.faults.append(f"{place}: the row has {len(cells)} cells, the heading {len(table.header)}.")
                    continue
                yield place, dict(zip(table.header, cells, strict=True))
        except csv.Error as error:
            self.faults.append(f"{name}, line {line}: this is no CSV: {error}.")

    # ── A row ───────────────────────────────────────────────────────────────────────────────────
    def _take(self, table: InTable, place: str, said: dict[str, str], rows: Rows) -> None:
        fields: dict[str, Any] = {}
        before = len(self.faults)
        for column, name in table.columns.items():
            if column in said:
                value = self._clean(table.model, name, PlainText.within(said[column]).text, place, column)
                if value is not _SAME:
                    fields[name] = value
        if len(self.faults) > before:
            return
        entry = rows.take(table.key, place, fields, said)
        if entry is not None:
            self.entries.append(entry)

    def _clean(self, model: type[models.Model], name: str, said: str, place: str, column: str) -> Any:
        """A cell as the value of a field; _SAME where it is empty and the field cannot be. Faults are told."""
        kept = model._meta.get_field(name)
        if not said.strip():
            if kept.null:
                return None
            return "" if isinstance(kept, models.CharField | models.TextField) and not kept.choices else _SAME
        try:
            is_prose = isinstance(kept, models.CharField | models.TextField) and not isinstance(kept, models.SlugField)
            value = kept.clean(said if is_prose and not kept.choices and name != "locator" else said.strip(), None)
        except ValidationError as error:
            words = " ".join(error.messages)
            if kept.choices:
                words = f"“{said[:60]}” is none of: {', '.join(str(one) for one, _ in kept.choices)}."
            self.faults.append(f"{place}: “{column}”: {words}")
            return _SAME
        if name == "locator" and (lines := self.study.get("source_lines")):
            self.faults += [f"{place}: “{column}”: {fault}." for fault in locator_faults(value, lines)]
        if isinstance(kept, models.DateTimeField) and timezone.is_naive(value):
            return timezone.make_aware(value, timezone.get_default_timezone())
        return value
