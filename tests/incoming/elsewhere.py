"""Files as other programs give them back: edited, with codings dropped, added, given other codes, moved, explained.

Each kind of file says by itself which codings it has, read here and not by the import that is tested.
"""

import csv
import io
import sqlite3
from collections.abc import Callable
from operator import methodcaller
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

from lxml import etree

from tests.incoming.files import zipped

Said = set[tuple]  # quote, code, start, end; of Taguette: words, code
NAME = "{urn:QDA-XML:project:1.0}"
EDITS = ("drop", "add", "retag", "merge", "reorder", "explain")


class Table:
    """This site's table of codings."""

    def __init__(self, data: bytes) -> None:
        self.rows: list[dict[str, str]] = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))

    @property
    def coded(self) -> list[dict[str, str]]:
        return [one for one in self.rows if one["code_id"]]

    def said(self) -> Said:
        """The codings that it has."""
        return {(one["quote_id"], one["code_id"], int(one["start"]), int(one["end"])) for one in self.coded}

    def edit(self, kind: str, n: int) -> None:
        """Do something to the n-th coding of it."""
        if not self.coded:
            return
        one, other = self.coded[n % len(self.coded)], self.coded[(n + 1) % len(self.coded)]
        code = {key: other[key] for key in ("code", "code_id")}
        match kind:
            case "drop":
                self.rows.remove(one)
            case "add":
                end = 1 + n % len(one["quote"])
                passage = {"start": "0", "end": str(end), "passage": one["quote"][:end], "coding_id": ""}
                self.rows.append(one | code | passage)
            case "retag":
                one.update(code)
            case "merge":
                gone = one["code_id"]
                for each in self.coded:
                    each.update(code if each["code_id"] == gone else {})
            case "reorder":
                self.rows = self.rows[n % len(self.rows) :] + self.rows[: n % len(self.rows)]
            case "explain":
                one["memo"] = f"Said elsewhere: {n}"

    def data(self) -> bytes:
        """As a spreadsheet saves it."""
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, list(self.rows[0]) if self.rows else ["quote_id"])
        writer.writeheader()
        writer.writerows(self.rows)
        return b"\xef\xbb\xbf" + out.getvalue().encode()


class Project:
    """A REFI-QDA project."""

    def __init__(self, data: bytes) -> None:
        with ZipFile(io.BytesIO(data)) as archive:
            self.files: dict[str, Any] = {name: archive.read(name) for name in archive.namelist()}
        self.root = etree.fromstring(self.files.pop("project.qde"))

    def _all(self, name: str) -> list[Any]:
        return list(self.root.iter(NAME + name))

    def said(self) -> Said:
        """The codings that it has, by the quote that each lies in."""
        found = set()
        for source in self._all("TextSource"):
            selections = [
                (int(one.get("startPosition")), int(one.get("endPosition")), one)
                for one in source.findall(f"{NAME}PlainTextSelection")
            ]
            quotes = [one for one in selections if one[2].find(f"{NAME}Description") is not None]
            for start, end, one in selections:
                [(first, quote)] = [(at, of.get("guid")) for at, to, of in quotes if at <= start and end <= to]
                refs = one.iterfind(f"{NAME}Coding/{NAME}CodeRef")
                found |= {(quote, ref.get("targetGUID"), start - first, end - first) for ref in refs}
        return found

    def edit(self, kind: str, n: int) -> None:
        """Do something to the n-th coding of it."""
        codings = self._all("Coding")
        if not codings:
            return
        one, other = codings[n % len(codings)], codings[(n + 1) % len(codings)]
        ref, code = one.find(f"{NAME}CodeRef"), other.find(f"{NAME}CodeRef").get("targetGUID")
        selection = one.getparent()
        match kind:
            case "drop":
                selection.remove(one)
            case "add":
                made = etree.SubElement(selection, f"{NAME}Coding", dict(one.attrib) | {"guid": str(uuid4())})
                etree.SubElement(made, f"{NAME}CodeRef", targetGUID=code)
            case "retag":
                ref.set("targetGUID", code)
            case "merge":
                self._merge(ref.get("targetGUID"), code)
            case "reorder":
                parent = selection.getparent()
                parent.insert(n % len(parent), selection)
            case "explain":
                for note in self._all("Note"):
                    note.find(f"{NAME}PlainTextContent").text += f" Said elsewhere: {n}"

    def _merge(self, gone: str, code: str) -> None:
        for each in self._all("CodeRef"):
            if each.get("targetGUID") == gone:
                each.set("targetGUID", code)
        for each in self._all("Code"):
            if each.get("guid") == gone != code:
                each.getparent().remove(each)

    def data(self) -> bytes:
        """As another program saves it."""
        return zipped({"project.qde": etree.tostring(self.root, xml_declaration=True, encoding="utf-8"), **self.files})


class Taguette:
    """A project of Taguette, in a file that Taguette would open; `words`: where its highlights may lie, in bytes."""

    def __init__(self, path: Path, words: dict[str, tuple[int, int]]) -> None:
        self.path, self.words = path, words

    def _do(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        base = sqlite3.connect(self.path)
        try:
            found = work(base)
            base.commit()
            return found
        finally:
            base.close()

    def said(self) -> Said:
        """The highlights that it has, by their words and tags."""
        spans = {span: words for words, span in self.words.items()}
        rows = self._do(
            lambda base: base.execute(
                "SELECT start_offset, end_offset, path FROM highlights h JOIN highlight_tags t ON t.highlight_id = h.id"
                " JOIN tags ON tags.id = t.tag_id"
            ).fetchall()
        )
        return {(spans[start, end], path) for start, end, path in rows}

    def edit(self, kind: str, n: int) -> None:
        """Do something to a highlight of it."""
        one, span = 1 + n % 3, list(self.words.values())[n % len(self.words)]
        statements: dict[str, list[tuple[str, list[Any]]]] = {
            "drop": [("DELETE FROM highlight_tags WHERE highlight_id = ?", [one])],
            "add": [
                ("INSERT INTO highlights VALUES (?, 1, ?, ?, '')", [100 + n, *span]),
                ("INSERT INTO highlight_tags SELECT ?, id FROM tags ORDER BY id LIMIT 1", [100 + n]),
            ],
            "retag": [("UPDATE OR IGNORE highlight_tags SET tag_id = 1 + tag_id % 2 WHERE highlight_id = ?", [one])],
            "merge": [("UPDATE OR IGNORE highlight_tags SET tag_id = 1", []),
                      ("DELETE FROM highlight_tags WHERE tag_id <> 1", [])],
            "reorder": [("UPDATE highlights SET id = id + 1000", []),
                        ("UPDATE highlight_tags SET highlight_id = highlight_id + 1000", [])],
            "explain": [("UPDATE tags SET description = ?", [f"Said elsewhere: {n}"])],
        }  # fmt: skip
        for statement, values in statements[kind]:
            self._do(methodcaller("execute", statement, values))

    def data(self) -> bytes:
        """As Taguette exports it."""
        return self.path.read_bytes()
