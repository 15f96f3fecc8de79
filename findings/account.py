"""What the workbench keeps of a person: taken away, and forgotten when the account ends."""

from contextlib import suppress
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import ProtectedError

from findings.actions import delete_codebook, erase_study, hand_over
from findings.actions.people import withdraw_of
from findings.models import (
    ApiToken,
    CodebookMember,
    Coder,
    Coding,
    DeskRole,
    FrameworkCell,
    Import,
    QuoteNote,
    SavedQuery,
)
from schools.models import Study


def export(user: AbstractBaseUser) -> dict[str, Any]:
    """One's studies, codebooks, codings and notes, as JSON holds them."""
    coder = Coder.objects.filter(user=user).first()
    places = CodebookMember.objects.filter(user=user).select_related("codebook").order_by("pk")
    codings = Coding.objects.filter(coder=coder).select_related("quote__school", "code__codebook").order_by("pk")
    notes = QuoteNote.objects.filter(coder=coder).select_related("quote__school", "codebook").order_by("pk")
    summaries = FrameworkCell.objects.filter(coder=coder).select_related("code__codebook", "school").order_by("pk")
    queries = SavedQuery.objects.filter(owner=coder).select_related("codebook").order_by("pk")
    tokens = ApiToken.objects.filter(user=user)
    return {
        "name": coder.name if coder else "",
        "codebooks": [
            {"name": one.codebook.name, "role": one.role, "since": one.joined_at.isoformat()} for one in places
        ],
        "codings": [
            {
                "codebook": one.code.codebook.name,
                "codebook_version": one.codebook_version,
                "code": one.code.name,
                "school": one.quote.school.slug,
                "locator": one.quote.locator,
                "start": one.start,
                "end": one.end,
                "passage": one.passage,
                "memo": one.memo,
                "coded_at": one.coded_at.isoformat(),
            }
            for one in (codings if coder else [])
        ],
        "notes": [
            {
                "codebook": one.codebook.name,
                "school": one.quote.school.slug,
                "locator": one.quote.locator,
                "memo": one.memo,
                "is_key": one.is_key,
                "done_at": one.done_at and one.done_at.isoformat(),
            }
            for one in (notes if coder else [])
        ],
        "summaries": [
            {
                "codebook": one.code.codebook.name,
                "code": one.code.name,
                "school": one.school.slug,
                "text": one.text,
                "saved_at": one.saved_at.isoformat(),
            }
            for one in (summaries if coder else [])
        ],
        "queries": [
            {"codebook": one.codebook.name, "name": one.name, "asked": one.asked} for one in (queries if coder else [])
        ],
        "imports": [
            {"file": one.name, "kind": one.kind, "state": one.state, "made_at": one.made_at.isoformat()}
            for one in Import.objects.filter(user=user).defer("data").order_by("pk")
        ],
        "studies": [_study(one) for one in Study.objects.filter(made_by=user).prefetch_related(*HELD).order_by("pk")],
        "api_tokens": [
            {
                "name": one.name,
                "note": one.note,
                "made_at": one.made_at.isoformat(),
                "expires_at": one.expires_at.isoformat(),
                "last_used_on": one.last_used_on and one.last_used_on.isoformat(),
            }
            for one in tokens
        ],
    }


HELD = ("schools__facts__indicator", "schools__quotes")


def _study(study: Study) -> dict[str, Any]:
    said = ("title", "author", "year", "fieldwork", "summary", "method")
    return {name: getattr(study, name) for name in said} | {
        "cases": [
            {
                "name": one.name,
                "summary": one.summary,
                "facts": {fact.indicator.label: fact.value for fact in one.facts.all()},
                "quotes": [
                    {"speaker": each.speaker, "role": each.speaker_role, "locator": each.locator, "text": each.text}
                    for each in one.quotes.all()
                ],
            }
            for one in study.schools.all()
        ]
    }


@transaction.atomic
def forget(*, user: AbstractBaseUser) -> None:
    """End one's places. Codings made with colleagues stay, under the name that they know; so do published codebooks.

    Where one was the only lead, the colleague who has been there longest leads. What nobody else works on is deleted.
    """
    for codebook in hand_over(user=user):
        if not codebook.is_published:
            delete_codebook(codebook)
    withdraw_of(user=user)
    ApiToken.objects.filter(user=user).delete()
    CodebookMember.objects.filter(user=user).delete()
    Import.objects.filter(user=user).delete()
    for study in Study.objects.filter(made_by=user, is_published=False):
        _hand_on(study)
    coder = Coder.objects.filter(user=user).first()
    if coder is not None:
        Coder.objects.filter(pk=coder.pk).update(user=None)
        if not coder.summaries.exists():  # what was written with colleagues stays, and so does its author's name
            with suppress(ProtectedError), transaction.atomic():
                coder.delete()


def _hand_on(study: Study) -> None:
    """A private study goes to whoever leads a codebook of it longest; without codebooks it goes for good."""
    members = CodebookMember.objects.filter(codebook__study=study).order_by("joined_at", "pk")
    heir = members.filter(role=DeskRole.LEAD).first() or members.first()
    if heir is not None:
        study.made_by_id = heir.user_id
        study.save(update_fields=["made_by"])
    elif not study.codebooks.exists():
        erase_study(study=study)
