"""An undo or redo that is not certainly right is refused, changes nothing, and does not stand in the way of others."""

from typing import Any

import pytest
from django.db import connection

from findings import actions
from findings.actions import Refused
from findings.actions.base import several_work_blind
from findings.models import Code, Codebook, CodebookMember, Coding, Decision, DeskRole, QuoteNote, Step
from tests.bench import Team, make_team

pytestmark = pytest.mark.django_db

NEUTRAL = "as things now stand"


@pytest.fixture
def team() -> Team:
    return make_team(codes=3)


@pytest.fixture
def opened(team: Team) -> Team:
    """A team of two leads that sees all codings."""
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    actions.change_role(member=team.member("ann"), role=DeskRole.LEAD, by=team.coder("lead"))
    team.codebook.refresh_from_db()
    return team


def act(team: Team, who: str, verb: str, /, codebook: Codebook | None = None, **options: Any) -> Any:
    return getattr(actions, verb)(codebook=codebook or team.codebook, coder=team.coder(who), **options)


def other_of(team: Team, *, is_open: bool = True) -> Codebook:
    """Another codebook that the lead has for herself."""
    other = actions.start_codebook(user=team.users["lead"], study=team.codebook.study, name="Other")
    if is_open:
        actions.open_codings(codebook=other, coder=team.coder("lead"))
        other.refresh_from_db()
    return other


def everything() -> list[list[Any]]:
    return [list(model._base_manager.order_by("pk").values()) for model in (Code, Coding, QuoteNote, Decision, Step)]


def refused(team: Team, name: str, verb: str, match: str) -> str:
    """The step is refused, nothing changes, and no database has anything to say at the end."""
    before = everything()
    with pytest.raises(Refused, match=match) as error:
        act(team, name, verb)
    assert everything() == before
    connection.check_constraints()
    return str(error.value)


def test_undoing_a_move_opens_no_blind_codings(opened: Team):
    team, other = opened, other_of(opened, is_open=False)
    act(team, "lead", "move_to_codebook", code=team.codes[0], target=other)
    CodebookMember.objects.create(codebook=other, user=team.users["ben"], role=DeskRole.CODER)
    actions.code_passage(
        codebook=other, coder=team.coder("ben"), quote=team.quotes[0], start=0, end=5, code=team.codes[0]
    )
    refused(team, "lead", "undo", "While coders work blind")
    CodebookMember.objects.filter(codebook=other, user=team.users["ben"]).delete()
    refused(team, "lead", "undo", "While coders work blind")


def test_redoing_a_move_hides_no_codings_from_the_blind(opened: Team):
    team, other = opened, other_of(opened)
    act(team, "lead", "move_to_codebook", code=team.codes[0], target=other)
    act(team, "lead", "undo")
    CodebookMember.objects.create(codebook=other, user=team.users["ben"], role=DeskRole.CODER)
    Codebook.objects.filter(pk=other.pk).update(opened_at=None)
    refused(team, "lead", "redo", "While coders work blind")


@pytest.mark.parametrize("place", ["codebook", "other"])
def test_move_is_undone_only_by_who_leads_both_codebooks(opened: Team, place: str):
    team, other = opened, other_of(opened)
    act(team, "lead", "move_to_codebook", code=team.codes[0], target=other)
    at = team.codebook if place == "codebook" else other
    CodebookMember.objects.filter(codebook=at, user=team.users["lead"]).update(role=DeskRole.CODER)
    refused(team, "lead", "undo", "Only a lead of")


def test_move_comes_back_only_where_nothing_was_done_since(opened: Team):
    team, other = opened, other_of(opened)
    act(team, "lead", "move_to_codebook", code=team.codes[0], target=other)
    code = Code.objects.get(pk=team.codes[0].pk)
    act(team, "lead", "add_code", codebook=other, name="Child", parent=code)
    refused(team, "lead", "undo", "something was done in “Other” since")
    act(team, "lead", "undo", codebook=other)
    act(team, "lead", "undo")
    code.refresh_from_db()
    assert code.codebook == team.codebook


def test_move_with_codes_put_below_or_decisions_made_is_not_undone(opened: Team):
    team, other = opened, other_of(opened)
    act(team, "lead", "move_to_codebook", code=team.codes[0], target=other)
    code = Code.objects.get(pk=team.codes[0].pk)
    child = Code.objects.create(codebook=other, slug="child", name="Child", parent=code)
    refused(team, "lead", "undo", "a code was put below it")
    child.delete()
    coding = act(team, "lead", "code_passage", codebook=other, quote=team.quotes[0], start=0, end=5, code=code)
    Decision.objects.create(
        quote=coding.quote,
        code=code,
        start=0,
        end=5,
        verdict="reject",
        decided_by=coding.coder,
        decided_at=coding.coded_at,
    )
    Step.objects.filter(codebook=other).delete()
    refused(team, "lead", "undo", "There are decisions on its codings")


def test_move_is_not_undone_once_the_other_codebook_is_gone(opened: Team):
    team, other = opened, other_of(opened)
    act(team, "lead", "move_to_codebook", code=team.codes[2], target=other)
    Codebook.objects.filter(pk=other.pk).delete()
    refused(team, "lead", "undo", "can no longer be undone")


@pytest.mark.parametrize("how", ["demoted", "removed"])
def test_codebook_stays_blind_when_its_coders_are_made_readers_or_leave(team: Team, how: str):
    team.code("ben")
    for name in ("ann", "ben"):
        if how == "demoted":
            actions.change_role(member=team.member(name), role=DeskRole.VIEWER, by=team.coder("lead"))
        else:
            actions.remove_member(member=team.member(name), by=team.coder("lead"))
    assert several_work_blind(team.codebook)
    with pytest.raises(Refused, match="While coders work blind"):
        act(team, "lead", "move_to_codebook", code=team.codes[0], target=other_of(team))
    for code in team.codes:
        with pytest.raises(Refused, match="while coders work blind"):
            act(team, "lead", "delete_code", code=code)
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    team.codebook.refresh_from_db()
    assert not several_work_blind(team.codebook)


@pytest.mark.parametrize("trace", ["coding", "note", "step"])
def test_whatever_a_former_coder_left_keeps_a_codebook_blind(team: Team, trace: str):
    if trace == "note":
        act(team, "ben", "write_note", quote=team.quotes[0], is_key=True)
    else:
        coding = team.code("ben")
        if trace == "step":
            act(team, "ben", "uncode", coding=coding)
    if trace != "step":
        Step.objects.filter(coder=team.coder("ben")).delete()
    for name in ("ann", "ben"):
        actions.remove_member(member=team.member(name), by=team.coder("lead"))
    assert several_work_blind(team.codebook)


def test_codebook_of_one_is_not_blind(team: Team):
    for name in ("ann", "ben"):
        actions.remove_member(member=team.member(name), by=team.coder("lead"))
    assert not several_work_blind(team.codebook)


def test_refusals_while_blind_all_say_the_same(team: Team):
    """A colleague removed a coding; or the lead's own code is elsewhere: the sentence does not differ."""
    coding = team.code("ben")
    act(team, "lead", "merge_codes", code=team.codes[0], survivor=team.codes[1])
    coding.refresh_from_db()
    act(team, "ben", "uncode", coding=coding)
    first = refused(team, "lead", "undo", NEUTRAL)
    Step.objects.filter(coder=team.coder("ben")).delete()
    Code.objects.filter(pk=team.codes[0].pk).update(retired_at=None, merged_into=None)
    assert refused(team, "lead", "undo", NEUTRAL) == first


def test_step_left_as_it_is_lets_the_one_before_be_undone(team: Team):
    coding = team.code("ben")
    act(team, "lead", "add_code", name="Early")
    act(team, "lead", "merge_codes", code=team.codes[0], survivor=team.codes[1])
    coding.refresh_from_db()
    act(team, "ben", "uncode", coding=coding)
    refused(team, "lead", "undo", NEUTRAL)
    act(team, "lead", "leave_as_it_is")
    assert act(team, "lead", "undo").words == "Code “Early” added"


def test_undo_makes_no_circle(opened: Team):
    team, (first, second, _) = opened, opened.codes
    act(team, "lead", "move_code", code=first, parent=second)
    act(team, "lead", "move_code", code=first, parent=None)
    act(team, "ann", "move_code", code=second, parent=first)
    refused(team, "lead", "undo", "would stand below itself")


def test_undo_puts_no_code_below_a_retired_one(opened: Team):
    team, (first, second, _) = opened, opened.codes
    act(team, "lead", "move_code", code=first, parent=second)
    act(team, "lead", "move_code", code=first, parent=None)
    act(team, "ann", "retire_code", code=second)
    refused(team, "lead", "undo", "which is retired")


def test_undo_retires_no_code_with_codes_below_it(opened: Team):
    team, code = opened, opened.codes[0]
    act(team, "lead", "retire_code", code=code)
    act(team, "lead", "unretire_code", code=code)
    code.refresh_from_db()
    act(team, "ann", "add_code", name="Child", parent=code)
    refused(team, "lead", "undo", "which is retired")


def test_undo_gives_no_two_codes_of_one_name_side_by_side(opened: Team):
    team, code = opened, opened.codes[0]
    act(team, "lead", "retire_code", code=code)
    act(team, "ann", "add_code", name=code.name.upper())
    refused(team, "lead", "undo", "there is another code")


@pytest.mark.parametrize("verb", ["code", "uncode", "memo", "edit"])
def test_undo_changes_nothing_in_another_codebook(opened: Team, verb: str):
    """What was moved away belongs to others now, whether they published it or work on it."""
    team, code = opened, opened.codes[0]
    other = other_of(team)
    coding = team.code("ann", memo="First.")
    if verb == "uncode":
        act(team, "ann", "uncode", coding=coding)
    elif verb == "memo":
        act(team, "ann", "write_memo", coding=coding, memo="Second.")
    elif verb == "edit":
        act(team, "ann", "edit_code", code=code, name="By Ann")
    act(team, "lead", "move_to_codebook", code=code, target=other)
    refused(team, "ann", "undo", "now belongs to another codebook")


def test_undo_is_refused_where_the_code_of_a_coding_is_gone(opened: Team):
    team = opened
    act(team, "ann", "uncode", coding=team.code("ann"))
    act(team, "lead", "delete_code", code=team.codes[0])
    refused(team, "ann", "undo", "what it belongs to is no longer there")


def test_undo_is_refused_where_the_place_of_a_code_is_gone(opened: Team):
    team, (first, second, _) = opened, opened.codes
    act(team, "lead", "move_code", code=first, parent=second)
    act(team, "lead", "move_code", code=first, parent=None)
    act(team, "ann", "delete_code", code=second)
    refused(team, "lead", "undo", "what it belongs to is no longer there")


def test_redo_is_refused_where_the_quote_is_gone(opened: Team):
    team = opened
    act(team, "ann", "write_note", quote=team.quotes[0], is_key=True)
    act(team, "ann", "undo")
    team.quotes[0].delete()
    refused(team, "ann", "redo", "what it belongs to is no longer there")
    act(team, "ann", "write_note", quote=team.quotes[1], is_key=True)
    act(team, "ann", "undo")
    assert act(team, "ann", "redo").words.startswith("Marked as a key quote")


def test_redoing_a_merge_takes_decisions_made_meanwhile_along(opened: Team):
    team = opened
    act(team, "lead", "merge_codes", code=team.codes[0], survivor=team.codes[1])
    act(team, "lead", "undo")
    team.code("ann")
    options: dict[str, Any] = {"quote": team.quotes[0], "start": 0, "end": 5, "verdict": "accept", "reason": "Clear."}
    act(team, "ann", "decide", code=team.codes[0], **options)
    act(team, "lead", "redo")
    decision = Decision.objects.select_related("coding").get()
    assert (decision.code_id, decision.coding.code_id) == (team.codes[1].pk, team.codes[1].pk)


def test_opposite_moves_lock_the_codebooks_in_one_order(opened: Team, monkeypatch: pytest.MonkeyPatch):
    """Whoever moves the other way, or undoes, waits for the first, and neither blocks the other for good."""
    team, other = opened, other_of(opened)
    there = act(team, "lead", "add_code", codebook=other, name="There")
    locked: list[int] = []
    hold = actions.base.hold

    def noted(codebook: Codebook) -> Codebook:
        locked.append(codebook.pk)
        return hold(codebook)

    monkeypatch.setattr(actions.base, "hold", noted)
    act(team, "lead", "move_to_codebook", codebook=other, code=there, target=team.codebook)
    act(team, "lead", "undo", codebook=other)
    act(team, "lead", "move_to_codebook", code=team.codes[0], target=other)
    act(team, "lead", "undo")
    assert locked == [team.codebook.pk, other.pk] * 4
