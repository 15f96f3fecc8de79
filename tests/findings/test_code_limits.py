"""How deep a codebook's tree goes, and how many codes it has: the same, whatever way a code comes to its place."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.utils import timezone

from findings import actions
from findings.actions import MOST_LEVELS, Refused, fitting
from findings.actions.codebooks import NewCode
from findings.models import Code
from tests.bench import Team, make_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return make_team(codes=3, opened_at=timezone.now())


def chain(team: Team, top: Code, levels: int) -> list[Code]:
    """A code and so many codes below it, each below the last."""
    found = [top]
    for number in range(levels):
        lead = team.coder("lead")
        found.append(actions.add_code(codebook=team.codebook, coder=lead, name=f"{top} {number}", parent=found[-1]))
    return found


def act(team: Team, verb: str, **options: object) -> object:
    return getattr(actions, verb)(codebook=team.codebook, coder=team.coder("lead"), **options)


def add(team: Team, deep: list[Code], other: list[Code]) -> None:
    act(team, "add_code", name="Deeper", parent=deep[-1])


def move(team: Team, deep: list[Code], other: list[Code]) -> None:
    act(team, "move_code", code=other[0], parent=deep[-3])


def merge(team: Team, deep: list[Code], other: list[Code]) -> None:
    act(team, "merge_codes", code=other[0], survivor=deep[-2])


def bring_in(team: Team, deep: list[Code], other: list[Code]) -> None:
    act(team, "import_codes", rows=[NewCode((*(code.name for code in deep), "Deeper"))])


def undo(team: Team, deep: list[Code], other: list[Code]) -> None:
    ann = team.coder("ann")
    actions.move_code(codebook=team.codebook, coder=ann, code=deep[5], parent=None)
    act(team, "move_code", code=other[0], parent=Code.objects.get(pk=deep[-2].pk))
    actions.undo(codebook=team.codebook, coder=ann)


@pytest.mark.parametrize("way", [add, move, merge, bring_in, undo])
def test_no_code_comes_deeper_than_the_limit(team: Team, way: Callable[..., None]):
    deep = chain(team, team.codes[0], MOST_LEVELS - 1)
    other = chain(team, team.codes[1], 2)
    with pytest.raises(Refused, match="at most 10 levels"):
        way(team, deep, other)
    assert fitting.too_deep(dict(Code.objects.values_list("pk", "parent")), {code.pk for code in deep + other}) is None


def test_codes_on_the_deepest_level_are_taken(team: Team):
    deep = chain(team, team.codes[0], MOST_LEVELS - 2)
    act(team, "move_code", code=team.codes[1], parent=deep[-1])
    act(team, "merge_codes", code=deep[-1], survivor=deep[-2])


def test_circle_ends_the_search_for_depth():
    one, two = uuid4(), uuid4()
    assert fitting.too_deep({one: two, two: one}, {one}) is None


def test_codes_undone_or_retired_leave_their_room(team: Team, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fitting, "MOST_CODES", 5)
    rows = [NewCode(("New 1",)), NewCode(("New 2",))]
    act(team, "import_codes", rows=rows)
    with pytest.raises(Refused, match="at most 5 codes"):
        act(team, "add_code", name="Sixth")
    act(team, "undo")
    kept = act(team, "add_code", name="Fourth")
    act(team, "retire_code", code=kept)
    act(team, "add_code", name="Fourth again")
    act(team, "add_code", name="Fifth")
    with pytest.raises(Refused, match="at most 5 codes"):
        act(team, "unretire_code", code=kept)
    with pytest.raises(Refused, match="at most 5 codes"):
        act(team, "import_codes", rows=[NewCode(("Sixth",))])
