"""The notes and links of a REFI-QDA project: the study's account of itself, findings, memos, evidence."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid5

from exchange.material import Material, stream
from exchange.refi_study import (
    FINDING,
    STUDY_NOTE,
    about_finding,
    about_note,
    about_study,
    said_of_finding,
    said_of_study,
)
from exchange.refi_text import plain
from exchange.refi_xml import Pen
from findings.models import Code, Coding


def memo_guid(one: Coding | Code) -> UUID:
    """The identity of a memo on a coding or a code, which is a note of its own in this format."""
    return uuid5(one.guid, "memo")


def write_notes(pen: Pen, material: Material) -> None:
    """The container of all notes."""
    with pen.container("Notes", _notes(material)) as notes:
        for text, about, attributes in notes:
            with pen.inside("Note", **attributes):
                if about:
                    pen.leaf("Description", plain(about))
                pen.leaf("PlainTextContent", plain(text))


def _notes(material: Material) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The study, findings, statements that a quote fits no code, memos: text, description, attributes of each note."""
    study = material.study
    yield said_of_study(study), about_study(study), {"guid": study.guid, "name": STUDY_NOTE}
    for finding in stream(material.findings()):
        text = said_of_finding(finding.statement, finding.note, finding.theme.name, finding.locator)
        yield text, about_finding(finding), {"guid": finding.guid, "name": f"{FINDING}{plain(finding.title)}"}
    for one in stream(material.uncoded(), "coder", "codebook"):
        name = f"Coded to none of: {plain(one.codebook.name)}"
        yield one.reason, "", {"guid": one.guid, "name": name, "creatingUser": one.coder.guid}
    for coding in stream(material.codings(), "coder", "code"):
        if coding.memo:
            yield (
                coding.memo,
                "",
                {
                    "guid": memo_guid(coding),
                    "name": f"Memo: {plain(coding.code.name)}",
                    "creatingUser": coding.coder.guid,
                    "creationDateTime": coding.coded_at,
                },
            )
    for code in material.codes() if material.is_private else []:
        if code.memo:
            yield code.memo, "", {"guid": memo_guid(code), "name": f"Memo: {plain(code.name)}"}
    for note in stream(material.notes(), "coder", "codebook"):
        name = f"On a quote: {plain(note.coder.name)}"
        yield note.memo, about_note(note), {"guid": note.guid, "name": name, "creatingUser": note.coder.guid}


def write_links(pen: Pen, material: Material) -> None:
    """Evidence, with its reason: from a quote, or from a case, to the finding that it bears out."""
    quotes = ((link, link.quote.guid) for link in stream(material.evidence(), "finding", "quote"))
    cases = ((link, link.school.guid) for link in stream(material.case_evidence(), "finding", "school"))
    with pen.container("Links", (pair for some in (quotes, cases) for pair in some)) as links:
        for link, origin in links:
            pen.leaf(
                "Link",
                guid=link.guid,
                name=plain(link.reason),
                direction="OneWay",
                originGUID=origin,
                targetGUID=link.finding.guid,
            )
