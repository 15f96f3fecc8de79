"""What a file of another program holds, in the words of this site: what every reader gives and every import takes.

Plain values, no database. Positions are code points of the source's text, from 0, the end exclusive; lines of the text
end in LF. Identities are the file's own GUIDs or derived from what it says of a record, so that reading a file again
gives the same ones.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


class Unreadable(Exception):
    """A file that cannot come in. `place` says where in the file the fault is, `str()` of it all, with what to do."""

    def __init__(self, words: str, place: str = "") -> None:
        super().__init__(f"{place}: {words}" if place else words)
        self.words, self.place = words, place


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read at all."""

    unpacked: int = 200 * 1024 * 1024  # bytes of a zip, unpacked
    codings: int = 100_000
    sources: int = 5_000
    codes: int = 2_000


@dataclass(frozen=True, slots=True)
class InCoder:
    """Who coded."""

    guid: UUID
    name: str
    slug: str = ""


@dataclass(slots=True)
class InCodebook:
    """A codebook. A project that knows none has one of its own name."""

    guid: UUID
    name: str
    description: str = ""
    source: str = ""
    version: str = ""
    locator: str = ""


@dataclass(slots=True)
class InCode:
    """A code below its `parent`, in reading order. `hue` counts from 1, where the file gives it a colour."""

    guid: UUID
    name: str
    codebook: UUID
    parent: UUID | None = None
    definition: str = ""
    include: str = ""
    exclude: str = ""
    memo: str = ""
    locator: str = ""
    hue: int | None = None


@dataclass(slots=True)
class InQuote:
    """A stretch of a source that the file itself calls a quote: only this site's own files know such."""

    guid: UUID
    start: int
    end: int
    speaker_role: str = ""
    speaker: str = ""
    topic: str = ""
    locator: str = ""
    note: str = ""
    is_fragment: bool = False


@dataclass(slots=True)
class InSource:
    """A text, and the case that it is of. `values` are the case's variables by their names, as they are read."""

    guid: UUID
    case_guid: UUID
    name: str
    text: str
    description: str = ""
    values: dict[str, str] = field(default_factory=dict)
    quotes: list[InQuote] = field(default_factory=list)


@dataclass(slots=True)
class InCoding:
    """A passage of a source with a code. `source` is its place in `Incoming.sources`."""

    guid: UUID
    source: int
    start: int
    end: int
    code: UUID
    coder: UUID
    when: datetime | None = None
    memo: str = ""


@dataclass(slots=True)
class InNote:
    """What a coder noted about a passage of a source, or about a quote of this site."""

    guid: UUID
    source: int
    start: int
    end: int
    coder: UUID
    codebook: UUID | None = None
    memo: str = ""
    is_key: bool = False
    done_at: datetime | None = None


@dataclass(slots=True)
class InVariable:
    """What cases are asked."""

    name: str
    explanation: str = ""
    is_number: bool = False
    number_of: str = ""  # the variable whose number it is, in this site's own files
    unit: str = ""


@dataclass(slots=True)
class InFinding:
    """What a study found: only this site's own files tell it from other notes."""

    guid: UUID
    title: str
    statement: str
    note: str = ""
    locator: str = ""
    theme: str = ""
    question: str = ""  # of the theme
    theme_locator: str = ""


@dataclass(frozen=True, slots=True)
class InEvidence:
    """That a quote, or a case, bears a finding out."""

    guid: UUID
    finding: UUID
    origin: UUID
    reason: str


@dataclass
class Incoming:
    """All that a file holds and that can come in; `losses` says what it holds besides, and how many of it."""

    kind: str  # as people call the format
    guid: UUID  # of the study; the same whenever this project is read
    name: str
    about: dict[str, str] = field(default_factory=dict)  # of the study, by the names of its fields
    sources: list[InSource] = field(default_factory=list)
    variables: list[InVariable] = field(default_factory=list)
    coders: list[InCoder] = field(default_factory=list)
    codebooks: list[InCodebook] = field(default_factory=list)
    codes: list[InCode] = field(default_factory=list)
    codings: list[InCoding] = field(default_factory=list)
    notes: list[InNote] = field(default_factory=list)
    findings: list[InFinding] = field(default_factory=list)
    evidence: list[InEvidence] = field(default_factory=list)
    losses: Counter[str] = field(default_factory=Counter)
    is_ours: bool = False  # written by this site: its quotes, names and identities are to come back as they were

    @property
    def is_transcript(self) -> bool:
        """Whether it is of turns alone, which can go into a study that is here."""
        return bool(self.sources) and not self.codebooks and all(one.quotes for one in self.sources)

    @property
    def has_texts(self) -> bool:
        """Whether a study can be made of it; a codebook, or codings of quotes that are here, bring none."""
        return bool(self.sources)
