"""Whether rows fit together: codes in their tree, and what a step brought back with all that was done since."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models

from findings.actions.base import BATCH, Refused
from findings.models import Code, Codebook, Coding, Decision, FrameworkCell, QuoteNote, SavedQuery

MOST_LEVELS = 10  # of a tree, the code at the top included
MOST_CODES = 2_000  # in use in one codebook


def check_room(codebook: Codebook | int, more: int = 0) -> None:
    """Raise Refused where a codebook would have too many codes in use. Retired ones, and those undone, do not count."""
    if Code.objects.filter(codebook=codebook, retired_at=None).count() + more > MOST_CODES:
        raise Refused(f"A codebook has at most {MOST_CODES:,} codes. Retire some that are not needed.")


def check_levels(codebook: Codebook | int, codes: Iterable[int]) -> None:
    """Raise Refused where codes of these keys, or those below them, now stand too deep. One query."""
    every = Code.objects.filter(codebook=codebook).order_by().values_list("pk", "parent", "name")
    above, names = {}, {}
    for pk, parent, name in every:
        above[pk], names[pk] = parent, name
    deep = too_deep(above, set(codes))
    if deep is not None:
        raise Refused(f"“{names[deep]}” would stand too deep: a codebook has at most {MOST_LEVELS} levels.")


def too_deep(above: Mapping[Any, Any], touched: set[Any]) -> Any:
    """The first key on a level too deep whose branch has a touched one. `above`: each key's parent, None at the top."""
    for key in above:
        branch: list[Any] = []
        at: Any = key
        while at is not None and at in above and at not in branch:  # a circle is found elsewhere
            branch.append(at)
            at = above[at]
        if len(branch) > MOST_LEVELS and not touched.isdisjoint(branch):
            return key
    return None


def check_home(homes: set[int], rows: Iterable[models.Model]) -> None:
    """Raise Refused where a row belongs to none of these codebooks: what was moved away is not one's own any more."""
    every = list(rows)
    codes = {row.code_id for row in every if isinstance(row, Coding | Decision | FrameworkCell)}
    found = {row.codebook_id for row in every if isinstance(row, Code | QuoteNote | SavedQuery)}
    found |= {row.pk for row in every if isinstance(row, Codebook)}
    found |= set(Code.objects.filter(pk__in=codes).order_by().values_list("codebook", flat=True))
    if not found <= homes:
        raise Refused("what it changed now belongs to another codebook.")


def check_targets(rows: Iterable[models.Model]) -> None:
    """Raise Refused where a row points to one that is gone: databases would say so only at the very end."""
    wanted: dict[type[models.Model], set[int]] = {}
    for row in rows:
        for field in row._meta.concrete_fields:
            target = getattr(row, field.attname)
            if isinstance(field, models.ForeignKey) and target is not None:
                wanted.setdefault(field.related_model, set()).add(target)
    for model, keys in wanted.items():
        every = list(keys)
        for place in range(0, len(every), BATCH):
            batch = every[place : place + BATCH]
            if model._base_manager.filter(pk__in=batch).count() != len(batch):
                raise Refused("what it belongs to is no longer there.")


def check_codes(brought: list[Code]) -> None:
    """Raise Refused where codes do not fit into their trees.

    That is: a circle, a place or a merger in another codebook, a retired code with codes in use below it, or two codes
    of one name side by side; too many levels, or too many codes. Three queries for each codebook.
    """
    for codebook in {code.codebook_id for code in brought}:
        here = {code.pk: code for code in Code.objects.filter(codebook=codebook).order_by()}
        mine = {code.pk for code in brought if code.codebook_id == codebook}
        _check_places(here, mine)
        _check_names(here, mine)
        check_levels(codebook, mine)
        check_room(codebook)
    keys = [code.pk for code in brought]
    for name in ("parent", "merged_into"):
        near = Code.objects.filter(**{f"{name}__in": keys}).exclude(codebook=models.F(f"{name}__codebook"))
        if near.exists():
            raise Refused("a code was put below it, or merged into it, since.")


def _check_places(here: dict[int, Code], mine: set[int]) -> None:
    for pk in mine:
        code = here[pk]
        if any(key is not None and key not in here for key in (code.parent_id, code.merged_into_id)):
            raise Refused(f"“{code}” would point to a code of another codebook.")
        above, seen = code.parent_id, {pk}
        while above is not None:
            if above in seen:
                raise Refused(f"“{code}” would stand below itself.")
            seen.add(above)
            above = here[above].parent_id if above in here else None
    for code in here.values():
        above = code.parent_id
        if code.retired_at is None and above in here and here[above].retired_at is not None and mine & {code.pk, above}:
            raise Refused(f"“{code}” would stand below “{here[above]}”, which is retired.")


def _check_names(here: dict[int, Code], mine: set[int]) -> None:
    def place(code: Code) -> tuple[int | None, str]:
        return code.parent_id, code.name.casefold()

    taken = Counter(place(code) for code in here.values() if code.retired_at is None)
    for pk in mine:
        if here[pk].retired_at is None and taken[place(here[pk])] > 1:
            raise Refused(f"there is another code “{here[pk]}” beside it now. Rename that one first.")
