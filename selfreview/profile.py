"""Where a school stands: levels by section, strengths, weaknesses, priorities, gaps. Values in, values out.

Levels are ordered, not numbers to add: a section is told by its median, the level that half of its answered questions
reach. "Not sure" and "not applicable" are counted but have no place in the order.
"""

from dataclasses import dataclass

from selfreview.models import Level, Question
from selfreview.progress import Part, Task

ORDER = [Level.NOT_STARTED, Level.EMERGING, Level.DEVELOPING, Level.ESTABLISHED, Level.LEADING]
RANK: dict[str, int] = {str(level): rank for rank, level in enumerate(ORDER)}
STRONG, WEAK = {RANK["established"], RANK["leading"]}, {RANK["not-started"], RANK["emerging"]}


KEYS = [*Level.choices, ("none", "No level")]  # the key of the bars
LABELS = [label for _, label in KEYS]


@dataclass(frozen=True)
class Bar:
    """A stretch of a section's bar: one level, how many questions, and where it lies (0 to 100)."""

    level: str
    label: str
    count: int
    x: float
    width: float


@dataclass(frozen=True)
class Row:
    """A section: how many questions stand at each level (in the order of `Level`, then without one), and its median."""

    part: Part
    counts: list[int]
    median: str
    bars: list[Bar]


@dataclass(frozen=True)
class Profile:
    """A round as its profile shows it."""

    rows: list[Row]
    strong: list[Task]
    weak: list[Task]
    priorities: list[Task]
    open_questions: list[Task]

    @classmethod
    def of(cls, parts: list[Part]) -> "Profile":
        """Of a round's parts, as selfreview.progress.parts_of gives them."""
        tasks = [task for part in parts for task in part.tasks]
        return cls(
            rows=[_row(part) for part in parts],
            strong=[task for task in tasks if rank_of(task) in STRONG],
            weak=[task for task in tasks if rank_of(task) in WEAK],
            priorities=[task for task in tasks if task.answer and task.answer.is_priority],
            open_questions=[task for task in tasks if not level_of(task)],
        )


def level_of(task: Task) -> str:
    """The level that a question was given, or nothing."""
    return task.answer.level if task.answer else ""


def rank_of(task: Task) -> int | None:
    """Its place in the order of levels; None for one that has none."""
    return RANK.get(level_of(task))


def median_level(levels: list[str]) -> str:
    """The level that at least half of the ranked levels reach: the lower of two middle ones, nothing of nothing."""
    ranks = sorted(RANK[level] for level in levels if level in RANK)
    return str(ORDER[ranks[(len(ranks) - 1) // 2]]) if ranks else ""


def _row(part: Part) -> Row:
    levels = [level_of(task) for task in part.tasks]
    names = [*(str(value) for value in Level.values), ""]
    counts = [levels.count(name) for name in names]
    median = median_level(levels)
    return Row(part, counts, Level(median).label if median else "", _bars(names, counts))


def _bars(names: list[str], counts: list[int]) -> list[Bar]:
    total, x, bars = sum(counts) or 1, 0.0, []
    for name, count in zip(names, counts, strict=True):
        width = 100 * count / total
        if count:
            label = Level(name).label if name else "No level"
            bars.append(Bar(name or "none", label, count, round(x, 2), round(width, 2)))
        x += width
    return bars


@dataclass(frozen=True)
class Change:
    """A question in two rounds; None where that round's version of the questionnaire does not ask it."""

    before: Task | None
    after: Task | None

    @property
    def question(self) -> Question:
        """As it is asked in the later round, or was asked in the earlier one."""
        task = self.after or self.before
        assert task is not None, "a change is of a question that one of the rounds asks"
        return task.question

    @property
    def reworded(self) -> str:
        """How the earlier round asked it, where it was asked in other words."""
        if self.before and self.after and self.before.question.text != self.after.question.text:
            return self.before.question.text
        return ""

    @property
    def words(self) -> str:
        """How the level moved."""
        if self.before is None or self.after is None:
            return "not asked then" if self.before is None else "no longer asked"
        then, now = rank_of(self.before), rank_of(self.after)
        if then is None or now is None:
            return "cannot be compared" if level_of(self.before) != level_of(self.after) else "no change"
        if then == now:
            return "no change"
        steps = abs(now - then)
        return f"{'up' if now > then else 'down'} {steps} level{'' if steps == 1 else 's'}"


def changes(before: list[Part], after: list[Part], first: dict[int, int]) -> list[Change]:
    """The questions of two rounds, in the order of the later one; then those that are no longer asked.

    `first` gives of each question, by primary key, the question of its first version: what stays the same through
    every version of its words.
    """
    then = {first[task.question.pk]: task for part in before for task in part.tasks}
    now = {first[task.question.pk]: task for part in after for task in part.tasks}
    gone = [Change(task, None) for key, task in then.items() if key not in now]
    return [Change(then.get(key), task) for key, task in now.items()] + gone
