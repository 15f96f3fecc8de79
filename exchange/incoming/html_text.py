"""The text of an HTML document, with paragraphs as lines, and where each byte of what its tags hold lies in it."""

from bisect import bisect_left, bisect_right
from html.parser import HTMLParser

BLOCKS = frozenset(
    "address article aside blockquote br caption dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 "
    "header hr li main nav ol p pre section table tbody td tfoot th thead tr ul".split()
)
UNSEEN = frozenset({"script", "style", "head", "title"})


class HtmlText(HTMLParser):
    """A document's text. `text`: with LF where a block begins or ends; `at(byte)`: places of its bare text in it.

    The bare text is what a program counts that counts over text nodes alone: nothing stands between two blocks.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._length = 0  # of `text`, in code points
        self._bytes = 0  # of the bare text
        self._byte_starts: list[int] = []
        self._starts: list[int] = []
        self._pieces: list[str] = []
        self._unseen = 0
        self._broken = True  # a line begins here
        self.feed(html.replace("\r\n", "\n").replace("\r", "\n"))
        self.close()
        self.text = "".join(self._parts)

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
