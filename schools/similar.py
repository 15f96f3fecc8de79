"""Which schools are like mine: a distance that can be said in words.

For each thing that both sides state, a difference between 0 (the same) and 1 (as unlike as can be):

- pupils: by ratio, because 100 to 200 is as big a step as 300 to 600; three doublings or more are 1;
- free school meals: in percentage points; 50 points or more are 1;
- setting: the same 0, neighbouring (outskirts and centre of a town, centre of a town and city) one half, else 1.

The distance is their mean (Gower 1971). What a school does not state is left out of the mean and said so, never
guessed; of two schools at the same distance the one compared on more things comes first.
"""

import heapq
import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from schools.models import School, Setting

DOUBLINGS_APART = 3
POINTS_APART = 50
NEIGHBOURS = ({Setting.OUTSKIRTS, Setting.TOWN}, {Setting.TOWN, Setting.CITY})


@dataclass(frozen=True)
class Mine:
    """What a visitor said of her own school; None is not said."""

    pupils: int | None = None
    fsm_percent: Decimal | None = None
    setting: str = ""


@dataclass(frozen=True)
class Likeness:
    """A school, how far it is from mine (0 to 1, None when nothing could be compared), and why, in words."""

    school: School
    distance: float | None
    compared: int
    reasons: list[str]

    @property
    def percent(self) -> int | None:
        """How alike, 0 to 100."""
        return None if self.distance is None else round(100 * (1 - self.distance))

    def sort_key(self) -> tuple[float, int, int]:
        """Nearest first; then the one compared on more; then the study's own order."""
        return (2.0 if self.distance is None else self.distance, -self.compared, self.school.position)


def nearest(mine: Mine, schools: Iterable[School], most: int = 20) -> list[Likeness]:
    """The schools most like mine, nearest first. Reads `schools` once and keeps no more than `most`."""
    return heapq.nsmallest(most, (likeness(mine, school) for school in schools), key=Likeness.sort_key)


def likeness(mine: Mine, school: School) -> Likeness:
    """How like mine one school is."""
    parts = [_pupils(mine, school), _meals(mine, school), _setting(mine, school)]
    differences = [difference for difference, _ in parts if difference is not None]
    distance = sum(differences) / len(differences) if differences else None
    return Likeness(school, distance, len(differences), [reason for _, reason in parts if reason])


def _pupils(mine: Mine, school: School) -> tuple[float | None, str]:
    if mine.pupils is None:
        return None, ""
    if school.pupils is None:
        return None, "its number of pupils is not stated"
    doublings = abs(math.log2(school.pupils / mine.pupils))
    ratio = max(school.pupils, mine.pupils) / min(school.pupils, mine.pupils)
    if ratio < 1.1:
        words = f"about your size ({school.pupils} pupils)"
    elif school.pupils > mine.pupils:
        times = f"{ratio:.1f}".removesuffix(".0")
        words = f"{times} times your size ({school.pupils} pupils)"
    else:
        words = f"{round(100 * school.pupils / mine.pupils)}% of your size ({school.pupils} pupils)"
    return min(doublings / DOUBLINGS_APART, 1.0), words


def _meals(mine: Mine, school: School) -> tuple[float | None, str]:
    if mine.fsm_percent is None:
        return None, ""
    if school.fsm_percent is None:
        return None, "its free-school-meals percentage is not stated"
    points = school.fsm_percent - mine.fsm_percent
    share = f"{school.fsm_percent.normalize():f}%"
    if abs(points) < 2:
        words = f"as many free school meals as yours ({share})"
    else:
        step = f"{abs(points).normalize():f}"
        words = f"{step} percentage points {'more' if points > 0 else 'fewer'} free school meals ({share})"
    return min(float(abs(points)) / POINTS_APART, 1.0), words


def _setting(mine: Mine, school: School) -> tuple[float | None, str]:
    if not mine.setting:
        return None, ""
    if not school.setting:
        return None, "its setting is not stated"
    name = school.get_setting_display().lower()
    if school.setting == mine.setting:
        return 0.0, f"the same setting ({name})"
    if {school.setting, mine.setting} in NEIGHBOURS:
        return 0.5, f"a neighbouring setting ({name})"
    return 1.0, f"another setting ({name})"
