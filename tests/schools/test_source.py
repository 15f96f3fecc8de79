"""Locators, quotations and copied runs: plain functions on strings."""

import pytest

from schools.source import copied_runs, is_verbatim, locator_faults, locator_lines, plain, source_runs, text_at, words


@pytest.mark.parametrize(
    ("locator", "lines"),
    [
        ("L137", [137]),
        ("L137.2", [137]),
        ("L404+L406", [404, 406]),
        ("L1-L3", [1, 2, 3]),
        ("L7+L1-L3+L9.2", [7, 1, 2, 3, 9]),
        ("", []),
    ],
)
def test_locator_lines(locator: str, lines: list[int]) -> None:
    assert locator_lines(locator) == lines


@pytest.mark.parametrize("locator", ["L1", "L655", "L1-L655", "L404+L406", "L2.2", ""])
def test_locator_faults_are_none(locator: str) -> None:
    assert locator_faults(locator, 655) == []


@pytest.mark.parametrize(
    ("locator", "fault"),
    [
        ("L0", "L0 lies beyond the source's 655 lines"),
        ("L656", "L656 lies beyond the source's 655 lines"),
        ("L1-L656", "L1-L656 lies beyond the source's 655 lines"),
        ("L3+L9000.2", "L3+L9000.2 lies beyond the source's 655 lines"),
        ("L9-L3", "L9-L3 runs backwards"),
        ("L3-L3", "L3-L3 runs backwards"),
        ("L1+L9-L3", "L1+L9-L3 runs backwards"),
    ],
)
def test_locator_faults(locator: str, fault: str) -> None:
    assert locator_faults(locator, 655) == [fault]


LINES = [
    "<u>Context</u>",
    "She said: “We   tried it.",
    "",
    "- And it *worked* well.” (Headteacher)",
    "It isn’t the head's job",
]


def test_text_at_mends_the_layout() -> None:
    assert text_at(LINES, "L1") == "Context"
    assert text_at(LINES, "L2+L4") == "She said: We tried it. And it worked well. (Headteacher)"
    assert text_at(LINES, "L5-L9") == "It isn’t the head's job"


@pytest.mark.parametrize(
    ("text", "locator", "verbatim"),
    [
        ("We tried it. And it worked well.", "L2+L4", True),
        ("“We tried it.”", "L2", True),
        ("We tried it. And it worked well.", "L2", False),
        ("We tried it! And it worked well.", "L2+L4", False),
        ("we tried it.", "L2", False),
        ("It isn't the head's job", "L5", False),
    ],
)
def test_is_verbatim(text: str, locator: str, verbatim: bool) -> None:
    assert is_verbatim(text, LINES, locator) is verbatim


def test_plain_and_words() -> None:
    assert plain("<u>A</u>  “b”\n*c*") == "A b c"
    assert words("It isn’t 2½ — the head's, (job)!") == ["it", "isn't", "2½", "the", "head's", "job"]


RUNS = source_runs(["one two three four five", "six seven eight nine"])


def test_source_runs_cross_the_ends_of_lines() -> None:
    assert sorted(" ".join(run) for run in RUNS) == [
        "one two three four five six seven eight",
        "two three four five six seven eight nine",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One, two – three four five six (seven) EIGHT.", 1),
        ("one two three four five six seven eight nine", 2),
        ("one two three four five six seven and eight", 0),
        ("one two three four “five” six seven eight", 0),
        ("She says “one two three four five six seven eight”.", 0),
        ('She says "one two three four five six seven eight".', 0),
        ("one two three four | five six seven eight", 0),
        ("", 0),
    ],
)
def test_copied_runs(text: str, found: int) -> None:
    assert len(copied_runs(text, RUNS)) == found


def test_copied_runs_leave_out_names_and_titles() -> None:
    text = "The book one two three four five six seven eight is long."
    assert copied_runs(text, RUNS, ["one two three four five six seven eight"]) == []
    assert copied_runs(text, RUNS, ["another title"]) != []
