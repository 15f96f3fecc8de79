"""What is done to a code with its codings: merge, split off, move to another codebook."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from findings.actions.base import Changes, Refused, code_at, hold, hold_both, record, revised, several_work_blind
from findings.actions.codes import free_slug, last_place, new_code
from findings.actions.fitting import check_levels, check_room
from findings.models import Code, Codebook, CodebookMember, Coder, Coding, Decision, DeskRole
from findings.tree import family_of


def absorb(code: Code, survivor: Code, changes: Changes) -> int:
    """Let a code's codings go over to another; of two on one passage by one coder one stays, with both memos.

    Returns how many went over or were joined.
    """
    moving = list(Coding.objects.select_for_update().filter(code=code).order_by("pk"))
    there = {_passage(one): one for one in Coding.objects.select_for_update().filter(code=survivor)}
    for one in moving:
        twin = there.get(_passage(one))
        if twin is not None:
            memo = "\n\n".join(dict.fromkeys(text for text in (twin.memo, one.memo) if text))
            changes.update(twin, memo=memo)
            _redirect_decisions(one, twin, changes)
            changes.delete(one)
    changes.update_all([one for one in moving if _passage(one) not in there], Coding, code=survivor)
    return len(moving)


def _passage(coding: Coding) -> tuple[int, int, int, int]:
    return coding.quote_id, coding.coder_id, coding.start, coding.end


def _redirect_decisions(old: Coding, new: Coding, changes: Changes) -> None:
    for decision in Decision.objects.filter(coding=old):
        changes.update(decision, coding=new)


def absorb_decisions(code: Code, survivor: Code, changes: Changes) -> None:
    """Decisions go over, too; where both codes have one on a passage, the survivor's stands."""
    there = set(Decision.objects.filter(code=survivor).values_list("quote", "start", "end"))
    going = []
    for one in Decision.objects.filter(code=code):
        if (one.quote_id, one.start, one.end) in there:
            changes.delete(one)
        else:
            going.append(one)
    changes.update_all(going, Decision, code=survivor)


@transaction.atomic
def merge_codes(*, codebook: Codebook, coder: Coder, code: Code, survivor: Code) -> None:
    """Let a code's codings, and the codes below it, go over to another; the merged code is retired and points there."""
    held = hold(codebook)
    code, survivor = code_at(held, code), code_at(held, survivor)
    _check_merge(code, survivor)
    changes = Changes()
    absorb_decisions(code, survivor, changes)
    absorb(code, survivor, changes)
    below = list(Code.objects.filter(parent=code))
    changes.update_all(below, Code, parent=survivor)
    check_levels(held, [one.pk for one in below])
    changes.update(code, retired_at=timezone.now(), number_key=None, merged_into=survivor)
    revised(held)
    words = f"Code “{code}” merged into “{survivor}”"
    record(codebook=held, coder=coder, verb="merge-codes", words=words, changes=changes)


def _check_merge(code: Code, survivor: Code) -> None:
    if code.pk == survivor.pk:
        raise Refused(f"“{code}” cannot be merged into itself. Choose another code.")
    for one in (code, survivor):
        if one.retired_at is not None:
            raise Refused(f"“{one}” is retired. Choose a code in use.")
    if survivor.pk in family_of(code):
        raise Refused(f"“{survivor}” stands below “{code}”. Move it out first, or merge the other way round.")


@transaction.atomic
def split_off(*, codebook: Codebook, coder: Coder, code: Code, name: str, codings: Iterable[Coding]) -> Code:
    """A new code beside another, with some of its codings. Raises Refused for codings that are not of that code."""
    held = hold(codebook)
    code = code_at(held, code, "parent")
    moving = list(Coding.objects.filter(pk__in=[one.pk for one in codings], code=code).order_by("pk"))
    if not moving:
        raise Refused(f"Choose which codings of “{code}” go to the new code.")
    changes = Changes()
    part = new_code(held, changes, name=name, parent=code.parent, colour=code.colour, definition=code.definition)
    changes.update_all(moving, Coding, code=part)
    count = f"{len(moving)} coding{'' if len(moving) == 1 else 's'}"
    words = f"Code “{part}” split off from “{code}” with {count}"
    record(codebook=held, coder=coder, verb="split-off", words=words, changes=changes)
    return part


@transaction.atomic
def move_to_codebook(*, codebook: Codebook, coder: Coder, code: Code, target: Codebook) -> None:
    """Move a code, all codes below it, and all their codings to another codebook of the same study that one leads.

    Refused while several coders work blind, for what is moved would be seen there.
    """
    held, aim = hold_both(codebook, target)
    if aim.pk == held.pk:
        raise Refused("The code is of this codebook already.")
    code = code_at(held, code)
    family = list(Code.objects.filter(pk__in=family_of(code)).order_by("pk"))
    keys = {one.pk for one in family}
    check_move(held, aim, coder, keys)
    changes = Changes()
    for one in family:
        values: dict[str, Any] = {"codebook": aim, "slug": free_slug(aim, one.name), "number_key": None}
        if one.pk == code.pk:
            values |= {"parent": None, "position": last_place(aim, None)}
        if one.merged_into_id not in keys:
            values["merged_into"] = None
        changes.update(one, **values)
    for one in Code.objects.filter(merged_into__in=keys).exclude(pk__in=keys):
        changes.update(one, merged_into=None)
    check_room(aim)
    revised(held)
    revised(aim)
    words = f"Code “{code}” moved to “{aim}” with its codings"
    record(codebook=held, coder=coder, verb="move-away", words=words, changes=changes)


def check_move(held: Codebook, aim: Codebook, coder: Coder, family: set[int]) -> None:
    """Whether a coder may move the codes of these keys, with all on them, from one held codebook to another, now.

    Raises Refused.
    """
    if aim.study_id != held.study_id:
        raise Refused(f"“{aim}” belongs to another study.")
    if not leads(aim, coder):
        raise Refused(f"Only a lead of “{aim}” can move codes to it.")
    if several_work_blind(held) or several_work_blind(aim):
        raise Refused("While coders work blind no code goes to another codebook. Open the codings first.")
    if Decision.objects.filter(code__in=family).exists():
        raise Refused("There are decisions on its codings, and these stay with their codebook. Merge or retire it.")


def losing_sight(code: Code, target: Codebook, coder: Coder) -> list[Coder]:
    """Colleagues with an account who would no longer see their own codings, were the code moved there with all below.

    They are no members there; or they only read there, and its codings are not opened.
    """
    places = CodebookMember.objects.filter(codebook=target)
    if target.opened_at is None:
        places = places.exclude(role=DeskRole.VIEWER)
    coded = Coding.objects.filter(code__in=family_of(code)).order_by().values("coder")
    others = Coder.objects.filter(pk__in=coded, user__isnull=False).exclude(pk=coder.pk)
    return list(others.exclude(user__in=places.values("user")).order_by("name", "pk"))


def leads(codebook: Codebook, coder: Coder) -> bool:
    """Whether a coder is a lead of a codebook now."""
    return CodebookMember.objects.filter(codebook=codebook, user=coder.user_id, role=DeskRole.LEAD).exists()
