"""Taguette: its project file (.sqlite3), and its table of highlights (CSV).

A project holds documents as HTML; a highlight begins and ends at a byte of their UTF-8 text, tags not counted. The file
is opened read-only from a copy that is gone when it is read, and nothing but these tables is asked for.
"""

import json
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import IO, Any
from uuid import UUID, uuid5

from exchange.characters import xml_text
from exchange.incoming.guids import NAMESPACE
from exchange.incoming.html_text import HtmlText
from exchange.incoming.records import InCode, InCodebook, InCoder, InCoding, Incoming, InSource, Limits, Unreadable
from exchange.incoming.tables import Table
from exchange.incoming.texts import PlainText

KIND = "Taguette project (.sqlite3)"
KIND_CSV = "Taguette highlights (CSV)"
MAGIC = b"SQLite format 3\x00"
LONGEST_VALUE = 64 * 1024 * 1024  # bytes of one value of the file
STEPS = 5_000_000  # of the engine between two looks at how long a query takes
MOST_LOOKS = 200
COLUMNS = {
    "projects": {"id", "name", "description", "created"},
    "documents": {"id", "name", "description", "contents", "project_id"},
    "highlights": {"id", "document_id", "start_offset", "end_offset"},
    "tags": {"id", "path", "description", "project_id"},
    "highlight_tags": {"highlight_id", "tag_id"},
}


def read_project(file: IO[bytes], limits: Limits) -> Incoming:
    """All that comes in from a Taguette project. Raises Unreadable."""
    with _opened(file) as base:
        return _Project(base, limits).read()


@contextmanager
def _opened(file: IO[bytes]) -> Iterator[sqlite3.Connection]:
    """A copy of the file as a database that can be asked and not written; the copy is always removed."""
    with tempfile.TemporaryDirectory(prefix="ictlead-import-") as folder:
        path = os.path.join(folder, "project.sqlite3")
        with open(path, "wb") as copy:
            while chunk := file.read(1024 * 1024):
                copy.write(chunk)
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as base:
                _hardened(base)
                yield base
        except (sqlite3.Error, OverflowError) as error:
            words = f"This SQLite file cannot be read ({error}). Export the project from Taguette again."
            raise Unreadable(words) from error


def _hardened(base: sqlite3.Connection) -> None:
    base.execute("PRAGMA trusted_schema = OFF")
    base.execute("PRAGMA query_only = ON")
    base.execute("PRAGMA cell_size_check = ON")
    base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    base.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    looks = iter(range(MOST_LOOKS))
    base.set_progress_handler(lambda: next(looks, None) is None, STEPS)
    base.text_factory = lambda data: data.decode("utf-8", "replace")


class _Project:
    """A project as it is read."""

    def __init__(self, base: sqlite3.Connection, limits: Limits) -> None:
        self.base, self.limits = base, limits
        self._check_tables()
        projects = list(base.execute("SELECT id, name, description, created FROM projects ORDER BY id LIMIT 2"))
        if len(projects) != 1:
            words = "The file holds no project." if not projects else "The file holds several projects: export one."
            raise Unreadable(words, place="table “projects”")
        [(self.key, name, about, created)] = projects
        self.space = uuid5(NAMESPACE, f"taguette {created}")
        self.held = Incoming(KIND, uuid5(self.space, "study"), str(name or "Taguette project"))
        if about:
            self.held.about["summary"] = PlainText.of(str(about)).text

    def _check_tables(self) -> None:
        # A view would ask what it likes, as long as it likes.
        kinds = dict(self.base.execute("SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')"))
        self.has_log = kinds.get("commands") == "table"
        for table, wanted in COLUMNS.items():
            if kinds.get(table) != "table":
                raise Unreadable(f"This is a database, but no Taguette project: it has no table “{table}”.")
            there = {row[1] for row in self.base.execute(f"PRAGMA table_info({table})")}
            if not wanted <= there:
                lacking = ", ".join(sorted(wanted - there))
                raise Unreadable(f"It lacks the columns {lacking}.", place=f"table “{table}”")

    def read(self) -> Incoming:
        """All of it: tags, then document by document."""
        held = self.held
        book = InCodebook(uuid5(self.space, "codebook"), held.name)
        held.codebooks = [book]
        tags = self._tags(book.guid)
        who = self._who()
        documents = self.base.execute(
            "SELECT id, name, description, contents FROM documents WHERE project_id = ? ORDER BY id", (self.key,)
        )
        for key, name, about, contents in documents:
            self._document(key, str(name or ""), str(about or ""), str(contents or ""), tags, who)
        return held

    def _tags(self, book: UUID) -> dict[int, UUID]:
        rows = self.base.execute(
            "SELECT id, path, description FROM tags WHERE project_id = ? ORDER BY path, id LIMIT ?",
            (self.key, self.limits.codes + 1),
        )
        found: dict[int, UUID] = {}
        for key, path, about in rows:
            said = str(path or "").strip() or f"Tag {key}"
            found[key] = guid = uuid5(self.space, f"tag {said}")
            self.held.codes.append(InCode(guid, said, book, definition=PlainText.of(str(about or "")).text))
        if len(found) > self.limits.codes:
            raise Unreadable(f"The project has more than {self.limits.codes:,} tags.", place="table “tags”")
        return found

    def _who(self) -> dict[int, tuple[UUID, datetime | None]]:
        """Who made each highlight, and when, from the project's own log, where it has one."""
        found: dict[int, tuple[UUID, datetime | None]] = {}
        nobody = uuid5(self.space, "user")
        names: dict[UUID, str] = {}
        for login, date, payload in self._log():
            guid = uuid5(self.space, f"user {login}")
            try:
                said = json.loads(payload)
            except (ValueError, TypeError, RecursionError):
                continue
            if isinstance(said, dict) and said.get("type") == "highlight_add":
                names[guid] = str(login)
                found[said.get("highlight_id", -1)] = (guid, _moment(str(date)))
        self.nobody = next(iter(names)) if len(names) == 1 else nobody
        self.names = names | ({} if len(names) == 1 else {nobody: "Not named"})
        return found

    def _log(self) -> list[Any]:
        if not self.has_log:
            return []
        try:
            return self.base.execute(
                "SELECT user_login, date, payload FROM commands WHERE project_id = ? AND payload LIKE '%highlight_add%'"
                " ORDER BY id LIMIT ?",
                (self.key, 2 * self.limits.codings),
            ).fetchall()
        except sqlite3.OperationalError:  # older files have another one
            return []

    def _document(
        self, key: int, name: str, about: str, contents: str, tags: dict[int, UUID], who: dict[int, Any]
    ) -> None:
        held = self.held
        if len(held.sources) >= self.limits.sources:
            raise Unreadable(f"The project has more than {self.limits.sources:,} documents.", "table “documents”")
        html = HtmlText(contents, f"table “documents”, id {key}")
        text = xml_text(html.text.replace("\r", "\n"))  # as long as before: no position moves
        name = name or f"Document {key}"
        # Numbers change with every export of a project; what a document is called and says does not.
        guid = uuid5(self.space, f"document {name}\n{html.text}")
        if any(one.guid == guid for one in held.sources):
            guid = uuid5(guid, str(key))
        if "<img" in contents:
            held.losses["Pictures within documents."] += contents.count("<img")
        place = len(held.sources)
        held.sources.append(InSource(guid, guid, name, text, PlainText.of(about).text))
        self._highlights(key, place, guid, html, tags, who)

    def _highlights(
        self, key: int, place: int, document: UUID, html: HtmlText, tags: dict[int, UUID], who: dict[int, Any]
    ) -> None:
        rows = self.base.execute(
            "SELECT h.id, h.start_offset, h.end_offset, t.tag_id FROM highlights h"
            " LEFT JOIN highlight_tags t ON t.highlight_id = h.id WHERE h.document_id = ?"
            " ORDER BY h.start_offset, h.id, t.tag_id",
            (key,),
        )
        seen: set[tuple] = set()
        for highlight, first, last, tag in rows:
            where = f"table “highlights”, id {highlight}"
            if not (isinstance(first, int) and isinstance(last, int) and 0 <= first <= last <= html.bytes):
                words = f"It goes from byte {first} to {last}; its document has {html.bytes:,}."
                raise Unreadable(words, place=where)
            start, end = html.start(first), html.end(last)
            if tag is None or start >= end:
                self.held.losses["Highlights without a tag." if tag is None else "Highlights of no length."] += 1
                continue
            if tag not in tags:
                raise Unreadable(f"Its tag {tag} is not in the project.", place=where)
            coder, when = who.get(highlight, (self.nobody, None))
            self._coding(InCoding(UUID(int=0), place, start, end, tags[tag], coder, when), document, seen, where)

    def _coding(self, coding: InCoding, document: UUID, seen: set[tuple], where: str) -> None:
        key = (coding.start, coding.end, coding.code, coding.coder)
        if key in seen:
            self.held.losses["Highlights that the file has twice: each comes in once."] += 1
            return
        seen.add(key)
        if len(self.held.codings) >= self.limits.codings:
            raise Unreadable(f"The project has more than {self.limits.codings:,} tagged highlights.", place=where)
        coding.guid = uuid5(document, f"{coding.start} {coding.end} {coding.code} {coding.coder}")
        if all(one.guid != coding.coder for one in self.held.coders):
            self.held.coders.append(InCoder(coding.coder, self.names[coding.coder][:80]))
        self.held.codings.append(coding)


def _moment(said: str) -> datetime | None:
    try:
        return datetime.fromisoformat(said).replace(tzinfo=UTC)
    except ValueError:
        return None


def is_highlights(header: list[str]) -> bool:
    """Whether a table is Taguette's table of highlights."""
    return {"id", "document", "tag", "content"} <= set(header)


def read_highlights(table: Table, limits: Limits) -> Incoming:
    """Highlights as a study: a document's highlights are its quotes, for the table has no more of its text."""
    # A table names no project: what its documents are called says which it is.
    names = sorted({row["document"].strip() for _, row in table.rows()})
    space = uuid5(NAMESPACE, "taguette highlights " + "\n".join(names))
    held = Incoming(KIND_CSV, uuid5(space, "study"), "Taguette highlights")
    book, coder = InCodebook(uuid5(space, "codebook"), held.name), InCoder(uuid5(space, "user"), "Not named")
    held.codebooks, held.coders = [book], [coder]
    documents: dict[str, _Grown] = {}
    codes: dict[str, UUID] = {}
    for number, row in table.rows():
        place = f"row {number:,}"
        name, tag, words = row["document"].strip(), row["tag"].strip(), PlainText.of(row["content"]).text.strip()
        if not words or not name:
            raise Unreadable("The row has no document or no content.", place=place)
        if name not in documents:
            if len(documents) >= limits.sources:
                raise Unreadable(f"The table has more than {limits.sources:,} documents.", place=place)
            documents[name] = _Grown(len(documents))
        start = documents[name].add(words)
        if not tag:
            held.losses["Highlights without a tag."] += 1
            continue
        code = codes.setdefault(tag, uuid5(space, f"tag {tag}"))
        if len(codes) > limits.codes or len(held.codings) >= limits.codings:
            raise Unreadable("The table has too many tags or highlights.", place=place)
        guid = uuid5(code, f"{name} {words}")
        held.codings.append(InCoding(guid, documents[name].place, start, start + len(words), code, coder.guid))
    held.codings = list({one.guid: one for one in held.codings}.values())
    for name, document in documents.items():
        guid = uuid5(space, f"document {name}")
        held.sources.append(InSource(guid, guid, name, "".join(document.parts)))
    held.codes = [InCode(guid, tag, book.guid) for tag, guid in sorted(codes.items())]
    held.losses["Text of the documents outside the highlights, which this table does not have."] += len(documents)
    return held


class _Grown:
    """A text that is made of highlights, each once."""

    def __init__(self, place: int) -> None:
        self.place, self.length = place, 0
        self.parts: list[str] = []
        self.starts: dict[str, int] = {}

    def add(self, words: str) -> int:
        """Where these words begin."""
        if words not in self.starts:
            self.starts[words] = self.length
            self.parts.append(words + "\n\n")
            self.length += len(words) + 2
        return self.starts[words]
