"""What is done to the codes of a codebook: add, describe, move, retire, delete."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify

from findings.actions.base import (
    Changes,
    Refused,
    code_at,
    hold,
    quote_at,
    record,
    revised,
    several_work_blind,
    up_to_date,
)
from findings.actions.fitting import check_levels, check_room
from findings.models import DEFINITION_LIMIT, MEMO_LIMIT, Code, Codebook, Coder, Coding, Decision, FrameworkCell
from findings.tree import family_of

LONGEST_NAME = 120


def free_slug(codebook: Codebook, name: str) -> str:
    """A short name for a code that none of the codebook has."""
    stem = slugify(name)[:44] or "code"
    taken = set(Code.objects.filter(codebook=codebook, slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)


def check_name(codebook: Codebook, parent: Code | None, name: str, *, but: Code | None = None) -> str:
    """A code's name without needless blanks. Raises Refused where it is empty, too long, or taken beside it."""
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise Refused("Give the code a name.")
    if "›" in name:
        raise Refused("A code’s name has no “›” in it: that sign stands between a code and the one above it.")
    if len(name) > LONGEST_NAME:
        raise Refused(f"Shorten the code’s name to {LONGEST_NAME} characters: it has {len(name)}.")
    beside = Code.objects.filter(codebook=codebook, parent=parent, retired_at=None, name__iexact=name)
    if beside.exclude(pk=but.pk if but else None).exists():
        raise Refused(f"There is a code “{name}” here already. Choose another name.")
    return name


def check_parent(codebook: Codebook, parent: Code | None, *, code: Code | None = None) -> Code | None:
    """The parent as it now stands. Raises Refused for one of another codebook, or that is retired or makes a circle."""
    if parent is None:
        return None
    parent = code_at(codebook, parent)
    if parent.retired_at is not None:
        raise Refused(f"“{parent}” is retired. Choose another place.")
    if code is not None and parent.pk in family_of(code):
        raise Refused(f"“{code}” cannot stand below itself. Choose another place.")
    return parent


def last_place(codebook: Codebook, parent: Code | None) -> int:
    """The place after all codes of a parent."""
    places = Code.objects.filter(codebook=codebook, parent=parent)
    return (places.aggregate(last=Max("position"))["last"] or 0) + 1


def next_colour(codebook: Codebook) -> int:
    """The colour that the fewest codes in use have, so that new ones differ from those that are there."""
    used = Counter(Code.objects.filter(codebook=codebook, retired_at=None).order_by().values_list("colour", flat=True))
    return min(range(1, 9), key=lambda colour: used[colour])


def new_code(held: Codebook, changes: Changes, *, name: str, parent: Code | None = None, **fields: Any) -> Code:
    """A code at the end of its parent's, as part of a larger action."""
    parent = check_parent(held, parent)
    name = check_name(held, parent, name)
    check_room(held, more=1)
    fields.setdefault("colour", next_colour(held) if parent is None else parent.colour)
    _check_fields(held, fields)
    revised(held)
    code = Code(
        codebook=held,
        slug=free_slug(held, name),
        name=name,
        parent=parent,
        position=last_place(held, parent),
        **fields,
    )
    changes.create(code)
    check_levels(held, [code.pk])
    return code


def _check_fields(codebook: Codebook, fields: dict[str, Any], *, but: Code | None = None) -> None:
    for name in ("definition", "include", "exclude"):
        if len(fields.get(name) or "") > DEFINITION_LIMIT:
            raise Refused(f"Shorten “{name}” to {DEFINITION_LIMIT:,} characters: it has {len(fields[name]):,}.")
    if len(fields.get("memo") or "") > MEMO_LIMIT:
        raise Refused(f"Shorten your memo to {MEMO_LIMIT:,} characters: it has {len(fields['memo']):,}.")
    key = fields.get("number_key")
    holder = Code.objects.filter(codebook=codebook, number_key=key).exclude(pk=but.pk if but else None).first()
    if key is not None and holder is not None:
        raise Refused(f"The number {key} belongs to “{holder}”. Choose another, or free that one first.")
    example = fields.get("example")
    if example is not None:
        quote_at(codebook, example)


@transaction.atomic
def add_code(*, codebook: Codebook, coder: Coder, name: str, parent: Code | None = None, **fields: Any) -> Code:
    """A new code. `fields`: definition, include, exclude, example, memo, colour, number_key."""
    held = hold(codebook)
    changes = Changes()
    code = new_code(held, changes, name=name, parent=parent, **fields)
    record(codebook=held, coder=coder, verb="add-code", words=f"Code “{code}” added", changes=changes)
    return code


@transaction.atomic
def edit_code(*, codebook: Codebook, coder: Coder, code: Code, name: str, seen: str = "", **fields: Any) -> Code:
    """Rename or describe a code. `fields` as for `add_code`; `seen`: signs of what the form showed.

    Raises Overtaken where somebody else changed since what is changed here.
    """
    held = hold(codebook)
    code = code_at(held, code, "parent")
    fields = up_to_date(code, {"name": name, **fields}, seen)
    name = fields.pop("name")
    name = check_name(held, code.parent, name, but=code)
    _check_fields(held, fields, but=code)
    if fields.get("number_key") is not None and code.retired_at is not None:
        raise Refused(f"“{code}” is retired, and takes no number key.")
    words = f"Code “{code}” renamed to “{name}”" if name != code.name else f"Code “{code}” described"
    changes = Changes()
    changes.update(code, name=name, **fields)
    if record(codebook=held, coder=coder, verb="edit-code", words=words, changes=changes):
        revised(held)
    return code


@transaction.atomic
def move_code(*, codebook: Codebook, coder: Coder, code: Code, parent: Code | None) -> Code:
    """Put a code, with all below it, under another, or at the root. Never into a circle."""
    held = hold(codebook)
    code = code_at(held, code)
    parent = check_parent(held, parent, code=code)
    if code.parent_id == (parent.pk if parent else None):
        return code
    check_name(held, parent, code.name, but=code)
    changes = Changes()
    changes.update(code, parent=parent, position=last_place(held, parent))
    check_levels(held, [code.pk])
    words = f"Code “{code}” moved {f'under “{parent}”' if parent else 'to the top'}"
    revised(held)
    record(codebook=held, coder=coder, verb="move-code", words=words, changes=changes)
    return code


@transaction.atomic
def shift_code(*, codebook: Codebook, coder: Coder, code: Code, up: bool) -> None:
    """Move a code one place up or down among the codes in use beside it; at the end it stays."""
    held = hold(codebook)
    code = code_at(held, code)
    beside = Code.objects.filter(codebook=held, parent=code.parent_id, retired_at=None)
    row = list(beside.order_by("position", "pk"))
    place = next((index for index, one in enumerate(row) if one.pk == code.pk), None)
    if place is None:
        raise Refused(f"“{code}” is retired, and has no place among the codes in use.")
    other = place - 1 if up else place + 1
    if not 0 <= other < len(row):
        return
    row[place], row[other] = row[other], row[place]
    changes = Changes()
    for position, one in enumerate(row, start=1):
        changes.update(one, position=position)
    revised(held)
    words = f"Code “{code}” moved {'up' if up else 'down'}"
    record(codebook=held, coder=coder, verb="shift-code", words=words, changes=changes)


@transaction.atomic
def retire_code(*, codebook: Codebook, coder: Coder, code: Code) -> None:
    """Let a code take no new codings; those it has stay. Codes below it must be moved or retired first."""
    held = hold(codebook)
    code = code_at(held, code)
    if code.retired_at is not None:
        return
    if Code.objects.filter(parent=code, retired_at=None).exists():
        raise Refused(f"There are codes in use below “{code}”. Move or retire them first.")
    changes = Changes()
    changes.update(code, retired_at=timezone.now(), number_key=None)
    revised(held)
    record(codebook=held, coder=coder, verb="retire-code", words=f"Code “{code}” retired", changes=changes)


@transaction.atomic
def unretire_code(*, codebook: Codebook, coder: Coder, code: Code) -> None:
    """Take a retired code back into use. A merged one stays retired: its codings are elsewhere."""
    held = hold(codebook)
    code = code_at(held, code, "parent", "merged_into")
    if code.retired_at is None:
        return
    if code.merged_into is not None:
        raise Refused(f"“{code}” was merged into “{code.merged_into}”. Split codings off from there instead.")
    check_name(held, code.parent, code.name, but=code)
    check_parent(held, code.parent)
    check_room(held, more=1)
    changes = Changes()
    changes.update(code, retired_at=None)
    revised(held)
    record(codebook=held, coder=coder, verb="unretire-code", words=f"Code “{code}” in use again", changes=changes)


def check_unused(codebook: Codebook, codes: Sequence[Code]) -> None:
    """Codes can go only while nothing stands on them but one another. Raises Refused.

    While several coders work blind no code goes at all: being told that it cannot would tell of a colleague's coding.
    """
    if several_work_blind(codebook):
        raise Refused("while coders work blind, a code can be retired, but not deleted.")
    names = {code.pk: code.name for code in codes}
    others = Code.objects.exclude(pk__in=names)
    codings = "there are codings to “{}”. Retire it, or merge it into another code."
    for rows, path, said in (
        (Coding.objects.filter(code__in=names), "code", codings),
        (Decision.objects.filter(code__in=names), "code", codings),
        (
            FrameworkCell.objects.filter(code__in=names).exclude(text=""),
            "code",
            "members wrote summaries of “{}” in the framework matrix. Retire it.",
        ),
        (others.filter(parent__in=names), "parent", "there are codes below “{}”. Move them first."),
        (others.filter(merged_into__in=names), "merged_into", "another code was merged into “{}”, and points to it."),
    ):
        key = rows.order_by("pk").values_list(path, flat=True).first()
        if key is not None:
            raise Refused(said.format(names[key]))


@transaction.atomic
def delete_code(*, codebook: Codebook, coder: Coder, code: Code) -> None:
    """Delete a code that nothing stands on. Raises Refused for any other."""
    held = hold(codebook)
    code = code_at(held, code)
    try:
        check_unused(held, [code])
    except Refused as error:
        raise Refused(f"“{code}” is not deleted: {error}") from error
    words = f"Code “{code}” deleted"
    changes = Changes()
    changes.delete(code)
    revised(held)
    record(codebook=held, coder=coder, verb="delete-code", words=words, changes=changes)
