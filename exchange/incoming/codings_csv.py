"""This site's own table of codings (layout=long, or a team's codings.csv), come back from a spreadsheet.

Quotes and codes are known by their identities. A coding has none in a table: it is known by its quote, passage, code
and coder. What the table says of a quote beside its words is not written anywhere; it is read so that a study can be
made where its quotes are not here.
"""

from uuid import UUID, uuid5

from exchange.incoming.guids import NAMESPACE
from exchange.incoming.records import (
    InCode,
    InCodebook,
    InCoder,
    InCoding,
    Incoming,
    InQuote,
    InSource,
    Limits,
    Unreadable,
)
from exchange.incoming.tables import Table
from exchange.incoming.texts import PlainText
from exchange.incoming.xml import moment
from schools.formulas import unguarded

KIND = "Codings of this site (CSV)"
WANTED = {"quote_id", "school", "quote", "code_id", "code", "codebook", "coder", "start", "end"}
GAP = "\n\n"


def is_codings(header: list[str]) -> bool:
    """Whether a table is this site's table of codings."""
    return set(header) >= WANTED


def read_codings(table: Table, limits: Limits) -> Incoming:
    """All that comes in from such a table. Raises Unreadable naming the row."""
    reader = _Reader(limits)
    for number, row in table.rows():
        reader.take(f"row {number:,}", {name: unguarded(cell) for name, cell in row.items()})
    return reader.finished()


class _Reader:
    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.held = Incoming(KIND, uuid5(NAMESPACE, "codings csv"), "Codings", is_ours=True)
        self.schools: dict[str, int] = {}
        self.texts: list[list[str]] = []
        self.lengths: list[int] = []
        self.quotes: dict[UUID, tuple[int, int, PlainText]] = {}  # school, start, text
        self.codebooks: dict[str, InCodebook] = {}
        self.codes: dict[UUID, InCode] = {}
        self.coders: dict[str, InCoder] = {}
        self.seen: set[UUID] = set()  # codings by quote, passage, code and coder
        self.given: set[UUID] = set()  # their identities
        self.studies: set[str] = set()

    def take(self, place: str, row: dict[str, str]) -> None:
        """A row: a coding of a quote, or a quote without one."""
        school, begin, text = self._quote(place, row)
        if not row["code_id"].strip() and not row["start"].strip():
            return
        try:
            start, end = int(row["start"]), int(row["end"])
        except ValueError as error:
            raise Unreadable("“start” or “end” is no whole number.", place=place) from error
        if not 0 <= start < end <= text.length:
            words = f"The passage from {start} to {end} lies beyond its quote, which has {text.length} characters."
            raise Unreadable(words, place=place)
        start, end = text.at(start), text.at(end)
        said = row.get("passage", "")
        if said and PlainText.within(said).text != text.text[start:end]:
            words = "“passage” has other words than the quote from “start” to “end”. Put the three right, or the quote."
            raise Unreadable(words, place=place)
        self._coding(place, row, school, begin + start, begin + end)

    def _quote(self, place: str, row: dict[str, str]) -> tuple[int, int, PlainText]:
        guid = _uuid(row["quote_id"], "quote_id", place)
        text = PlainText.within(row["quote"])
        if guid in self.quotes:
            if self.quotes[guid][2].text != text.text:
                raise Unreadable("The same quote has other words in an earlier row.", place=place)
            return self.quotes[guid]
        if not text.text.strip():
            raise Unreadable("The quote is empty.", place=place)
        school = self._school(place, row)
        start = self.lengths[school]
        self.held.sources[school].quotes.append(
            InQuote(
                guid,
                start,
                start + len(text.text),
                speaker_role=row.get("speaker_role", "").strip(),
                speaker=row.get("speaker", "").strip(),
                topic=row.get("topic", "").strip(),
                locator=row.get("locator", "").strip(),
            )
        )
        self.texts[school].append(text.text + GAP)
        self.lengths[school] += len(text.text) + len(GAP)
        self.quotes[guid] = (school, start, text)
        return self.quotes[guid]

    def _school(self, place: str, row: dict[str, str]) -> int:
        slug = row["school"].strip()
        self.studies.add(row.get("study", "").strip())
        if not slug:
            raise Unreadable("The row names no school.", place=place)
        if slug not in self.schools:
            if len(self.schools) >= self.limits.sources:
                raise Unreadable(f"The table has more than {self.limits.sources:,} schools.", place=place)
            self.schools[slug] = len(self.schools)
            guid = uuid5(self.held.guid, f"{row.get('study', '')} {slug}")
            self.held.sources.append(InSource(guid, guid, slug, ""))
            self.texts.append([])
            self.lengths.append(0)
        return self.schools[slug]

    def _coding(self, place: str, row: dict[str, str], school: int, start: int, end: int) -> None:
        code, coder = self._code(place, row), self._coder(place, row)
        key = uuid5(code, f"{row['quote_id'].strip().lower()} {row['start']} {row['end']} {coder}")
        if key in self.seen:
            self.held.losses["Codings that the file says twice: each comes in once."] += 1
            return
        self.seen.add(key)
        guid = self._guid(place, row.get("coding_id", ""), key)
        if len(self.held.codings) >= self.limits.codings:
            raise Unreadable(f"The table has more than {self.limits.codings:,} codings.", place=place)
        memo, when = PlainText.within(row.get("memo", "")).text, moment(row.get("coded_at"))
        self.held.codings.append(InCoding(guid, school, start, end, code, coder, when, memo))

    def _guid(self, place: str, said: str, key: UUID) -> UUID:
        """The identity that the row gives its coding; that of its place, where it gives none or one of a row above."""
        guid = _uuid(said, "coding_id", place) if said.strip() else key
        if guid in self.given:
            return key
        self.given.add(guid)
        return guid

    def _code(self, place: str, row: dict[str, str]) -> UUID:
        guid, slug = _uuid(row["code_id"], "code_id", place), row["codebook"].strip()
        if guid not in self.codes:
            if len(self.codes) >= self.limits.codes:
                raise Unreadable(f"The table has more than {self.limits.codes:,} codes.", place=place)
            book = self.codebooks.get(slug)
            if book is None:
                book = self.codebooks[slug] = InCodebook(_codebook_guid(self.held.guid, slug), slug or "Codebook")
            self.codes[guid] = InCode(guid, row["code"].strip() or "Code", book.guid)
        return guid

    def _coder(self, place: str, row: dict[str, str]) -> UUID:
        slug = row["coder"].strip()
        if not slug:
            raise Unreadable("The row names no coder.", place=place)
        if slug not in self.coders:
            name = row.get("coder_name", "").strip() or slug
            self.coders[slug] = InCoder(uuid5(self.held.guid, f"coder {slug}"), name[:80], slug)
        return self.coders[slug].guid

    def finished(self) -> Incoming:
        """What was read."""
        for source, parts in zip(self.held.sources, self.texts, strict=True):
            source.text = "".join(parts)
        self.held.guid = uuid5(self.held.guid, f"study {' '.join(sorted(self.studies))}")
        self.held.codebooks = list(self.codebooks.values())
        self.held.codes, self.held.coders = list(self.codes.values()), list(self.coders.values())
        if not self.held.sources:
            raise Unreadable("There is no row below the heading.", place="row 1")
        return self.held


def _codebook_guid(space: UUID, slug: str) -> UUID:
    """A private codebook's short name is its identity; a published one's is a name."""
    try:
        return UUID(hex=slug)
    except ValueError:
        return uuid5(space, f"codebook {slug}")


def _uuid(said: str, column: str, place: str) -> UUID:
    try:
        return UUID(said.strip())
    except ValueError as error:
        raise Unreadable(f"“{said[:60]}” in the column “{column}” is no identity (UUID).", place=place) from error
