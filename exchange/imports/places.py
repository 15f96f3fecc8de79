"""Where the quotes that are here stand in a text that comes in: by their identities, or by their words."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from exchange.imports.aims import Identity, batches
from exchange.incoming.cutting import within
from exchange.incoming.records import InSource
from exchange.incoming.texts import PlainText
from schools.models import Quote, School, Study


@dataclass
class Place:
    """A quote that is here, and where its words stand in the text that comes in."""

    quote: Quote
    start: int
    end: int

    def passage(self, start: int, end: int) -> tuple[int, int]:
        """A passage of the text, in positions of the quote as it is kept."""
        start, end = start - self.start, end - self.start
        if "\r" not in self.quote.text:
            return start, end
        shifts = [dropped - place for place, dropped in enumerate(PlainText.within(self.quote.text).dropped)]
        return start + bisect_left(shifts, start), end + bisect_left(shifts, end)


class Places:
    """The places of a text's quotes, in their order."""

    def __init__(self, found: list[Place]) -> None:
        self.found = sorted(found, key=lambda one: one.start)
        self._spans = [(one.start, one.end) for one in self.found]

    def of(self, start: int, end: int) -> Place | None:
        """The quote that holds a passage; None where none does."""
        at = within(self._spans, start, end)
        return None if at < 0 else self.found[at]


@dataclass
class Found:
    """What of a file's texts is here."""

    schools: list[School | None]  # by source
    places: list[Places]
    other_words: int = 0  # quotes whose words here are others


def find(sources: list[InSource], study: Study, identity: Identity) -> Found:
    """The schools and quotes of a study that a file's texts are of."""
    here = _quotes_by_guid(sources, study, identity)
    schools = {one.guid: one for one in School.objects.filter(study=study)}
    names: dict[str, School | None] = {}
    for school in schools.values():
        for name in (school.name, school.slug):
            names[name] = None if name in names and names[name] != school else school
    found = Found([], [])
    for source in sources:
        known = [(quote, here[identity(quote.guid)]) for quote in source.quotes if identity(quote.guid) in here]
        if known:
            same = [
                Place(quote, one.start, one.end)
                for one, quote in known
                if PlainText.within(quote.text).text == source.text[one.start : one.end]
            ]
            found.other_words += len(known) - len(same)
            found.schools.append(known[0][1].school)
            found.places.append(Places(same))
            continue
        school = schools.get(identity(source.case_guid)) or names.get(source.name)
        found.schools.append(school)
        found.places.append(Places(_in_order(source.text, school.quotes.order_by("position", "pk")) if school else []))
    return found


def _quotes_by_guid(sources: list[InSource], study: Study, identity: Identity) -> dict:
    wanted = [identity(quote.guid) for source in sources for quote in source.quotes]
    return {
        quote.guid: quote
        for batch in batches(wanted)
        for quote in Quote.objects.filter(guid__in=batch, school__study=study).select_related("school")
    }


def _in_order(text: str, quotes: Iterable[Quote]) -> list[Place]:
    """Quotes found one after another as whole lines of a text; those that are not in it are left out."""
    found, at = [], 0
    for quote in quotes:
        words = PlainText.within(quote.text).text
        start = _line(text, words, at)
        if start >= 0:
            at = start + len(words)
            found.append(Place(quote, start, at))
    return found


def _line(text: str, words: str, at: int) -> int:
    """Where words stand between blanks from `at` on, so that no word is cut; -1 where they do not."""
    while (start := text.find(words, at)) >= 0:
        end = start + len(words)
        before, after = text[start - 1 : start], text[end : end + 1]
        if _parts(before, words[:1]) and _parts(words[-1:], after):
            return start
        at = start + 1
    return -1


def _parts(before: str, after: str) -> bool:
    """Whether a word may end between two signs."""
    return not before or not after or before.isspace() or after.isspace()
