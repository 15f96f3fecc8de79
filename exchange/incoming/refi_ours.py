"""What this site writes into a REFI-QDA project beyond what the format has names for, read back.

`exchange/refi_qda.py` and `exchange/refi_study.py` write it: quotes as selections with a description, the study and the
notes on quotes as notes.
"""

import re
from dataclasses import dataclass, field
from uuid import UUID

from exchange.incoming.records import Incoming, InNote, InQuote
from exchange.refi_study import STUDY_NOTE, noted, study_fields
from schools.fields import LOCATOR, locator_words
from schools.models import SpeakerRole, in_sentence

ROLES = {str(label): value for value, label in SpeakerRole.choices} | {"": ""}
IN_SENTENCE = {in_sentence(label): value for label, value in ROLES.items()}
FRAGMENT = " Words quoted within a sentence."
NOTE = " Editorial note: "
KINDS = {
    "Finding: ": "Findings, with the quotes that bear them out.",
    "Coded to none of: ": "Statements that a quote fits no code.",
}


def speaker_of(said: str) -> tuple[str, str]:
    """Name and role of a speaker, from the words that the export has for both."""
    if said in ROLES:
        return "", ROLES[said]
    name, _, role = said.rpartition(", ")
    found = IN_SENTENCE.get(role, "") if name else ""
    return (name, found) if found else (said, str(SpeakerRole.OTHER))


@dataclass
class Ours:
    """What was recognised so far."""

    study: tuple[UUID, dict[str, str]] | None = None
    left: dict[UUID, tuple[str, str]] = field(default_factory=dict)  # notes that belong to nothing read so far

    def quote(self, guid: UUID, name: str, about: str, start: int, end: int) -> InQuote | None:
        """A selection that is a quote of this site; None for any other."""
        said, _, locator = name.rpartition(", ")
        if not said or not re.match(LOCATOR, locator):
            return None
        speaker, role = speaker_of(said)
        head, tail = f"{said}; ", f"; {locator_words(locator)} of the source."
        at = about.find(tail)
        if not about.startswith(head) or at < 0:
            return None
        rest = about[at + len(tail) :]
        is_fragment = rest.startswith(FRAGMENT)
        note = rest.removeprefix(FRAGMENT) if is_fragment else rest
        return InQuote(
            guid,
            start,
            end,
            speaker_role=role,
            speaker=speaker,
            topic=about[len(head) : at],
            locator=locator,
            note=note.removeprefix(NOTE),
            is_fragment=is_fragment,
        )

    def note(self, held: Incoming, guid: UUID, name: str, about: str, text: str) -> bool:
        """Whether a note was the study's own account of itself, or one of those that do not come in."""
        if name == STUDY_NOTE:
            self.study = (guid, study_fields(about, text))
            return True
        words = next((said for start, said in KINDS.items() if name.startswith(start)), None)
        if words:
            held.losses[words] += 1
        return words is not None

    def describe(self, note: InNote, about: str) -> None:
        """What the description of a note on a quote says: codebook, key mark, done."""
        note.codebook, note.is_key, note.done_at = noted(about)

    def finish(self, held: Incoming) -> None:
        """Give what was recognised to the whole."""
        if self.study is not None:
            held.guid, held.about = self.study
