"""Where a file was taken from, in one line, and the same within files that are drawn."""

import struct
import zlib
from html import escape

from exchange.refi_xml import xml_value
from findings.models import Codebook
from schools.models import DataVersion, Study

PNG_HEAD = 33  # bytes of a PNG before its second chunk: its sign, and the chunk with its measures
KEYWORD = b"Description"


def said_of(
    study: Study,
    version: DataVersion,
    site: str = "",
    filters: str = "no filters",
    codebook: Codebook | None = None,
) -> str:
    """Study, data version and its time, which filters; `codebook`: a team's, with its version."""
    moment = f" of {xml_value(version.changed_at)}" if version.changed_at else ""
    book = f", codebook “{codebook.name}” {codebook.stamp}" if codebook else ""
    return (
        f"ICT Lead{f', {site}' if site else ''}; study {study.slug}{book}, "
        f"data version {version.number}{moment}; {filters}"
    )


def within_svg(svg: bytes, said: str) -> bytes:
    """A drawing that says where it is from."""
    end = svg.index(b">") + 1
    return svg[:end] + f"<metadata>{escape(said)}</metadata>".encode() + svg[end:]


def within_png(png: bytes, said: str) -> bytes:
    """A picture that says where it is from: a chunk of international text after its head."""
    chunk = b"iTXt" + KEYWORD + b"\x00\x00\x00\x00\x00" + said.encode()
    whole = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return png[:PNG_HEAD] + whole + png[PNG_HEAD:]
