"""Transcripts with speaker turns: plain text, Word, or a table with a row for each turn.

In a text a turn begins with a line like “Ms Bird: …” or “Ms Bird (teacher): …” and goes on to the next such line. Who
speaks is known by role where the name is one of this site's roles, or has one after it.
"""

import re
from typing import IO
from uuid import UUID, uuid5

from exchange.incoming.docx import FOLDER, docx_text
from exchange.incoming.guids import NAMESPACE
from exchange.incoming.records import Incoming, InQuote, InSource, Limits, Unreadable
from exchange.incoming.tables import Table
from exchange.incoming.texts import BOM, PlainText, decoded
from exchange.incoming.zips import GuardedZip
from schools.speakers import SpeakerRole, in_sentence

KIND = "Transcript"
MOST_TURNS = 20_000
# Every run is bounded: a line of a million blanks takes no longer than its length.
TURN = re.compile(
    r"^[ \t]{0,40}([^\W\d_][\w .’'-]{0,60}?)[ \t]{0,3}(?:\(([^()\n]{1,40})\))?[ \t]{0,3}:(?:[ \t]+|$)", re.MULTILINE
)
ROLES = {in_sentence(str(label)).casefold(): value for value, label in SpeakerRole.choices}
ROLES |= {  # as people write them, too
    "head": SpeakerRole.HEADTEACHER,
    "head teacher": SpeakerRole.HEADTEACHER,
    "ict coordinator": SpeakerRole.COORDINATOR,
    "teaching assistant": SpeakerRole.SUPPORT,
    "member of support staff": SpeakerRole.SUPPORT,
}
BEGIN = "Begin each turn with a line like “Ms Bird: We began with one board.”"
BEFORE = "Characters before the first speaker, like a title: they are nobody's words."
GAP = "\n\n"


def is_word(file: IO[bytes], limits: Limits) -> bool:
    """Whether a zip is a Word document, whole or not, by what it holds. Raises Unreadable for a hostile one."""
    members = GuardedZip(file, limits.unpacked).members
    file.seek(0)
    return any(name.startswith(FOLDER) for name in members)


def is_turns(header: list[str]) -> bool:
    """Whether a table has a turn in each row."""
    return {"speaker", "text"} <= set(header)


def read_word(data: bytes, limits: Limits) -> Incoming:
    """A transcript in Word. Raises Unreadable."""
    return read_text(docx_text(data, limits.unpacked, "The document"))


def read_plain(data: bytes) -> Incoming:
    """A transcript as plain text. Raises Unreadable."""
    return read_text(decoded(data, "The file"))


def begins_with_turn(data: bytes) -> bool:
    """Whether the first line of a text names a speaker."""
    return TURN.match(decoded(data, "The file").removeprefix(BOM).lstrip()) is not None


def read_text(said: str) -> Incoming:
    """A text as one case whose quotes are its turns. Raises Unreadable for a text that names no speaker."""
    text = PlainText.of(said).text
    found = list(TURN.finditer(text))
    if not found:
        raise Unreadable(f"No line names a speaker. {BEGIN}", place="line 1")
    if len(found) > MOST_TURNS:
        place = _line(text, found[MOST_TURNS].start())
        raise Unreadable(f"The text has more than {MOST_TURNS:,} turns. Bring it in parts.", place=place)
    guid = uuid5(NAMESPACE, f"transcript {text}")
    source = InSource(uuid5(guid, "text"), uuid5(guid, "case"), "Transcript", text)
    held = Incoming(KIND, guid, "Transcript", sources=[source])
    for number, turn in enumerate(found, start=1):
        end = found[number].start() if number < len(found) else len(text)
        words = text[turn.end() : end]
        start, end = turn.end() + len(words) - len(words.lstrip()), turn.end() + len(words.rstrip())
        if start >= end:
            held.losses["Turns without words."] += 1
            continue
        speaker, role = speaker_of(turn[1], turn[2] or "")
        source.quotes.append(InQuote(uuid5(guid, f"turn {number}"), start, end, role, speaker))
    before = len(text[: found[0].start()].strip())
    if before:
        held.losses[BEFORE] += before
    return held


def read_turns(table: Table, limits: Limits) -> Incoming:
    """A table with a turn in each row: speaker, text, and if it likes role, and the case of each. Raises Unreadable."""
    guid = uuid5(NAMESPACE, f"turns {table.text}")
    held = Incoming(KIND, guid, "Transcripts")
    parts: dict[str, list[str]] = {}
    lengths: dict[str, int] = {}
    sources: dict[str, InSource] = {}
    for count, (number, row) in enumerate(table.rows(), start=1):
        place = f"row {number:,}"
        if count > MOST_TURNS:
            raise Unreadable(f"The table has more than {MOST_TURNS:,} turns. Bring it in parts.", place=place)
        words = PlainText.of(row["text"]).text.strip()
        if not words:
            raise Unreadable("“text” is empty. Write what was said, or take the row out.", place=place)
        said, case = row.get("role", "").strip(), row.get("case", "").strip() or "Transcript"
        if said and said.casefold() not in ROLES and said.casefold() not in SpeakerRole.values:
            raise Unreadable(f"“{said[:30]}” is no role. Use one of: {', '.join(ROLES)}.", place=place)
        if case not in sources:
            if len(sources) >= limits.sources:
                raise Unreadable(f"The table has more than {limits.sources:,} cases.", place=place)
            sources[case] = _case(guid, case)
            parts[case], lengths[case] = [], 0
        speaker, role = speaker_of(row["speaker"].strip(), said)
        start = lengths[case]
        sources[case].quotes.append(InQuote(uuid5(guid, f"turn {number}"), start, start + len(words), role, speaker))
        parts[case].append(words + GAP)
        lengths[case] += len(words) + len(GAP)
    if not sources:
        raise Unreadable("The table has no turn below its heading.", place="row 2")
    for case, source in sources.items():
        source.text = "".join(parts[case])
    held.sources = list(sources.values())
    return held


def _case(study: UUID, name: str) -> InSource:
    guid = uuid5(study, f"case {name}")
    return InSource(guid, guid, name, "")


def speaker_of(name: str, role: str) -> tuple[str, str]:
    """Name and role of a speaker. A name that is a role is no name; a role that is none of ours belongs to the name."""
    name, said = " ".join(name.split()), role.strip().casefold()
    known = ROLES.get(said) or (said if said in SpeakerRole.values else "")
    if known:
        return ("" if name.casefold() == said else name)[:80], known
    if name.casefold() in ROLES and not said:
        return "", ROLES[name.casefold()]
    return (f"{name} ({role.strip()})" if said else name)[:80], str(SpeakerRole.OTHER)


def _line(text: str, at: int) -> str:
    return f"line {text.count(chr(10), 0, at) + 1:,}"
