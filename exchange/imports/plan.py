"""What an import would do, worked out without doing it: what is new, what is here already, what stays out and why."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from exchange.imports.aims import Aim, aim_of, batches
from exchange.imports.coders import Who
from exchange.imports.finding_plans import plan_findings
from exchange.imports.places import Found, find
from exchange.incoming.cutting import cut, within
from exchange.incoming.records import InCode, InCoding, Incoming, InEvidence, InFinding, InNote, InQuote, InSource
from findings.actions.base import Refused
from findings.actions.codes import LONGEST_NAME
from findings.actions.fitting import MOST_CODES, MOST_LEVELS, too_deep
from findings.models import Code, Codebook, Coder, Coding, Finding, QuoteNote
from schools.models import Quote, School

MOST_IN_A_STEP = 20_000  # codings that one step of the workbench brings in and can take back


@dataclass
class NewText:
    """A school to make of a text, with its quotes."""

    source: InSource
    quotes: list[InQuote]


@dataclass
class NewQuotes:
    """Quotes to add to a case that is here."""

    school: School
    source: InSource
    quotes: list[InQuote]


@dataclass
class NewCoding:
    """A coding to make: of a quote that is here, or of one of a new text."""

    coding: InCoding
    start: int
    end: int
    quote: Quote | None = None
    new: tuple[int, int] | None = None  # source, and place among its quotes


@dataclass
class Home:
    """What goes into one codebook."""

    codebook: Codebook | None  # None: to be made
    name: str
    guid: UUID  # the file's
    new_codes: list[InCode] = field(default_factory=list)
    codes: dict[UUID, Code] = field(default_factory=dict)  # by the file's identities: those that are here
    codings: list[NewCoding] = field(default_factory=list)
    notes: list[tuple[InNote, NewCoding]] = field(default_factory=list)
    coders: set[UUID] = field(default_factory=set)


@dataclass
class Plan:
    """An import as it would be done now."""

    held: Incoming
    aim: Aim
    who: Who
    texts: dict[int, NewText] = field(default_factory=dict)  # by source
    additions: list[NewQuotes] = field(default_factory=list)
    homes: list[Home] = field(default_factory=list)
    findings: list[InFinding] = field(default_factory=list)
    evidence: list[InEvidence] = field(default_factory=list)
    bearers: dict[UUID, Quote | School] = field(default_factory=dict)  # what is here and bears them out, by origin
    known_findings: dict[UUID, Finding] = field(default_factory=dict)  # here already, by the file's identities
    here: Counter[str] = field(default_factory=Counter)  # what is here already, by kind
    differs: Counter[str] = field(default_factory=Counter)  # what is here and says something else: it stays
    stays_out: Counter[str] = field(default_factory=Counter)  # besides the file's own losses

    @classmethod
    def of(cls, held: Incoming, *, user: Any, coder: Coder, me: UUID | None = None, **said: Any) -> "Plan":
        """The plan for a file. `said`: codebook or study, where the person said one. Raises Refused."""
        aim = aim_of(held, user=user, coder=coder, **said)
        plan = cls(held, aim, Who.of(held, coder, me))
        found = find(held.sources, aim.study, aim.identity) if aim.study else None
        plan._plan_texts(found)
        plan._plan_homes()
        plan._plan_codings(found)
        plan_findings(plan, user)
        return plan

    # ── Texts ───────────────────────────────────────────────────────────────────────────────────
    def _plan_texts(self, found: Found | None) -> None:
        held = self.held
        passages: dict[int, set[tuple[int, int]]] = {}
        spans = [(one.source, one.start, one.end) for one in held.codings]
        for place, start, end in spans + [(one.source, one.start, one.end) for one in held.notes]:
            if start < end:
                passages.setdefault(place, set()).add((start, end))
        for place, source in enumerate(held.sources):
            school = found.schools[place] if found is not None else None
            if school is not None and self.aim.adds_quotes:
                self._plan_additions(school, source)
            elif found is not None and school is not None:
                self.here["texts"] += 1
                self.here["quotes"] += len(found.places[place].found)
            elif self.aim.may_add_texts:
                quotes = _quotes(source, passages.get(place, set()), is_ours=held.is_ours)
                self.texts[place] = NewText(source, quotes)
                if not quotes and not held.is_ours:
                    del self.texts[place]
                    self.stays_out["Texts without words."] += 1
            else:
                self.stays_out["Texts that this study does not have."] += 1
        if found is not None and found.other_words:
            self.differs["Quotes whose words here are others, with what is coded of them."] += found.other_words

    def _plan_additions(self, school: School, source: InSource) -> None:
        """The quotes of a text that its case does not have: known by their identities, which the text gives them."""
        there = {
            guid
            for batch in batches(self.aim.identity(one.guid) for one in source.quotes)
            for guid in Quote.objects.filter(guid__in=batch).values_list("guid", flat=True)
        }
        new = [one for one in source.quotes if self.aim.identity(one.guid) not in there]
        if len(new) < len(source.quotes):
            self.here["quotes"] += len(source.quotes) - len(new)
        if new:
            self.additions.append(NewQuotes(school, source, new))

    # ── Codes ───────────────────────────────────────────────────────────────────────────────────
    def _plan_homes(self) -> None:
        for book in self.held.codebooks:
            if book.guid not in self.aim.homes:
                self.stays_out[f"The codebook “{book.name}”, which is not one that you may write in."] += 1
                continue
            codebook = self.aim.homes[book.guid]
            home = next((one for one in self.homes if codebook is not None and one.codebook == codebook), None)
            if home is None:
                home = Home(codebook, codebook.name if codebook else book.name, book.guid)
                self.homes.append(home)
                home.coders, why = self.who.who_comes_in(self.aim, codebook)
                left = sum(one.coder not in home.coders for one in self.held.codings)
                left += sum(one.coder not in home.coders for one in self.held.notes)
                if left:
                    self.stays_out[why] += left
            mine = [code for code in self.held.codes if code.codebook == book.guid]
            if codebook is None:
                home.new_codes = mine
            else:
                self._match_codes(home, codebook, mine)
            self._check_tree(home)

    def _check_tree(self, home: Home) -> None:
        """Raise Refused where a codebook would have too many codes in use, or codes too deep."""
        here = list(Code.objects.filter(codebook=home.codebook)) if home.codebook is not None else []
        if sum(one.retired_at is None for one in here) + len(home.new_codes) > MOST_CODES:
            raise Refused(f"“{home.name}” would have more than {MOST_CODES:,} codes.")
        above: dict[object, object] = {one.pk: one.parent_id for one in here}
        for one in home.new_codes:
            known = home.codes.get(one.parent) if one.parent else None
            above[one.guid] = one.parent if known is None else known.pk
        deep = too_deep(above, {one.guid for one in home.new_codes})
        if deep is not None:
            name = next(tidy(one.name) for one in home.new_codes if one.guid == deep)
            raise Refused(
                f"“{name}” would stand too deep in “{home.name}”: a codebook has at most {MOST_LEVELS} levels."
            )

    def _match_codes(self, home: Home, codebook: Codebook, codes: list[InCode]) -> None:
        there = list(Code.objects.filter(codebook=codebook).select_related("merged_into"))
        by_guid = {one.guid: one for one in there}
        by_name = {(one.parent_id, one.name.casefold()): one for one in there if one.retired_at is None}
        by_slug = {one.slug: one for one in there}
        whole = self._container(codebook, codes)
        for code in codes:
            if code.guid == whole:
                continue
            above = home.codes.get(code.parent) if code.parent else None
            known = by_guid.get(self.aim.identity(code.guid))
            if known is None and (code.parent in (None, whole) or above is not None):
                known = by_name.get((above.pk if above else None, tidy(code.name).casefold()))
            if known is None and self.held.is_ours and not code.definition:
                known = by_slug.get(code.name)  # a table of codings names codes by their short names
            if known is None:
                home.new_codes.append(code)
                continue
            home.codes[code.guid] = known
            self.here["codes"] += 1

    def _container(self, codebook: Codebook, codes: list[InCode]) -> UUID | None:
        """The code that stood for the whole codebook in this site's own file, whatever program gave it a new GUID."""
        parents, coded = {one.parent for one in codes}, {one.code for one in self.held.codings}
        found = (one.guid for one in codes if one.parent is None and one.name == codebook.name)
        return next((guid for guid in found if guid in parents and guid not in coded), None)

    # ── Codings ─────────────────────────────────────────────────────────────────────────────────
    def _plan_codings(self, found: Found | None) -> None:
        homes = {home.guid: home for home in self.homes}
        book_of = {code.guid: code.codebook for code in self.held.codes}
        for guid, codebook in self.aim.homes.items():  # several codebooks of a file may go into one that is here
            if codebook is not None:
                homes[guid] = next(home for home in self.homes if home.codebook == codebook)
        starts = {place: _Cuts(text.quotes) for place, text in self.texts.items()}
        for one in self.held.codings:
            home = homes.get(book_of[one.code])
            if home is None or one.coder not in home.coders:
                continue
            made = self._placed(one, one.source, one.start, one.end, found, starts)
            if made is None:
                if one.source in starts or (found is not None and found.schools[one.source] is not None):
                    self.stays_out["Passages that lie in no one quote that is here."] += 1
                continue
            if self._is_open_to_codings(home, one.code):
                home.codings.append(made)
        self._leave_out_what_is_here(found, starts)

    def _leave_out_what_is_here(self, found: Found | None, starts: dict[int, "_Cuts"]) -> None:
        for home in self.homes:
            if home.codebook is not None:
                home.codings = list(self._new_codings(home, home.codebook))
                if len(home.codings) > MOST_IN_A_STEP:
                    words = f"These are {len(home.codings):,} new codings; one step takes {MOST_IN_A_STEP:,}."
                    raise Refused(f"{words} Import the file in parts, or as a study of its own.")
            self._plan_notes(home, found, starts)

    def _is_open_to_codings(self, home: Home, guid: UUID) -> bool:
        """Whether a code takes codings; one that was merged hands them on to the other."""
        code = home.codes.get(guid)
        if code is not None and code.merged_into is not None:
            code = home.codes[guid] = code.merged_into
        if code is None or code.retired_at is None:
            return True
        self.stays_out["Codings to a code that is retired here."] += 1
        return False

    def _placed(
        self, one: Any, source: int, start: int, end: int, found: Found | None, starts: dict[int, "_Cuts"]
    ) -> NewCoding | None:
        if source in starts:
            at = starts[source].of(start, end)
            quote = starts[source].quotes[at] if at >= 0 else None
            return None if quote is None else NewCoding(one, start - quote.start, end - quote.start, new=(source, at))
        if found is None:
            return None
        place = found.places[source].of(start, end)
        return None if place is None else NewCoding(one, *place.passage(start, end), quote=place.quote)

    def _new_codings(self, home: Home, codebook: Codebook) -> Iterator[NewCoding]:
        """Those that are not here: a coding is known by its quote, passage, code and coder."""
        there: dict[tuple, str] = {}
        keys = {pk for guid in home.coders for pk in self._keys(guid)}
        quotes = {one.quote.pk for one in home.codings if one.quote}
        for batch in batches(quotes):
            rows = Coding.objects.filter(quote__in=batch, code__codebook=codebook, coder__in=keys)
            for row in rows.values_list("quote", "code", "coder", "start", "end", "memo"):
                there[row[:5]] = row[5]
        for one in home.codings:
            code = home.codes.get(one.coding.code)
            at = [
                (one.quote.pk, code.pk, key, one.start, one.end)
                for key in self._keys(one.coding.coder)
                if one.quote is not None and code is not None
            ]
            said = next((there[key] for key in at if key in there), None)
            if said is None:
                for key in at[:1]:
                    there[key] = one.coding.memo
                yield one
                continue
            self.here["codings"] += 1
            if one.coding.memo and said != one.coding.memo:
                self.differs["Memos on codings: those that are here stay as they are."] += 1

    def _keys(self, guid: UUID) -> list[int]:
        coders = [self.who.by_guid[guid], *self.who.also.get(guid, [])]
        return [coder.pk or -id(coder) for coder in coders]

    def _plan_notes(self, home: Home, found: Found | None, starts: dict[int, "_Cuts"]) -> None:
        there = set()
        if home.codebook is not None:
            rows = QuoteNote.objects.filter(
                codebook=home.codebook, coder__in=[c.pk for c in self._coders(home) if c.pk]
            )
            there = set(rows.values_list("quote", "coder"))
        first = self.homes[0] is home
        for note in self.held.notes:
            is_mine = note.codebook == home.guid if note.codebook else first
            if not is_mine or note.coder not in home.coders:
                continue
            placed = self._placed(note, note.source, note.start, note.end, found, starts)
            if placed is None:
                self.stays_out["Notes on passages that lie in no one quote that is here."] += 1
            elif placed.quote is not None and any((placed.quote.pk, key) in there for key in self._keys(note.coder)):
                self.here["notes"] += 1
            else:
                home.notes.append((note, placed))

    def _coders(self, home: Home) -> list[Coder]:
        return [coder for guid in home.coders for coder in (self.who.by_guid[guid], *self.who.also.get(guid, []))]

    # ── What it comes to ────────────────────────────────────────────────────────────────────────
    def new(self) -> dict[str, int]:
        """How many of each kind would be made."""
        makes_study = self.aim.study is None
        added = sum(len(one.quotes) for one in self.additions)
        counts = {
            "studies": int(makes_study),
            "texts": len(self.texts),
            "quotes": sum(len(one.quotes) for one in self.texts.values()) + added,
            "codebooks": sum(home.codebook is None for home in self.homes),
            "codes": sum(len(home.new_codes) for home in self.homes),
            "codings": sum(len(home.codings) for home in self.homes),
            "notes": sum(len(home.notes) for home in self.homes),
            "findings": len(self.findings),
            "links of findings": len(self.evidence),
        }
        return {kind: count for kind, count in counts.items() if count}

    def lost(self) -> Counter[str]:
        """All that stays out, and why."""
        return self.held.losses + self.stays_out


class _Cuts:
    """The quotes of a new text, to find the one that holds a passage."""

    def __init__(self, quotes: list[InQuote]) -> None:
        self.quotes = quotes
        self._spans = [(one.start, one.end) for one in quotes]

    def of(self, start: int, end: int) -> int:
        """The place of the quote that holds a passage; -1 where none does."""
        return within(self._spans, start, end)


def in_words(counts: Mapping[str, int]) -> list[str]:
    """Counts by kind, as people read them: 1 study, 3 codings."""
    one = {"studies": "study", "links of findings": "link of a finding"}
    return [f"{count:,} {one.get(kind, kind[:-1]) if count == 1 else kind}" for kind, count in counts.items()]


def tidy(name: str) -> str:
    """A code's name as this site keeps it: in one line, without the sign that stands between codes, not too long."""
    return " ".join(name.replace("\x00", "").replace("›", ">").split())[:LONGEST_NAME] or "Code"


def _quotes(source: InSource, passages: set[tuple[int, int]], *, is_ours: bool) -> list[InQuote]:
    """The quotes of a text: the file's own, where it knows such; else cut. A case of this site may have none."""
    if source.quotes or is_ours:
        return sorted(source.quotes, key=lambda one: one.start)
    return [InQuote(quote_guid(source, start, end), start, end) for start, end in cut(source.text, passages)]


def quote_guid(source: InSource, start: int, end: int) -> UUID:
    """The identity of a quote that is cut from a text."""
    return uuid5(source.guid, f"quote {start} {end}")
