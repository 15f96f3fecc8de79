"""Concordance, frequencies and keyness: against what was worked out by hand."""

from collections import Counter
from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from findings.concordance import (
    LEFT,
    RIGHT,
    Query,
    UnclearQueryError,
    Words,
    concordance,
    frequent,
    keyness,
    log_likelihood,
    log_ratio,
    plain,
    stem,
    word_counts,
)
from findings.stop_words import STOP_WORDS

TEXTS = [
    (1, "We teach children; children’s parents teach us."),
    (2, "The teaching was good, and the Teacher taught well."),
    (3, "New technologies: the technician knows technology."),
]


def hits(asked: str) -> list[str]:
    return [line.hit for line in concordance(TEXTS, Query.of(asked)).lines]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("teach", ["teach", "teach", "teaching"]),  # one stem; teacher and taught have their own
        ('"teach"', ["teach", "teach"]),
        ("“teaching”", ["teaching"]),
        ("tech*", ["technologies", "technician", "technology"]),
        ("*ology", ["technology"]),
        ("t*ch*r", ["Teacher"]),
        ("CHILDREN'S parents", ["children’s parents"]),
        ("teach *", ["teach children", "teach us", "teaching was"]),
        ("teach * children’s", ["teach children; children’s"]),
        ("the teacher", ["the Teacher"]),
        ("zebra", []),
        ("well new", []),  # a phrase does not run from quote to quote
    ],
)
def test_what_a_query_finds(asked: str, expected: list[str]):
    assert hits(asked) == expected


@pytest.mark.parametrize("asked", ["", "  ", "*", "* *", '""', "—!", "a b c d e f g h i"])
def test_an_unclear_query_says_what_to_do(asked: str):
    with pytest.raises(UnclearQueryError, match="Type"):
        Query.of(asked)


def test_a_line_has_its_place_and_its_context():
    text = "One two three four five six seven eight nine ten eleven HIT, a b c d e f g h i j k l."
    [line] = concordance([("q", text)], Query.of("hit")).lines
    assert text[line.start : line.end] == line.hit == "HIT"
    assert line.left == "two three four five six seven eight nine ten eleven "
    assert line.right == ", a b c d e f g h i j"
    assert line.before == ("eleven", "ten", "nine")
    assert line.after == ("a", "b", "c")


def test_a_context_that_reaches_the_ends_keeps_their_signs():
    [line] = concordance([("q", "(So we teach!)")], Query.of("teach")).lines
    assert (line.left, line.right) == ("(So we ", "!)")


def test_sorting_by_the_words_before_and_after():
    texts = [(n, text) for n, text in enumerate(["b a key z", "a b key y", "c a key x", "key w", "key"])]
    left = [line.key for line in concordance(texts, Query.of("key"), sort=LEFT).lines]
    right = [line.key for line in concordance(texts, Query.of("key"), sort=RIGHT).lines]
    assert left == [3, 4, 0, 2, 1]
    assert right == [4, 3, 2, 1, 0]
    with pytest.raises(KeyError):
        concordance(texts, Query.of("key"), sort="sideways")


@pytest.mark.parametrize("sort", [LEFT, RIGHT, "reading"])
def test_all_are_counted_and_the_first_are_kept(sort: str):
    found = concordance(((n, f"w{n % 7} key key v{n % 5}") for n in range(500)), Query.of("key"), sort=sort, most=9)
    assert (len(found.lines), found.found, found.quotes) == (9, 1000, 500)


@settings(deadline=None)  # the first stem loads nltk
@given(st.text(max_size=60), st.text(min_size=1, max_size=10))
def test_any_text_and_any_query_are_taken(text: str, asked: str):
    try:
        query = Query.of(asked)
    except UnclearQueryError:
        return
    for line in concordance([(1, text)], query).lines:
        assert text[line.start : line.end] == line.hit
        assert line.left + line.hit + line.right in text


def test_letters_beyond_the_first_plane_count_one():
    [line] = concordance([(1, "𝔘𝔫 🎉 café teach")], Query.of("teach")).lines
    assert line.start == 10
    assert hits_in("cafe\u0301 au lait", "café") == 1


def hits_in(text: str, asked: str) -> int:
    return concordance([(1, text)], Query.of(asked)).found


def test_words_and_their_counts_by_group():
    found = word_counts([("a", "The cat, the CAT’s cats."), ("b", "A dog"), ("a", "cat whole-school")])
    assert found["a"] == Words(Counter({"the": 2, "cat": 2, "cat's": 1, "cats": 1, "whole-school": 1}), 7)
    assert found["b"].total == 2


def test_stems_go_by_their_most_frequent_form():
    found = word_counts([("a", "teaches teaching teaching"), ("b", "teaches teach")], stems=True)
    # teaches 2, teaching 2, teach 1: of two alike the first by letters.
    assert found["a"].counts == {"teaches": 3}
    assert found["b"].counts == {"teaches": 2}


def test_frequent_words_without_stop_words_per_thousand_of_all():
    words = word_counts([(1, "the the school and school with parents")])[1]
    assert frequent(words) == [("school", 2, pytest.approx(2000 / 7)), ("parents", 1, pytest.approx(1000 / 7))]
    assert frequent(words, most=1, stop_words=True)[0][:2] == ("school", 2)
    assert frequent(word_counts([(1, "")])[1]) == []


def test_log_likelihood_and_log_ratio_by_hand():
    """12 in 1,000 against 3 in 2,000: expected 5 and 10; the ratio of the frequencies is 8 = 2³."""
    assert log_likelihood(12, 3, 1000, 2000) == pytest.approx(2 * (12 * log(12 / 5) + 3 * log(3 / 10)))
    assert log_likelihood(12, 3, 1000, 2000) == pytest.approx(13.787, abs=0.0005)
    assert log_ratio(12, 3, 1000, 2000) == pytest.approx(3)
    assert log_likelihood(5, 0, 1000, 1000) == pytest.approx(10 * log(2))
    assert log_ratio(5, 0, 1000, 1000) == pytest.approx(3.3219, abs=0.0001)
    assert log_likelihood(5, 10, 1000, 2000) == pytest.approx(0, abs=1e-9)
    assert log_ratio(0, 4, 1000, 1000) == pytest.approx(-3)


def test_keyness_of_a_group_against_the_rest():
    texts = {
        "a": "board " * 12 + "rare rare " + "x " * 986,
        "b": "board " * 3 + "x " * 997,
        "c": "pupil " * 9 + "x " * 991,
    }
    words = word_counts(texts.items())
    found = keyness(words, "a", at_least=3)
    assert [one.word for one in found] == ["board", "pupil", "x"]
    board, pupil = found[:2]
    assert (board.group, board.rest, board.more) == (12, 3, True)
    assert (board.g2, board.log_ratio) == (pytest.approx(13.787, abs=0.0005), pytest.approx(3))
    assert not pupil.more
    assert pupil.log_ratio < 0
    assert {one.word for one in keyness(words, "a", at_least=2)} == {"board", "pupil", "rare", "x"}
    assert keyness({"a": words["a"]}, "a") == []
    with pytest.raises(KeyError):
        keyness(words, "z")


def test_stop_words_are_plain_words_of_closed_classes():
    assert {"the", "of", "we", "don't", "would", "because"} <= STOP_WORDS
    assert not {"school", "teacher", "children", "good", "think", "ict"} & STOP_WORDS
    assert all(word == plain(word) for word in STOP_WORDS)
    assert {word for word in STOP_WORDS if word != word.strip()} == set()


def test_stems():
    assert {stem(word) for word in ("lead", "leads", "leading")} == {"lead"}
    assert stem("leadership") == "leadership"
