"""How far members' views of a question agree. Values in, values out.

Levels are ordered: views are as far apart as their lowest and highest level. "Not sure", "not applicable" and no level
have no place in the order and are told apart from it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from selfreview.models import Level
from selfreview.profile import RANK


@dataclass(frozen=True)
class Accord:
    """How far levels agree. `steps` between the lowest and the highest; None where fewer than two are ranked."""

    views: int
    counts: list[tuple[str, int]]  # label of a level and how many chose it, in the order of levels
    steps: int | None

    @classmethod
    def of(cls, levels: Iterable[str]) -> "Accord":
        """Of the levels that members chose, one each, empty for none."""
        chosen = list(levels)
        counted = Counter(level for level in chosen if level)
        ranks = [RANK[level] for level in chosen if level in RANK]
        steps = max(ranks) - min(ranks) if len(ranks) > 1 else None
        counts = [(str(Level(level).label), counted[level]) for level in Level.values if counted[level]]
        return cls(len(chosen), counts, steps)

    @property
    def words(self) -> str:
        """In a sentence."""
        if self.views == 0:
            return "Nobody has a view of this."
        if self.steps is None:
            return "Too few levels to compare."
        if self.steps == 0:
            return "The same level."
        return f"{self.steps} level{'' if self.steps == 1 else 's'} apart."

    @property
    def split(self) -> str:
        """How many chose which level: “2 Emerging, 1 Leading”."""
        return ", ".join(f"{count} {label}" for label, count in self.counts)

    @property
    def furthest_first(self) -> tuple[int, int]:
        """A key to sort by: furthest apart first, what cannot be compared last; then what more have a view of."""
        return (1 if self.steps is None else -self.steps, -self.views)
