"""The text of a Word document: its paragraphs as lines. Read straight from its zip, as guardedly as any other."""

import io

from exchange.incoming.records import Unreadable
from exchange.incoming.xml import elements, forget, local
from exchange.incoming.zips import GuardedZip

BODY = "word/document.xml"
SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "‑"}


def docx_text(data: bytes, unpacked: int, place: str) -> str:
    """The paragraphs, each ended by LF. `unpacked`: bytes that may be read of it; `place`: of the document."""
    archive = GuardedZip(io.BytesIO(data), unpacked)
    if BODY not in archive.members:
        raise Unreadable("This is no Word document (.docx).", place=place)
    parts: list[str] = []
    with archive.open(BODY) as part:
        for event, element in elements(part, f"{place}, “{BODY}”"):
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
