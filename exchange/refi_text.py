"""The texts of REFI-QDA files: a school's quotes as one plain text with positions in it; descriptions that come apart.

Plain text there is UTF-8 without a byte-order mark, its lines end in LF, and positions count Unicode code points, the
first is 0, the end is exclusive. A quote that holds CR LF or CR gets LF, and positions follow; a character that XML
forbids becomes U+FFFD. No other character of a quote changes.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from exchange.characters import xml_text
from schools.fields import locator_words
from schools.models import Quote, School

PARTS = {  # of a description, by the line that stands before each
    "include": "INCLUDE WHEN:",
    "exclude": "EXCLUDE WHEN:",
    "source": "SOURCE OF ITS NAMES:",
    "locator": "IN THE SOURCE:",
    "version": "VERSION:",
    "origin": "TAKEN FROM:",
    "method": "HOW THE STUDY WAS DONE:",
}
# A line of a text that looks like one of these, after any number of backslashes, gets a backslash more.
_LOOKS_LIKE_ONE = re.compile(rf"^(?=\\*(?:{'|'.join(map(re.escape, PARTS.values()))})$)", re.MULTILINE)
_ESCAPED = re.compile(rf"^\\(?=\\*(?:{'|'.join(map(re.escape, PARTS.values()))})$)", re.MULTILINE)


def plain(text: str) -> str:
    """A text as it is written: lines end in LF, and each character is one that XML allows."""
    return xml_text(text.replace("\r\n", "\n").replace("\r", "\n"))


def passage(text: str, start: int, end: int) -> tuple[int, int]:
    """A passage of `text` as positions of `plain(text)`: what it cuts there is plain(text[start:end]).

    CR LF is one character there: a passage that begins or ends between the two takes it in.
    """
    start, end = min(start, len(text)), min(end, len(text))
    halved = 0 < start < end and text[start - 1 : start + 1] == "\r\n"
    return start - text.count("\r\n", 0, start) - halved, end - text.count("\r\n", 0, end)


@dataclass(frozen=True)
class Placed:
    """A quote in its school's text: the heading before it, and where it begins and ends there."""

    quote: Quote
    heading: str
    text: str
    start: int
    end: int

    def passage(self, start: int, end: int) -> tuple[int, int]:
        """A passage of the quote as positions of the school's text; what lies beyond the quote is cut off."""
        first, last = passage(self.quote.text, start, end)
        return self.start + first, self.start + last


def title(school: School) -> str:
    """The first lines of a school's text."""
    # A byte-order mark at its start would be taken for one, and every position after it be one too many.
    return plain(school.name).lstrip("\ufeff") + "\n"


class SchoolText:
    """A school's text as it grows, quote by quote; only the quote that was added last is held."""

    def __init__(self, school: School) -> None:
        self.length = len(title(school))
        self.topic: int | None = None

    def add(self, quote: Quote) -> Placed:
        """The next quote, with a heading that names its speaker and place, and its topic where that changes."""
        topic = f"\n{plain(quote.topic.name)}\n" if quote.topic_id != self.topic else ""
        heading = f"{topic}\n{quote.said_by}, {locator_words(quote.locator)}\n"
        text, start = plain(quote.text), self.length + len(heading)
        self.topic, self.length = quote.topic_id, start + len(text) + 1
        return Placed(quote, heading, text, start, start + len(text))


def lines(school: School, quotes: Iterable[Quote]) -> Iterator[str]:
    """A school's text, piece by piece. The quotes come with their topics."""
    yield title(school)
    grown = SchoolText(school)
    for quote in quotes:
        one = grown.add(quote)
        yield f"{one.heading}{one.text}\n"


def joined(text: str, **given: str) -> str:
    """A text and what belongs to it, by the names of PARTS, as one description, which `parted` takes apart again."""
    parts = [_escaped(plain(text))]
    parts += [f"{line}\n{_escaped(plain(given[name]))}" for name, line in PARTS.items() if given.get(name)]
    return "\n\n".join(parts)


def _escaped(text: str) -> str:
    return _LOOKS_LIKE_ONE.sub(r"\\", text)


def parted(description: str) -> dict[str, str]:
    """The `text` of a description that `joined` made, and what belongs to it; of any other all is text."""
    line = re.compile(rf"(?:^|\n\n)({'|'.join(map(re.escape, PARTS.values()))})\n")
    text, *pieces = line.split(description)
    names = {line: name for name, line in PARTS.items()}
    found = {"text": text} | {names[line]: piece for line, piece in zip(pieces[::2], pieces[1::2], strict=True)}
    return {name: _ESCAPED.sub("", piece) for name, piece in found.items()}
