"""A text of another program cut into quotes: at the ends of its paragraphs, never within a passage that is coded."""

import re
from bisect import bisect_right
from collections.abc import Iterable

_PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*")


def cut(text: str, passages: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The quotes of a text as (start, end), in its order: every passage lies within one of them.

    A quote is a paragraph without the blank lines around it; neighbours that a passage spans are one quote. What is
    blank is in no quote, but for what a passage holds of it.
    """
    return _joined({match.span() for match in _PARAGRAPH.finditer(text)} | set(passages))


def _joined(pieces: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pieces that meet, made one: by one sweep from the left."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(pieces):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


class Lines:
    """Lines of a text, counted from 1."""

    def __init__(self, text: str) -> None:
        self._ends = [match.start() for match in re.finditer("\n", text)]

    def locator(self, start: int, end: int) -> str:
        """Where a stretch stands: L3, or L3-L5."""
        first, last = self._line(start), self._line(max(start, end - 1))
        return f"L{first}" if first == last else f"L{first}-L{last}"

    def _line(self, place: int) -> int:
        return bisect_right(self._ends, place - 1) + 1


def within(quotes: list[tuple[int, int]], start: int, end: int) -> int:
    """The place of the quote that holds a passage, in quotes that are in order; -1 where none does."""
    place = bisect_right(quotes, (start, float("inf"))) - 1
    return place if place >= 0 and quotes[place][0] <= start and end <= quotes[place][1] else -1
