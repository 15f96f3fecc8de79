"""A school like mine: the distance, its reasons, and what is not stated."""

from decimal import Decimal

import pytest

from schools.models import School, Setting
from schools.similar import Mine, likeness, nearest


def school(
    letter: str = "A", pupils: int | None = 200, fsm: str | None = "10", setting: str = str(Setting.RURAL)
) -> School:
    return School(name=letter, position=ord(letter), pupils=pupils, fsm_percent=fsm and Decimal(fsm), setting=setting)


def mine() -> Mine:
    return Mine(pupils=200, fsm_percent=Decimal(10), setting="rural-village")


def test_same_school_is_wholly_alike():
    one = likeness(mine(), school())
    assert one.distance == 0
    assert one.percent == 100
    assert one.reasons == [
        "about your size (200 pupils)",
        "as many free school meals as yours (10%)",
        "the same setting (rural village)",
    ]


@pytest.mark.parametrize(
    ("pupils", "distance", "reason"),
    [
        (400, 1 / 3, "2 times your size (400 pupils)"),
        (100, 1 / 3, "50% of your size (100 pupils)"),
        (1600, 1, "8 times your size (1600 pupils)"),
        (6400, 1, "32 times your size (6400 pupils)"),
        (250, 0.1073, "1.2 times your size (250 pupils)"),
        (None, None, "its number of pupils is not stated"),
    ],
)
def test_pupils_are_compared_by_ratio(pupils: int | None, distance: float | None, reason: str):
    one = likeness(Mine(pupils=200), school(pupils=pupils))
    assert one.distance == (distance if distance is None else pytest.approx(distance, abs=0.001))
    assert one.reasons == [reason]


@pytest.mark.parametrize(
    ("fsm", "distance", "reason"),
    [
        ("35", 0.5, "25 percentage points more free school meals (35%)"),
        ("0", 0.2, "10 percentage points fewer free school meals (0%)"),
        ("100", 1, "90 percentage points more free school meals (100%)"),
        (None, None, "its free-school-meals percentage is not stated"),
    ],
)
def test_meals_are_compared_in_points(fsm: str | None, distance: float | None, reason: str):
    one = likeness(Mine(fsm_percent=Decimal(10)), school(fsm=fsm))
    assert one.distance == distance
    assert one.reasons == [reason]


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        (Setting.RURAL, Setting.RURAL, 0),
        (Setting.TOWN, Setting.CITY, 0.5),
        (Setting.OUTSKIRTS, Setting.TOWN, 0.5),
        (Setting.OUTSKIRTS, Setting.CITY, 1),
        (Setting.RURAL, Setting.CITY, 1),
    ],
)
def test_settings_have_neighbours(one: str, other: str, distance: float):
    assert likeness(Mine(setting=one), school(setting=other)).distance == distance


def test_what_is_not_stated_is_left_out_of_the_mean():
    one = likeness(mine(), school(pupils=None))
    assert one.compared == 2
    assert one.distance == 0


def test_of_equals_the_one_compared_on_more_comes_first():
    ranking = nearest(mine(), [school("A", pupils=None), school("B")])
    assert [one.school.name for one in ranking] == ["B", "A"]


def test_a_school_with_nothing_to_compare_comes_last():
    ranking = nearest(Mine(pupils=200), [school("A", pupils=None), school("B", pupils=6000)])
    assert [one.school.name for one in ranking] == ["B", "A"]
    assert ranking[1].percent is None


def test_no_more_are_kept_than_asked_for():
    many = (school("A", pupils=pupils) for pupils in range(1, 10_000))
    assert [one.school.pupils for one in nearest(Mine(pupils=200), many, most=3)] == [200, 201, 199]
