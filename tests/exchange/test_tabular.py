"""Rows as a CSV file: what stands in a cell, how it is cut into chunks, and what a file that broke off says."""

import csv
import io
import logging
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.tabular import CHUNK, cell_text, csv_stream, file_name, incomplete_line
from schools.formulas import guarded, unguarded


def whole(*args: Any, **options: Any) -> str:
    return b"".join(csv_stream(*args, **options)).decode()


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_csv_stream_complete_text():
    rows = [["a", 1, None], ["b, c", Decimal("12.50"), 'said "so"'], ["one\ntwo", 0, ""]]
    assert whole(["name", "number", "note"], rows) == (
        'name,number,note\r\na,1,\r\n"b, c",12.5,"said ""so"""\r\n"one\ntwo",0,\r\n'
    )


def test_csv_stream_of_no_rows_is_the_header():
    assert whole(["a", "b"], []) == "a,b\r\n"


def test_csv_stream_of_one_empty_cell_is_not_an_empty_line():
    assert read(whole(["a"], [[None], ["x"]])) == [["a"], [""], ["x"]]


def test_csv_stream_bom_stands_once_at_the_start():
    data = b"".join(csv_stream(["a"], [["ä"]] * 20_000, bom=True))
    assert data.startswith(b"\xef\xbb\xbfa\r\n")
    assert data.count(b"\xef\xbb\xbf") == 1


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=2),
        max_size=20,
    )
)
def test_csv_stream_round_trip(rows):
    """Whatever the cells hold, csv.reader gives the same cells back."""
    assert read(whole(["a", "b"], rows, keep_formulas=True)) == [["a", "b"], *rows]
    assert [[unguarded(cell) for cell in row] for row in read(whole(["a", "b"], rows))[1:]] == rows


def test_csv_stream_round_trip_of_hard_cells():
    rows = [["👩🏽‍🏫 Ça va?", "a\r\nb", 'a "b"', "  c ", "‘x’", "e\u0301", "\u2028", ","]]
    assert read(whole(list("abcdefgh"), rows))[1:] == rows


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        ("", ""),
        (0, "0"),
        (-3, "-3"),
        (Decimal("35.0"), "35"),
        (Decimal("10"), "10"),
        (Decimal("1E+2"), "100"),
        (Decimal("-2.50"), "-2.5"),
        (Decimal("0.0"), "0"),
        (datetime(2026, 11, 23, 12, tzinfo=UTC), "2026-11-23T12:00:00Z"),
        (datetime(2026, 7, 1, 0, 30, 5, 999, tzinfo=timezone(timedelta(hours=1))), "2026-06-30T23:30:05Z"),
    ],
)
def test_cell_text(cell, text):
    assert cell_text(cell) == text


FORMULAS = ["=1+1", "+44", "-3", "@SUM(A1)", "\t=1", "\r=1", "\n", "\0", "  =1", "\u00a0@x", "＝1", "＋1", "－1", "＠x"]


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_are_guarded(text):
    assert cell_text(text) == f"'{text}"
    assert cell_text(text, keep_formulas=True) == text


@pytest.mark.parametrize("text", ["a=b", "plain", " spaced", "'quoted'", '"=1"', "12-3", "…", "– dash", "‘so’"])
def test_other_text_is_not_guarded(text):
    assert cell_text(text) == text


@given(st.text(alphabet="'=+-@ \t\rax＝"))
def test_guarding_can_be_undone(text):
    assert unguarded(guarded(text)) == text


def test_unguarded_leaves_apostrophes_that_guard_nothing():
    assert unguarded("'tis so") == "'tis so"


def test_csv_stream_reads_rows_as_chunks_are_asked_for():
    asked = []

    def rows():
        for number in range(3000):
            asked.append(number)
            yield ["x" * 100]

    chunks = csv_stream(["a"], rows())
    assert asked == []
    first = next(chunks)
    assert CHUNK <= len(first) < CHUNK + 200
    assert len(asked) == pytest.approx(CHUNK / 102, abs=2)
    assert len(b"".join(chunks)) + len(first) == 3 + 3000 * 102


def test_csv_stream_memory_does_not_grow_with_the_rows():
    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in csv_stream(["a"], (["x" * 100] for _ in range(count))):
            pass
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(2_000)  # what is loaded once
    assert peak(20_000) < 1.2 * peak(5_000)


@pytest.mark.parametrize("good", [0, 1, 5000])
def test_csv_stream_that_breaks_off_says_so_in_its_last_line(good, caplog):
    def rows():
        for _ in range(good):
            yield ["one\nline, another", "b"]
        raise ConnectionError("the database went away")

    with caplog.at_level(logging.ERROR):
        text = whole(["a", "b"], rows())
    *complete, last = read(text)
    assert complete == [["a", "b"], *[["one\nline, another", "b"]] * good]
    assert last == [incomplete_line(good)]
    assert text.endswith(
        f"\r\nINCOMPLETE: this file broke off after {good} row{'s' * (good != 1)}. Download it again.\r\n"
    )
    assert "the database went away" in caplog.text


def test_csv_stream_that_is_stopped_is_not_a_fault(caplog):
    stream = csv_stream(["a"], ([str(number)] for number in range(100_000)))
    next(stream)
    stream.close()
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("gill-2007", "quotes", "long", "", "v3"), "gill-2007-quotes-long-v3.csv"),
        (('Ünï \r\n/\\ "x"', "a"), "uni-x-a.csv"),
    ],
)
def test_file_name(parts, name):
    assert file_name(*parts) == name
