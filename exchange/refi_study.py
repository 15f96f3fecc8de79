"""How a study, and a coder's note on a quote, stand in a REFI-QDA project: as notes that import takes apart again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from exchange.refi_text import joined, parted
from exchange.refi_xml import xml_value
from findings.models import QuoteNote
from schools.models import Study

STUDY_NOTE = "About the study"
LINES = ("title", "subtitle", "author", "publisher", "series", "published", "year", "fieldwork", "source_lines")


def about_study(study: Study) -> str:
    """What a catalogue says of a study: a line for each of its fields."""
    return _lines({name: " ".join(str(getattr(study, name)).split()) for name in LINES})


def said_of_study(study: Study) -> str:
    """What a study says of itself."""
    return joined(study.summary, method=study.method)


def study_fields(about: str, text: str) -> dict[str, str]:
    """The fields of a study, from what the two functions above made of it."""
    parts = parted(text)
    found = {name: said for name, said in _fields(about).items() if name in LINES}
    return found | {"summary": parts["text"], "method": parts.get("method", "")}


def about_note(note: QuoteNote) -> str:
    """Under which codebook a note stands, whether its quote is a key quote, and since when it is done."""
    said = {"codebook": str(note.codebook.guid), "key": "yes" if note.is_key else ""}
    return _lines(said | {"done": xml_value(note.done_at) if note.done_at else ""})


def noted(about: str) -> tuple[UUID | None, bool, datetime | None]:
    """Codebook, key mark and time of such a note; what is no such line counts for nothing."""
    said = _fields(about)
    try:
        codebook = UUID(said["codebook"]) if "codebook" in said else None
        done = datetime.fromisoformat(said["done"].replace("Z", "+00:00")) if "done" in said else None
    except ValueError:
        return None, False, None
    return codebook, said.get("key") == "yes", done


def _lines(said: dict[str, Any]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in said.items() if value not in ("", None))


def _fields(about: str) -> dict[str, str]:
    pairs = (line.partition(": ") for line in about.splitlines())
    return {name: value for name, sign, value in pairs if sign}
