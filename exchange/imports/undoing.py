"""An import taken back, whole: exactly what it made, and never another's work."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from exchange.imports.aims import batches, check_takes_texts
from exchange.imports.findings import guids_of, take_findings_out
from findings.actions import Standing, delete_codebook, erase_study, remove_quotes, remove_school, undo
from findings.actions.base import Refused, hold
from findings.models import Codebook, CodebookMember, Coder, Coding, Import, Step
from schools.models import Quote, School


@dataclass(frozen=True)
class Since:
    """What somebody did with what an import made."""

    own_codings: int  # by whoever imported: they go, too
    edited: int  # of its quotes, by hand: the changes go, too
    others: list[str]  # why it cannot be taken back


def done_since(imported: Import, mine: Coder) -> Since:
    """What was done since, as far as it concerns taking the import back."""
    books = _books(imported)
    members = CodebookMember.objects.filter(codebook__in=books).exclude(user=imported.user)
    others = []
    if members.exists():
        others.append("Others are members of its codebook. Only what nobody else works on is taken back whole.")
    if Step.objects.filter(codebook__in=books).exclude(coder=mine).exclude(state=Step.State.NOTED).exists():
        others.append("Others worked in its codebook.")
    if books.filter(is_published=True).exists() or (imported.study and imported.study.is_published):
        others.append("It is published, and stays as it is.")
    coded = Coding.objects.filter(code__codebook__in=books).count() - imported.made.get("codings", 0)
    if imported.brought:
        coded += _standing(imported, mine, others)
    if _is_gone(imported, books):
        others.append("What it made is not here any more.")
    return Since(max(0, coded), _edited(imported), others)


def _is_gone(imported: Import, books: QuerySet[Codebook]) -> bool:
    """Whether all that it made was deleted since."""
    kept = imported.study_id or imported.step_id or (imported.brought and imported.into_id)
    return not kept and not books.exists()


def _edited(imported: Import) -> int:
    """How many of the quotes that it made were changed by hand since."""
    since = Quote.history.filter(history_type="~", history_date__gt=imported.decided_at)
    if imported.study_id:
        there = Quote.objects.filter(school__study=imported.study_id)
        return since.filter(id__in=there.order_by().values("pk")).values("id").distinct().count()
    if imported.into_id is None:
        return 0
    return sum(
        since.filter(guid__in=batch).values("id").distinct().count() for batch in batches(guids_of(imported.brought))
    )


def _standing(imported: Import, mine: Coder, others: list[str]) -> int:
    """How many codings of one's own stand on what a study got; why others' work keeps it is added to `others`."""
    if imported.into is None:
        return 0
    own = 0
    for batch in batches(guids_of(imported.brought)):
        quotes = Quote.objects.filter(school__study=imported.into, guid__in=batch)
        standing = Standing.on(imported.into, quotes, mine)
        own += standing.own
        if standing.reason and standing.reason not in others:
            others.append(standing.reason)
    return own


def _books(imported: Import) -> QuerySet[Codebook]:
    if imported.study_id:
        return Codebook.objects.filter(study=imported.study_id)
    return imported.codebooks.all()


@transaction.atomic
def take_back(*, imported: Import, mine: Coder, with_own: bool = False) -> Import:
    """Remove what an import made. Raises Refused where others built on it; and where only the person did, unless
    `with_own` says that this goes, too."""
    held = Import.objects.select_for_update().get(pk=imported.pk)
    if held.state != Import.State.DONE:
        raise Refused("This import is not done, or is undone already.")
    if held.step is not None:
        _undo_step(held, mine)
    since = done_since(held, mine)
    if since.others:
        raise Refused(" ".join(since.others))
    if since.own_codings and not with_own:
        count = f"{since.own_codings} coding{'' if since.own_codings == 1 else 's'}"
        raise Refused(f"You made {count} since. Say that they go, too, or leave the import as it is.")
    if held.brought:
        _take_out(held, mine)
    for codebook in _books(held).order_by("pk"):
        delete_codebook(hold(codebook))
    if held.study is not None:
        erase_study(study=held.study)
    held.brought = []
    held.state, held.decided_at, held.study = Import.State.UNDONE, timezone.now(), None
    held.save(update_fields=["state", "decided_at", "study", "brought"])
    return held


def _take_out(held: Import, mine: Coder) -> None:
    """Remove the findings and quotes that a study got, and those of its new cases without another quote or a fact."""
    if held.into is None:
        return
    check_takes_texts(held.into)
    take_findings_out(held.into, held.brought)
    for batch in batches(guids_of(held.brought)):
        quotes = Quote.objects.filter(guid__in=batch, school__study=held.into)
        if quotes.exists():
            remove_quotes(quotes=quotes, coder=mine)
    for batch in batches(guids_of(held.brought)):
        for school in School.objects.filter(guid__in=batch, study=held.into, quotes=None, facts=None):
            remove_school(school=school, coder=mine)


def _undo_step(held: Import, mine: Coder) -> None:
    step = held.step
    last = Step.objects.filter(codebook=step.codebook_id, coder=mine, state=Step.State.DONE).first()
    if step.state == Step.State.UNDONE:
        return
    if last is None or last.pk != step.pk:
        raise Refused("You did something in this codebook since. Undo that first, under its “History”.")
    undo(codebook=step.codebook, coder=mine)
