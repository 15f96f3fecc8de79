"""What ends for good and leaves no name behind: codebooks that nobody can read any more, coders without an account."""

from collections.abc import Iterable
from contextlib import suppress

from django.db import transaction
from django.db.models import ProtectedError, Q

from findings.actions.base import Refused, given_name, hold, work_of
from findings.actions.steps import MOVE
from findings.models import (
    Code,
    Codebook,
    CodebookMember,
    Coder,
    Coding,
    Decision,
    FrameworkCell,
    QuoteNote,
    SavedQuery,
    Step,
    Uncoded,
)

FORMER = "Former coder"  # with a number: what colleagues call somebody whose account ended


def others_at(codebook: Codebook, coder: Coder) -> list[str]:
    """Why a coder cannot delete a private codebook: who else works, or worked, with it. A sentence each."""
    found = []
    if CodebookMember.objects.filter(codebook=codebook).exclude(user=coder.user_id).exists():
        found.append("Others are members of it. Ask them to leave first, or remove them.")
    elif work_of(Step.objects.filter(codebook=codebook, coder__is_person=True).exclude(coder=coder)).exists():
        found.append("Others worked with it, and what they made would go, too.")
    return found


@transaction.atomic
def remove_codebook(*, codebook: Codebook, coder: Coder) -> None:
    """Delete a private codebook on which nobody else works, for good. Raises Refused, saying who does."""
    held = hold(codebook)
    if reasons := others_at(held, coder):
        raise Refused(" ".join(reasons))
    delete_codebook(held)


@transaction.atomic
def delete_codebook(codebook: Codebook) -> None:
    """Delete a private codebook with all that was made under it, its history included.

    Coders without an account who are known by nothing else go with it: names from files, and former coders.
    """
    Codebook.objects.select_for_update().filter(pk=codebook.pk).first()  # nobody works there meanwhile
    pk, codes, coders = codebook.pk, _codes_ever(codebook), _coders_of(codebook)
    agreed = set(Coder.objects.filter(agreed_for=codebook).values_list("pk", flat=True))
    _forget_moves_to(codebook)
    Decision.objects.filter(code__codebook=codebook).delete()
    codings = Coding.objects.filter(code__codebook=codebook)
    codings._raw_delete(codings.db)  # their history goes below: no end of each is written into it first
    codebook.codes.update(merged_into=None, parent=None)
    codebook.codes.all().delete()
    codebook.steps.all().delete()
    codebook.delete()
    for model in (Coding, FrameworkCell):  # of codes that were deleted long ago, too
        model.history.filter(code_id__in=codes).delete()
    Code.history.filter(Q(id__in=codes) | Q(codebook_id=pk)).delete()
    Uncoded.history.filter(codebook_id=pk).delete()
    Coder.history.filter(id__in=agreed).delete()
    Codebook.history.filter(id=pk).delete()
    _drop_idle(coders)


def _codes_ever(codebook: Codebook) -> set[int]:
    """The keys of a codebook's codes, with those deleted since; not of codes that went to another codebook."""
    ever = set(Code.history.filter(codebook_id=codebook.pk).values_list("id", flat=True))
    ever |= set(codebook.codes.values_list("pk", flat=True))
    return ever - set(Code.objects.filter(pk__in=ever).exclude(codebook=codebook).values_list("pk", flat=True))


def _coders_of(codebook: Codebook) -> set[int]:
    found: set[int] = set()
    for rows in (
        Coding.objects.filter(code__codebook=codebook).values_list("coder"),
        QuoteNote.objects.filter(codebook=codebook).values_list("coder"),
        Step.objects.filter(codebook=codebook).values_list("coder"),
    ):
        found |= {key for (key,) in rows.order_by().distinct()}
    return found


def _forget_moves_to(codebook: Codebook) -> None:
    """Let steps of other codebooks no longer say the name of one to which they moved codes."""
    moves = Step.objects.filter(verb=MOVE, codebook__study=codebook.study_id).exclude(codebook=codebook)
    for step in moves.only("words", "after").iterator(chunk_size=100):
        if any(state and state.get("codebook_id") == codebook.pk for _, _, state in step.after):
            code, moved, _ = step.words.partition("” moved to “")
            Step.objects.filter(pk=step.pk).update(words=f"{code}{moved[:-1]}a codebook that is no longer here")


def _drop_idle(keys: Iterable[int]) -> None:
    """Delete those of some coders who have no account and on whose name nothing stands, with their history."""
    former = Q(is_person=True, user=None) | Q(is_person=False, slug__startswith="name-")
    for coder in Coder.objects.filter(former, pk__in=list(keys)):
        pk = coder.pk
        with suppress(ProtectedError), transaction.atomic():
            coder.delete()
            Coder.history.filter(id=pk).delete()


@transaction.atomic
def leave_only_what_is_public(codebook: Codebook) -> None:
    """Of a published codebook without members delete all that nobody can read any more: everything but codes and agreed
    codings that are published."""
    codes, coders = _codes_ever(codebook), _coders_of(codebook)
    Decision.objects.filter(code__codebook=codebook).delete()
    private = Coding.objects.filter(code__codebook=codebook)
    if codebook.shows_agreed:
        private = private.exclude(coder__agreed_for=codebook)
    private.delete()
    FrameworkCell.objects.filter(code__codebook=codebook).delete()
    for rows in (codebook.notes, codebook.steps, codebook.invitations, codebook.queries):
        rows.all().delete()
    codebook.codes.update(memo="")
    for model in (Coding, FrameworkCell):
        model.history.filter(code_id__in=codes).delete()
    Code.history.filter(id__in=codes).delete()
    _drop_idle(coders)


@transaction.atomic
def forget_coder(coder: Coder) -> None:
    """Let a coder be nobody: what nobody else could read goes; what was coded with colleagues stays without the name.

    A number that stood in for a name stays, for it is none.
    """
    FrameworkCell.objects.filter(coder=coder).delete()
    FrameworkCell.history.filter(coder_id=coder.pk).delete()
    SavedQuery.objects.filter(owner=coder).delete()
    steps = Step.objects.filter(coder=coder)
    steps.filter(verb="summary").delete()
    steps.filter(verb__in=["save-query", "delete-query"]).update(before=[], after=[], state=Step.State.NOTED)
    name = _former_name(coder) if given_name(coder) else coder.name
    Coder.objects.filter(pk=coder.pk).update(user=None, name=name, note="")
    Coder.history.filter(id=coder.pk).delete()
    _drop_idle([coder.pk])


def _former_name(coder: Coder) -> str:
    """“Former coder 2”: the first that none has in the codebooks where the coder worked."""
    books = {key for (key,) in Step.objects.filter(coder=coder).order_by().values_list("codebook").distinct()}
    books |= {key for (key,) in Coding.objects.filter(coder=coder).order_by().values_list("code__codebook").distinct()}
    books |= {key for (key,) in QuoteNote.objects.filter(coder=coder).order_by().values_list("codebook").distinct()}
    former = Coder.objects.filter(name__startswith=FORMER)
    taken: set[str] = set()
    for place in ("steps__codebook__in", "codings__code__codebook__in", "notes__codebook__in"):
        taken |= set(former.filter(**{place: books}).values_list("name", flat=True))
    return next(name for name in (f"{FORMER} {n}" for n in range(1, len(taken) + 2)) if name not in taken)
