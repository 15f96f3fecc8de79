"""Rows brought from one state to another: what undo and redo do to the tables, with few statements for many rows."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.db import models
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from findings.actions.base import BATCH, KINDS, Refused, batches, save_all, several_work_blind
from findings.actions.codes import check_unused
from findings.models import Code, Codebook, Coding, Decision, FrameworkCell

State = dict[str, Any]
Wanted = list[tuple[str, int, State | None]]
Rows = dict[tuple[str, int], models.Model]


def rows_of(states: Wanted) -> Rows:
    """The rows of a step as they now stand, locked."""
    rows: Rows = {}
    for kind, model in KINDS.items():
        for keys in batches([pk for of, pk, _ in states if of == kind]):
            found = model._base_manager.select_for_update().in_bulk(keys)
            rows |= {(kind, pk): row for pk, row in found.items()}
    return rows


def bring(codebook: Codebook, rows: Rows, wanted: Wanted) -> list[models.Model]:
    """Bring rows to their states, in the order given. Returns those that are there then.

    Neighbours of one kind to which the same is done are written together.
    """
    now: list[models.Model] = []
    for (kind, done), run in groupby(wanted, key=lambda each: _done_to(rows, each)):
        model, each = KINDS[kind], list(run)
        there = [row for key, pk, _ in each if (row := rows.get((key, pk))) is not None]
        if done == "delete":
            now += _delete_all(codebook, model, there)
        elif done == "create":
            made = [model(**_values(model, state)) for _, _, state in each if state is not None]
            now += _create_all(model, made)
        else:
            now += _update_all(model, there, [state for _, _, state in each if state is not None])
    return now


def _done_to(rows: Rows, one: tuple[str, int, State | None]) -> tuple[str, Any]:
    """What is done to a row: its kind, and "delete", "create" or the names of the fields that are set."""
    kind, pk, state = one
    if state is None:
        return kind, "delete"
    return kind, tuple(state) if (kind, pk) in rows else "create"


def _values(model: type[models.Model], state: State) -> State:
    return {name: model._meta.get_field(name).to_python(value) for name, value in state.items()}


def _create_all(model: type[models.Model], rows: list[models.Model]) -> list[models.Model]:
    if hasattr(model, "history"):
        return bulk_create_with_history(rows, model, batch_size=BATCH)
    return model._base_manager.bulk_create(rows, batch_size=BATCH)


def _update_all(model: type[models.Model], rows: list[models.Model], states: list[State]) -> list[models.Model]:
    for row, state in zip(rows, states, strict=True):
        for name, value in _values(model, state).items():
            setattr(row, name, value)
    fields = (model._meta.get_field(name) for name in states[0])
    names = [one.name for one in fields if not one.primary_key]
    for row in rows:
        if isinstance(row, FrameworkCell):  # a page that shows what stood there before must not save over it
            row.version, row.saved_at = row.version + 1, timezone.now()
    save_all(rows, model, [*names, "version", "saved_at"] if model is FrameworkCell else names)
    return rows


def _delete_all(codebook: Codebook, model: type[models.Model], rows: list[Any]) -> list[models.Model]:
    """Delete rows; codes are retired instead while coders work blind, and are what is there then."""
    if model is Code and rows and several_work_blind(codebook):
        return _put_aside(rows)
    for batch in batches(rows):
        keys = [row.pk for row in batch]
        found = model._base_manager.filter(pk__in=keys)
        if model is Code:
            check_unused(codebook, batch)
            found.delete()  # with all that a code takes along
            continue
        if model is Coding and Decision.objects.filter(coding__in=keys).exists():
            raise Refused("a decision stands on it.")
        _keep_history(model, batch)
        found._raw_delete(found.db)  # nothing else stands on these: looking for it would take a statement a row
    return []


def _keep_history(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    """The last state of rows that are deleted, which simple_history writes one by one."""
    if not hasattr(model, "history"):
        return
    kept, now = model.history.model, timezone.now()
    kept.objects.bulk_create(
        kept(
            history_type="-",
            history_date=now,
            history_user=kept.get_default_history_user(row),
            **{field.attname: getattr(row, field.attname) for field in kept.tracked_fields},
        )
        for row in rows
    )


def _put_aside(codes: list[Code]) -> list[models.Model]:
    """Retire codes instead of deleting them, while coders work blind: whether a colleague uses one must not show."""
    keys = {code.pk for code in codes}
    below = Code.objects.filter(parent__in=keys, retired_at=None).exclude(pk__in=keys).select_related("parent").first()
    if below is not None:
        raise Refused(f"there are codes below “{below.parent}”. Move them first.")
    now = timezone.now()
    for code in codes:
        code.retired_at, code.number_key = now, None
    save_all(codes, Code, ["retired_at", "number_key"])
    return list(codes)
