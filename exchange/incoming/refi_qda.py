"""REFI-QDA projects (.qdpx) of NVivo, ATLAS.ti, MAXQDA, QualCoder, Taguette's converters, and of this site.

Read in one pass, element by element. Either case of the folder of sources, any one .qde, GUIDs with braces or missing,
texts in files or within the project, as plain text or Word documents.
"""

import posixpath
from dataclasses import dataclass
from typing import IO, Any
from uuid import UUID

from exchange.incoming.file_texts import FileTexts
from exchange.incoming.guids import Guids
from exchange.incoming.qualcoder import keeps_guids
from exchange.incoming.records import Incoming, InSource, Limits, Unreadable
from exchange.incoming.refi_cases import Cases
from exchange.incoming.refi_codes import counted, read_codes
from exchange.incoming.refi_ours import Ours
from exchange.incoming.refi_passages import Passages
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
LINKS, GRAPHS = "Links between records.", "Graphs (networks, maps)."
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
class _Open:
    """The source that is being read."""

    element: Any
    source: InSource
    said: UUID | None  # the source's GUID as it stands in the file
    text: PlainText | None = None


class _Reader:
    """A project as it is read."""

    def __init__(self, archive: GuardedZip, name: str, limits: Limits) -> None:
        self.limits, self.place = limits, f"“{shown(name)}” in the zip"
        self.held = Incoming(KIND, UUID(int=0), "")
        self.guids = Guids(self.place)
        self.root: Any = None
        self.open: _Open | None = None
        self.skipped = 0  # how deep within what cannot come in
        self.code_count = 0
        self.code_roots: list[Any] = []
        self.sets: list[tuple[str, str, str]] = []
        self.ours = Ours()
        self.cases = Cases(self.held)
        self.texts = FileTexts(archive, posixpath.dirname(name), self.place, self.held)
        self.passages = Passages(self.held, limits, self.place, self.ours, self.texts)
        self.starts = {
            "Code": self._count_code,
            "TextSource": self._begin_source,
            "Representation": self._begin_source,  # a PDF as text
        }
        self.ends = {
            "User": self.passages.user,
            "CodeBook": self._codebook,
            "Variable": lambda element: self.cases.variable(element, self.guids),
            "Case": lambda element: self.cases.case(element, self.guids),
            "PlainTextContent": self._content,
            "PlainTextSelection": self._select,
            "TextSource": self._end_source,
            "Representation": self._end_source,
            "PDFSelection": self._pdf_area,
            "PDFSource": self._pdf,
            "Note": self.passages.note,
            "Link": self._link,
            "Graph": self._graph,
            "Set": self._set,
            "Project": self._project,
        }

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

    def _begin(self, root: Any) -> None:
        self.root = root
        if local(root) != "Project" or not namespace(root).startswith(NAMESPACE):
            raise Unreadable("This is XML, but no REFI-QDA project.", place=at(self.place, root))
        names = PROJECT if keeps_guids(root.get("origin", "")) else PROJECT[:2]
        self.guids = Guids(self.place, "|".join(root.get(name, "") for name in names))
        self.guids.are_kept = names is PROJECT
        self.passages.guids = self.guids
        self.held.guid = self.guids.derived("study", "")
        self.held.name = root.get("name", "").strip() or "Untitled project"
        self.held.is_ours = root.get("origin") == "ICT Lead"

    def _count_code(self, element: Any) -> None:
        self.code_count = counted(self.code_count, self.limits, element)

    def _codebook(self, element: Any) -> None:
        codes = child(element, "Codes")
        self.code_roots = [] if codes is None else children(codes, "Code")

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
            self.passages.selection(self.open.source, self._text(self.open), element)
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
        self.cases.settle(source, opened.said, element, self.guids)
        if found := len(children(element, "Coding")):
            self.held.losses["Codings of whole texts, not of a passage."] += found
        self.held.sources.append(source)
        forget(element)

    def _text(self, opened: _Open) -> PlainText:
        if opened.text is None:
            opened.text = self.texts.of(opened.element)
        return opened.text

    # ── What stands behind the texts, and the end ───────────────────────────────────────────────
    def _link(self, element: Any) -> None:
        if not (self.held.is_ours and self.ours.link(self.held, element, self.guids)):
            self.held.losses[LINKS] += 1
        forget(element)

    def _graph(self, element: Any) -> None:
        self.held.losses[GRAPHS] += 1
        forget(element)

    def _set(self, element: Any) -> None:
        self.sets.append((element.get("guid", ""), element.get("name", ""), text_of(element, "Description")))
        for one in list(element):
            element.remove(one)

    def _project(self, element: Any) -> None:
        about = text_of(element, "Description")
        self.held.about = {"summary": about} if about and not self.held.is_ours else {}

    def finished(self) -> Incoming:
        """What was read, once all of it is."""
        held, left = self.held, self.ours.left
        self.ours.finish(held)
        origin = self.root.get("origin", "") if self.root is not None else ""
        notes = read_codes(held, self.code_roots, self.sets, self.guids, origin)
        if not self.guids.are_kept:
            self.passages.settle()
        for code in held.codes:
            for guid in notes.get(code.guid, []):
                if guid in left:
                    code.memo = "\n\n".join(one for one in (code.memo, left.pop(guid)[1]) if one)
        if left:
            held.losses["Notes that belong to no passage and no code (journals, memos of the project)."] += len(left)
        self.passages.finish()
        held.variables = list({one.name: one for one in self.cases.variables.values()}.values())
        if held.is_ours:
            self.ours.fold_numbers(held.variables)
        return held
