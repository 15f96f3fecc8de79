"""A case's text as blocks: paragraphs of ours, with the quotes in their places."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from schools.models import CaseSection, Quote

PLACE = re.compile(r"^\[([LQ][\d.+\-L]+)\]$")


@dataclass(frozen=True)
class Block:
    """A paragraph or a quote; exactly one of the two."""

    paragraph: str = ""
    quote: Quote | None = None


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text: what empty lines separate."""
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]


def prose(text: str) -> list[str]:
    """The paragraphs of a section without its quotes; the colon that led to a quote becomes a full stop."""
    return [re.sub(r":$", ".", part) for part in paragraphs(text) if not PLACE.match(part)]


def placements(section: CaseSection) -> list[str]:
    """The locators of the quotes that a section places, in its order."""
    return [found[1] for part in paragraphs(section.summary) if (found := PLACE.match(part))]


def blocks(section: CaseSection, quotes: Iterable[Quote]) -> list[Block]:
    """The section with its quotes in place. A quote of the topic that has no place stands at the end."""
    waiting = {quote.locator: quote for quote in quotes}
    laid: list[Block] = []
    for part in paragraphs(section.summary):
        place = PLACE.match(part)
        if not place:
            laid.append(Block(paragraph=part))
        elif place[1] in waiting:
            laid.append(Block(quote=waiting.pop(place[1])))
    return laid + [Block(quote=quote) for quote in waiting.values()]
