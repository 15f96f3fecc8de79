"""What coders and leads do: whole or not at all, undone and redone, and refused with a reason."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from findings import actions
from findings.actions import Refused
from findings.actions.codebooks import NewCode
from findings.models import MEMO_LIMIT, Code, Codebook, CodebookMember, Coding, Decision, Invitation, QuoteNote, Step
from tests.bench import Team, make_team
from tests.factories import make_quote, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return make_team()


def everything(team: Team) -> list:
    """All that undo must bring back, without what cannot come back: dates of change."""
    codes = Code.objects.filter(codebook=team.codebook).order_by("pk")
    names = ("pk", "name", "parent", "position", "retired_at", "merged_into", "definition", "colour", "number_key")
    return [
        list(codes.values_list(*names)),
        list(Coding.objects.filter(code__codebook=team.codebook).order_by("pk").values()),
        list(QuoteNote.objects.filter(codebook=team.codebook).order_by("pk").values()),
        list(Decision.objects.filter(code__codebook=team.codebook).order_by("pk").values()),
    ]


def act(team: Team, verb: str, **options: Any) -> Any:
    return getattr(actions, verb)(codebook=team.codebook, coder=team.coder("lead"), **options)


# Every action that makes a step, by name: what is done.
STEPS: dict[str, Callable[[Team], object]] = {
    "code": lambda team: team.code("lead", 1, 3, 9, code=1),
    "code in vivo": lambda team: act(team, "code_passage", quote=team.quotes[0], start=0, end=2, new_name="Boards"),
    "uncode": lambda team: act(team, "uncode", coding=of_lead(team)),
    "memo": lambda team: act(team, "write_memo", coding=of_lead(team), memo="Because."),
    "merge passages": lambda team: act(team, "merge_overlapping", coding=of_lead(team)),
    "note": lambda team: act(team, "write_note", quote=team.quotes[0], memo="Look.", is_key=True, is_done=True),
    "add code": lambda team: act(team, "add_code", name="Third", parent=team.codes[0]),
    "edit code": lambda team: act(team, "edit_code", code=team.codes[0], name="Renamed", definition="New.", colour=8),
    "move code": lambda team: act(team, "move_code", code=team.codes[0], parent=team.codes[1]),
    "shift code": lambda team: act(team, "shift_code", code=team.codes[0], up=False),
    "retire code": lambda team: act(team, "retire_code", code=team.codes[0]),
    "merge codes": lambda team: act(team, "merge_codes", code=team.codes[0], survivor=team.codes[1]),
    "split off": lambda team: act(team, "split_off", code=team.codes[0], name="Part", codings=[of_lead(team)]),
    "import": lambda team: act(team, "import_codes", rows=[NewCode(("Idea 1", "Deeper", "Deepest"), "It is.")]),
}


def of_lead(team: Team) -> Coding:
    return Coding.objects.select_related("quote", "code").get(
        coder=team.coder("lead"), quote=team.quotes[0], start=0, code=team.codes[0]
    )


@pytest.mark.parametrize("name", STEPS)
def test_step_is_undone_and_redone(team: Team, name: str):
    team.code("lead", 0, 0, 5, memo="First.")
    team.code("lead", 0, 3, 9, memo="Second.")
    team.code("lead", 0, 0, 5, code=1, memo="Third.")
    team.code("ann", 0, 0, 5)
    Codebook.objects.filter(pk=team.codebook.pk).update(opened_at=timezone.now())
    before = everything(team)
    STEPS[name](team)
    after = everything(team)
    assert before != after
    for _ in range(2):
        assert act(team, "undo").state == Step.State.UNDONE
        assert everything(team) == before
        assert act(team, "redo").state == Step.State.DONE
        assert everything(team) == after


def test_new_step_ends_what_could_be_redone(team: Team):
    team.code("ann")
    actions.undo(codebook=team.codebook, coder=team.coder("ann"))
    team.code("ann", 1)
    with pytest.raises(Refused, match="nothing to redo"):
        actions.redo(codebook=team.codebook, coder=team.coder("ann"))
    assert Coding.objects.filter(coder=team.coder("ann")).count() == 1


def test_undo_is_of_the_own_steps_alone(team: Team):
    team.code("ann")
    with pytest.raises(Refused, match="nothing to undo"):
        actions.undo(codebook=team.codebook, coder=team.coder("ben"))


def test_undo_of_what_others_built_on_says_why_and_does_nothing(team: Team):
    team.code("ann")
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    act(team, "merge_codes", code=team.codes[0], survivor=team.codes[1])
    state = everything(team)
    with pytest.raises(Refused, match="its coding was moved to “Idea 2” since"):
        actions.undo(codebook=team.codebook, coder=team.coder("ann"))
    assert everything(team) == state
    actions.leave_as_it_is(codebook=team.codebook, coder=team.coder("ann"))
    with pytest.raises(Refused, match="nothing to undo"):
        actions.undo(codebook=team.codebook, coder=team.coder("ann"))


def test_coding_does_not_come_back_to_a_retired_code(team: Team):
    coding = team.code("ann")
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    actions.uncode(codebook=team.codebook, coder=team.coder("ann"), coding=coding)
    act(team, "retire_code", code=team.codes[0])
    with pytest.raises(Refused, match="“Idea 1” was retired since"):
        actions.undo(codebook=team.codebook, coder=team.coder("ann"))
    assert not Coding.objects.filter(coder=team.coder("ann")).exists()


def test_codings_made_while_a_merge_was_undone_go_over_when_it_is_redone(team: Team):
    team.code("ann")
    act(team, "merge_codes", code=team.codes[0], survivor=team.codes[1])
    act(team, "undo")
    team.code("ben", 1)
    act(team, "redo")
    assert set(Coding.objects.filter(code__codebook=team.codebook).values_list("code", flat=True)) == {team.codes[1].pk}
    act(team, "undo")
    assert set(Coding.objects.filter(code__codebook=team.codebook).values_list("code", flat=True)) == {team.codes[0].pk}


def test_undoing_a_code_tells_a_blind_coder_nothing_of_others(team: Team):
    ann = team.coder("ann")
    actions.code_passage(codebook=team.codebook, coder=ann, quote=team.quotes[0], start=0, end=2, new_name="Vivo")
    vivo = Code.objects.get(codebook=team.codebook, name="Vivo")
    team.codes.append(vivo)
    team.code("ben", 1, code=2)
    actions.undo(codebook=team.codebook, coder=ann)
    vivo.refresh_from_db()
    assert vivo.retired_at is not None
    assert Coding.objects.filter(code=vivo).count() == 1
    actions.redo(codebook=team.codebook, coder=ann)
    vivo.refresh_from_db()
    assert vivo.retired_at is None
    assert Coding.objects.filter(code=vivo).count() == 2


def test_merge_joins_codings_of_one_passage_and_keeps_both_memos(team: Team):
    team.code("ann", memo="One.")
    team.code("ann", code=1, memo="Two.")
    team.code("ben")
    act(team, "merge_codes", code=team.codes[0], survivor=team.codes[1])
    assert Coding.objects.get(coder=team.coder("ann")).memo == "Two.\n\nOne."
    assert Coding.objects.get(coder=team.coder("ben")).code == team.codes[1]
    merged = Code.objects.get(pk=team.codes[0].pk)
    assert (merged.merged_into, merged.retired_at is None) == (team.codes[1], False)


def far(team: Team) -> Code:
    return make_team().codes[0]


REFUSED: dict[str, tuple[str, Callable[[Team], object]]] = {
    "passage beyond the quote": ("no passage from 0 to 99", lambda team: team.code("ann", end=99)),
    "passage backwards": ("no passage from 5 to 2", lambda team: team.code("ann", start=5, end=2)),
    "passage before the quote": ("no passage from -1", lambda team: team.code("ann", start=-1, end=2)),
    "quote of another study": (
        "another study",
        lambda team: act(team, "code_passage", quote=make_quote(), start=0, end=1, code=team.codes[0]),
    ),
    "code of another codebook": (
        "another codebook",
        lambda team: act(team, "code_passage", quote=team.quotes[0], start=0, end=1, code=far(team)),
    ),
    "retired code": ("retired", lambda team: (act(team, "retire_code", code=team.codes[0]), team.code("ann"))),
    "long memo": (
        "Shorten your memo to 20,000 characters: it has 100,000",
        lambda team: team.code("ann", memo="x" * 100_000),
    ),
    "merge into itself": (
        "into itself",
        lambda team: act(team, "merge_codes", code=team.codes[0], survivor=team.codes[0]),
    ),
    "merge into another codebook": (
        "another codebook",
        lambda team: act(team, "merge_codes", code=team.codes[0], survivor=far(team)),
    ),
    "merge into a child": (
        "stands below",
        lambda team: (
            act(team, "move_code", code=team.codes[1], parent=team.codes[0]),
            act(team, "merge_codes", code=team.codes[0], survivor=team.codes[1]),
        ),
    ),
    "circle": (
        "cannot stand below itself",
        lambda team: (
            act(team, "move_code", code=team.codes[1], parent=team.codes[0]),
            act(team, "move_code", code=team.codes[0], parent=team.codes[1]),
        ),
    ),
    "below itself": (
        "cannot stand below itself",
        lambda team: act(team, "move_code", code=team.codes[0], parent=team.codes[0]),
    ),
    "parent elsewhere": (
        "another codebook",
        lambda team: act(team, "move_code", code=team.codes[0], parent=far(team)),
    ),
    "name taken": ("There is a code “idea 2” here", lambda team: act(team, "add_code", name=" idea  2 ")),
    "no name": ("Give the code a name", lambda team: act(team, "add_code", name="  ")),
    "key taken": ("belongs to “Idea 1”", lambda team: act(team, "add_code", name="X", number_key=1)),
    "long definition": (
        "Shorten “definition” to 5,000",
        lambda team: act(team, "add_code", name="X", definition="x" * 100_000),
    ),
    "split without codings": (
        "Choose which codings",
        lambda team: act(team, "split_off", code=team.codes[0], name="Part", codings=[]),
    ),
    "delete while blind": ("while coders work blind", lambda team: act(team, "delete_code", code=team.codes[0])),
    "decide while blind": (
        "not opened yet",
        lambda team: act(
            team, "decide", quote=team.quotes[0], code=team.codes[0], start=0, end=5, verdict="accept", reason=""
        ),
    ),
    "somebody else's coding": (
        "somebody else’s",
        lambda team: act(team, "uncode", coding=team.code("ann")),
    ),
    "publish without definition": (
        "Give every code a definition first. Without one: Bare.",
        lambda team: (
            act(team, "add_code", name="Bare"),
            actions.publish(
                codebook=team.codebook, coder=team.coder("lead"), version="1.0", authors="A", shows_agreed=False
            ),
        ),
    ),
    "publish what is not agreed": (
        "There is no agreed set",
        lambda team: actions.publish(
            codebook=team.codebook, coder=team.coder("lead"), version="1.0", authors="A", shows_agreed=True
        ),
    ),
    "copy of a private codebook": (
        "Only a published codebook",
        lambda team: actions.copy_codebook(user=team.users["stranger"], source=team.codebook, name="Mine"),
    ),
    "move to a codebook while blind": (
        "While coders work blind",
        lambda team: act(
            team,
            "move_to_codebook",
            code=team.codes[0],
            target=actions.start_codebook(user=team.users["lead"], study=team.codebook.study, name="Other"),
        ),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_reason_and_nothing_half_done(team: Team, name: str):
    words, attempt = REFUSED[name]
    with pytest.raises(Refused, match=words):
        attempt(team)
    assert not Coding.objects.filter(coder=team.coder("ann"), memo__startswith="x").exists()
    assert Code.objects.filter(codebook=team.codebook, retired_at=None, parent=None).count() >= 1


def test_same_coding_twice_is_one_coding_and_one_step(team: Team):
    assert team.code("ann") == team.code("ann")
    assert Coding.objects.filter(coder=team.coder("ann")).count() == 1
    assert Step.objects.filter(coder=team.coder("ann")).count() == 1


def test_memo_of_the_longest_length_is_kept(team: Team):
    assert len(team.code("ann", memo="ä" * MEMO_LIMIT).memo) == MEMO_LIMIT


def test_coding_says_with_which_codes_it_was_made(team: Team):
    first = team.code("ann")
    act(team, "edit_code", code=team.codes[0], name="Renamed")
    second = team.code("ann", 1)
    assert first.codebook_version != second.codebook_version
    assert second.codebook_version == f"1.0, revision {team.codebook.revision + 1}"


def test_published_codebook_takes_no_change(team: Team):
    team.code("ann")
    actions.publish(
        codebook=team.codebook, coder=team.coder("lead"), version="1.0", authors="A. Lead", shows_agreed=False
    )
    for verb in (lambda: team.code("ann", 1), lambda: act(team, "add_code", name="X"), lambda: act(team, "undo")):
        with pytest.raises(Refused, match="is published"):
            verb()


def test_decision_changes_the_agreed_set_and_can_be_undone(team: Team):
    team.code("ann")
    team.code("ben", end=8)
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    about = {"quote": team.quotes[0], "code": team.codes[0], "start": 0}
    agreed = Coding.objects.filter(coder__agreed_for=team.codebook).values_list("start", "end")
    act(team, "decide", **about, end=5, verdict="adjust", reason="Wider.", to=(0, 8))
    act(team, "decide", **about, end=8, verdict="accept", reason="Yes.")
    assert list(agreed.all()) == [(0, 8)]
    act(team, "decide", **about, end=8, verdict="reject", reason="No.")
    assert list(agreed.all()) == [(0, 8)]
    act(team, "decide", **about, end=5, verdict="reject", reason="No.")
    assert list(agreed.all()) == []
    assert Decision.objects.filter(verdict="reject").count() == 2
    for _ in range(4):
        act(team, "undo")
    assert not Decision.objects.exists()
    for _ in range(2):
        act(team, "redo")
    assert list(agreed.all()) == [(0, 8)]


def test_unanimous_passages_are_accepted_in_one_step(team: Team):
    for name in ("ann", "ben"):
        team.code(name)
        team.code(name, 1)
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    passages = [(team.quotes[place], team.codes[0], 0, 5) for place in (0, 1)]
    assert act(team, "accept_unanimous", passages=passages, reason="All agree.") == 2
    act(team, "undo")
    assert not Decision.objects.exists()


def test_code_moves_to_another_codebook_with_its_codings(team: Team):
    team.code("ann")
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    other = actions.start_codebook(user=team.users["lead"], study=team.codebook.study, name="Other")
    actions.open_codings(codebook=other, coder=team.coder("lead"))
    act(team, "move_to_codebook", code=team.codes[0], target=other)
    assert Coding.objects.get(coder=team.coder("ann")).code.codebook == other
    act(team, "undo")
    assert Coding.objects.get(coder=team.coder("ann")).code.codebook == team.codebook


def test_codebook_keeps_a_lead(team: Team):
    lead = team.member("lead")
    for attempt in (
        lambda: actions.remove_member(member=lead, by=team.coder("lead")),
        lambda: actions.change_role(member=lead, role="viewer", by=team.coder("lead")),
    ):
        with pytest.raises(actions.LastLeadError):
            attempt()
    actions.change_role(member=team.member("ann"), role="lead", by=team.coder("lead"))
    actions.remove_member(member=lead, by=team.coder("lead"))
    assert CodebookMember.objects.get(codebook=team.codebook, role="lead").user == team.users["ann"]


def test_account_that_ends_hands_its_codebooks_over(team: Team):
    alone = actions.start_codebook(user=team.users["lead"], study=team.codebook.study, name="Alone")
    assert actions.hand_over(user=team.users["lead"]) == [alone]
    coder = team.coder("lead")
    team.users["lead"].delete()
    assert CodebookMember.objects.get(codebook=team.codebook, role="lead").user == team.users["ann"]
    coder.refresh_from_db()
    assert (coder.user, coder.is_person) == (None, True)


def test_invitation_works_once_and_not_after_its_time(team: Team):
    _, secret = actions.invite(codebook=team.codebook, coder=team.coder("lead"), role="coder", note="Dee")
    assert secret not in str(list(Invitation.objects.values()))
    actions.join(secret=secret, user=team.users["ann"])  # a member already: the link stays good
    actions.join(secret=secret, user=team.users["stranger"])
    assert team.member("stranger").role == "coder"
    with pytest.raises(Refused, match="does not work any more"):
        actions.join(secret=secret, user=make_user())
    late, secret = actions.invite(codebook=team.codebook, coder=team.coder("lead"), role="coder", note="")
    actions.withdraw(invitation=late, coder=team.coder("lead"))
    with pytest.raises(Refused, match="does not work any more"):
        actions.join(secret=secret, user=make_user())
