"""Passages of REFI-QDA projects: who coded what of a text, and what is noted about it."""

from typing import Any
from uuid import UUID

from exchange.incoming.file_texts import FileTexts
from exchange.incoming.guids import Guids
from exchange.incoming.records import InCoder, InCoding, Incoming, InNote, InSource, Limits, Unreadable
from exchange.incoming.refi_ours import Ours
from exchange.incoming.texts import PlainText
from exchange.incoming.xml import at, child, children, forget, moment, text_of

NOBODY = "Not named"


class Passages:
    """What a project says of passages, as it is read."""

    def __init__(self, held: Incoming, limits: Limits, place: str, ours: Ours, texts: FileTexts) -> None:
        self.held, self.limits, self.place, self.ours, self.texts = held, limits, place, ours, texts
        self.guids = Guids(place)
        self.coders: dict[UUID, InCoder] = {}
        self.used: set[UUID] = set()  # coders
        self.noted: dict[UUID, list[Any]] = {}  # what each note belongs to: a coding, or a passage without one
        self._note_count = 0
        self._seen: set[tuple] = set()

    def user(self, element: Any) -> None:
        """Somebody who coded."""
        name = element.get("name", "").strip() or element.get("id", "").strip() or NOBODY
        guid = self.guids.own(element, "user", name)
        self.coders[guid] = InCoder(guid, name[:80])

    def selection(self, source: InSource, text: PlainText, element: Any) -> None:
        """A passage of the text that is read, with its codings."""
        start, end = self._passage(text, element)
        place = len(self.held.sources)
        guid = self.guids.read(element.get("guid"), element) or self.guids.derived(
            "selection", f"{source.guid} {start} {end}"
        )
        about = text_of(element, "Description")
        quote = self.ours.quote(guid, element.get("name", ""), about, start, end) if self.held.is_ours else None
        if quote is not None:
            self.guids.once("quote", guid, element)
            source.quotes.append(quote)
        if start == end:
            self.held.losses["Passages of no length."] += 1
            return
        for coding in children(element, "Coding"):
            self._coding(source, coding, element, (place, start, end))
        for ref in self.refs(element):
            self.noted.setdefault(ref, []).append((guid, place, start, end))
        if about and quote is None and not self.held.is_ours:
            coder = self._coder(element.get("creatingUser"), element)
            note = InNote(self.guids.derived("comment", str(guid)), place, start, end, coder, memo=about)
            self._add_note(note, element)

    def _passage(self, text: PlainText, element: Any) -> tuple[int, int]:
        try:
            start, end = int(element.get("startPosition", "")), int(element.get("endPosition", ""))
        except ValueError as error:
            raise Unreadable("A passage has no numbers as its start and end.", at(self.place, element)) from error
        if not 0 <= start <= end <= text.length:
            words = f"A passage from {start} to {end} lies beyond its text, which has {text.length:,} characters."
            raise Unreadable(words, place=at(self.place, element))
        return text.at(start), text.at(end)

    def _coding(self, source: InSource, coding: Any, selection: Any, passage: tuple[int, int, int]) -> None:
        ref = child(coding, "CodeRef")
        code = None if ref is None else self.guids.read(ref.get("targetGUID"), ref)
        if code is None:
            self.held.losses["Codings without a code."] += 1
            return
        place, start, end = passage
        coder = self._coder(coding.get("creatingUser") or selection.get("creatingUser"), coding)
        guid = self.guids.own(coding, "coding", f"{source.guid} {start} {end} {code} {coder}")
        if (*passage, code, coder) in self._seen:
            self.held.losses["Codings that the file says twice: each comes in once."] += 1
            return
        self._seen.add((*passage, code, coder))
        if len(self.held.codings) >= self.limits.codings:
            words = f"The project has more than {self.limits.codings:,} codings. Export fewer sources at a time."
            raise Unreadable(words, place=at(self.place, coding))
        when = moment(coding.get("creationDateTime") or selection.get("creationDateTime"))
        made = InCoding(guid, place, start, end, code, coder, when)
        self.held.codings.append(made)
        for note in self.refs(coding):
            self.noted.setdefault(note, []).append(made)

    def _coder(self, said: str | None, element: Any) -> UUID:
        guid = self.guids.read(said, element)
        if guid is None or guid not in self.coders:
            guid = guid or self.guids.derived("user", NOBODY)
            self.coders.setdefault(guid, InCoder(guid, NOBODY))
        self.used.add(guid)
        return guid

    def refs(self, element: Any) -> list[UUID]:
        """The notes that an element names."""
        found = (self.guids.read(one.get("targetGUID"), one) for one in children(element, "NoteRef"))
        return [one for one in found if one is not None]

    # ── Notes ───────────────────────────────────────────────────────────────────────────────────
    def _add_note(self, note: InNote, element: Any) -> None:
        if self._note_count >= self.limits.codings:
            raise Unreadable(f"The project has more than {self.limits.codings:,} notes.", at(self.place, element))
        self._note_count += 1
        self.held.notes.append(note)

    def note(self, element: Any) -> None:
        """A note: of a coding its memo, of a passage a note on it; of nothing that was read, it is left."""
        guid = self.guids.own(element, "note", element.get("name", ""))
        within = child(element, "PlainTextContent")
        text = PlainText.within(within.text or "") if within is not None else self.texts.of(element)
        name, about = element.get("name", ""), text_of(element, "Description")
        if self.held.is_ours and self.ours.note(self.held, guid, name, about, text.text):
            forget(element)
            return
        targets = self.noted.pop(guid, [])
        if not targets:
            self.ours.left[guid] = (name, text.text)
        for target in targets:
            if isinstance(target, InCoding):
                target.memo = "\n\n".join(one for one in (target.memo, text.text) if one)
                continue
            selection, place, start, end = target
            coder = self._coder(element.get("creatingUser"), element)
            note = InNote(guid, place, start, end, coder, memo=text.text)
            if self.held.is_ours:
                self.ours.describe(note, about)
            elif len(targets) > 1:
                note.guid = self.guids.derived("note", f"{guid} {selection}")
            self._add_note(note, element)
        forget(element)

    # ── The end ─────────────────────────────────────────────────────────────────────────────────
    def finish(self) -> None:
        """Leave out codings to codes that are none, and coders who did nothing."""
        held = self.held
        codes = {code.guid for code in held.codes}
        lost = [one for one in held.codings if one.code not in codes]
        if lost:
            held.losses["Codings to a code that the file does not describe."] += len(lost)
            held.codings = [one for one in held.codings if one.code in codes]
        held.coders = [one for one in self.coders.values() if one.guid in self.used]

    def settle(self) -> None:
        """Give codings the codes that they name, now that these are known by what they are, and identities of it."""
        for one in self.held.codings:
            one.code = self.guids.current(one.code)
            said = f"{self.held.sources[one.source].guid} {one.start} {one.end} {one.code} {one.coder}"
            one.guid = self.guids.derived("coding", said)
