"""Quotes as CSV for the many rows: the same bytes as exchange.quotes_csv writes, made where the rows are.

PostgreSQL writes the lines itself (COPY). SQLite gives raw values, and what rows share is written once. Layouts long
and quotes.
"""

import csv
import io
import json
import logging
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.expressions import Combinable, RawSQL

from exchange import columns, sql_cells
from exchange.copying import copy_out
from exchange.material import check_unchanged
from exchange.quotes_csv import Coded, Layout, chosen_codes
from exchange.sql_cells import Raw, cell
from exchange.tabular import BOM, incomplete_line
from findings.models import Code, Codebook, Coding
from schools.formulas import guarded
from schools.models import DataVersion, Quote, Study

CHUNK_SIZE = 50  # quotes read at a time on SQLite, with their codings in one more query: so many at the most
FIRST = 5  # of them at first; then as many as are likely to have so many rows, at most twice as many as before:
ROWS = 5_000
KEYS = "the keys of the quotes"  # stands among the parameters of a query until they are known
SHARED = 4_096  # cells of schools and of codes that are kept at a time
Chunk = tuple[bytes, int]  # whole lines, and how many
Cells = dict[str, Raw]  # of a coding
Columns = list[tuple]  # the values of some rows, column by column
Write = Callable[[Sequence[Any]], list[str]]  # the cells of some values of a column
TEXT_PLACE = list(sql_cells.QUOTE).index("quote")
TEXT = f"q{TEXT_PLACE}"  # the column with the quote's words
PASSAGE = list(sql_cells.CODING).index("passage")  # cut from the words: between start and end, which stand before it

logger = logging.getLogger(__name__)


def quotes_stream(
    quotes: QuerySet[Quote],
    layout: str,
    version: DataVersion,
    *,
    codebooks: Sequence[Codebook] = (),
    codes: Sequence[Code] = (),
    bom: bool = False,
    keep_formulas: bool = False,
    study: Study | None = None,
) -> Generator[bytes, None, None]:
    """These quotes in the layout "long" or "quotes", as `csv_stream` of a `QuotesTable` gives them, byte by byte.

    A file that broke off, or under which the data changed, ends with a line that says so.
    """
    codings = None
    header = columns.QUOTE
    if layout == Layout.LONG:
        among = Coded.published(chosen=bool(codebooks or codes), study=study)
        codings = among.of(chosen_codes(among.codes, codebooks, codes))
        header = columns.QUOTE + columns.CODING
    chunks = _chunks(quotes, codings, sql_cells.CODING, keep_formulas=keep_formulas)
    return _stream(header, chunks, bom=bom, at_the_end=lambda: check_unchanged(version))


def codings_stream(
    quotes: QuerySet[Quote], codings: QuerySet[Coding], *, bom: bool = False, keep_formulas: bool = False
) -> Generator[bytes, None, None]:
    """These quotes with these codings as a member takes them away, as `csv_stream` of `long_rows` gives them."""
    chunks = _chunks(quotes, codings, sql_cells.MEMBER, keep_formulas=keep_formulas)
    return _stream(columns.QUOTE + columns.CODING + columns.MEMBER, chunks, bom=bom)


def _stream(
    header: Sequence[columns.Column],
    chunks: Iterator[Chunk],
    *,
    bom: bool,
    at_the_end: Callable[[], None] = lambda: None,
) -> Generator[bytes, None, None]:
    written = 0
    yield ((BOM if bom else "") + _line([column.name for column in header])).encode()
    try:
        for chunk, rows in chunks:
            written += rows
            yield chunk
        at_the_end()
    except Exception:
        logger.exception("A CSV file broke off after %d rows", written)
        yield _line([incomplete_line(written)]).encode()


def _line(cells: Sequence[Any]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue()


def _chunks(
    quotes: QuerySet[Quote], codings: QuerySet[Coding] | None, cells: Cells, *, keep_formulas: bool
) -> Iterator[Chunk]:
    """Nothing is asked of the database before the first chunk is."""
    try:
        inner, params = _compiled(_raw(quotes, sql_cells.QUOTE, "q", q_key=F("pk")))
    except EmptyResultSet:
        return
    if codings is not None:  # those of a quote stand in the order of its text
        codings = codings.order_by("start", "end", "code__codebook__position", "code__position", "pk")
    if connection.vendor == "postgresql":
        yield from copy_out(*_joined(inner, params, codings, cells, keep_formulas=keep_formulas))
    else:
        yield from _read(inner, params, codings, cells, keep_formulas=keep_formulas)


def _raw(rows: QuerySet, cells: dict[str, Raw], prefix: str, **more: Combinable) -> QuerySet:
    """The raw values of the rows as columns q0, q1 … in the order of the cells, and what is wanted besides."""
    paths = {f"{prefix}{place}": F(raw.path) for place, raw in enumerate(cells.values()) if raw.path}
    return rows.select_related(None).values(**paths, **more)


def _compiled(rows: QuerySet) -> tuple[str, tuple[Any, ...]]:
    """Raises EmptyResultSet where there can be no rows."""
    return rows.query.get_compiler(connection=connection).as_sql()


def _shown(cells: dict[str, Raw], prefix: str, *, keep_formulas: bool) -> list[str]:
    return [cell(f"{prefix}{place}", raw.kind, keep_formulas=keep_formulas) for place, raw in enumerate(cells.values())]


# ── PostgreSQL ──────────────────────────────────────────────────────────────────────────────────
def _joined(
    quotes: str, params: tuple[Any, ...], codings: QuerySet[Coding] | None, cells: Cells, *, keep_formulas: bool
) -> tuple[str, tuple[Any, ...]]:
    """One query for all rows: each quote, in its order, with its codings in theirs.

    Both parts are sorted, so neither is dissolved into the other: the codings are looked up quote by quote (LATERAL),
    and rows leave in the order of the quotes. CSV has one kind of empty cell, so empty text is written as NULL.
    """
    shown, source = _shown(sql_cells.QUOTE, "q", keep_formulas=keep_formulas), f"({quotes}) quotes"
    if codings is not None:
        passage = RawSQL(f"substr({TEXT}, findings_coding.start + 1, findings_coding.end - findings_coding.start)", [])
        own = _raw(codings.filter(quote=RawSQL("q_key", [])), cells, "c", **{f"c{PASSAGE}": passage})
        try:
            inner, more = _compiled(own)
        except EmptyResultSet:  # there can be no coding: each quote has one row
            shown += ["NULL"] * len(cells)
        else:
            source, params = f"{source} LEFT JOIN LATERAL ({inner}) codings ON TRUE", (*params, *more)
            shown += _shown(cells, "c", keep_formulas=keep_formulas)
    texts = ", ".join(f"NULLIF(({one})::text, '')" for one in shown)
    return f"SELECT {texts} FROM {source}", params


# ── SQLite ──────────────────────────────────────────────────────────────────────────────────────
def _read(
    quotes: str, params: tuple[Any, ...], codings: QuerySet[Coding] | None, cells: Cells, *, keep_formulas: bool
) -> Iterator[Chunk]:
    """Chunks of quotes with their codings, looked up in one more query each."""
    write_quotes = _Writer(sql_cells.QUOTE, "q", keep_formulas=keep_formulas)
    write_codings = _Writer(cells, "c", keep_formulas=keep_formulas)
    asked = None if codings is None else _asked_of(codings, write_codings)
    nothing = ["," * (len(cells) - 1)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {write_quotes.selected}, q_key FROM ({quotes})", params)
        size = FIRST
        while found := cursor.fetchmany(size):
            lines = list(write_quotes(list(zip(*found, strict=True))))
            rows = len(found)
            if codings is None:
                yield _ended(lines), rows
            else:
                mine = _codings_of(found, asked, write_codings) if asked else {}
                own = [mine.get(row[-1], nothing) for row in found]
                rows = sum(map(len, own))
                yield from _together(lines, own)
            size = max(1, min(CHUNK_SIZE, 2 * size, ROWS * len(found) // rows))


def _together(quotes: list[str], codings: list[list[str]]) -> Iterator[Chunk]:
    """Each quote's cells before those of each of its codings, at most ROWS rows at a time."""
    lines: list[str] = []
    rows = 0
    for quote, ones in zip(quotes, codings, strict=True):
        for begin in range(0, len(ones), ROWS):
            some = ones[begin : begin + ROWS]
            if rows and rows + len(some) > ROWS:
                yield _ended(lines), rows
                lines, rows = [], 0
            lines.append(f"{quote}," + f"\r\n{quote},".join(some))
            rows += len(some)
    yield _ended(lines), rows


def _ended(lines: list[str]) -> bytes:
    return "\r\n".join([*lines, ""]).encode()


def _asked_of(codings: QuerySet[Coding], write: "_Writer") -> tuple[str, tuple[Any, ...]] | None:
    """The query for the codings of some quotes, with KEYS among its parameters; None where there can be no codings."""
    own = codings.filter(quote__in=RawSQL("SELECT value FROM json_each(%s)", [KEYS]))
    try:
        inner, params = _compiled(_raw(own, write.cells, "c", c_quote=F("quote_id")))
    except EmptyResultSet:
        return None
    # SQLite would go through all that a coder coded, or look each quote up under every code: the sign forbids it.
    inner = re.sub(r'"findings_coding"\."coder?_id" (=|IN)', r"+\g<0>", inner)
    return f"SELECT {write.selected}, c_quote FROM ({inner})", params


def _codings_of(quotes: list[tuple], asked: tuple[str, tuple[Any, ...]], write: "_Writer") -> dict[int, list[str]]:
    """The cells of the codings of each of these quotes, by the quote's key."""
    texts = {row[-1]: row[TEXT_PLACE] for row in quotes}
    keys = json.dumps(list(texts))
    with connection.cursor() as cursor:
        cursor.execute(asked[0], [keys if one is KEYS else one for one in asked[1]])
        columns = list(zip(*cursor.fetchall(), strict=True))
    mine: dict[int, list[str]] = {}
    if columns:
        spans = zip(columns[-1], columns[PASSAGE - 2], columns[PASSAGE - 1], strict=True)
        columns[PASSAGE] = tuple([texts[quote][start:end] for quote, start, end in spans])
        for quote, line in zip(columns[-1], write(columns), strict=True):
            mine.setdefault(quote, []).append(line)
    return mine


class _Writer:
    """Writes columns of raw values as lines of cells. What lines share (school, code) is written once, and kept.

    `selected`: what is to be asked of the database; more columns may stand behind.
    """

    def __init__(self, cells: Cells, prefix: str, *, keep_formulas: bool) -> None:
        self.cells = cells
        self.selected = ", ".join(
            cell(f"{prefix}{place}", raw.kind) if raw.path else "NULL" for place, raw in enumerate(cells.values())
        )
        texts = _quoted if keep_formulas else _guarded
        writers = {sql_cells.TEXT: texts, sql_cells.GUID: _dashed, sql_cells.TIME: _timed}
        self.parts: list[Callable[[Columns], Iterable[str]]] = []
        for is_shared, run in groupby(enumerate(cells.values()), key=lambda one: "__" in one[1].path):
            places = [(place, writers.get(raw.kind, _plain)) for place, raw in run]
            self.parts += [_shared(places)] if is_shared else [_own(*one) for one in places]

    def __call__(self, columns: Columns) -> Iterator[str]:
        return map(",".join, zip(*[part(columns) for part in self.parts], strict=True))


def _own(place: int, write: Write) -> Callable[[Columns], Iterable[str]]:
    return lambda columns: write(columns[place])


def _shared(places: list[tuple[int, Write]]) -> Callable[[Columns], Iterable[str]]:
    """Adjoining cells, which many lines have alike."""
    begin, end = places[0][0], places[-1][0] + 1

    @lru_cache(SHARED)
    def written(values: tuple) -> str:
        return ",".join(cell for (_, write), value in zip(places, values, strict=True) for cell in write([value]))

    return lambda columns: map(written, zip(*columns[begin:end], strict=True))


# Whole columns at a time: a call for each cell would take as long as all that it does.
def _plain(values: Sequence[Any]) -> list[str]:
    return ["" if value is None else str(value) for value in values]


def _dashed(guids: Sequence[str | None]) -> list[str]:
    return [f"{g[:8]}-{g[8:12]}-{g[12:16]}-{g[16:20]}-{g[20:]}" if g else "" for g in guids]


def _timed(times: Sequence[str | None]) -> list[str]:
    """As SQLite keeps them, in UTC: 2026-11-30 19:20:01, with or without microseconds."""
    return [f"{one[:10]}T{one[11:19]}Z" if one else "" for one in times]


def _guarded(texts: Sequence[str | None]) -> list[str]:
    return _quoted([text if not text or text[0].isalnum() else guarded(text) for text in texts])


def _quoted(texts: Sequence[str | None]) -> list[str]:
    """As csv.writer does it, in a tenth of the time."""
    return [
        f'''"{text.replace('"', '""')}"'''
        if text and ("," in text or '"' in text or "\n" in text or "\r" in text)
        else text or ""
        for text in texts
    ]
