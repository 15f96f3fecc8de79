"""Hostile files at the other doors: Word, .qdc, Taguette, CSV. Each is refused with its place, in bounded memory."""

import io
import sqlite3
import tempfile
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from exchange.incoming import html_text
from exchange.incoming.html_text import HtmlText
from exchange.incoming.recognise import read
from exchange.incoming.records import Limits, Unreadable
from tests.incoming.files import HEAD, code, guid, project, qdpx, source, zipped
from tests.incoming.taguette_files import byte, taguette
from tests.incoming.test_hostile import BOMB, ENTITY, GOOD, TEXT

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
BODY = f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>Ann: Yes.</w:t></w:r></w:p></w:body></w:document>'
LARGE = b"a" * 20_000_000
MANY = Limits(codings=10, codes=10, sources=10)


def word(xml: str = HEAD + BODY, /, **members: Any) -> bytes:
    return zipped({"word/document.xml": xml, **members})


def within(document: bytes) -> bytes:
    """A project whose text is a Word document."""
    xml = project(source("First", attributes=f'richTextPath="internal://{guid("First")}.docx"'))
    return zipped({"project.qde": xml, f"sources/{guid('First')}.docx": document})


def qdc(codes: str, *, head: str = HEAD, space: str = "urn:QDA-XML:codebook:1.0") -> bytes:
    return f'{head}<CodeBook xmlns="{space}" origin="x"><Codes>{codes}</Codes></CodeBook>'.encode()


DOCUMENT = f"“sources/{guid('First')}.docx” in the zip"
WORDS: dict[str, tuple[bytes, str]] = {
    "a bomb by ratio": (word(HEAD + f"<a>{'b' * 20_000_000}</a>"), "“word/document.xml” in the zip: It would unpack"),
    "a bomb beside the text": (word(**{"word/media/x.png": LARGE}), "“word/media/x.png” in the zip: It would unpack"),
    "entities": (word(BOMB + BODY), "“word/document.xml”, its head: It declares a document type"),
    "an external entity": (word(ENTITY + BODY.replace("Yes", "&f;")), "its head: It declares a document type"),
    "a path upwards": (word(**{"../../x": "a"}), "“../../x” in the zip: The name leads out"),
    "no text": (zipped({"word/styles.xml": "<a/>"}), "The document: This is no Word document (.docx): it has no"),
    "truncated": (word()[:-30], "damaged or not whole"),
    "broken XML": (word((HEAD + BODY)[:-20]), "“word/document.xml”, line 2: This is no sound XML"),
    "another schema": (word("<html/>"), "“word/document.xml”, line 1: This is XML, but no text of Word"),
    "elements too deep": (word(f"{HEAD}{'<document>' * 100}{'</document>' * 100}"), "more than 60 deep"),
    "a renamed program": (b"MZ" + word(), "This is a program for Windows, whatever its name says"),
    "a bomb within a project": (within(word(LARGE.decode())), f"“word/document.xml” in {DOCUMENT}: It would unpack"),
    "entities within a project": (within(word(BOMB + BODY)), f"{DOCUMENT}, “word/document.xml”, its head"),
    "a path out of a document": (within(word(**{"/etc/x": "a"})), f"“/etc/x” in {DOCUMENT}: The name leads out"),
    "a program as a document": (within(b"MZ\x90"), f"{DOCUMENT}: This zip is damaged"),
    "a document without text": (within(zipped({"a": "b"})), f"{DOCUMENT}: This is no Word document"),
}
CODEBOOKS: dict[str, tuple[bytes, str]] = {
    "entities": (qdc("", head=BOMB.replace("Project", "CodeBook")), "The file, its head: It declares"),
    "an external entity": (qdc("&f;", head=ENTITY.replace("Project", "CodeBook")), "The file, its head: It declares"),
    "truncated": (qdc(code("Trust"))[:-15], "The file, line 2: This is no sound XML"),
    "another schema": (
        qdc(code("Trust"), space="urn:other"),
        "The file, line 2: This is XML, but no REFI-QDA codebook",
    ),
    "a GUID twice": (qdc(code("Trust") + code("Trust")), "The file, line 2: The GUID"),
    "no GUID": (qdc('<Code guid="me" name="x"/>'), "The file, line 2: “me” is no GUID"),
    "too deep": (qdc("<a>" * 100 + "</a>" * 100), "The file, line 2: Elements stand more than 60 deep"),
    "another encoding": (qdc('<Code name="é"/>').decode().encode("latin-1"), "The file, line 2: This is no sound XML"),
    "codes without end": (
        qdc("".join(f"{code(str(n))}\n" for n in range(11))),
        "line 12: The codebook has more than 10",
    ),
}
HEADER = "coding_id,quote_id,school,quote,code_id,code,codebook,coder,start,end\n"


def row(quote: str = "Q", words: str = "We trust", start: int | str = 0, end: int = 2) -> str:
    return f"{guid(f'{start}')},{guid(quote)},a,{words},{guid('code')},x,book,ann,{start},{end}\n"


TABLES: dict[str, tuple[bytes, str]] = {
    "another encoding": ((HEADER + row(words="É")).encode("latin-1"), "The file: The text is not in UTF-8: its byte"),
    "zeros": ((HEADER + row(words="a\0b")).encode(), "no text and none of the formats"),
    "offsets beyond": ((HEADER + row(end=99)).encode(), "row 2: The passage from 0 to 99 lies beyond its quote"),
    "offsets before": ((HEADER + row(start=-1)).encode(), "row 2: The passage from -1 to 2 lies beyond"),
    "no number": ((HEADER + row(start="x")).encode(), "row 2: “start” or “end” is no whole number"),
    "one quote of other words": ((HEADER + row() + row(words="Other")).encode(), "row 3: The same quote has other"),
    "no identity": ((HEADER + row()).replace(guid("Q"), "me").encode(), "row 2: “me” in the column “quote_id”"),
    "truncated": ((HEADER + row(words='"We')).encode(), "row 2: This is no CSV"),
    "a row cut off": ((HEADER + "a,b\n").encode(), "row 2: The row has 2 cells; the heading has 10"),
    "a cell without end": ((HEADER + row(words="a" * 9_000_000)).encode(), "row 2: This is no CSV: field larger"),
    "codings without end": (
        (HEADER + "".join(row(start=n, end=50, words="a" * 60) for n in range(11))).encode(),
        "row 12: The table has more than 10 codings",
    ),
    "highlights without end": (
        b"id,document,tag,content\n" + b"".join(b"1,A,t,w%d\n" % n for n in range(12)),
        "row 12: The table has too many",
    ),
    "codes without end": (b"path\n" + b"".join(b"c%d\n" % n for n in range(12)), "row 12: There are more than 10"),
}


@pytest.mark.parametrize(("data", "words"), [*WORDS.values(), *CODEBOOKS.values(), *TABLES.values()],
                         ids=[*(f"Word: {name}" for name in WORDS), *(f"qdc: {name}" for name in CODEBOOKS),
                              *(f"CSV: {name}" for name in TABLES)])  # fmt: skip
def test_hostile_files_are_refused_with_their_place(data: bytes, words: str) -> None:
    tracemalloc.start()
    with pytest.raises(Unreadable) as refused:
        read(io.BytesIO(data), MANY)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert words in str(refused.value)
    assert peak < max(5_000_000, 12 * len(data))  # of a table that lies in memory whole


TAGUETTE = {
    "two projects": ("INSERT INTO projects VALUES (2, 'b', '', 'x')", "“projects”: The file holds several projects"),
    "offsets beyond": ("UPDATE highlights SET end_offset = 99999", "“highlights”, id 1: It goes from byte 3 to 99999"),
    "an offset that is none": (
        "UPDATE highlights SET end_offset = 'x'",
        "“highlights”, id 1: It goes from byte 3 to x",
    ),
    "a tag that is not there": ("DELETE FROM tags", "“highlights”, id 1: Its tag 1 is not in the project"),
    "highlights without end": (
        "WITH RECURSIVE n(x) AS (SELECT 9 UNION ALL SELECT x + 1 FROM n WHERE x < 30) INSERT INTO highlights"
        " SELECT x, 1, 0, x, '' FROM n; INSERT INTO highlight_tags SELECT id, 1 FROM highlights WHERE id > 8",
        "more than 10 tagged highlights",
    ),
    "a tag without end": (
        "UPDATE documents SET contents = '<a ' || hex(zeroblob(2000))",
        "“documents”, id 1: A tag of its HTML has no end in 4,003 characters",
    ),
}


@pytest.mark.parametrize("name", TAGUETTE)
def test_hostile_projects_of_taguette_are_refused_with_their_place(tmp_path: Path, name: str) -> None:
    script, words = TAGUETTE[name]
    path = tmp_path / "made.sqlite3"
    taguette(tmp_path, [(byte("trust"), byte("trust", end=True), "trust")])
    base = sqlite3.connect(path)
    base.executescript(script)
    base.close()
    with pytest.raises(Unreadable) as refused:
        read(io.BytesIO(path.read_bytes()), MANY)
    assert words in str(refused.value)
    assert not list(Path(tempfile.gettempdir()).glob("ictlead-import-*"))


def test_a_truncated_project_of_taguette_and_a_log_that_never_ends(tmp_path: Path) -> None:
    data = taguette(tmp_path, [(byte("trust"), byte("trust", end=True), "trust")])
    with pytest.raises(Unreadable, match="This SQLite file cannot be read"):
        read(io.BytesIO(data[:5000]), MANY)
    base = sqlite3.connect(tmp_path / "made.sqlite3")
    base.executescript(
        "DROP TABLE commands; CREATE VIEW commands AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
        " SELECT x AS id, 'a' AS user_login, '' AS date, 1 AS project_id, 'highlight_add' AS payload FROM n"
    )
    base.close()
    held = read(io.BytesIO((tmp_path / "made.sqlite3").read_bytes()), MANY)
    assert [one.name for one in held.coders] == ["Not named"]  # the view was not asked


@pytest.mark.parametrize("sign", ["a<b", "<!--", "<![CDATA[", "<?", "</", '<a "', "<script>"])
def test_html_without_ends_takes_no_time(monkeypatch: pytest.MonkeyPatch, sign: str) -> None:
    """The parser is given no more than a part of it that it could look through again and again."""
    given: list[int] = []
    monkeypatch.setattr(html_text, "PART", 500)
    monkeypatch.setattr(html_text, "LONGEST_TAG", 2_000)
    monkeypatch.setattr(HtmlText, "goahead", lambda self, end: given.append(len(self.rawdata)))
    with pytest.raises(Unreadable, match="has no end"):
        HtmlText(sign * 10_000)
    assert max(given) < 3_000


def test_html_in_parts_says_what_it_says_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "<p>We &amp; they trust</p>\n<ul><li>é <b>👩‍🏫</b></li></ul>R&D"
    whole = HtmlText(said)
    monkeypatch.setattr(html_text, "PART", 3)
    parts = HtmlText(said)
    assert (parts.text, parts.bytes) == (whole.text, whole.bytes)
    places = range(whole.bytes + 1)
    assert [(parts.start(one), parts.end(one)) for one in places] == [
        (whole.start(one), whole.end(one)) for one in places
    ]


def test_what_these_are_made_of_is_sound() -> None:
    for data in (word(), within(word()), qdc(code("Trust")), (HEADER + row()).encode(), qdpx(TEXT, GOOD)):
        assert read(io.BytesIO(data), MANY).kind
