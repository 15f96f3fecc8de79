"""/quotes.csv: its layouts, filters, caching, and what it refuses."""

import csv
import gc
import io
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exchange.material import DataChangedError
from exchange.quotes_csv import QuotesTable
from exchange.tabular import csv_stream
from findings.models import Coding
from schools.actions import data_version, publish_change
from schools.models import DataVersion, Quote, Study
from tests.factories import (
    editors,
    make_code,
    make_codebook,
    make_coder,
    make_coding,
    make_quote,
    make_school,
    make_study,
    make_topic,
    take_front,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("study")]

URL = "/quotes.csv"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def guid(number: int) -> UUID:
    return UUID(f"00000000-0000-4000-8000-{number:012d}")


@pytest.fixture
def study():
    """One published study of two schools, three quotes, two codebooks; the second quote is coded to nothing."""
    Study.objects.update(is_published=False)
    DataVersion.objects.all().delete()
    study = take_front(make_study(slug="moss-2020"))
    x = make_school(study, slug="x", phase="primary", setting="city", pupils=230, fsm_percent="35.0")
    y = make_school(study, slug="y")
    use, people = make_topic(study, slug="use"), make_topic(study, slug="people")
    ways, skills = make_codebook(study, slug="ways", position=1), make_codebook(study, slug="skills", position=2)
    voice = make_code(ways, slug="pupil-voice", guid=guid(101))
    learning = make_code(ways, slug="learning-to-learn", guid=guid(102))
    team = make_code(skills, slug="team-work", guid=guid(103))
    one = make_quote(x, use, text="We asked pupils, and they told us.", guid=guid(1), locator="L10", position=1)
    make_quote(
        x, use, text="Nothing “fits” this.", guid=guid(2), locator="L11", position=2,
        speaker_role="teacher", speaker="Mr Crane",
    )  # fmt: skip
    three = make_quote(y, people, text="=team 👩🏽‍🏫\nwork", guid=guid(3), locator="L20+L21", position=1)
    by_us = {"coder": editors(), "coded_at": NOON}
    make_coding(one, voice, start=3, end=15, memo="They are asked.", **by_us)
    make_coding(one, learning, memo="Because.", **by_us)
    make_coding(three, team, memo="", **by_us)
    publish_change()
    return study


def text(response: Any) -> str:
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content).decode()


def cells(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text(response), newline="")))


HEADER = "quote_id,study,school,phase,setting,pupils,fsm_percent,topic,speaker_role,speaker,quote,locator"
CODING = "codebook,code,code_id,coder,start,end,passage,memo,coded_at"
ONE = (
    "00000000-0000-4000-8000-000000000001,moss-2020,x,primary,city,230,35,use,headteacher,,"
    '"We asked pupils, and they told us.",L10'
)
TWO = (
    "00000000-0000-4000-8000-000000000002,moss-2020,x,primary,city,230,35,use,teacher,Mr Crane,Nothing “fits” this.,L11"
)
THREE = '00000000-0000-4000-8000-000000000003,moss-2020,y,,,,,people,headteacher,,"\'=team 👩🏽‍🏫\nwork",L20+L21'


def test_quotes_csv_long_is_the_default(client):
    assert text(client.get(URL)) == (
        f"{HEADER},{CODING}\r\n"
        f'{ONE},ways,learning-to-learn,00000000-0000-4000-8000-000000000102,editors,0,34,"We asked pupils, and'
        ' they told us.",Because.,2026-11-23T12:00:00Z\r\n'
        f"{ONE},ways,pupil-voice,00000000-0000-4000-8000-000000000101,editors,3,15,asked pupils,They are asked.,"
        "2026-11-23T12:00:00Z\r\n"
        f"{TWO},,,,,,,,,\r\n"
        f'{THREE},skills,team-work,00000000-0000-4000-8000-000000000103,editors,0,15,"\'=team 👩🏽‍🏫\nwork",,'
        "2026-11-23T12:00:00Z\r\n"
    )
    assert text(client.get(URL, {"layout": "long"})) == text(client.get(URL))


def test_quotes_csv_wide(client):
    assert text(client.get(URL, {"layout": "wide"})) == (
        f"{HEADER},ways/pupil-voice,ways/learning-to-learn,skills/team-work\r\n"
        f"{ONE},1,1,0\r\n{TWO},0,0,0\r\n{THREE},0,0,1\r\n"
    )


def test_quotes_csv_quotes(client):
    assert text(client.get(URL, {"layout": "quotes"})) == f"{HEADER}\r\n{ONE}\r\n{TWO}\r\n{THREE}\r\n"


def test_quotes_csv_with_a_byte_order_mark(client):
    assert text(client.get(URL, {"bom": "1"})) == "\ufeff" + text(client.get(URL))


def test_quotes_csv_with_formulas_kept(client):
    kept = cells(client.get(URL, {"formulas": "keep", "layout": "quotes"}))
    assert kept[2]["quote"] == Quote.objects.get(guid=guid(3)).text == "=team 👩🏽‍🏫\nwork"


def test_quotes_csv_headers(client):
    response = client.get(URL)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="moss-2020-quotes-long-v1.csv"'
    assert response["Cache-Control"] == "no-store"
    assert client.get(URL, {"school": "x", "layout": "wide"})["Content-Disposition"] == (
        'attachment; filename="moss-2020-quotes-wide-selection-v1.csv"'
    )


@pytest.mark.parametrize(
    ("filters", "quotes"),
    [
        ({"school": "x"}, [1, 1, 2]),
        ({"school": ["x", "y"]}, [1, 1, 2, 3]),
        ({"role": "teacher"}, [2]),
        ({"topic": "people"}, [3]),
        ({"phase": "primary"}, [1, 1, 2]),
        ({"setting": "city"}, [1, 1, 2]),
        ({"school": "y", "phase": "primary"}, []),
        ({"q": "pupils"}, [1, 1]),
        ({"sort": "longest", "layout": "quotes"}, [1, 2, 3]),
        ({"sort": "shortest", "layout": "quotes"}, [3, 2, 1]),
        ({"page": "2", "layout": "quotes"}, [1, 2, 3]),
    ],
)
def test_quotes_csv_takes_the_filters_of_the_page(client, filters, quotes):
    assert [row["quote_id"] for row in cells(client.get(URL, filters))] == [str(guid(number)) for number in quotes]


def test_quotes_csv_of_a_code_shows_codings_to_that_code_only(client):
    assert [row["code"] for row in cells(client.get(URL, {"code": "ways/pupil-voice"}))] == ["pupil-voice"]
    both = {"code": ["ways/pupil-voice", "skills/team-work"]}
    assert [row["code"] for row in cells(client.get(URL, both))] == ["pupil-voice", "team-work"]


def test_quotes_csv_of_a_codebook_shows_its_codings_and_columns_only(client, study):
    make_coding(Quote.objects.get(guid=guid(3)), study.codebooks.get(slug="ways").codes.first(), coder=editors())
    assert {row["codebook"] for row in cells(client.get(URL, {"codebook": "ways"}))} == {"ways"}
    wide = cells(client.get(URL, {"codebook": "ways", "layout": "wide"}))
    assert [name for name in wide[0] if "/" in name] == ["ways/pupil-voice", "ways/learning-to-learn"]


def test_quotes_csv_wide_of_a_code_keeps_the_columns_of_the_others(client):
    (row,) = cells(client.get(URL, {"code": "ways/pupil-voice", "layout": "wide"}))
    assert (row["ways/pupil-voice"], row["ways/learning-to-learn"], row["skills/team-work"]) == (
        "1",
        "1",
        "0",
    )


@pytest.mark.parametrize("layout", ["long", "wide", "quotes"])
def test_quotes_csv_never_shows_what_is_not_published(client, study, layout):
    before = text(client.get(URL, {"layout": layout}))
    one = Quote.objects.get(guid=guid(1))
    make_coding(one, make_code(make_codebook(study, is_published=False)), coder=editors())
    make_coding(one, study.codebooks.get(slug="ways").codes.first(), coder=make_coder(), memo="secret")
    hidden = make_code(make_codebook(make_study(is_published=False)))
    make_coding(one, hidden, coder=editors())
    make_coding(make_quote(make_school(hidden.codebook.study)), hidden, coder=editors())
    assert text(client.get(URL, {"layout": layout})) == before


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"layout": "tall"}, "layout: Select a valid choice. tall is not one of the available choices."),
        ({"bom": "yes"}, "bom: "),
        ({"formulas": "drop"}, "formulas: "),
        ({"school": "zz"}, "school: There is no school called “zz”."),
        ({"role": "cook"}, "role: "),
        ({"sort": "colour"}, "sort: "),
        ({"q": "a\x00b"}, "q: "),
        ({"shool": "a"}, "shool: there is no such parameter."),
    ],
)
def test_quotes_csv_wrong_parameters(client, parameters, said):
    response = client.get(URL, parameters)
    assert (response.status_code, response["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert said in response.content.decode()


def test_quotes_csv_is_only_read(client):
    assert client.post(URL).status_code == 405


def test_quotes_csv_head_reads_no_quotes(client):
    with CaptureQueriesContext(connection) as queries:
        response = client.head(URL)
    assert response.status_code == 200
    assert response["Content-Disposition"] == client.get(URL)["Content-Disposition"]
    assert response["ETag"] == client.get(URL)["ETag"]
    assert not [query for query in queries if "schools_quote" in query["sql"]]


def test_quotes_csv_not_modified_reads_no_quotes(client, study):
    etag = client.get(URL)["ETag"]
    with CaptureQueriesContext(connection) as queries:
        response = client.get(URL, headers={"If-None-Match": etag})
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)
    assert len(queries) == 2  # the data version and the study's name
    assert not [query for query in queries if "schools_quote" in query["sql"]]


def test_quotes_csv_etag_names_the_data_and_the_parameters(client):
    def etag(**parameters: Any) -> str:
        return client.get(URL, parameters)["ETag"]

    plain = etag()
    assert plain.startswith('W/"')
    assert etag(school="x", role="teacher") == etag(role="teacher", school="x")
    assert etag(q="", page="2") == plain
    different = {
        plain,
        etag(layout="wide"),
        etag(bom="1"),
        etag(formulas="keep"),
        etag(school="x"),
        etag(role="teacher"),
    }
    assert len(different) == 6
    publish_change()
    assert etag() not in different
    assert client.get(URL, headers={"If-None-Match": plain}).status_code == 200


def many(study: Study, count: int) -> None:
    """So many quotes more, each with a coding. Codes and history as they are: this is about volume."""
    school, voice = study.schools.get(slug="y"), study.codebooks.get(slug="ways").codes.first()
    topic, coder = make_topic(study), editors()
    first = 10_000 + Quote.objects.count()
    quotes = Quote.objects.bulk_create(
        Quote(school=school, topic=topic, text="x" * 200, locator=f"L{number}", position=number)
        for number in range(first, first + count)
    )
    Coding.objects.bulk_create(
        Coding(quote=quote, code=voice, coder=coder, start=0, end=200, memo="…", coded_at=NOON) for quote in quotes
    )


@pytest.mark.parametrize(("layout", "per_chunk"), [("long", 1), ("wide", 1), ("quotes", 0)])
def test_quotes_csv_reads_chunk_by_chunk(study, layout, per_chunk):
    """One query for the quotes, one a chunk for their codings; and no chunk before its rows are asked for."""
    many(study, 27)  # 30 with those of the study
    table = QuotesTable.of(Quote.objects.published(), layout, data_version(), chunk_size=10)

    def next_rows(count: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            for _ in range(count):
                next(table.rows)
        return len(queries)

    extra = 1 if layout == "long" else 0  # the first quote of the study has two codings, so two rows
    assert next_rows(1) == 1 + per_chunk
    assert next_rows(9 + extra) == 0
    assert next_rows(1) == per_chunk
    assert next_rows(10) == per_chunk
    with CaptureQueriesContext(connection) as queries:
        assert len(list(table.rows)) == 9
    assert len(queries) == 1  # the data version, once more


@pytest.mark.parametrize("layout", ["long", "wide"])
def test_quotes_csv_memory_does_not_grow_with_the_quotes(study, layout):
    def peak() -> int:
        table = QuotesTable.of(Quote.objects.published(), layout, data_version(), chunk_size=50)
        gc.freeze()  # what was there before need not be looked through again and again
        tracemalloc.start()
        for number, _ in enumerate(table.rows):
            if number % 50 == 0:
                gc.collect()  # a quote and its codings hold each other: count what is in use, not what waits for this
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        gc.unfreeze()
        return size

    many(study, 200)
    peak()  # what is loaded once
    small = peak()
    many(study, 600)
    assert peak() < 1.1 * small


@pytest.mark.parametrize("layout", ["long", "wide"])
def test_quotes_csv_that_breaks_off_says_so(client, monkeypatch, caplog, layout):
    def broken(version: DataVersion) -> None:
        raise ConnectionError("gone")

    for module in ("quotes_csv", "quotes_stream"):
        monkeypatch.setattr(f"exchange.{module}.check_unchanged", broken)
    last = text(client.get(URL, {"layout": layout})).splitlines()[-1]
    rows = {"long": "4 rows", "wide": "3 rows"}[layout]
    assert last == f"INCOMPLETE: this file broke off after {rows}. Download it again."
    assert "gone" in caplog.text


def test_rows_are_counted_over_all_pieces_of_a_file(client, monkeypatch):
    quote = Quote.objects.get(guid=guid(1))
    codebook = quote.codings.all()[0].code.codebook
    for _ in range(5):
        make_coding(quote, make_code(codebook), coder=editors())
    monkeypatch.setattr("exchange.quotes_stream.ROWS", 2)
    monkeypatch.setattr("exchange.quotes_stream.check_unchanged", lambda version: 1 / 0)
    _, *rows, last = csv.reader(io.StringIO(text(client.get(URL)), newline=""))
    assert len(rows) == 4 + 5
    assert last == ["INCOMPLETE: this file broke off after 9 rows. Download it again."]


def test_quotes_csv_that_data_change_under_says_so(caplog):
    table = QuotesTable.of(Quote.objects.published(), "quotes", data_version())
    stream = csv_stream(table.header, _then(table.rows, publish_change))
    assert b"".join(stream).decode().splitlines()[-1].startswith("INCOMPLETE: this file broke off after 3 rows.")
    assert DataChangedError.__name__ in caplog.text


def _then(rows: Iterator, act: Callable) -> Iterator:
    yield next(rows)
    act()
    yield from rows
