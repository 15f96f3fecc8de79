"""The text of a Word document: its paragraphs as lines. Read straight from its zip, as guardedly as any other."""

import io

from exchange.incoming.records import Unreadable
from exchange.incoming.xml import at, elements, forget, local
from exchange.incoming.zips import GuardedZip

FOLDER = "word/"
BODY = f"{FOLDER}document.xml"
SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "‑"}


def docx_text(data: bytes, unpacked: int, place: str) -> str:
    """The paragraphs, each ended by LF. `unpacked`: bytes that may be read of it; `place`: of the document."""
    archive = GuardedZip(io.BytesIO(data), unpacked, called=place[:1].lower() + place[1:], place=place)
    if BODY not in archive.members:
        words = (
            f"This is no Word document (.docx): it has no “{BODY}”, where its text would be. Save it as .docx again."
        )
        raise Unreadable(words, place=place)
    parts: list[str] = []
    where, begun = f"{place}, “{BODY}”", False
    with archive.open(BODY) as part:
        for event, element in elements(part, where):
            if not begun and local(element) != "document":
                raise Unreadable("This is XML, but no text of Word.", place=at(where, element))
            begun = True
            if event == "start":
                continue
            name = local(element)
            if name == "t":
                parts.append(element.text or "")
            elif name in SIGNS and local(element.getparent()) == "r":
                parts.append(SIGNS[name])
            elif name == "p":
                parts.append("\n")
                forget(element)
    return "".join(parts)
