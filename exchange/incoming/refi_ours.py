"""What this site writes into a REFI-QDA project beyond what the format has names for, read back.

`exchange/refi_qda.py` and `exchange/refi_study.py` write it: quotes as selections with a description, the study and the
notes on quotes as notes.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from exchange.incoming.guids import Guids
from exchange.incoming.records import Incoming, InEvidence, InFinding, InNote, InQuote, InVariable
from exchange.refi_study import FINDING, STUDY_NOTE, finding_fields, noted, study_fields, told_speaker
from schools.fields import LOCATOR, locator_words
from schools.speakers import speaker_of

FRAGMENT = " Words quoted within a sentence."
NOTE = " Editorial note: "
UNCODED = "Coded to none of: "
NUMBER = re.compile(r"(.*) \((.*)\)", re.DOTALL)  # of a fact, beside its text: Computers (PCs)


@dataclass
class Ours:
    """What was recognised so far."""

    study: tuple[UUID, dict[str, str]] | None = None
    findings: set[UUID] = field(default_factory=set)
    left: dict[UUID, tuple[str, str]] = field(default_factory=dict)  # notes that belong to nothing read so far

    def quote(self, guid: UUID, name: str, about: str, start: int, end: int) -> InQuote | None:
        """A selection that is a quote of this site; None for any other."""
        said, _, locator = name.rpartition(", ")
        if not said or not re.match(LOCATOR, locator):
            return None
        about, told = told_speaker(about)
        speaker, role = told or speaker_of(said)
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
        """Whether a note was the study's own account of itself, a finding, or one of those that do not come in."""
        if name == STUDY_NOTE:
            self.study = (guid, study_fields(about, text))
            return True
        if name.startswith(UNCODED):
            held.losses["Statements that a quote fits no code."] += 1
            return True
        if not name.startswith(FINDING):
            return False
        fields = finding_fields(about, text)
        if fields is None:
            held.losses["Findings, with the quotes that bear them out."] += 1
        else:
            held.findings.append(InFinding(guid, name.removeprefix(FINDING), **fields))
            self.findings.add(guid)
        return True

    def link(self, held: Incoming, element: Any, guids: Guids) -> bool:
        """Whether a link says what bears out a finding that was read."""
        origin, target = (guids.read(element.get(name), element) for name in ("originGUID", "targetGUID"))
        if origin is None or target is None or target not in self.findings:
            return False
        guid = guids.own(element, "link", f"{origin} {target}")
        held.evidence.append(InEvidence(guid, target, origin, element.get("name", "")))
        return True

    def fold_numbers(self, variables: list[InVariable]) -> None:
        """Know the numbers of facts again, which the format has as variables of their own."""
        texts = {one.name for one in variables if not one.is_number}
        for one in variables:
            found = NUMBER.fullmatch(one.name) if one.is_number else None
            if found and found[1] in texts:
                one.number_of, one.unit = found[1], "" if found[2] == "number" else found[2]

    def describe(self, note: InNote, about: str) -> None:
        """What the description of a note on a quote says: codebook, key mark, done."""
        note.codebook, note.is_key, note.done_at = noted(about)

    def finish(self, held: Incoming) -> None:
        """Give what was recognised to the whole."""
        if self.study is not None:
            held.guid, held.about = self.study
