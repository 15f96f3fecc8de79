"""Broken and hostile files: each a clear message that names the place, in bounded memory, nothing left behind."""

import io
import os
import sqlite3
import stat
import tempfile
import tracemalloc
import zlib
from collections import Counter
from pathlib import Path
from random import Random
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

import pytest

from exchange.incoming.recognise import read
from exchange.incoming.records import Limits, Unreadable
from exchange.incoming.zips import GuardedZip
from tests.incoming.files import HEAD, guid, project, qdpx, selection, source, zipped
from tests.incoming.taguette_files import taguette

TEXT = "We trust them."
GOOD = project(source("First", selection(3, 8, "Trust")))
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
BOMB = HEAD + f'<!DOCTYPE Project [<!ENTITY a0 "ha">{LAUGHS}]>'
ENTITY = f'{HEAD}<!DOCTYPE Project [<!ENTITY f SYSTEM "file:///etc/passwd">]>'


def symlink() -> bytes:
    out, info = io.BytesIO(), ZipInfo("sources/link.txt")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with ZipFile(out, "w") as archive:
        archive.writestr("project.qde", GOOD)
        archive.writestr(info, "/etc/passwd")
    return out.getvalue()


def twice() -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("project.qde", GOOD)
        archive.writestr("sources/a.txt", "a")
        archive.writestr("Sources/A.txt", "b")
    return out.getvalue()


def liar() -> bytes:
    """A bomb that says in the zip's list that it is small."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", GOOD)
        archive.writestr(f"sources/{guid('First')}.txt", b"a" * 20_000_000)
    return out.getvalue().replace((20_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little"))


def clash() -> str:
    return project(source("First", selection(3, 8, "Trust")), source("First"))


def xml(head: str) -> bytes:
    return qdpx(TEXT, head + GOOD.removeprefix(HEAD))


HOSTILE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "The file is empty"),
    "a program": (b"MZ\x90\x00" + b"\x00" * 100, "This is a program for Windows, whatever its name says"),
    "a PDF": (b"%PDF-1.7", "This is a PDF document"),
    "binary": (b"\x01\x00\x02\x00" * 50, "no text and none of the formats"),
    "a truncated zip": (qdpx(TEXT, GOOD)[:-30], "damaged or not whole"),
    "a zip without a project": (zipped({"a.txt": "a"}), "holds no project"),
    "two projects": (zipped({"a.qde": GOOD, "b.qde": GOOD}), "holds 2 projects: “a.qde” and “b.qde”"),
    "an absolute path": (
        zipped({"project.qde": GOOD, "/etc/x.txt": "a"}),
        "“/etc/x.txt” in the zip: The name leads out",
    ),
    "a path upwards": (zipped({"project.qde": GOOD, "sources/../../x": "a"}), "The name leads out of the zip"),
    "a drive": (zipped({"project.qde": GOOD, "C:\\x.txt": "a"}), "The name leads out of the zip"),
    "a link": (symlink(), "a link to somewhere else"),
    "two of one name": (twice(), "Two files have this name"),
    "a bomb by ratio": (zipped({"project.qde": GOOD, "sources/x.txt": b"a" * 20_000_000}), "more than 200 times"),
    "a bomb that lies": (liar(), f"“sources/{guid('First')}.txt” in the zip"),
    "entities": (xml(BOMB), "declares a document type"),
    "an external entity": (xml(ENTITY), "declares a document type"),
    "broken XML": (qdpx(TEXT, GOOD[:-20]), "“project.qde” in the zip, line 2: This is no sound XML"),
    "another schema": (qdpx(TEXT, "<html/>"), "line 1: This is XML, but no REFI-QDA project"),
    "XML of something else": (b"<?xml version='1.0'?><html/>", "no REFI-QDA codebook"),
    "a text that is not there": (zipped({"project.qde": GOOD}), "line 2: Its text “internal://"),
    "another encoding": (qdpx("Écoute".encode("latin-1"), GOOD), "its byte 1 fits no character"),
    "a GUID twice": (qdpx(TEXT, clash()), "belongs to two records"),
    "no GUID": (qdpx(TEXT, GOOD.replace(guid("Ann"), "me")), "“me” is no GUID"),
    "a passage beyond": (
        qdpx(TEXT, project(source("First", selection(3, 80, "Trust")))),
        "line 2: A passage from 3 to 80 lies beyond its text, which has 14 characters",
    ),
    "a passage backwards": (qdpx(TEXT, project(source("First", selection(8, 3, "Trust")))), "from 8 to 3"),
    "elements too deep": (qdpx(TEXT, project(source("First", "<a>" * 100 + "</a>" * 100))), "more than 60 deep"),
    "a table of something else": (b"a,b\n1,2\n", "row 1: No table that comes in has these columns: “a”, “b”"),
    "a broken database": (b"SQLite format 3\x00" + b"\x00" * 2000, "This SQLite file cannot be read"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_with_their_place(name: str) -> None:
    data, words = HOSTILE[name]
    before = set(os.listdir(tempfile.gettempdir()))
    tracemalloc.start()
    with pytest.raises(Unreadable) as refused:
        read(io.BytesIO(data), Limits())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert words in str(refused.value)
    assert peak < 20_000_000
    left = set(os.listdir(tempfile.gettempdir())) - before
    assert not [name for name in left if name.startswith("ictlead-import-")]


def test_a_zip_is_counted_as_a_whole() -> None:
    files = {f"sources/{n}.txt": os.urandom(400_000) for n in range(3)}
    data = zipped({"project.qde": GOOD, f"sources/{guid('First')}.txt": os.urandom(1_000_000), **files})
    with pytest.raises(Unreadable, match="unpacks to more than 0 MB"):
        read(io.BytesIO(data), Limits(unpacked=900_000))


def test_codings_without_end_are_refused_before_they_fill_the_memory() -> None:
    coding = '<Coding><CodeRef targetGUID="{}"/></Coding>'.format(guid("Trust"))
    parts = "".join(
        f'<PlainTextSelection startPosition="{n}" endPosition="{n + 1}">{coding}</PlainTextSelection>\n'
        for n in range(50_000)
    )
    data = qdpx(os.urandom(30_000).hex(), project(source("First", parts)))
    tracemalloc.start()
    with pytest.raises(Unreadable, match=r"line \d[\d,]*: The project has more than 1,000 codings"):
        read(io.BytesIO(data), Limits(codings=1_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


def test_a_database_of_something_else_is_no_project(tmp_path: Path) -> None:
    base = sqlite3.connect(tmp_path / "x.sqlite3")
    base.execute("CREATE TABLE projects (id INTEGER)")
    base.commit()
    base.close()
    with pytest.raises(Unreadable, match="lacks the columns|has no table"):
        read(io.BytesIO((tmp_path / "x.sqlite3").read_bytes()), Limits())


def test_a_view_in_place_of_a_table_is_not_asked(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite3"
    path.write_bytes(taguette(tmp_path, []))
    base = sqlite3.connect(path)
    base.executescript(
        "DROP TABLE tags; CREATE VIEW tags AS SELECT 1 AS id, 1 AS project_id, 'x' AS path, '' AS description"
    )
    base.close()
    with pytest.raises(Unreadable, match="has no table “tags”"):
        read(io.BytesIO(path.read_bytes()), Limits())


def test_whatever_byte_of_a_zip_is_wrong_the_fault_is_told() -> None:
    """No kind of fault that zipfile or zlib find gets past: a list that lies, a way to pack unknown, the rest."""
    file, by_chance = io.BytesIO(), Random(1)
    faults: Counter[type] = Counter()
    with ZipFile(file, "w") as archive:
        for name, words in (("word/document.xml", "<a>" + "x y z" * 20 + "</a>"), ("b.txt", "hello")):
            archive.writestr(ZipInfo(name, (2026, 1, 1, 0, 0, 0)), words, compress_type=ZIP_DEFLATED)
    good = file.getvalue()
    for _ in range(3000):
        wrong = bytearray(good)
        for _ in range(by_chance.choice((1, 2))):
            wrong[by_chance.randrange(len(wrong))] = by_chance.randrange(256)
        try:
            guarded = GuardedZip(io.BytesIO(wrong), 10_000_000)
            for name in guarded.members:
                guarded.read(name)
        except Unreadable as error:
            faults[type(error.__cause__)] += 1
    unknown_packing = NotImplementedError  # what zipfile raises for a way of packing that it does not know
    assert {BadZipFile, zlib.error, EOFError, unknown_packing, ValueError} <= set(faults)
