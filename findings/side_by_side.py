"""Several coders' codings of a quote side by side, and what was decided about them. No HTTP in it.

A coder takes part at a quote who coded something there, or said that they are done with it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.safestring import SafeString

from findings.coding_page import Mark, marked_text, marks_of
from findings.models import Code, Codebook, Coder, Coding, Decision, QuoteNote
from schools.models import Quote, School

ALL, DISPUTED, UNDECIDED, DECIDED = "", "disputed", "undecided", "decided"
SHOWS = [
    (ALL, "All that was coded"),
    (DISPUTED, "Only disagreements"),
    (UNDECIDED, "Only undecided"),
    (DECIDED, "Only decided"),
]
PASSAGES = 40  # of a quote, shown at once
CHOICES = 20  # passages to which one can be adjusted, the first in the text


@dataclass(frozen=True)
class PassageRow:
    """A passage that somebody coded, by whom, and what was decided."""

    mark: Mark
    code: Code
    start: int
    end: int
    coders: list[Coder]  # of the page
    by: list[bool | None]  # per coder: coded it, did not, took no part
    decision: Decision | None
    adjusted: str  # the words that the agreed set has instead, where it was so decided
    is_agreed: bool  # by a decision about another passage
    choices: list[tuple[str, str]]  # passages it may be adjusted to: "start-end" and words

    @property
    def key(self) -> str:
        """Which passage of which code it is, for the page."""
        return f"{self.code.guid}-{self.start}-{self.end}"

    @property
    def told(self) -> list[tuple[Coder, bool | None]]:
        """Each coder of the page, and whether they coded it."""
        return list(zip(self.coders, self.by, strict=True))

    @property
    def is_unanimous(self) -> bool:
        """All who took part coded it, and there were at least two."""
        return self.by.count(True) > 1 and False not in self.by


@dataclass(frozen=True)
class QuoteSide:
    """A quote with its passages, in the order of the text."""

    quote: Quote
    text: SafeString
    rows: list[PassageRow]
    count: int  # passages in all, of which `rows` are those shown
    memos: list[tuple[Coder, str]]  # memos on the quote, and on the passages shown, by whom


def shown_codings(codebook: Codebook, show: str, code: Code | None = None) -> QuerySet[Coding]:
    """The people's codings of an opened codebook that a filter lets through."""
    every = Coding.objects.filter(code__codebook=codebook, coder__is_person=True)
    if code is not None:
        every = every.filter(code=code)
    decided = Decision.objects.filter(
        quote=OuterRef("quote"), code=OuterRef("code"), start=OuterRef("start"), end=OuterRef("end")
    )
    match show:
        case "disputed":
            return disputed(every, codebook)
        case "undecided":
            return every.exclude(Exists(decided))
        case "decided":
            return every.filter(Exists(decided))
    return every


def decisions_left(
    codebook: Codebook, show: str = ALL, code: Code | None = None, school: School | None = None
) -> QuerySet[Decision]:
    """The decisions about passages that no coder has under that code now: their codings were removed since.

    Those that a filter lets through; each is decided, and nobody disagrees about it.
    """
    codings = Coding.objects.filter(
        quote=OuterRef("quote"),
        code=OuterRef("code"),
        start=OuterRef("start"),
        end=OuterRef("end"),
        coder__is_person=True,
    )
    left = Decision.objects.filter(~Exists(codings), code__codebook=codebook)
    if show in {DISPUTED, UNDECIDED}:
        return left.none()
    left = left if code is None else left.filter(code=code)
    return left if school is None else left.filter(quote__school=school)


def undecided_passages(codebook: Codebook) -> int:
    """How many passages that somebody coded nobody has decided about. One query."""
    rows = shown_codings(codebook, UNDECIDED).order_by()
    return rows.values("quote", "code", "start", "end").distinct().count()


def disputed(codings: QuerySet[Coding], codebook: Codebook) -> QuerySet[Coding]:
    """Codings that somebody else who took part at the quote did not make."""
    same = Coding.objects.filter(
        quote=OuterRef("quote"),
        coder=OuterRef("coder"),
        code=OuterRef(OuterRef("code")),
        start=OuterRef(OuterRef("start")),
        end=OuterRef(OuterRef("end")),
    )
    coded = Coding.objects.filter(quote=OuterRef("quote"), code__codebook=codebook, coder__is_person=True)
    done = QuoteNote.objects.filter(quote=OuterRef("quote"), codebook=codebook, done_at__isnull=False)
    others = [rows.exclude(coder=OuterRef("coder")).filter(~Exists(same)) for rows in (coded, done)]
    return codings.filter(Exists(others[0]) | Exists(others[1]))


def unanimous(codebook: Codebook, codings: QuerySet[Coding]) -> list[tuple[Quote, Code, int, int]]:
    """The undecided passages among these on which all who took part, at least two, agree."""
    twin = Coding.objects.filter(
        quote=OuterRef("quote"),
        code=OuterRef("code"),
        start=OuterRef("start"),
        end=OuterRef("end"),
        coder__is_person=True,
    ).exclude(coder=OuterRef("coder"))
    agreed = codings.filter(Exists(twin)).exclude(pk__in=disputed(codings, codebook).order_by().values("pk"))
    found = {}
    for one in agreed.filter(code__retired_at=None).select_related("quote__school", "code"):
        found[one.quote_id, one.code_id, one.start, one.end] = (one.quote, one.code, one.start, one.end)
    return list(found.values())


def sides_of(
    codebook: Codebook, quotes: Iterable[Quote], coders: list[Coder], shown: QuerySet[Coding], *, first: int = 0
) -> list[QuoteSide]:
    """These quotes with the passages of the codings `shown`, PASSAGES of each, beginning with `first`. Four queries."""
    every = list(quotes)
    codings: dict[int, list[Coding]] = {}
    people = Coding.objects.filter(quote__in=every, code__codebook=codebook, coder__is_person=True)
    for one in people.select_related("code", "coder").order_by("start", "end", "code__position", "pk"):
        codings.setdefault(one.quote_id, []).append(one)
    wanted = set(shown.filter(quote__in=every).order_by().values_list("quote", "code", "start", "end"))
    notes: dict[int, list[QuoteNote]] = {}
    for note in QuoteNote.objects.filter(codebook=codebook, quote__in=every).select_related("coder"):
        notes.setdefault(note.quote_id, []).append(note)
    decisions = {
        (one.quote_id, one.code_id, one.start, one.end): one
        for one in Decision.objects.filter(quote__in=every, code__codebook=codebook).select_related(
            "coding", "decided_by"
        )
    }
    made = [one for one in decisions.values() if one.coding is not None]
    agreed = {(one.quote_id, one.code_id, one.coding.start, one.coding.end) for one in made}
    return [
        _side(quote, coders, codings.get(quote.pk, []), notes.get(quote.pk, []), wanted, decisions, agreed, first)
        for quote in every
    ]


def passages_in(shown: QuerySet[Coding], quote: Quote) -> int:
    """How many passages of a quote the codings `shown` are. One query."""
    return shown.filter(quote=quote).order_by().values("code", "start", "end").distinct().count()


Key = tuple[int, int, int, int]


def _side(
    quote: Quote,
    coders: list[Coder],
    codings: list[Coding],
    notes: list[QuoteNote],
    wanted: set[Key],
    decisions: dict[Key, Decision],
    agreed: set[Key],
    begin: int,
) -> QuoteSide:
    part = {one.coder_id for one in codings} | {note.coder_id for note in notes if note.done_at is not None}
    passages: dict[Key, list[Coding]] = {}
    for one in codings:
        passages.setdefault((one.quote_id, one.code_id, one.start, one.end), []).append(one)
    found = [(key, group) for key, group in passages.items() if key in wanted]
    kept = dict(found[begin : begin + PASSAGES])
    marks = marks_of(quote.text, [group[0] for group in kept.values()])
    rows = []
    for mark, (key, group) in zip(marks, kept.items(), strict=True):
        by = {one.coder_id for one in group}
        told_by = [(one.pk in by) if one.pk in part else None for one in coders]
        first = group[0]
        same = [(one.start, one.end) for one in codings if one.code_id == first.code_id]
        choices = _choices(quote, (first.start, first.end), same)
        place = (first.code, first.start, first.end)
        decision = decisions.get(key)
        adjusted = _adjusted(quote, decision)
        rows.append(PassageRow(mark, *place, coders, told_by, decision, adjusted, key in agreed, choices))
    memos = [(note.coder, note.memo) for note in notes if note.memo]
    memos += [(one.coder, f"{one.code}: {one.memo}") for group in kept.values() for one in group if one.memo]
    return QuoteSide(quote, marked_text(quote.text, marks), rows, len(found), memos)


def _adjusted(quote: Quote, decision: Decision | None) -> str:
    coding = decision.coding if decision is not None and decision.verdict == Decision.Verdict.ADJUST else None
    return quote.text[coding.start : coding.end] if coding is not None else ""


def _choices(quote: Quote, own: tuple[int, int], same: list[tuple[int, int]]) -> list[tuple[str, str]]:
    """What a passage may become: one that it meets, what all these share, what they cover, the whole quote."""
    meeting = [one for one in same if one[0] < own[1] and own[0] < one[1]]
    shared = (max(one[0] for one in meeting), min(one[1] for one in meeting))
    covered = (min(one[0] for one in meeting), max(one[1] for one in meeting))
    found = dict.fromkeys(meeting[:CHOICES], "")
    if shared[0] < shared[1]:
        found.setdefault(shared, "what all share: ")
    found.setdefault(covered, "all together: ")
    found.setdefault((0, len(quote.text)), "the whole quote: ")
    found.pop(own, None)
    return [(f"{start}-{end}", f"{words}“{_short(quote.text[start:end])}”") for (start, end), words in found.items()]


def _short(text: str) -> str:
    words = text.split()
    return text if len(words) <= 9 else f"{' '.join(words[:4])} … {' '.join(words[-4:])}"
