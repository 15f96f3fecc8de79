"""What the coding page shows of quotes: their text with passages marked, and a coder's codings beside it. No HTTP."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.html import escape
from django.utils.safestring import SafeString

from findings.actions import overlapping
from findings.models import Codebook, Coder, Coding, QuoteNote
from findings.seen import marks
from schools.models import Quote, School

QUOTES_A_PAGE = 20
LANES = 4  # styles of underline; a passage that meets more than three others shares the last
MARGIN = 40  # codings shown beside a quote; of more, a window, and in the text only what four lanes can hold
WORDS_OF_PASSAGE = 8


@dataclass(frozen=True)
class Mark:
    """A coding with its number in the quote and the lane of its underline, from 1."""

    number: int
    lane: int
    coding: Coding
    passage: str
    overlaps: int  # passages of the same code and coder that it meets
    crowded: bool  # its lane is another's already

    @property
    def words(self) -> str:
        """The first words of the passage."""
        words = self.passage.split(maxsplit=WORDS_OF_PASSAGE)
        return self.passage if len(words) <= WORDS_OF_PASSAGE else f"{' '.join(words[:WORDS_OF_PASSAGE])} …"


@dataclass(frozen=True)
class QuoteDesk:
    """A quote to code: its text as HTML, character for character, and what one coder made of it."""

    quote: Quote
    text: SafeString
    marks: list[Mark]
    note: QuoteNote | None
    count: int  # codings in all, of which `marks` are those to show

    @classmethod
    def of(
        cls, quote: Quote, codings: list[Coding], note: QuoteNote | None = None, *, near: int = 0, whole: bool = False
    ) -> "QuoteDesk":
        """A quote with these codings; of more than the margin holds those around `near`, or with `whole` all."""
        marks = marks_of(quote.text, codings)
        if len(marks) <= MARGIN:
            return cls(quote, marked_text(quote.text, marks), marks, note, len(marks))
        text = marked_text(quote.text, [mark for mark in marks if not mark.crowded])
        place = next((index for index, mark in enumerate(marks) if mark.coding.pk == near), 0)
        first = max(0, min(place - MARGIN // 2, len(marks) - MARGIN))
        return cls(quote, text, marks if whole else marks[first : first + MARGIN], note, len(marks))

    @property
    def seen(self) -> str:
        """The sign of the memo on the quote, which a save gives back."""
        return marks({"memo": self.note.memo if self.note else ""})

    @property
    def is_whole(self) -> bool:
        """All codings are shown."""
        return len(self.marks) == self.count


def quotes_of(school: School) -> QuerySet[Quote]:
    """A school's quotes in reading order."""
    return Quote.objects.filter(school=school).select_related("school").order_by("position", "pk")


def quote_desks(
    quotes: Iterable[Quote], codebook: Codebook, coder: Coder, *, near: int = 0, whole: bool = False
) -> list[QuoteDesk]:
    """These quotes with one coder's codings and notes under a codebook. Three queries.

    Of many codings of a quote those around the coding with the primary key `near` are shown, or with `whole` all.
    """
    every = list(quotes)
    own = Coding.objects.filter(quote__in=every, code__codebook=codebook, coder=coder)
    own = own.defer("coded_at", "codebook_version").with_codes()
    by_quote: dict[int, list[Coding]] = {}
    for coding in own.order_by("start", "end", "code__position", "pk"):
        by_quote.setdefault(coding.quote_id, []).append(coding)
    notes = QuoteNote.objects.filter(codebook=codebook, coder=coder, quote__in=every)
    by_note = {note.quote_id: note for note in notes}
    return [QuoteDesk.of(one, by_quote.get(one.pk, []), by_note.get(one.pk), near=near, whole=whole) for one in every]


def marks_of(text: str, codings: Iterable[Coding]) -> list[Mark]:
    """Codings, in the order of the text, each with a lane that no passage beside it has, as far as there are lanes."""
    every = list(codings)
    met = overlapping(every)
    free_from = [0] * LANES
    marks = []
    for number, coding in enumerate(every, start=1):
        lane = next((at for at, end in enumerate(free_from) if end <= coding.start), LANES - 1)
        crowded = free_from[lane] > coding.start
        free_from[lane] = max(free_from[lane], coding.end)
        passage = text[coding.start : coding.end]
        marks.append(Mark(number, lane + 1, coding, passage, len(met.get(coding.pk, [])), crowded))
    return marks


def marked_text(text: str, marks: Iterable[Mark]) -> SafeString:
    """A text as HTML whose text nodes, put together, are the text itself: nothing is added, and nothing left out.

    Every stretch under passages is a span for each of them, one in the other, that names its mark in `data-mark`;
    the last stretch of a passage carries its number for the style sheet to show, in `data-end`. What a screen reader
    says where a passage begins and ends stands in `data-from` and `data-to`: style sheets show it to the ear alone.
    """
    starts: dict[int, list[Mark]] = {}
    ends: dict[int, list[Mark]] = {}
    for mark in marks:
        starts.setdefault(mark.coding.start, []).append(mark)
        ends.setdefault(mark.coding.end, []).append(mark)
    cuts = sorted({0, len(text), *(cut for cut in (*starts, *ends) if cut < len(text))})
    under: dict[int, Mark] = {}
    parts: list[str] = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        for mark in ends.get(start, []):
            under.pop(mark.number, None)
        under |= {mark.number: mark for mark in starts.get(start, [])}
        for mark in under.values():
            ending = ""
            if mark.coding.start == start:
                ending = f' data-from="[{mark.number}, {escape(mark.coding.code.name)}: "'
            if mark.coding.end == end:
                ending += f' data-end="{mark.number}" data-to=" end of {mark.number}]"'
            parts.append(
                f'<span class="run run--{mark.lane} hue-{mark.coding.code.colour}" data-mark="{mark.number}"{ending}>'
            )
        # A parser would make LF of a carriage return, and every place after it would be wrong.
        parts.append(escape(text[start:end]).replace("\r", "&#13;"))
        parts.append("</span>" * len(under))
    return SafeString("".join(parts))  # text and names are escaped, and all else is numbers
