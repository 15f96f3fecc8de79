"""How a study, and a coder's note on a quote, stand in a REFI-QDA project: as notes that import takes apart again."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from exchange.refi_text import joined, parted
from exchange.refi_xml import xml_value
from findings.models import Finding, QuoteNote
from schools.models import Quote, Study

STUDY_NOTE, FINDING = "About the study", "Finding: "  # how the names of these notes begin
GAP = "\n\n"
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


def about_speaker(quote: Quote) -> str:
    """Name and role of a speaker, where the words for both do not tell one from the other."""
    return f"\nspeaker: {quote.speaker}\nrole: {quote.speaker_role}"


def told_speaker(about: str) -> tuple[str, tuple[str, str] | None]:
    """A quote's description without such lines at its end; and what they say."""
    found = re.search(r"\nspeaker: ([^\n]*)\nrole: ([a-z-]*)\Z", about)
    return (about[: found.start()], (found[1], found[2])) if found else (about, None)


def about_finding(finding: Finding) -> str:
    """What belongs to a finding: its theme, its note, and where both stand in the source."""
    theme = finding.theme
    said = {"theme": theme.name, "question": theme.question, "theme in the source": theme.locator}
    said |= {"in the source": finding.locator, "note": finding.note}
    return _lines({name: " ".join(value.split()) for name, value in said.items()})


def said_of_finding(statement: str, note: str, theme: str, locator: str) -> str:
    """A finding as its readers elsewhere see it. What stands in a line of `about_finding` too has its blanks."""
    note, theme, locator = (" ".join(one.split()) for one in (note, theme, locator))
    return f"{statement}{f'{GAP}{note}' if note else ''}{GAP}Theme: {theme}. In the source: {locator}."


def finding_fields(about: str, text: str) -> dict[str, str] | None:
    """The fields of a finding, from what the two functions above made of it; None where that says no theme."""
    said = _fields(about)
    if "theme" not in said:
        return None
    theme, locator, note = said["theme"], said.get("in the source", ""), said.get("note", "")
    tail = said_of_finding("", note, theme, locator)
    return {
        "theme": theme,
        "question": said.get("question", ""),
        "theme_locator": said.get("theme in the source", ""),
        "locator": locator,
        "note": note,
        "statement": text.removesuffix(tail).strip(),
    }


def _lines(said: dict[str, Any]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in said.items() if value not in ("", None))


def _fields(about: str) -> dict[str, str]:
    pairs = (line.partition(": ") for line in about.splitlines())
    return {name: value for name, sign, value in pairs if sign}
