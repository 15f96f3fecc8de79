"""The profile: medians, bars, strengths and weaknesses, and what changed between two rounds."""

import pytest

from selfreview.models import Answer, Question, Section
from selfreview.profile import Change, Profile, median_level
from selfreview.progress import COMPLETED, IN_PROGRESS, NOT_STARTED, Part, Task, status_of


def task(level: str = "", **fields) -> Task:
    return Task(Question(text="?"), Answer(level=level, **fields) if level or fields else None)


@pytest.mark.parametrize(
    ("levels", "median"),
    [
        ([], ""),
        (["", "not-sure", "not-applicable"], ""),
        (["leading"], "leading"),
        (["emerging", "leading"], "emerging"),
        (["not-started", "developing", "leading"], "developing"),
        (["not-started", "emerging", "established", "leading"], "emerging"),
        (["not-sure", "established", "", "established"], "established"),
    ],
)
def test_median_is_reached_by_at_least_half(levels: list[str], median: str):
    assert median_level(levels) == median


def test_bars_fill_the_width_and_tell_every_question():
    levels = ["leading", "leading", "emerging", "not-sure", ""]
    row = Profile.of([Part(Section(title="A part"), [task(level) for level in levels])]).rows[0]
    assert row.counts == [0, 1, 0, 0, 2, 1, 0, 1]
    assert sum(bar.width for bar in row.bars) == pytest.approx(100)
    assert [(bar.level, bar.x, bar.width) for bar in row.bars] == [
        ("emerging", 0, 20),
        ("leading", 20, 40),
        ("not-sure", 60, 20),
        ("none", 80, 20),
    ]


def test_strong_weak_priorities_and_gaps():
    tasks = [task("leading"), task("emerging", is_priority=True), task("developing"), task(), task(text="Words only.")]
    profile = Profile.of([Part(Section(), tasks)])
    assert profile.strong == [tasks[0]]
    assert profile.weak == [tasks[1]]
    assert profile.priorities == [tasks[1]]
    assert profile.open_questions == [tasks[3], tasks[4]]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("emerging", "established", "up 2 levels"),
        ("leading", "established", "down 1 level"),
        ("leading", "leading", "no change"),
        ("", "", "no change"),
        ("", "leading", "cannot be compared"),
        ("not-sure", "leading", "cannot be compared"),
        ("not-sure", "not-sure", "no change"),
    ],
)
def test_change_in_words(before: str, after: str, words: str):
    assert Change(task(before), task(after)).words == words


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (None, NOT_STARTED),
        (Answer(), NOT_STARTED),
        (Answer(text="  "), NOT_STARTED),
        (Answer(level="leading"), IN_PROGRESS),
        (Answer(text="So."), IN_PROGRESS),
        (Answer(is_complete=True), COMPLETED),
    ],
)
def test_status(answer: Answer | None, status: str):
    assert status_of(answer) == status
