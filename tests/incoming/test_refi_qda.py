"""REFI-QDA projects as other programs write them, read."""

import io
import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
from docx import Document

from exchange.incoming.records import Incoming, Limits, Unreadable
from exchange.incoming.refi_codes import read_qdc
from exchange.incoming.refi_qda import read_qdpx
from tests.incoming.files import code, guid, project, qdpx, selection, source, zipped

TEXT = "We trust them.\n\nIt took time 👩‍🏫 and é.\nNo more."


def read(data: bytes, **limits: int) -> Incoming:
    return read_qdpx(io.BytesIO(data), Limits(**limits))


def passages(held: Incoming) -> list[tuple[str, str]]:
    """Code and words of each coding."""
    names = {one.guid: one.name for one in held.codes}
    return [(names[one.code], held.sources[one.source].text[one.start : one.end]) for one in held.codings]


def test_a_project_comes_in() -> None:
    start = TEXT.index("time")
    xml = project(
        source("First", selection(3, 8, "Trust") + selection(start, start + 4, "Time", "Trust", user="Ben")),
        users=("Ann", "Ben"),
    )
    held = read(qdpx(TEXT, xml))
    assert held.name == "Interviews"
    assert passages(held) == [("Trust", "trust"), ("Time", "time"), ("Trust", "time")]
    assert [one.name for one in held.coders] == ["Ann", "Ben"]
    assert held.codings[0].guid == UUID(guid("coding 3 8 Trust Ann {}"))
    assert held.codings[0].when == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert held.sources[0].guid == UUID(guid("First"))
    assert not held.losses
    assert [one.name for one in held.codebooks] == ["Interviews"]


@pytest.mark.parametrize("folder", ["sources", "Sources", "SOURCES"])
def test_either_case_of_the_folder(folder: str) -> None:
    assert read(qdpx(TEXT, project(source("First")), folder=folder)).sources[0].text == TEXT


def test_any_one_qde() -> None:
    assert read(qdpx(TEXT, project(source("First")), qde="My study.qde")).sources[0].text == TEXT


def test_guids_with_braces() -> None:
    braced = project(source("First", selection(3, 8, "Trust")))
    for name in ("First", "Trust", "Ann"):
        braced = braced.replace(f'"{guid(name)}"', f'"{{{guid(name).lower()}}}"')
    held = read(qdpx(TEXT, braced))
    assert passages(held) == [("Trust", "trust")]
    assert held.coders[0].guid == UUID(guid("Ann"))


def test_missing_guids_are_the_same_whenever_it_is_read() -> None:
    xml = project(source("First", selection(3, 8, "Trust", "Time")))
    bare = re.sub(r'<(PlainTextSelection|Coding) guid="[^"]+"', r"<\1", xml)
    assert bare.count("guid=") == xml.count("guid=") - 3
    held, again = read(qdpx(TEXT, bare)), read(qdpx(TEXT, bare))
    assert [one.guid for one in held.codings] == [one.guid for one in again.codings]
    assert len({one.guid for one in held.codings}) == 2


def test_crlf_and_a_byte_order_mark_are_mapped() -> None:
    said = "One\r\nTwo\r\n\r\nThree"
    start = said.index("Three")
    xml = project(source("First", selection(start, start + 5, "Trust") + selection(3, 8, "Time")))
    held = read(qdpx(b"\xef\xbb\xbf" + said.encode(), xml))
    assert held.sources[0].text == "One\nTwo\n\nThree"
    assert passages(held) == [("Trust", "Three"), ("Time", "\nTwo")]


def test_right_to_left_and_combining_marks_keep_their_positions() -> None:
    said = "שלום é עולם 👨‍👩‍👧"
    start = said.index("עולם")
    held = read(qdpx(said, project(source("First", selection(start, start + 4, "Trust")))))
    assert passages(held) == [("Trust", "עולם")]


def test_text_within_the_project() -> None:
    inside = "<PlainTextContent>We trust.</PlainTextContent>"
    held = read(qdpx("", project(source("First", selection(3, 8, "Trust"), attributes=" ", inside=inside))))
    assert passages(held) == [("Trust", "trust")]


def test_a_word_document() -> None:
    document, out = Document(), io.BytesIO()
    document.add_paragraph("We trust them.")
    document.add_paragraph("Always.")
    document.save(out)
    path = f'richTextPath="internal://{guid("First")}.docx"'
    xml = project(source("First", selection(15, 21, "Trust"), attributes=path))
    held = read(zipped({"project.qde": xml, f"Sources/{guid('First')}.docx": out.getvalue()}))
    assert held.sources[0].text == "We trust them.\nAlways.\n"
    assert passages(held) == [("Trust", "Always")]
    assert sum(held.losses.values()) == 1


def test_the_text_of_a_pdf() -> None:
    inner = source("First", selection(3, 8, "Trust")).replace("TextSource", "Representation")
    pdf = f'<PDFSource guid="{guid("pdf")}" name="P" path="internal://x.pdf">{inner}</PDFSource>'
    assert passages(read(qdpx(TEXT, project(pdf)))) == [("Trust", "trust")]


def test_nested_codes_and_colours() -> None:
    tree = code("Above", "<Description>What it is.</Description>" + code("Trust", color="#8ECAE6"), isCodable="false")
    held = read(qdpx(TEXT, project(source("First", selection(3, 8, "Trust")), codes=tree)))
    assert [(one.name, one.definition, one.hue) for one in held.codes] == [
        ("Above", "What it is.", None),
        ("Trust", "", 1),
    ]
    assert held.codes[1].parent == held.codes[0].guid


def test_cases_with_values() -> None:
    before = (
        f'<Variables><Variable guid="{guid("age")}" name="Age" typeOfVariable="Integer"/></Variables>'
        f'<Cases><Case guid="{guid("case")}" name="Mrs A"><Description>A head.</Description><VariableValue>'
        f'<VariableRef targetGUID="{guid("age")}"/><IntegerValue>51</IntegerValue></VariableValue>'
        f'<SourceRef targetGUID="{guid("First")}"/></Case></Cases>'
    )
    [one] = read(qdpx(TEXT, project(source("First"), before=before))).sources
    assert (one.name, one.case_guid, one.values, one.description) == (
        "Mrs A",
        UUID(guid("case")),
        {"Age": "51"},
        "A head.",
    )


def test_notes_find_their_place() -> None:
    ref = f'<NoteRef targetGUID="{guid("note")}"/>'
    note = f'<Notes><Note guid="{guid("note")}" name="N"><PlainTextContent>Why?</PlainTextContent></Note></Notes>'
    coded = selection(3, 8, "Trust").replace("</CodeRef>", "").replace("/></Coding>", f"/>{ref}</Coding>")
    held = read(qdpx(TEXT, project(source("First", coded), after=note)))
    assert held.codings[0].memo == "Why?"
    held = read(qdpx(TEXT, project(source("First", selection(3, 8, inside=ref)), after=note)))
    assert [(one.memo, one.start, one.end) for one in held.notes] == [("Why?", 3, 8)]
    held = read(qdpx(TEXT, project(source("First"), after=note)))
    assert sum(held.losses.values()) == 1


def test_what_cannot_come_in_is_counted() -> None:
    coding = f'<Coding guid="{guid("pc")}"><CodeRef targetGUID="{guid("Trust")}"/></Coding>'
    area = f'<PictureSelection guid="{guid("ps")}" firstX="1" firstY="1" secondX="2" secondY="2">{coding}'
    picture = f'<PictureSource guid="{guid("p")}" path="internal://p.png">{area}</PictureSelection></PictureSource>'
    sets = f'<Sets><Set guid="{guid("s")}" name="S"><Set guid="{guid("inner")}" name="Inner"/></Set></Sets>'
    xml = project(source("First", selection(3, 8, "Trust", "Gone")), picture, after=sets)
    held = read(qdpx(TEXT, xml))
    assert passages(held) == [("Trust", "trust")]
    assert sum(held.losses.values()) == 4


def test_a_coding_said_twice_comes_in_once() -> None:
    xml = project(source("First", selection(3, 8, "Trust") + selection(3, 8, "Trust", guid=guid("x"))))
    held = read(qdpx(TEXT, xml))
    assert passages(held) == [("Trust", "trust")]
    assert sum(held.losses.values()) == 1


def test_a_codebook_comes_in() -> None:
    xml = f'<CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="MAXQDA"><Codes>{code("A", code("B"))}</Codes></CodeBook>'
    held = read_qdc(io.BytesIO(xml.encode()), Limits())
    assert [(one.name, one.parent) for one in held.codes] == [("A", None), ("B", UUID(guid("A")))]
    with pytest.raises(Unreadable, match="no REFI-QDA codebook"):
        read_qdc(io.BytesIO(b"<html/>"), Limits())
