"""Undo and redo of steps that touch many rows: as few statements for many as for few, and the same trace in history."""

from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from findings import actions
from findings.actions import Refused
from findings.actions.base import Changes, hold, record
from findings.models import Code, Coding, Decision, QuoteNote
from tests.bench import Team, make_team

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def team() -> Team:
    team = make_team(codes=1, texts=["We tried boards and kept one. " * 3] * 2)
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    for name in ("ann", "ben", "viewer"):
        actions.remove_member(member=team.member(name), by=team.coder("lead"))
    return team


def bring_in(team: Team, number: int) -> list[Coding]:
    """A step of two new codes, one below the other, `number` codings to each, and a note."""
    held, changes, lead = hold(team.codebook), Changes(), team.coder("lead")
    [top] = changes.create_all([Code(codebook=held, slug=f"top-{number}", name=f"Top {number}")], Code)
    [low] = changes.create_all([Code(codebook=held, slug=f"low-{number}", name="Low", parent=top)], Code)
    rows = [
        Coding(quote=team.quotes[0], code=code, coder=lead, start=n, end=n + 3, coded_at=NOW)
        for code in (top, low)
        for n in range(number)
    ]
    made = changes.create_all(rows, Coding)
    changes.create(QuoteNote(codebook=held, quote=team.quotes[number % 2], coder=lead, memo="Read."))
    record(codebook=held, coder=lead, verb="import-file", words="Brought in", changes=changes)
    return made


def act(team: Team, verb: str, **options: Any) -> int:
    """An action of the lead's: how many statements it takes."""
    with CaptureQueriesContext(connection) as asked:
        getattr(actions, verb)(codebook=team.codebook, coder=team.coder("lead"), **options)
    return len(asked)


def rows_there() -> list[list[dict[str, Any]]]:
    return [list(model._base_manager.order_by("pk").values()) for model in (Code, Coding, QuoteNote)]


def test_undo_and_redo_ask_as_often_for_many_rows_as_for_few(team: Team):
    found = []
    for number in (2, 21):
        before = rows_there()
        made = bring_in(team, number)
        after = rows_there()
        undone = act(team, "undo")
        assert rows_there() == before
        found.append((undone, act(team, "redo")))
        assert rows_there() == after
        kept = Coding.history.filter(id__in=[one.pk for one in made]).values_list("history_type", flat=True)
        assert Counter(kept) == {"+": 4 * number, "-": 2 * number}
    assert found[0] == found[1]


def test_merge_is_undone_and_redone_with_as_many_statements_for_many_codings(team: Team):
    found = []
    for number in (2, 21):
        codes = [one.code for one in bring_in(team, number)[::number]]
        other = team.codes[0]
        before = rows_there()[1]
        act(team, "merge_codes", code=codes[1], survivor=other)
        found.append([act(team, "undo"), act(team, "redo")])
        act(team, "undo")
        assert rows_there()[1] == before
        assert Coding.history.filter(code_id=other.pk, history_type="~").count() == 2 * number
        Coding.history.all().delete()
    assert found[0] == found[1]


def test_codings_that_a_decision_stands_on_are_not_taken_back(team: Team):
    [made, *_] = bring_in(team, 2)
    said = {"quote": made.quote, "code": made.code, "start": made.start, "end": made.end, "reason": ""}
    Decision.objects.create(**said, verdict="accept", coding=made, decided_by=made.coder, decided_at=NOW)
    before = rows_there()
    with pytest.raises(Refused, match="a decision stands on it. Nothing was changed"):
        act(team, "undo")
    assert rows_there() == before


@pytest.mark.parametrize("what", ["coding", "below", "merged"])
def test_codes_that_something_stands_on_are_not_taken_back(team: Team, what: str):
    [made, *_] = bring_in(team, 2)
    said = {"codebook": team.codebook, "slug": "late", "name": "Late"}
    if what == "coding":
        Coding.objects.create(quote=team.quotes[1], code=made.code, coder=made.coder, start=0, end=3, coded_at=NOW)
    elif what == "below":
        Code.objects.create(parent=made.code, **said)
    else:
        Code.objects.create(merged_into=made.code, retired_at=NOW, **said)
    before = rows_there()
    words = {
        "coding": "there are codings to",
        "below": "there are codes below",
        "merged": "another code was merged into",
    }
    with pytest.raises(Refused, match=f"{words[what]} “Top 2”"):
        act(team, "undo")
    assert rows_there() == before
