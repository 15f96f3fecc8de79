"""Who works on a codebook: invitations, roles, names, and leaving."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from findings.actions.base import Refused, coder_of, note_down, number_coder
from findings.models import Codebook, CodebookMember, Coder, DeskRole, Invitation

INVITATION_DAYS = 14


class LastLeadError(Refused):
    """A codebook without a lead could not be opened, published or handed on any more."""

    def __init__(self) -> None:
        super().__init__("You are the only lead. Make somebody else a lead first.")


def hash_of(secret: str) -> str:
    """What is stored of an invitation. The secret has 192 bits of chance, so a plain digest cannot be guessed back."""
    return sha256(secret.encode()).hexdigest()


def name_coder(*, coder: Coder, name: str) -> None:
    """Say how fellow coders see a coder."""
    coder.name = name
    coder.save(update_fields=["name"])


@transaction.atomic
def invite(*, codebook: Codebook, coder: Coder, role: str, note: str) -> tuple[Invitation, str]:
    """A link for one person, good for 14 days, and its secret. `coder` invites, and the page says so."""
    secret = secrets.token_urlsafe(24)
    expires_at = timezone.now() + timedelta(days=INVITATION_DAYS)
    made = Invitation.objects.create(
        codebook=codebook, made_by=coder, role=role, note=note, secret_hash=hash_of(secret), expires_at=expires_at
    )
    words = f"An invitation made, as {made.get_role_display().lower()}"
    note_down(codebook=codebook, coder=coder, verb="invite", words=words)
    return made, secret


@transaction.atomic
def withdraw(*, invitation: Invitation, coder: Coder) -> None:
    """End an invitation that nobody used."""
    invitation.expires_at, invitation.note = timezone.now(), ""
    invitation.save(update_fields=["expires_at", "note"])
    note_down(codebook=invitation.codebook, coder=coder, verb="withdraw", words="An invitation withdrawn")


def withdraw_of(*, user: AbstractBaseUser, codebook: Codebook | None = None) -> None:
    """End the open invitations that somebody made, to one codebook or to all."""
    now = timezone.now()
    made = Invitation.objects.filter(made_by__user=user, used_at=None, expires_at__gt=now)
    (made if codebook is None else made.filter(codebook=codebook)).update(expires_at=now, note="")


def forget_notes(*, codebooks: Iterable[int]) -> None:
    """For whom an invitation was is nobody's business any more once nobody can use it."""
    over = Q(used_at__isnull=False) | Q(expires_at__lte=timezone.now())
    Invitation.objects.filter(over, codebook__in=list(codebooks)).update(note="")


@transaction.atomic
def join(*, secret: str, user: AbstractBaseUser, own_name: str = "") -> CodebookMember:
    """Take the place that an invitation offers. Raises Refused for one that is unknown, used or expired.

    Members stay in the role that they have, and the link stays good for somebody else. `own_name`: for `coder_of`.
    """
    invitations = Invitation.objects.select_for_update().filter(secret_hash=hash_of(secret), used_at=None)
    invitation = invitations.filter(expires_at__gt=timezone.now()).first()
    if invitation is None:
        raise Refused("This invitation does not work any more. Ask for a new one.")
    coder = coder_of(user=user, name=own_name)
    member, is_new = CodebookMember.objects.get_or_create(
        codebook=invitation.codebook, user=user, defaults={"role": invitation.role}
    )
    number_coder(codebook=invitation.codebook, coder=coder)
    if is_new:
        invitation.used_at = timezone.now()
        invitation.save(update_fields=["used_at"])
        forget_notes(codebooks=[invitation.codebook_id])
        words = f"Joined as {member.get_role_display().lower()}"
        note_down(codebook=member.codebook, coder=coder, verb="join", words=words)
    return member


def _lock_people(member: CodebookMember) -> None:
    Codebook.objects.select_for_update().get(pk=member.codebook_id)
    member.refresh_from_db()


def _check_lead_remains(member: CodebookMember) -> None:
    leads = CodebookMember.objects.filter(codebook=member.codebook_id, role=DeskRole.LEAD)
    if member.role == DeskRole.LEAD and not leads.exclude(pk=member.pk).exists():
        raise LastLeadError


@transaction.atomic
def change_role(*, member: CodebookMember, role: str, by: Coder) -> None:
    """Give a member another role. Raises LastLeadError where that leaves no lead.

    Whoever no longer leads invites nobody: their open invitations are withdrawn.
    """
    _lock_people(member)
    if role != DeskRole.LEAD:
        _check_lead_remains(member)
        withdraw_of(codebook=member.codebook, user=member.user)
    words = f"Role changed from {member.get_role_display().lower()} to {DeskRole(role).label.lower()}"
    member.role = role
    member.save(update_fields=["role"])
    note_down(codebook=member.codebook, coder=by, verb="role", words=words, about=coder_of(user=member.user))


@transaction.atomic
def remove_member(*, member: CodebookMember, by: Coder) -> None:
    """End a member's place; the codings stay, by the name of who made them. Raises LastLeadError for the only lead.

    The open invitations that they made are withdrawn: through one of those they could come back.
    """
    _lock_people(member)
    _check_lead_remains(member)
    withdraw_of(codebook=member.codebook, user=member.user)
    about = coder_of(user=member.user)
    words = "Left the codebook" if about == by else "A member removed"
    note_down(codebook=member.codebook, coder=by, verb="leave", words=words, about=None if about == by else about)
    member.delete()


@transaction.atomic
def hand_over(*, user: AbstractBaseUser) -> list[Codebook]:
    """Before an account ends: where it is the only lead, the colleague who has been there longest becomes the lead.

    Coders come before viewers. Returns the codebooks on which nobody else works: these nobody could read any more.
    """
    left_alone = []
    places = list(CodebookMember.objects.filter(user=user, role=DeskRole.LEAD).select_related("codebook"))
    mine = coder_of(user=user) if places else None
    for place in places:
        others = CodebookMember.objects.filter(codebook=place.codebook_id).exclude(user=user)
        if others.filter(role=DeskRole.LEAD).exists():
            continue
        heir = others.filter(role=DeskRole.CODER).first() or others.first()
        if heir is None:
            left_alone.append(place.codebook)
        else:
            change_role(member=heir, role=DeskRole.LEAD, by=mine)
    return left_alone
