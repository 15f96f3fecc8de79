"""Small files as other programs write them."""

import io
from typing import Any
from uuid import UUID, uuid5
from zipfile import ZIP_DEFLATED, ZipFile

SPACE = UUID("00000000-0000-4000-8000-000000000000")
HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'


def guid(name: str) -> str:
    """An identity for a name."""
    return str(uuid5(SPACE, name)).upper()


def zipped(files: dict[str, bytes | str]) -> bytes:
    """A zip of these files."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def selection(start: int, end: int, *codes: str, user: str = "Ann", inside: str = "", **attributes: Any) -> str:
    """A passage with a coding for each code."""
    codings = "".join(
        f'<Coding guid="{guid(f"coding {start} {end} {code} {user} {attributes}")}" creatingUser="{guid(user)}" '
        f'creationDateTime="2024-05-06T07:08:09Z"><CodeRef targetGUID="{guid(code)}"/></Coding>'
        for code in codes
    )
    mine = attributes.get("guid", guid(f"selection {start} {end} {codes} {attributes}"))
    return (
        f'<PlainTextSelection guid="{mine}" startPosition="{start}" endPosition="{end}" '
        f'creatingUser="{guid(user)}">{codings}{inside}</PlainTextSelection>'
    )


def source(name: str, selections: str = "", *, attributes: str = "", inside: str = "") -> str:
    """A text source."""
    path = attributes or f'plainTextPath="internal://{guid(name)}.txt"'
    return f'<TextSource guid="{guid(name)}" name="{name}" {path}>{inside}{selections}</TextSource>'


def project(
    *sources: str,
    codes: str = "",
    users: tuple[str, ...] = ("Ann",),
    origin: str = "NVivo 14",
    before: str = "",
    after: str = "",
    attributes: str = "",
) -> str:
    """A project file. `before`: variables and cases; `after`: what stands behind the sources."""
    codes = codes or code("Trust") + code("Time")
    people = "".join(f'<User guid="{guid(user)}" name="{user}"/>' for user in users)
    return (
        f'{HEAD}<Project xmlns="urn:QDA-XML:project:1.0" name="Interviews" origin="{origin}" '
        f'creationDateTime="2024-01-02T03:04:05Z" {attributes}><Users>{people}</Users>'
        f"<CodeBook><Codes>{codes}</Codes></CodeBook>{before}<Sources>{''.join(sources)}</Sources>{after}</Project>"
    )


def code(name: str, inside: str = "", **attributes: str) -> str:
    """A code."""
    said = " ".join(f'{key}="{value}"' for key, value in ({"isCodable": "true"} | attributes).items())
    return f'<Code guid="{guid(name)}" name="{name}" {said}>{inside}</Code>'


def qdpx(
    text: str | bytes, xml: str, *, name: str = "First", folder: str = "sources", qde: str = "project.qde"
) -> bytes:
    """A project of one text."""
    return zipped({qde: xml, f"{folder}/{guid(name)}.txt": text})
