"""Undo and redo, per coder, however long ago: a step is taken back only where everything is as the step left it.

Where `verbs` are given, only steps of these count, and a published codebook takes them, too: it must name none that
change the codebook or its codings.
"""

from collections.abc import Set
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError, QuerySet
from django.utils import timezone

from findings.actions.analysis import ANALYSIS, check_room_for_queries
from findings.actions.base import (
    Changes,
    Refused,
    batches,
    encode,
    hold,
    hold_both,
    revised,
    several_work_blind,
    work_of,
)
from findings.actions.bringing import Wanted, bring, rows_of
from findings.actions.codebooks import rename_agreed
from findings.actions.fitting import check_codes, check_home, check_targets
from findings.actions.wholes import absorb, absorb_decisions, check_move, leads
from findings.models import Code, Codebook, Coder, Coding, SavedQuery, Step
from schools.models import Quote

NO_LONGER = "“{}” can no longer be {}: {} Nothing was changed."
BLIND = "“{}” cannot be {} as things now stand. Nothing was changed."
GO_ON = " Leave it as it is, under “History”, and go on with the one before it."
PASS_OVER = " Leave it undone, under “History”, and go on with the one after it."
MOVE = "move-away"


@transaction.atomic
def undo(*, codebook: Codebook, coder: Coder, verbs: Set[str] | None = None) -> Step:
    """Take back the coder's last step. Raises Refused where there is none, or where others built on it since."""
    held, aim, step = _held_step(codebook, coder, verbs, undone=False)
    if step is None:
        raise Refused("There is nothing to undo.")
    _apply(held, aim, step, list(reversed(step.after)), list(reversed(step.before)), "undone")
    step.state, step.undone_at = Step.State.UNDONE, timezone.now()
    _note_turn(held, step, "undone")
    step.save(update_fields=["state", "undone_at", "turns"])
    return step


@transaction.atomic
def redo(*, codebook: Codebook, coder: Coder, verbs: Set[str] | None = None) -> Step:
    """Do again what the coder undid last. Raises Refused where there is nothing, or where it no longer fits."""
    held, aim, step = _held_step(codebook, coder, verbs, undone=True)
    if step is None:
        raise Refused("There is nothing to redo.")
    _apply(held, aim, step, step.before, step.after, "redone")
    more = ["before", "after"] if _absorb_newcomers(step) else []
    step.state, step.undone_at = Step.State.DONE, None
    _note_turn(held, step, "redone")
    step.save(update_fields=["state", "undone_at", "turns", *more])
    return step


def _note_turn(held: Codebook, step: Step, what: str) -> None:
    step.turns = [*step.turns, [what, timezone.now().isoformat(), held.stamp]]


def next_steps(codebook: Codebook, coder: Coder, verbs: Set[str] | None, *, undone: bool) -> QuerySet[Step]:
    """The steps to undo, the newest first, or to redo, the oldest first."""
    state = Step.State.UNDONE if undone else Step.State.DONE
    steps = Step.objects.filter(codebook=codebook, coder=coder, state=state)
    steps = steps if verbs is None else steps.filter(verb__in=verbs)
    return steps.order_by("pk" if undone else "-pk")


def _held_step(
    codebook: Codebook, coder: Coder, verbs: Set[str] | None, *, undone: bool
) -> tuple[Codebook, Codebook | None, Step | None]:
    """The codebook, locked; the other one, locked, where the step moved codes there; and the step."""
    step = next_steps(codebook, coder, verbs, undone=undone).first()
    other = _other_codebook(step) if step is not None and step.verb == MOVE else None
    held, aim = (_hold(codebook, verbs), None) if other is None else hold_both(codebook, other)
    again = next_steps(held, coder, verbs, undone=undone).first()
    if again != step:
        raise Refused("Something else was done at the same moment. Nothing was changed. Try again.")
    return held, aim, again


def _hold(codebook: Codebook, verbs: Set[str] | None) -> Codebook:
    return hold(codebook, also_published=verbs is not None and verbs <= ANALYSIS)


def _other_codebook(step: Step) -> Codebook | None:
    """Where a step moved codes. None where that codebook is gone."""
    keys = {state["codebook_id"] for _, _, state in step.after if state and "codebook_id" in state}
    return Codebook.objects.filter(pk__in=keys).exclude(pk=step.codebook_id).first()


def _absorb_newcomers(step: Step) -> bool:
    """Codings made while a merge was undone go over with the others when it is done again. Whether there were any."""
    begun = len(step.before)
    merged = [(pk, state["merged_into_id"]) for _, pk, state in step.after if state and state.get("merged_into_id")]
    for pk, into in merged if step.verb == "merge-codes" else []:
        changes = Changes()
        code, survivor = Code.objects.get(pk=pk), Code.objects.get(pk=into)
        absorb_decisions(code, survivor, changes)
        absorb(code, survivor, changes)
        step.before, step.after = step.before + changes.before, step.after + changes.after
    return len(step.before) > begun


@transaction.atomic
def leave_as_it_is(*, codebook: Codebook, coder: Coder, undone: bool = False, verbs: Set[str] | None = None) -> Step:
    """Set the coder's last step aside, which can no longer be undone, so that the one before it can.

    `undone`: the next to redo, which can no longer be redone, so that the one after it can. It stays undone.
    """
    held = _hold(codebook, verbs)
    step = next_steps(held, coder, verbs, undone=undone).first()
    if step is None:
        raise Refused("There is nothing to leave.")
    step.state = Step.State.SET_ASIDE
    _note_turn(held, step, "set aside")
    step.save(update_fields=["state", "turns"])
    return step


def _apply(held: Codebook, aim: Codebook | None, step: Step, expected: list, wanted: list, done: str) -> None:
    """Bring the rows of a step from one state to the other, all of them or, raising Refused, none."""
    try:
        with transaction.atomic():
            _bring_all(held, aim, step, expected, wanted)
    except (IntegrityError, ProtectedError, Refused) as error:
        if several_work_blind(held):  # why would tell what a colleague did
            hint = GO_ON if step.state == Step.State.DONE else PASS_OVER
            raise Refused(BLIND.format(step.words, done) + hint) from error
        why = error if isinstance(error, Refused) else "something else now stands in its place."
        raise Refused(NO_LONGER.format(step.words, done, why)) from error
    if any(kind == "code" for kind, _, _ in wanted):
        revised(held)
        if aim is not None:
            revised(aim)


def _bring_all(held: Codebook, aim: Codebook | None, step: Step, expected: list, wanted: list) -> None:
    rows = rows_of(wanted)
    homes = {held.pk} if aim is None else {held.pk, aim.pk}
    check_home(homes, rows.values())
    for kind, pk, state in expected:
        row = rows.get((kind, pk))
        if not _is(row, state):
            raise Refused(_why(row))
    if step.verb == MOVE:
        _check_move_again(held, aim, step)
    if step.verb == "describe" and not leads(held, step.coder):
        raise Refused(f"only a lead of “{held}” can name and describe it.")
    now = bring(held, rows, wanted)
    check_targets(now)
    check_home(homes, now)
    _check_codings(wanted)
    check_codes([row for row in now if isinstance(row, Code)])
    for row in now:
        if isinstance(row, Codebook):
            rename_agreed(row)
        elif isinstance(row, SavedQuery):
            check_room_for_queries(row.codebook, row.owner, 0)


def _check_move_again(held: Codebook, aim: Codebook | None, step: Step) -> None:
    """A move to another codebook is undone and redone only where the move itself would be allowed now."""
    if aim is None:
        raise Refused("the other codebook is not there any more.")
    if not leads(held, step.coder):
        raise Refused(f"Only a lead of “{held}” can move codes to it.")
    family = {pk for _, pk, state in step.after if state and state.get("codebook_id") == aim.pk}
    check_move(held, aim, step.coder, family)
    since = work_of(Step.objects.filter(codebook=aim, pk__gt=step.pk)).exclude(state=Step.State.UNDONE)
    if step.state == Step.State.DONE and since.exists():
        raise Refused(f"something was done in “{aim}” since. Move the code from there instead.")


def _is(row: models.Model | None, state: dict[str, Any] | None) -> bool:
    """Whether a row is as a step left it; a step that changed some fields speaks of these alone."""
    if isinstance(row, Code) and state is None:
        return _is_put_aside(row)
    if row is None or state is None:
        return row is None and state is None
    return all(encode(getattr(row, name)) == _as_stored(row, name, value) for name, value in state.items())


def _as_stored(row: models.Model, name: str, value: Any) -> Any:
    """A value of a step, in the form in which `encode` gives what the database holds."""
    return encode(row._meta.get_field(name).to_python(value))


def _why(row: models.Model | None) -> str:
    """What others did since, as far as the coder may know."""
    if row is None:
        return "what it changed is no longer there."
    code = row if isinstance(row, Code) else Code.objects.filter(pk=getattr(row, "code_id", None)).first()
    if code is not None and code.merged_into_id:
        return f"“{code}” was merged into another code since."
    if isinstance(row, Coding):
        return f"its coding was moved to “{code}” since."
    return "what it changed was changed again since."


def _is_put_aside(code: Code) -> bool:
    """Whether a code counts as not there: redoing its making brings it back."""
    return code.retired_at is not None and code.merged_into_id is None


def _check_codings(wanted: Wanted) -> None:
    """What came back must fit: codings of codes in use, within their quotes."""
    there = [state for kind, _, state in wanted if kind == "coding" and state is not None]
    codes = Code.objects.in_bulk({state["code_id"] for state in there if "code_id" in state})
    for code in codes.values():
        if code.retired_at is not None:
            raise Refused(_why(code) if code.merged_into_id else f"“{code}” was retired since.")
    ends: dict[int, int] = {}
    for state in there:
        if "quote_id" in state:
            ends[state["quote_id"]] = max(ends.get(state["quote_id"], 0), state["end"])
    for keys in batches(list(ends)):
        for pk, text in Quote.objects.filter(pk__in=keys).order_by().values_list("pk", "text"):
            if ends[pk] > len(text):
                raise Refused("the quote’s text was changed since.")
