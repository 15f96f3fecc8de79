"""Quotes cut into pieces by their codings: offsets are code points, whatever the text holds."""

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from findings.coding_page import quote_desks
from findings.models import Code, Coding
from findings.passages import codes_of, segments, with_codings
from schools.models import Quote
from tests.factories import editors, loaded_study, make_codebook, make_quote, make_school


def passage(start: int, end: int) -> Coding:
    return Coding(start=start, end=end)


def test_text_without_codings_is_one_piece():
    assert [(one.text, one.codings, one.ends) for one in segments("All of it.", [])] == [("All of it.", [], [])]


def test_empty_text_has_no_piece():
    assert segments("", []) == []


def test_overlapping_passages_share_the_piece_between():
    first, second = passage(0, 6), passage(4, 10)
    cut = segments("0123456789ab", [second, first])
    assert [(one.text, one.codings, one.ends) for one in cut] == [
        ("0123", [first], []),
        ("45", [first, second], [first]),
        ("6789", [second], [second]),
        ("ab", [], []),
    ]


def test_positions_count_code_points():
    text = "A 👩🏽‍🏫 says e\u0301."
    start = text.index("says")
    cut = segments(text, [passage(start, start + 4)])
    assert [one.text for one in cut] == ["A 👩🏽‍🏫 ", "says", " e\u0301."]


def test_positions_beyond_the_text_are_cut_off():
    one = passage(2, 99)
    assert [(piece.text, piece.ends) for piece in segments("abcd", [one])] == [("ab", []), ("cd", [one])]


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(0, 45), st.integers(1, 45)), max_size=6))
def test_pieces_make_the_text_again(text: str, places: list[tuple[int, int]]):
    codings = [passage(start, start + length) for start, length in places]
    cut = segments(text, codings)
    assert "".join(one.text for one in cut) == text
    within = [one for one in codings if one.start < len(text)]
    for one in within:
        covered = "".join(piece.text for piece in cut if one in piece.codings)
        assert covered == text[one.start : one.end]
        assert sum(one in piece.ends for piece in cut) == 1


@pytest.mark.django_db
def test_codes_of_a_quote_stand_once_codebook_by_codebook():
    quote = with_codings(Quote.objects.filter(school__slug="b", locator="L265")).get()
    codes = codes_of(quote)
    assert len(codes) == len({code.pk for code in codes})
    assert [code.codebook.position for code in codes] == sorted(code.codebook.position for code in codes)
    assert {code.codebook.slug for code in codes} == {"gateways", "key-skills"}


@pytest.mark.django_db
def test_quote_may_have_more_codes_than_sqlite_takes_conditions():
    quote, book = make_quote(make_school(loaded_study())), make_codebook(loaded_study())
    each = [Code(codebook=book, slug=f"code-{n}", name="A code", definition="", position=n) for n in range(1001)]
    codes = Code.objects.bulk_create(each)
    said = {"quote": quote, "coder": editors(), "start": 0, "end": 1, "memo": "So.", "coded_at": timezone.now()}
    Coding.objects.bulk_create(Coding(code=code, **said) for code in codes)
    assert codes_of(with_codings(Quote.objects.filter(pk=quote.pk)).get()) == codes
    [desk] = quote_desks([quote], book, editors(), whole=True)
    assert {mark.coding.code for mark in desk.marks} == set(codes)
