"""What every action of the workbench shares: refusals, the lock, and the changes that make up a step."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.text import Truncator
from simple_history.utils import bulk_create_with_history

from findings.models import (
    Code,
    Codebook,
    CodebookMember,
    Coder,
    Coding,
    Decision,
    DeskRole,
    FrameworkCell,
    QuoteNote,
    SavedQuery,
    Step,
)
from findings.seen import marks, merged, now_of
from schools.models import Quote, Study

BATCH = 500  # rows written or looked up at a time
KINDS: dict[str, type[models.Model]] = {
    "coding": Coding,
    "code": Code,
    "note": QuoteNote,
    "decision": Decision,
    "codebook": Codebook,
    "summary": FrameworkCell,
    "query": SavedQuery,
}
BESIDE = ("describe", "summary", "save-query", "delete-query")  # verbs of steps that touch no code and no coding
NUMBERED = re.compile(r"Coder [0-9]+")  # what stands in for a name that nobody gave
_KIND_OF = {model: kind for kind, model in KINDS.items()}
Row = TypeVar("Row", bound=models.Model)
T = TypeVar("T")


class Refused(Exception):
    """An action that may not go ahead: nothing was changed. Its words say why and what to do."""


class Overtaken(Refused):
    """Something else was saved since the page was opened. `now`: what is there, by name; `seen`: the signs of that."""

    def __init__(self, now: dict[str, Any], seen: str) -> None:
        self.now, self.seen = now, seen
        super().__init__(" ".join(self.words(value) for value in now.values()))

    @staticmethod
    def words(value: Any) -> str:
        """What to tell of one value."""
        told = "it is empty" if value in (None, "") else f"it says “{Truncator(str(value)).chars(300)}”"
        return (
            f"This was changed since you opened the page: now {told}. What you wrote is kept; "
            "save again to put it in its place."
        )


def up_to_date(record: models.Model, sent: dict[str, Any], seen: str) -> dict[str, Any]:
    """What to write of what a form sent, now that its record is held. Raises Overtaken (see `findings.seen`)."""
    now = now_of(record, sent)
    wanted, others = merged(sent, now, seen)
    if others:
        raise Overtaken(others, marks(now))
    return wanted


def hold(codebook: Codebook, *, also_published: bool = False) -> Codebook:
    """Lock a team's codebook until the transaction ends, as it now stands. Raises Refused once it is published.

    `also_published`: for what changes neither the codebook nor its codings.
    """
    held = Codebook.objects.select_for_update().filter(pk=codebook.pk).first()
    if held is None:
        raise Refused("The codebook is not there any more.")
    if held.is_published and not also_published:
        raise Refused(f"“{held}” is published, and stays as it is. Start a new version to go on.")
    return held


def hold_both(one: Codebook, other: Codebook) -> tuple[Codebook, Codebook]:
    """Lock two codebooks, always in the same order: who moves codes the other way waits instead of blocking both."""
    held = {codebook.pk: hold(codebook) for codebook in sorted((one, other), key=lambda codebook: codebook.pk)}
    return held[one.pk], held[other.pk]


def hold_study(study: Study | int) -> None:
    """Lock all codebooks of a study, for whoever changes or deletes what is coded there: nobody codes meanwhile.

    Every action of the workbench holds its codebook, and then looks whether its quote is still there. In the order of
    `hold_both`.
    """
    list(Codebook.objects.select_for_update().filter(study=study).order_by("pk").values_list("pk"))


def quote_at(held: Codebook, quote: Quote) -> Quote:
    """A quote with its school, as it stands now that its codebook is held. Raises Refused for one that is gone."""
    there = Quote.objects.select_related("school").filter(pk=quote.pk).first()
    if there is None:
        raise Refused("This quote was deleted meanwhile. Load the page again to see what is.")
    if there.school.study_id != held.study_id:
        raise Refused("This quote belongs to another study than the codebook.")
    return there


def code_at(held: Codebook, code: Code, *related: str) -> Code:
    """A code with what it is related to, as it stands now that its codebook is held. Raises Refused for none there."""
    there = Code.objects.select_related(*related).filter(pk=code.pk).first()
    if there is None:
        raise Refused(f"The code “{code}” was deleted meanwhile. Load the page again to see what is.")
    if there.codebook_id != held.pk:
        raise Refused(f"“{there}” is a code of another codebook.")
    return there


def work_of(steps: models.QuerySet[Step]) -> models.QuerySet[Step]:
    """Of some steps those that do something to codes, codings or notes."""
    return steps.exclude(state=Step.State.NOTED).exclude(verb__in=BESIDE)


def several_work_blind(codebook: Codebook) -> bool:
    """More than one person codes, or ever did, under a codebook whose codings are not opened.

    Who left, or only reads now, counts: what they did was done blind, and stays hidden until it is opened.
    """
    if codebook.opened_at is not None:
        return False
    coders = CodebookMember.objects.filter(codebook=codebook).exclude(role=DeskRole.VIEWER)
    traces = (
        Coding.objects.filter(coder=OuterRef("pk"), code__codebook=codebook),
        QuoteNote.objects.filter(coder=OuterRef("pk"), codebook=codebook),
        work_of(Step.objects.filter(coder=OuterRef("pk"), codebook=codebook)),
    )
    worked = Coder.objects.filter(is_person=True).exclude(user__in=coders.values("user"))
    former = worked.filter(Exists(traces[0]) | Exists(traces[1]) | Exists(traces[2]))
    return coders.count() + former.count() > 1


@transaction.atomic
def coder_of(*, user: AbstractBaseUser, name: str = "") -> Coder:
    """The one coder of an account; made on the first visit. `name`: as given now, by who had given none.

    Without a name given, it is the account's full name or none yet: never the user name, which is nobody's business.
    """
    coder = Coder.objects.filter(user=user).first()
    if coder is None:
        full = user.get_full_name() if hasattr(user, "get_full_name") else ""
        coder, _ = Coder.objects.get_or_create(
            user=user, defaults={"slug": f"coder-{uuid4().hex}", "name": (name or full)[:80], "is_person": True}
        )
    elif name and not given_name(coder):
        coder.name = name[:80]
        coder.save(update_fields=["name"])
    return coder


def given_name(coder: Coder) -> str:
    """The name that a person gave, or empty for one who has only a number."""
    return "" if NUMBERED.fullmatch(coder.name) else coder.name


def number_coder(*, codebook: Codebook, coder: Coder) -> None:
    """Call a member who gave no name “Coder 2”, after the place among the members. It stays, whoever leaves."""
    if coder.name:
        return
    there = Q(user__codebook_places__codebook=codebook) | Q(steps__codebook=codebook)
    taken = set(Coder.objects.filter(there).values_list("name", flat=True))
    number = max(CodebookMember.objects.filter(codebook=codebook).count(), 1)
    while f"Coder {number}" in taken:
        number += 1
    coder.name = f"Coder {number}"
    coder.save(update_fields=["name"])


def batches(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """So many at a time as one statement takes."""
    return (rows[place : place + BATCH] for place in range(0, len(rows), BATCH))


def save_all(rows: list[Row], model: type[Row], names: list[str]) -> None:
    """Save these fields of many rows, and the history of these, in few statements."""
    attnames = [model._meta.get_field(name).attname for name in names]
    alike = len({tuple(getattr(row, one) for one in attnames) for row in rows}) == 1
    for batch in batches(rows):
        if alike:
            values = {name: getattr(rows[0], one) for name, one in zip(names, attnames, strict=True)}
            model._base_manager.filter(pk__in=[row.pk for row in batch]).update(**values)
        else:
            model._base_manager.bulk_update(batch, names)
    if hasattr(model, "history"):
        model.history.bulk_history_create(rows, batch_size=BATCH, update=True)


def encode(value: Any) -> Any:
    """A field's value as JSON holds it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, bool | int | str | None) else str(value)


def state_of(row: models.Model) -> dict[str, Any]:
    """All of a row, as JSON holds it."""
    return {each.attname: encode(getattr(row, each.attname)) for each in row._meta.concrete_fields}


class Changes:
    """What an action does to rows, written down as it is done."""

    def __init__(self) -> None:
        self._states: dict[tuple[str, int], tuple[dict | None, dict | None]] = {}

    @property
    def before(self) -> list[list[Any]]:
        """[kind, primary key, state] of each row before the action, in the order in which they were changed."""
        return [[kind, pk, before] for (kind, pk), (before, _) in self._states.items()]

    @property
    def after(self) -> list[list[Any]]:
        """The same rows after it."""
        return [[kind, pk, after] for (kind, pk), (_, after) in self._states.items()]

    def _note(self, row: models.Model, before: dict | None, after: dict | None) -> None:
        """Write a change down; of several changes to one row, its first and its last state."""
        key = (_KIND_OF[type(row)], row.pk)
        if key in self._states:
            first, last = self._states[key]
            before = None if first is None else {**(before or {}), **first}
            after = None if after is None else {**(last or {}), **after}
        if before == after:
            self._states.pop(key, None)
        else:
            self._states[key] = (before, after)

    def create(self, row: Row) -> Row:
        """Save a new row."""
        row.save(force_insert=True)
        self._note(row, None, state_of(row))
        return row

    def begin(self, row: Row, **empty: Any) -> Row:
        """Save a new row that stays when this is undone, with these values instead of its own."""
        row.save(force_insert=True)
        self._note(row, empty, {name: encode(getattr(row, name)) for name in empty})
        return row

    def create_all(self, rows: list[Row], model: type[Row]) -> list[Row]:
        """Save many new rows; their history is written with them."""
        made = bulk_create_with_history(rows, model, batch_size=BATCH) if rows else []
        for row in made:
            self._note(row, None, state_of(row))
        return made

    def update(self, row: Row, *, also: Sequence[str] = (), **values: Any) -> Row:
        """Change some fields of a row, where they differ. `also`: fields saved with them, but no part of the step."""
        names = {name: row._meta.get_field(name).attname for name in values}
        old = {attname: encode(getattr(row, attname)) for attname in names.values()}
        for name, value in values.items():
            setattr(row, name, value)
        new = {attname: encode(getattr(row, attname)) for attname in names.values()}
        if old != new:
            row.save(update_fields=[*values, *also])
            self._note(row, old, new)
        return row

    def update_all(self, rows: Iterable[Row], model: type[Row], **values: Any) -> None:
        """Set the same values on many rows; their history is written with them."""
        changed = list(rows)
        names = {name: model._meta.get_field(name).attname for name in values}
        for row in changed:
            old = {attname: encode(getattr(row, attname)) for attname in names.values()}
            for name, value in values.items():
                setattr(row, name, value)
            self._note(row, old, {attname: encode(getattr(row, attname)) for attname in names.values()})
        save_all(changed, model, list(values))

    def delete(self, row: models.Model) -> None:
        """Delete a row; all of it stays in the step."""
        state, pk = state_of(row), row.pk
        row.delete()
        row.pk = pk
        self._note(row, state, None)


def record(
    *, codebook: Codebook, coder: Coder, verb: str, words: str, changes: Changes, quote_id: int | None = None
) -> Step | None:
    """Write down a step. What was undone before it can no longer be redone. None where nothing changed."""
    if not changes.before:
        return None
    steps = Step.objects.filter(codebook=codebook, coder=coder, state=Step.State.UNDONE)
    steps.update(state=Step.State.SET_ASIDE)
    return Step.objects.create(
        codebook=codebook,
        coder=coder,
        quote_id=quote_id,
        verb=verb,
        words=words[:300],
        before=changes.before,
        after=changes.after,
        codebook_version=codebook.stamp[:40],
        made_at=timezone.now(),
    )


def note_down(*, codebook: Codebook, coder: Coder, verb: str, words: str, about: Coder | None = None) -> Step:
    """Write down what is not undone: who did it, when, and to whom (`about`), whose name the words leave out."""
    return Step.objects.create(
        codebook=codebook,
        coder=coder,
        verb=verb,
        words=words[:300],
        about=about,
        before=[],
        after=[],
        codebook_version=codebook.stamp[:40],
        state=Step.State.NOTED,
        made_at=timezone.now(),
    )


def revised(codebook: Codebook) -> Codebook:
    """Note that the codes of a held codebook change."""
    codebook.revision += 1
    Codebook.objects.filter(pk=codebook.pk).update(revision=codebook.revision)
    return codebook
