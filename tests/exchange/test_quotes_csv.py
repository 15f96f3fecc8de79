"""/quotes.csv: its layouts, filters, caching, and what it refuses."""

import csv
import gc
import io
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exchange.quotes_csv import DataChangedError, QuotesTable
from exchange.tabular import csv_stream
from findings.models import Coder, Coding
from schools.actions import data_version, publish_change
from schools.models import DataVersion, Quote, Study
from tests.exchange.builders import (
    NOON,
    guid,
    make_code,
    make_codebook,
    make_coding,
    make_quote,
    make_school,
    make_study,
    make_topic,
)

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.exchange.urls"), pytest.mark.usefixtures("study")]

URL = "/quotes.csv"


@pytest.fixture
def study():
    """Two schools, three quotes, two published codebooks; the second quote is coded to nothing."""
    study = make_study()
    a = make_school(study, "a", phase="primary", setting="city", pupils=230, fsm_percent="35.0", position=1)
    b = make_school(study, "b", position=2)
    gateways, skills = make_codebook(study, position=1), make_codebook(study, "key-skills", position=2)
    voice = make_code(gateways, "pupil-voice", position=1, guid=guid(101))
    learning = make_code(gateways, "learning-to-learn", position=2, guid=guid(102))
    team = make_code(skills, "team-work", guid=guid(103))
    one = make_quote(a, "We asked pupils, and they told us.", guid=guid(1), locator="L10", position=1)
    make_quote(a, "Nothing “fits” this.", guid=guid(2), locator="L11", position=2, speaker_role="teacher")
    use, people = make_topic(study), make_topic(study, "people")
    three = make_quote(b, "=team 👩🏽‍🏫\nwork", guid=guid(3), locator="L20+L21", position=1, topic=people)
    assert use != people
    make_coding(one, voice, start=3, end=15, memo="They are asked.")
    make_coding(one, learning)
    make_coding(three, team, memo="")
    publish_change()
    return study


def text(response: Any) -> str:
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content).decode()


def cells(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text(response), newline="")))


HEADER = "quote_id,study,school,phase,setting,pupils,fsm_percent,topic,speaker_role,quote,locator"
CODING = "codebook,code,code_id,coder,start,end,passage,memo,coded_at"
ONE = (
    "00000000-0000-4000-8000-000000000001,gill-2007,a,primary,city,230,35,use,headteacher,"
    '"We asked pupils, and they told us.",L10'
)
TWO = "00000000-0000-4000-8000-000000000002,gill-2007,a,primary,city,230,35,use,teacher,Nothing “fits” this.,L11"
THREE = '00000000-0000-4000-8000-000000000003,gill-2007,b,,,,,people,headteacher,"\'=team 👩🏽‍🏫\nwork",L20+L21'


def test_quotes_csv_long_is_the_default(client):
    assert text(client.get(URL)) == (
        f"{HEADER},{CODING}\r\n"
        f'{ONE},gateways,learning-to-learn,00000000-0000-4000-8000-000000000102,editors,0,34,"We asked pupils, and'
        ' they told us.",Because.,2026-11-23T12:00:00Z\r\n'
        f"{ONE},gateways,pupil-voice,00000000-0000-4000-8000-000000000101,editors,3,15,asked pupils,They are asked.,"
        "2026-11-23T12:00:00Z\r\n"
        f"{TWO},,,,,,,,,\r\n"
        f'{THREE},key-skills,team-work,00000000-0000-4000-8000-000000000103,editors,0,15,"\'=team 👩🏽‍🏫\nwork",,'
        "2026-11-23T12:00:00Z\r\n"
    )
    assert text(client.get(URL, {"layout": "long"})) == text(client.get(URL))


def test_quotes_csv_wide(client):
    assert text(client.get(URL, {"layout": "wide"})) == (
        f"{HEADER},gateways/pupil-voice,gateways/learning-to-learn,key-skills/team-work\r\n"
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
    assert response["Content-Disposition"] == 'attachment; filename="gill-2007-quotes-long-v1.csv"'
    assert response["Cache-Control"] == "no-store"
    assert client.get(URL, {"school": "a", "layout": "wide"})["Content-Disposition"] == (
        'attachment; filename="gill-2007-quotes-wide-selection-v1.csv"'
    )


def test_quotes_csv_of_several_studies_is_named_for_all(client, study):
    make_study("other")
    assert 'filename="studies-quotes-long-v1.csv"' in client.get(URL)["Content-Disposition"]


@pytest.mark.parametrize(
    ("filters", "quotes"),
    [
        ({"school": "a"}, [1, 1, 2]),
        ({"school": ["a", "b"]}, [1, 1, 2, 3]),
        ({"role": "teacher"}, [2]),
        ({"topic": "people"}, [3]),
        ({"phase": "primary"}, [1, 1, 2]),
        ({"setting": "city"}, [1, 1, 2]),
        ({"school": "b", "phase": "primary"}, []),
        ({"q": "pupils"}, [1, 1]),
        ({"sort": "longest", "layout": "quotes"}, [1, 2, 3]),
        ({"sort": "shortest", "layout": "quotes"}, [3, 2, 1]),
        ({"page": "2", "layout": "quotes"}, [1, 2, 3]),
    ],
)
def test_quotes_csv_takes_the_filters_of_the_page(client, filters, quotes):
    assert [row["quote_id"] for row in cells(client.get(URL, filters))] == [str(guid(number)) for number in quotes]


def test_quotes_csv_of_a_code_shows_codings_to_that_code_only(client):
    assert [row["code"] for row in cells(client.get(URL, {"code": "gateways/pupil-voice"}))] == ["pupil-voice"]
    both = {"code": ["gateways/pupil-voice", "key-skills/team-work"]}
    assert [row["code"] for row in cells(client.get(URL, both))] == ["pupil-voice", "team-work"]


def test_quotes_csv_of_a_codebook_shows_its_codings_and_columns_only(client, study):
    make_coding(Quote.objects.get(guid=guid(3)), study.codebooks.get(slug="gateways").codes.first())
    assert {row["codebook"] for row in cells(client.get(URL, {"codebook": "gateways"}))} == {"gateways"}
    wide = cells(client.get(URL, {"codebook": "gateways", "layout": "wide"}))
    assert [name for name in wide[0] if "/" in name] == ["gateways/pupil-voice", "gateways/learning-to-learn"]


def test_quotes_csv_wide_of_a_code_keeps_the_columns_of_the_others(client):
    (row,) = cells(client.get(URL, {"code": "gateways/pupil-voice", "layout": "wide"}))
    assert (row["gateways/pupil-voice"], row["gateways/learning-to-learn"], row["key-skills/team-work"]) == (
        "1",
        "1",
        "0",
    )


@pytest.mark.parametrize("layout", ["long", "wide", "quotes"])
def test_quotes_csv_never_shows_what_is_not_published(client, study, layout):
    before = text(client.get(URL, {"layout": layout}))
    one = Quote.objects.get(guid=guid(1))
    draft_code = make_code(make_codebook(study, "draft", is_published=False), "secret")
    make_coding(one, draft_code)
    make_coding(one, study.codebooks.get(slug="gateways").codes.first(), coder="someone-else", memo="secret")
    hidden = make_study("hidden", is_published=False)
    make_coding(make_quote(make_school(hidden, "h"), "secret"), make_code(make_codebook(hidden, "h"), "secret"))
    make_coding(one, hidden.codebooks.get().codes.get())
    assert text(client.get(URL, {"layout": layout})) == before


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"layout": "tall"}, "layout: Select a valid choice. tall is not one of the available choices."),
        ({"bom": "yes"}, "bom: "),
        ({"formulas": "drop"}, "formulas: "),
        ({"school": "zz"}, "school: There is no school called “zz”."),
        ({"role": "pupil"}, "role: "),
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
    assert etag(school=["a", "b"]) == etag(school=["b", "a"])
    assert etag(q="", page="2") == plain
    different = {
        plain,
        etag(layout="wide"),
        etag(bom="1"),
        etag(formulas="keep"),
        etag(school="a"),
        etag(role="teacher"),
    }
    assert len(different) == 6
    publish_change()
    assert etag() not in different
    assert client.get(URL, headers={"If-None-Match": plain}).status_code == 200


def many(study: Study, count: int) -> None:
    """So many quotes more, each with a coding. Codes and history as they are: this is about volume."""
    school, voice = study.schools.get(slug="b"), study.codebooks.get(slug="gateways").codes.first()
    topic, editors = make_topic(study), Coder.objects.get(slug="editors")
    first = Quote.objects.count() + 1000
    quotes = Quote.objects.bulk_create(
        Quote(school=school, topic=topic, text="x" * 200, locator=f"L{number}", position=number)
        for number in range(first, first + count)
    )
    Coding.objects.bulk_create(
        Coding(quote=quote, code=voice, coder=editors, start=0, end=200, memo="…", coded_at=NOON) for quote in quotes
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
        tracemalloc.start()
        for _ in csv_stream(table.header, table.rows):
            gc.collect()  # a quote and its codings hold each other: count what is in use, not what waits to be freed
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak()  # what is loaded once
    many(study, 500)
    small = peak()
    many(study, 1500)
    assert peak() < 1.2 * small


def test_quotes_csv_that_breaks_off_says_so(client, monkeypatch, caplog):
    def broken(_: DataVersion, rows: Iterator) -> Iterator:
        yield next(rows)
        raise ConnectionError("gone")

    monkeypatch.setattr("exchange.quotes_csv._all_of", broken)
    last = text(client.get(URL)).splitlines()[-1]
    assert last == "INCOMPLETE: this file broke off after 1 row. Download it again."
    assert "gone" in caplog.text


def test_quotes_csv_that_data_change_under_says_so(caplog):
    table = QuotesTable.of(Quote.objects.published(), "quotes", data_version())
    stream = csv_stream(table.header, _then(table.rows, publish_change))
    assert b"".join(stream).decode().splitlines()[-1].startswith("INCOMPLETE: this file broke off after 3 rows.")
    assert DataChangedError.__name__ in caplog.text


def _then(rows: Iterator, act: Callable) -> Iterator:
    yield next(rows)
    act()
    yield from rows
