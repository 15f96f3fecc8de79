"""Texts as files hold them, made plain: UTF-8, lines end in LF, every character one that this site can keep."""

import re
from bisect import bisect_left
from dataclasses import dataclass

from exchange.characters import REPLACEMENT, xml_text
from exchange.incoming.records import Unreadable

BOM = "\ufeff"
_CRLF = re.compile("\r\n")


@dataclass(frozen=True)
class PlainText:
    """A text, and where each position of the file's own text lies in it."""

    text: str
    length: int  # of the file's own text, without a byte-order mark
    dropped: list[int]  # places in it of each CR before a LF
    replaced: int  # characters that no text can hold, each now one U+FFFD

    @classmethod
    def of(cls, said: str) -> "PlainText":
        """A text as it stands in a file. A byte-order mark before it is no part of it, and counts as no position."""
        return cls.within(said.removeprefix(BOM))

    @classmethod
    def within(cls, said: str) -> "PlainText":
        """A text that stands within another: nothing before it is taken for a mark."""
        dropped = [match.start() for match in _CRLF.finditer(said)] if "\r" in said else []
        lines = said.replace("\r\n", "\n").replace("\r", "\n") if "\r" in said else said
        text = xml_text(lines)
        replaced = text.count(REPLACEMENT) - lines.count(REPLACEMENT)
        return cls(text, len(said), dropped, replaced)

    @classmethod
    def decoded(cls, data: bytes, place: str) -> "PlainText":
        """As `of`, from bytes. Raises Unreadable for what is no UTF-8."""
        return cls.of(decoded(data, place))

    def at(self, position: int) -> int:
        """A position of the file's text, counted in this one."""
        return position - bisect_left(self.dropped, position) if self.dropped else position


def decoded(data: bytes, place: str) -> str:
    """Bytes as text: UTF-8, or UTF-16 where a byte-order mark says so. Raises Unreadable naming the byte."""
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return data.decode("utf-16" if wide else "utf-8")
    except UnicodeDecodeError as error:
        words = f"The text is not in UTF-8: its byte {error.start + 1:,} fits no character. Save it as UTF-8."
        raise Unreadable(words, place=place) from error
