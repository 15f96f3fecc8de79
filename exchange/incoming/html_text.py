"""The text of an HTML document, with paragraphs as lines, and where each byte of what its tags hold lies in it."""

from bisect import bisect_left, bisect_right
from html.parser import HTMLParser

from exchange.incoming.records import Unreadable

BLOCKS = frozenset(
    "address article aside blockquote br caption dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 "
    "header hr li main nav ol p pre section table tbody td tfoot th thead tr ul".split()
)
PART = 64 * 1024  # characters given to the parser at a time
LONGEST_TAG = 2 * 1024 * 1024  # characters; a picture may lie within one
LONGEST_END = 1_000  # characters of what is no tag, at the very end
UNSEEN = frozenset({"script", "style", "head", "title"})


class HtmlText(HTMLParser):
    """A document's text. `text`: with LF where a block begins or ends; `at(byte)`: places of its bare text in it.

    The bare text is what a program counts that counts over text nodes alone: nothing stands between two blocks.
    """

    def __init__(self, html: str, place: str = "") -> None:
        """`place`: where the document stands, for a fault."""
        super().__init__(convert_charrefs=True)
        self.place = place
        self._parts: list[str] = []
        self._length = 0  # of `text`, in code points
        self._bytes = 0  # of the bare text
        self._byte_starts: list[int] = []
        self._starts: list[int] = []
        self._pieces: list[str] = []
        self._unseen = 0
        self._broken = True  # a line begins here
        self._take(html.replace("\r\n", "\n").replace("\r", "\n"))
        self.text = "".join(self._parts)

    def _take(self, html: str) -> None:
        """Read it all, in time that grows with its length: the parser looks again and again for the end of a tag that
        has none, so it is never given much of one. Raises Unreadable for a tag without an end."""
        for place in range(0, len(html), PART):
            self.feed(html[place : place + PART])
            self._check_rest(LONGEST_TAG)
        self._check_rest(LONGEST_END)
        self.close()

    def _check_rest(self, longest: int) -> None:
        """Raise Unreadable where more waits for the end of its tag than a tag has characters."""
        if len(self.rawdata) > longest and "<" in self.rawdata:
            raise Unreadable(f"A tag of its HTML has no end in {len(self.rawdata):,} characters.", place=self.place)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        """A block begins a line."""
        if tag in UNSEEN:
            self._unseen += 1
        if tag in BLOCKS:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        """A block ends a line."""
        if tag in UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        if tag in BLOCKS:
            self._break()

    def _break(self) -> None:
        if not self._broken:
            self._parts.append("\n")
            self._length += 1
            self._broken = True

    def handle_data(self, data: str) -> None:
        """A piece of text: kept as it is, to the last blank."""
        if self._unseen or (not self._bytes and not data.strip(" \t\n\f")):
            return  # blanks before the document's first words are no part of its body
        self._byte_starts.append(self._bytes)
        self._starts.append(self._length)
        self._pieces.append(data)
        self._parts.append(data)
        self._length += len(data)
        self._bytes += len(data.encode("utf-8", "surrogatepass"))
        self._broken = data.endswith("\n") or (self._broken and not data.strip())

    @property
    def bytes(self) -> int:
        """How many bytes the bare text has."""
        return self._bytes

    def start(self, byte: int) -> int:
        """Where a passage begins that begins at this byte: at the piece that the byte is of."""
        return self._place(bisect_right(self._byte_starts, byte) - 1, byte)

    def end(self, byte: int) -> int:
        """Where a passage ends that ends at this byte: at the piece that ends there, not at the next block's start."""
        return self._place(bisect_left(self._byte_starts, byte) - 1, byte)

    def _place(self, piece: int, byte: int) -> int:
        if piece < 0:
            return 0
        said = self._pieces[piece]
        if said.isascii():
            return self._starts[piece] + min(byte - self._byte_starts[piece], len(said))
        whole = said.encode("utf-8", "surrogatepass")[: byte - self._byte_starts[piece]]
        return self._starts[piece] + len(whole.decode("utf-8", "ignore"))
