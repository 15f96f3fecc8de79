"""REFI-QDA projects (.qdpx) of NVivo, ATLAS.ti, MAXQDA, QualCoder, Taguette's converters, and of this site.

Read in one pass, element by element. Either case of the folder of sources, any one .qde, GUIDs with braces or missing,
texts in files or within the project, as plain text or Word documents.
"""

import posixpath
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, Any
from uuid import UUID

from exchange.incoming.file_texts import FileTexts
from exchange.incoming.guids import Guids
from exchange.incoming.qualcoder import keeps_guids
from exchange.incoming.records import InCoder, InCoding, Incoming, InNote, InSource, InVariable, Limits, Unreadable
from exchange.incoming.refi_codes import counted, read_codes
from exchange.incoming.refi_ours import Ours
from exchange.incoming.texts import PlainText
from exchange.incoming.xml import at, child, children, elements, forget, local, namespace, text_of
from exchange.incoming.zips import GuardedZip, shown

KIND = "REFI-QDA project (.qdpx)"
NAMESPACE = "urn:QDA-XML:project:"
MEDIA = {
    "PictureSource": "Pictures, with what is coded of them.",
    "AudioSource": "Sound recordings, with what is coded of them and their transcripts.",
    "VideoSource": "Films, with what is coded of them and their transcripts.",
}
WHOLES = {"Link": "Links between records.", "Graph": "Graphs (networks, maps)."}
NOBODY = "Not named"
PROJECT = ("origin", "name", "creationDateTime", "creatingUserGUID")  # by which a project is known again


def read_qdpx(file: IO[bytes], limits: Limits) -> Incoming:
    """All that comes in from a project. Raises Unreadable."""
    archive = GuardedZip(file, limits.unpacked)
    projects = [name for name in archive.members if name.casefold().endswith(".qde")]
    if not projects:
        raise Unreadable("The zip holds no project: there is no file that ends in .qde. Is it a .qdpx?")
    if len(projects) > 1:
        names = " and ".join(f"“{shown(name)}”" for name in sorted(projects)[:3])
        raise Unreadable(f"The zip holds {len(projects)} projects: {names}. Import them one at a time.")
    reader = _Reader(archive, projects[0], limits)
    with archive.open(projects[0]) as part:
        for event, element in elements(part, reader.place):
            reader.take(event, element)
    return reader.finished()


@dataclass
class _Case:
    guid: UUID
    name: str
    about: str
    values: dict[UUID, str]
    texts: int


@dataclass
class _Open:
    """The source that is being read."""

    element: Any
    source: InSource
    said: UUID | None  # the source's GUID as it stands in the file
    text: PlainText | None = None
    passages: set[tuple[int, int]] = field(default_factory=set)


class _Reader:
    """A project as it is read."""

    def __init__(self, archive: GuardedZip, name: str, limits: Limits) -> None:
        self.archive, self.limits, self.folder = archive, limits, posixpath.dirname(name)
        self.place = f"“{shown(name)}” in the zip"
        self.held = Incoming(KIND, UUID(int=0), "")
        self.guids = Guids(self.place)
        self.root: Any = None
        self.open: _Open | None = None
        self.skipped = 0  # how deep within what cannot come in
        self.code_count = self.note_count = 0
        self.code_roots: list[Any] = []
        self.sets: list[tuple[str, str, str]] = []
        self.variables: dict[UUID, InVariable] = {}
        self.cases: dict[UUID, list[_Case]] = {}  # by source
        self.coders: dict[UUID, InCoder] = {}
        self.noted: dict[UUID, list[Any]] = {}  # what each note belongs to: a coding, or a passage without one
        self.used: set[UUID] = set()
        self.seen: set[tuple] = set()
        self.ours = Ours()
        self.texts = FileTexts(archive, self.folder, self.place, self.held)
        self.starts = {
            "Code": self._count_code,
            "TextSource": self._begin_source,
            "Representation": self._begin_source,  # a PDF as text
        }
        self.ends = {
            "User": self._user,
            "CodeBook": self._codebook,
            "Variable": self._variable,
            "Case": self._case,
            "PlainTextContent": self._content,
            "PlainTextSelection": self._select,
            "TextSource": self._end_source,
            "Representation": self._end_source,
            "PDFSelection": self._pdf_area,
            "PDFSource": self._pdf,
            "Note": self._note,
            "Set": self._set,
            "Project": self._project,
        }
        self.project_notes: list[UUID] = []

    # ── Element by element ──────────────────────────────────────────────────────────────────────
    def take(self, event: str, element: Any) -> None:
        """The next start or end of an element."""
        name = local(element)
        if self.root is None:
            self._begin(element)
        if name in MEDIA:
            self.skipped += 1 if event == "start" else -1
            if event == "end":
                self.held.losses[MEDIA[name]] += 1
                forget(element)
            return
        if self.skipped:
            return
        method = (self.starts if event == "start" else self.ends).get(name)
        if method is not None:
            method(element)
        elif event == "end" and name in WHOLES:
            self.held.losses[WHOLES[name]] += 1
            forget(element)

    def _begin(self, root: Any) -> None:
        self.root = root
        if local(root) != "Project" or not namespace(root).startswith(NAMESPACE):
            raise Unreadable("This is XML, but no REFI-QDA project.", place=at(self.place, root))
        names = PROJECT if keeps_guids(root.get("origin", "")) else PROJECT[:2]
        self.guids = Guids(self.place, "|".join(root.get(name, "") for name in names))
        self.guids.are_kept = names is PROJECT
        self.held.guid = self.guids.derived("study", "")
        self.held.name = root.get("name", "").strip() or "Untitled project"
        self.held.is_ours = root.get("origin") == "ICT Lead"

    def _user(self, element: Any) -> None:
        name = element.get("name", "").strip() or element.get("id", "").strip() or NOBODY
        guid = self.guids.own(element, "user", name)
        self.coders[guid] = InCoder(guid, name[:80])

    def _count_code(self, element: Any) -> None:
        self.code_count = counted(self.code_count, self.limits, element)

    def _codebook(self, element: Any) -> None:
        codes = child(element, "Codes")
        self.code_roots = [] if codes is None else children(codes, "Code")

    def _variable(self, element: Any) -> None:
        name = element.get("name", "").strip()
        guid = self.guids.own(element, "variable", name)
        number = element.get("typeOfVariable") in ("Integer", "Float")
        self.variables[guid] = InVariable(name, text_of(element, "Description"), number)
        forget(element)

    def _case(self, element: Any) -> None:
        name = element.get("name", "").strip()
        refs = [self.guids.read(one.get("targetGUID"), one) for one in children(element, "SourceRef")]
        guid, about = self.guids.own(element, "case", name), text_of(element, "Description")
        case = _Case(guid, name, about, self._values(element), len(refs))
        for ref in refs:
            if ref is not None:
                self.cases.setdefault(ref, []).append(case)
        if not refs:
            self.held.losses["Cases without a text of their own, and their values."] += 1
        for tag, words in (("CodeRef", "Codes of whole cases."), ("SelectionRef", "Passages that belong to a case.")):
            if found := len(children(element, tag)):
                self.held.losses[words] += found
        forget(element)

    def _values(self, element: Any) -> dict[UUID, str]:
        values: dict[UUID, str] = {}
        for one in children(element, "VariableValue"):
            ref, said = child(one, "VariableRef"), [part for part in one if local(part).endswith("Value")]
            guid = None if ref is None else self.guids.read(ref.get("targetGUID"), ref)
            if guid is not None and said and (said[0].text or "").strip():
                values[guid] = said[0].text.strip()
        return values

    # ── Sources ─────────────────────────────────────────────────────────────────────────────────
    def _begin_source(self, element: Any) -> None:
        if len(self.held.sources) >= self.limits.sources:
            words = f"The project has more than {self.limits.sources:,} texts. Export fewer at a time."
            raise Unreadable(words, place=at(self.place, element))
        name = element.get("name", "").strip() or f"Text {len(self.held.sources) + 1}"
        said = self.guids.read(element.get("guid"), element)
        guid = self.guids.own(element, "source", name)
        self.open = _Open(element, InSource(guid, guid, name, ""), said)

    def _content(self, element: Any) -> None:
        if self.open is not None and element.getparent() is self.open.element:
            self.open.text = PlainText.of(element.text or "")

    def _select(self, element: Any) -> None:
        if self.open is not None:
            self._selection(self.open, element)
            forget(element)

    def _pdf_area(self, element: Any) -> None:
        self.held.losses["Areas of PDF pages, with what is coded of them."] += 1
        forget(element)

    def _pdf(self, element: Any) -> None:
        if child(element, "Representation") is None:
            self.held.losses["PDF documents without a text beside them."] += 1
        forget(element)

    def _end_source(self, element: Any) -> None:
        opened, self.open = self.open, None
        if opened is None:
            return
        source, text = opened.source, self._text(opened)
        source.text, source.description = text.text, text_of(element, "Description")
        if text.replaced:
            self.held.losses["Characters that no text can hold: they become U+FFFD."] += text.replaced
        cases = self.cases.get(opened.said, []) if opened.said else []
        values = self._values(element)
        for case in cases:
            values = case.values | values
        if len(cases) == 1 and cases[0].texts == 1:
            source.case_guid, source.name = cases[0].guid, cases[0].name or source.name
            source.description = cases[0].about or source.description
        source.values = {self.variables[guid].name: said for guid, said in values.items() if guid in self.variables}
        if found := len(children(element, "Coding")):
            self.held.losses["Codes of whole texts, not of a passage."] += found
        self.held.sources.append(source)
        forget(element)

    def _text(self, opened: _Open) -> PlainText:
        if opened.text is None:
            opened.text = self.texts.of(opened.element)
        return opened.text

    # ── Passages ────────────────────────────────────────────────────────────────────────────────
    def _selection(self, opened: _Open, element: Any) -> None:
        start, end = self._passage(opened, element)
        place = len(self.held.sources)
        guid = self.guids.read(element.get("guid"), element) or self.guids.derived(
            "selection", f"{opened.source.guid} {start} {end}"
        )
        about = text_of(element, "Description")
        quote = self.ours.quote(guid, element.get("name", ""), about, start, end) if self.held.is_ours else None
        if quote is not None:
            self.guids.once("quote", guid, element)
            opened.source.quotes.append(quote)
        if start == end:
            self.held.losses["Passages of no length."] += 1
            return
        for coding in children(element, "Coding"):
            self._coding(coding, element, place, start, end)
        for ref in self._refs(element):
            self.noted.setdefault(ref, []).append((guid, place, start, end))
        if about and quote is None and not self.held.is_ours:
            coder = self._coder(element.get("creatingUser"), element)
            note = InNote(self.guids.derived("comment", str(guid)), place, start, end, coder, memo=about)
            self._add_note(note, element)

    def _passage(self, opened: _Open, element: Any) -> tuple[int, int]:
        text = self._text(opened)
        try:
            start, end = int(element.get("startPosition", "")), int(element.get("endPosition", ""))
        except ValueError as error:
            raise Unreadable("A passage has no numbers as its start and end.", at(self.place, element)) from error
        if not 0 <= start <= end <= text.length:
            words = f"A passage from {start} to {end} lies beyond its text, which has {text.length:,} characters."
            raise Unreadable(words, place=at(self.place, element))
        return text.at(start), text.at(end)

    def _coding(self, coding: Any, selection: Any, place: int, start: int, end: int) -> None:
        ref = child(coding, "CodeRef")
        code = None if ref is None else self.guids.read(ref.get("targetGUID"), ref)
        if code is None:
            self.held.losses["Codings without a code."] += 1
            return
        said = coding.get("creatingUser") or selection.get("creatingUser")
        coder = self._coder(said, coding)
        guid = self.guids.own(coding, "coding", f"{self._source_guid()} {start} {end} {code} {coder}")
        if (place, start, end, code, coder) in self.seen:
            self.held.losses["Codings that the file says twice: each comes in once."] += 1
            return
        self.seen.add((place, start, end, code, coder))
        if len(self.held.codings) >= self.limits.codings:
            words = f"The project has more than {self.limits.codings:,} codings. Export fewer sources at a time."
            raise Unreadable(words, place=at(self.place, coding))
        when = moment(coding.get("creationDateTime") or selection.get("creationDateTime"))
        made = InCoding(guid, place, start, end, code, coder, when)
        self.held.codings.append(made)
        for note in self._refs(coding):
            self.noted.setdefault(note, []).append(made)

    def _source_guid(self) -> UUID:
        assert self.open is not None
        return self.open.source.guid

    def _coder(self, said: str | None, element: Any) -> UUID:
        guid = self.guids.read(said, element)
        if guid is None or guid not in self.coders:
            guid = guid or self.guids.derived("user", NOBODY)
            self.coders.setdefault(guid, InCoder(guid, NOBODY))
        self.used.add(guid)
        return guid

    def _refs(self, element: Any) -> list[UUID]:
        found = (self.guids.read(one.get("targetGUID"), one) for one in children(element, "NoteRef"))
        return [one for one in found if one is not None]

    # ── Notes, sets, and the end ────────────────────────────────────────────────────────────────
    def _add_note(self, note: InNote, element: Any) -> None:
        if self.note_count >= self.limits.codings:
            raise Unreadable(f"The project has more than {self.limits.codings:,} notes.", at(self.place, element))
        self.note_count += 1
        self.held.notes.append(note)

    def _note(self, element: Any) -> None:
        guid = self.guids.own(element, "note", element.get("name", ""))
        within = child(element, "PlainTextContent")
        text = PlainText.of(within.text or "") if within is not None else self.texts.of(element)
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

    def _set(self, element: Any) -> None:
        self.sets.append((element.get("guid", ""), element.get("name", ""), text_of(element, "Description")))
        for one in list(element):
            element.remove(one)

    def _project(self, element: Any) -> None:
        self.project_notes = self._refs(element)
        about = text_of(element, "Description")
        self.held.about = {"summary": about} if about and not self.held.is_ours else {}

    def finished(self) -> Incoming:
        """What was read, once all of it is."""
        held = self.held
        self.ours.finish(held)
        origin = self.root.get("origin", "") if self.root is not None else ""
        notes = read_codes(held, self.code_roots, self.sets, self.guids, origin)
        if not self.guids.are_kept:
            self._settle()
        for code in held.codes:
            for guid in notes.get(code.guid, []):
                if guid in self.ours.left:
                    code.memo = "\n\n".join(one for one in (code.memo, self.ours.left.pop(guid)[1]) if one)
        if self.ours.left:
            held.losses["Notes that belong to no passage and no code (journals, memos of the project)."] += len(
                self.ours.left
            )
        codes = {code.guid for code in held.codes}
        lost = [one for one in held.codings if one.code not in codes]
        if lost:
            held.losses["Codings to a code that the file does not describe."] += len(lost)
            held.codings = [one for one in held.codings if one.code in codes]
        held.variables = list({one.name: one for one in self.variables.values()}.values())
        held.coders = [one for one in self.coders.values() if one.guid in self.used]
        return held

    def _settle(self) -> None:
        """Give codings the codes that they name, now that these are known by what they are, and identities of it."""
        for one in self.held.codings:
            one.code = self.guids.current(one.code)
            said = f"{self.held.sources[one.source].guid} {one.start} {one.end} {one.code} {one.coder}"
            one.guid = self.guids.derived("coding", said)


def moment(said: str | None) -> datetime | None:
    """A time as XML says it; one without a zone is in UTC. None for what is no time."""
    if not said:
        return None
    try:
        found = datetime.fromisoformat(said.strip().replace("Z", "+00:00"))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
