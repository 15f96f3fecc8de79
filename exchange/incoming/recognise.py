"""What a file is, by what is in it and not by its name; and all that comes in from it."""

from typing import IO

from exchange.incoming.codings_csv import is_codings, read_codings
from exchange.incoming.qualcoder import is_codebook, read_codebook_csv
from exchange.incoming.records import Incoming, Limits, Unreadable
from exchange.incoming.refi_codes import read_qdc
from exchange.incoming.refi_qda import read_qdpx
from exchange.incoming.tables import Table
from exchange.incoming.taguette import MAGIC, is_highlights, read_highlights, read_project
from exchange.incoming.transcripts import (
    BEGIN,
    TURN,
    begins_with_turn,
    is_turns,
    is_word,
    read_plain,
    read_turns,
    read_word,
)

HEAD = 512
ELSE = {  # first bytes of what people choose by mistake
    b"MZ": "a program for Windows",
    b"\x7fELF": "a program",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x1f\x8b": "a gzip archive",
    b"\xd0\xcf\x11\xe0": "a file of an older Office program, or an NVivo or ATLAS.ti project in its own format",
}
WANTED = (
    "Choose a REFI-QDA project (.qdpx) or codebook (.qdc), a Taguette project (.sqlite3), a transcript (.txt, .docx), "
    "or a CSV file of turns, codings, highlights or codes."
)


def is_known(data: bytes) -> bool:
    """Whether the first bytes say what the file is, whatever its name."""
    return data.startswith((MAGIC, *ELSE))


def read(file: IO[bytes], limits: Limits) -> Incoming:
    """All that comes in from a file. Raises Unreadable, which says what it is instead, or where it is broken."""
    head = file.read(HEAD)
    file.seek(0)
    if not head.strip():
        raise Unreadable(f"The file is empty. {WANTED}")
    if head.startswith(b"PK") and is_word(file, limits):
        return read_word(file.read(), limits)
    if head.startswith(b"PK"):
        return read_qdpx(file, limits)
    if head.startswith(MAGIC):
        return read_project(file, limits)
    for magic, words in ELSE.items():
        if head.startswith(magic):
            raise Unreadable(f"This is {words}, whatever its name says. {WANTED}")
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return read_qdc(file, limits)
    if b"\x00" in head and head[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise Unreadable(f"This file is no text and none of the formats that come in. {WANTED}")
    return _read_text(file.read(), limits)


def _read_text(data: bytes, limits: Limits) -> Incoming:
    if begins_with_turn(data):
        return read_plain(data)
    table = Table.of(data)
    if is_turns(table.header):
        return read_turns(table, limits)
    if is_codings(table.header):
        return read_codings(table, limits)
    if is_highlights(table.header):
        return read_highlights(table, limits)
    if is_codebook(table.header):
        return read_codebook_csv(table, limits)
    if TURN.search(table.text):
        return read_plain(data)
    if len(table.header) == 1:
        raise Unreadable(f"This is no table, and no line of it names a speaker. {BEGIN} {WANTED}", place="row 1")
    columns = ", ".join(f"“{name[:30]}”" for name in table.header[:8])
    raise Unreadable(f"No table that comes in has these columns: {columns}. {WANTED}", place="row 1")
