"""The bytes that the database writes are those that Python writes, whatever the texts hold."""

import gc
import re
import sys
import threading
import time
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product

import pytest
from django.db import DataError, connection
from django.http import QueryDict

from exchange import columns, sql_cells
from exchange.copying import CHUNK, _Lines, copy_out
from exchange.quotes_csv import QuotesTable, long_rows
from exchange.quotes_stream import _together, codings_stream, quotes_stream
from exchange.sql_cells import BLANKS
from exchange.tabular import cell_text, csv_stream
from findings.filters import QuoteFilter
from findings.models import Coding
from schools.actions import data_version
from schools.models import Quote, School
from tests.factories import editors, loaded_study, make_coder, make_coding, make_quote, make_school

pytestmark = pytest.mark.django_db

NASTY = [
    "plain",
    "a comma, a \"quotation mark\" and a 'single' one",
    "line\nfeed, carriage\rreturn, both\r\nof them",
    " leading and trailing ",
    "\\. and \\N and \\n",
    "NULL",
    '"',
    '""',
    ",",
    "=1+1",
    "  =1+1",
    "'=1+1",
    "''  -1",
    "'",
    "' plain",
    "\u3000＝1",
    "\xa0@x",
    "\u2028+1",
    "\tx",
    "\rx",
    "\n",
    "'\tx",
    " \t",
    "-",
    "－ minus",
    "9 apples",
    "é begins with no ASCII letter",
    "👩🏽‍🏫 = one sign of four code points",
    "%s %(x)s %% {0} $1 ?",
    "x" * 9_000,
]


@pytest.fixture
def nasty() -> School:
    """A school whose quotes, memos and names hold everything that a cell can trip over."""
    school = make_school(loaded_study(), pupils=1200, fsm_percent=Decimal("12.5"), slug="-dash", phase="=x")
    topic = loaded_study().topics.order_by("pk")[0]
    code, other = loaded_study().codebooks.order_by("pk")[0].codes.order_by("pk")[:2]
    for place, text in enumerate(NASTY):
        quote = make_quote(school, topic, text=text, position=place)
        moment = datetime(2001, 2, 3, 4, 5, 6, place, tzinfo=UTC)
        make_coding(quote, code, coder=editors(), memo=text, coded_at=moment)
        # PostgreSQL keeps no NUL; SQLite keeps it, and its functions end there.
        memo = "\0=1+1" if place == 0 and connection.vendor == "sqlite" else ""
        make_coding(quote, other, coder=editors(), memo=memo, start=len(text) // 2, coded_at=moment)
        make_quote(school, topic, text=f"Not coded: {text}", position=100 + place)
    return school


@pytest.mark.parametrize(("bom", "keep_formulas"), [(False, False), (True, True)])
def test_quotes_stream_writes_the_same_bytes(nasty, bom, keep_formulas):
    coded = f"school=-dash&code={nasty.quotes.order_by('pk')[0].codings.order_by('pk')[0].code.key}"
    fewest = {"": 100, "sort=longest": 100, "q=plain&sort=relevance": 3, "q=the": 0, "q=zzz": 0, coded: 25}
    for (asked, rows), layout in product(fewest.items(), ("long", "quotes")):
        chosen = QuoteFilter(QueryDict(asked), queryset=Quote.objects.published())
        codes, version = chosen.chosen().get("code", ()), data_version()
        table = QuotesTable.of(chosen.qs, layout, version, codes=codes)
        options = {"bom": bom, "keep_formulas": keep_formulas}
        python = b"".join(csv_stream(table.header, table.rows, **options))
        database = b"".join(quotes_stream(chosen.qs, layout, version, codes=codes, **options))
        assert database == python, (asked, layout)
        assert python.count(b"\r\n") > rows, (asked, layout)


@pytest.mark.parametrize(("bom", "keep_formulas"), [(False, False), (True, True)])
def test_codings_stream_writes_the_same_bytes(nasty, bom, keep_formulas):
    everyones = Coding.objects.filter(quote__school=nasty)
    everyones.filter(start=0).update(codebook_version="=1.0, revision 2", coder=make_coder(name='=Ann, the "coder"'))
    quotes, options = Quote.objects.filter(school=nasty), {"bom": bom, "keep_formulas": keep_formulas}
    named = columns.CODING + columns.MEMBER
    header = [column.name for column in columns.QUOTE + named]
    for codings in (everyones, everyones.filter(start=0), Coding.objects.none()):
        read = quotes.select_related("school__study", "topic")
        python = b"".join(csv_stream(header, long_rows(read, codings.for_reading(), named), **options))
        assert b"".join(codings_stream(quotes, codings, **options)) == python
        assert python.count(b"\r\n") > 2 * len(NASTY)


def test_many_codings_leave_a_few_at_a_time(monkeypatch):
    monkeypatch.setattr("exchange.quotes_stream.ROWS", 4)
    chunks = list(_together(["a", "b", "c", "d"], [["1"], ["2", "3"], ["4", "5"], list("6789XYZ")]))
    assert chunks == [
        (b"a,1\r\nb,2\r\nb,3\r\n", 3),
        (b"c,4\r\nc,5\r\n", 2),
        (b"d,6\r\nd,7\r\nd,8\r\nd,9\r\n", 4),
        (b"d,X\r\nd,Y\r\nd,Z\r\n", 3),
    ]


def test_quotes_stream_has_a_cell_for_every_column():
    assert list(sql_cells.MEMBER) == [column.name for column in columns.CODING + columns.MEMBER]
    assert list(sql_cells.QUOTE) == [column.name for column in columns.QUOTE]
    assert list(sql_cells.CODING) == [column.name for column in columns.CODING]


def test_blanks_are_those_of_python():
    found = re.findall(r"\s", "".join(map(chr, range(sys.maxunicode + 1))))
    assert sorted(BLANKS) == sorted(found)


@pytest.mark.parametrize(
    "number", [Decimal("0.0"), Decimal("10.0"), Decimal("100.0"), Decimal("12.5"), Decimal("0.1"), None]
)
def test_cell_of_a_number(number):
    school = make_school(fsm_percent=number)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {sql_cells.cell('fsm_percent', 'number')} FROM schools_school WHERE id = %s", [school.pk]
        )
        assert (cursor.fetchone()[0] or "") == cell_text(number)


def test_quotes_stream_that_nobody_reads_to_its_end_frees_everything(study):
    """The query is over, no thread is left, and the connection answers as before."""
    make_many_quotes(3_000)
    stream = quotes_stream(Quote.objects.published(), "long", data_version())
    next(stream)
    assert len(next(stream)) < 400_000  # the first rows came, long before all were read
    stream.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "copy"]
    assert Quote.objects.count() > 3_000


def test_download_that_its_reader_leaves_ends_at_once(client, study):
    """As a server does when the reader goes away: it closes the answer, and with it the query."""
    make_many_quotes(3_000)
    response = client.get("/quotes.csv")
    rows = iter(response.streaming_content)
    next(rows), next(rows)
    for close in response._resource_closers:  # `close()` would close the test's connection, too
        close()
    assert list(rows) == []
    assert not [thread for thread in threading.enumerate() if thread.name == "copy"]
    assert Quote.objects.count() > 3_000


def test_quotes_stream_waits_for_its_reader(study):
    """What PostgreSQL has written and nobody has asked for is a few chunks, however many rows there are."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite gives rows as they are asked for.")
    make_many_quotes(3_000)
    chunks = copy_out("SELECT text FROM schools_quote", ())
    next(chunks)
    # isinstance would ask lazy objects, too, what they are
    lines = next(one for one in gc.get_objects() if type(one) is _Lines)
    time.sleep(0.2)
    assert lines.chunks.full()
    assert sum(len(chunk) for chunk, _ in lines.chunks.queue if chunk) < 6 * CHUNK
    chunks.close()


@pytest.mark.django_db(transaction=True)
def test_copy_out_raises_what_the_query_raises():
    if connection.vendor != "postgresql":
        pytest.skip("COPY is PostgreSQL's.")
    with pytest.raises(DataError, match="division by zero"):
        list(copy_out("SELECT 1 / (id - id) FROM schools_quote", ()))
    assert Quote.objects.exists()


def make_many_quotes(count: int) -> None:
    school, topic = make_school(loaded_study()), loaded_study().topics.order_by("pk")[0]
    Quote.objects.bulk_create(
        Quote(school=school, topic=topic, text="words " * 40, locator=f"L{place}", position=place)
        for place in range(count)
    )
