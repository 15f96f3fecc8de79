"""Quotes as CSV for the many rows: the same bytes as exchange.quotes_csv writes, made where the rows are.

PostgreSQL writes the lines itself (COPY), SQLite the cells; Python only passes them on. Layouts long and quotes.
"""

import csv
import io
import logging
from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import islice
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.expressions import Combinable, RawSQL

from exchange import columns, sql_cells
from exchange.characters import encodable
from exchange.copying import copy_out
from exchange.material import check_unchanged
from exchange.quotes_csv import Coded, Layout, chosen_codes
from exchange.sql_cells import Raw, cell
from exchange.tabular import BOM, incomplete_line
from findings.models import Code, Codebook, Coding
from schools.formulas import guarded
from schools.models import DataVersion, Quote, Study

CHUNK_SIZE = 500  # quotes read at a time on SQLite, with their codings in one more query: so many at the most
FIRST = 50  # of them at first; then as many as are likely to have so many rows, at most twice as many as before:
ROWS = 5_000
Chunk = tuple[bytes, int]  # whole lines, and how many
Cells = dict[str, Raw]  # of a coding
TEXT = f"q{list(sql_cells.QUOTE).index('quote')}"  # the column with the quote's words
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
    shown = _shown(sql_cells.QUOTE, "q", keep_formulas=keep_formulas)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(shown)}, {TEXT}, q_key FROM ({quotes})", params)
        size = FIRST
        while found := cursor.fetchmany(size):
            if codings is None:
                rows: Iterator[tuple] = (row[:-2] for row in found)
            else:
                rows = _with_codings(found, codings, cells, keep_formulas=keep_formulas)
            written = 0
            while some := list(islice(rows, ROWS)):
                buffer = io.StringIO(newline="")
                csv.writer(buffer, lineterminator="\r\n").writerows(some)
                written += len(some)
                yield encodable(buffer.getvalue()).encode(), len(some)
            size = max(1, min(CHUNK_SIZE, 2 * size, ROWS * len(found) // written))


def _with_codings(
    quotes: list[tuple], codings: QuerySet[Coding], cells: Cells, *, keep_formulas: bool
) -> Iterator[tuple]:
    """A row for each coding of these quotes, and one for each quote that has none."""
    mine: dict[int, list[tuple]] = {}
    uncoded = (None,) * len(cells)
    try:
        own = codings.filter(quote__in=[row[-1] for row in quotes])
        inner, params = _compiled(_raw(own, cells, "c", c_quote=F("quote_id")))
    except EmptyResultSet:
        inner, params = "", ()
    if inner:
        shown = _shown(cells, "c", keep_formulas=keep_formulas)
        shown[PASSAGE] = "NULL"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(shown)}, c_quote FROM ({inner})", params)
            for row in cursor:
                mine.setdefault(row[-1], []).append(row)
    for *own_cells, text, key in quotes:
        if key not in mine:
            yield (*own_cells, *uncoded)
        for row in mine.get(key, ()):
            passage = text[row[PASSAGE - 2] : row[PASSAGE - 1]]
            shown_passage = passage if keep_formulas else guarded(passage)
            yield (*own_cells, *row[:PASSAGE], shown_passage, *row[PASSAGE + 1 : -1])
