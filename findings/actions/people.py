"""Who works on a codebook: invitations, roles, names, and leaving."""

import secrets
from datetime import timedelta
from hashlib import sha256

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from findings.actions.base import Refused, coder_of, number_coder
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


def invite(*, codebook: Codebook, coder: Coder, role: str, note: str) -> tuple[Invitation, str]:
    """A link for one person, good for 14 days, and its secret. `coder` invites, and the page says so."""
    secret = secrets.token_urlsafe(24)
    expires_at = timezone.now() + timedelta(days=INVITATION_DAYS)
    made = Invitation.objects.create(
        codebook=codebook, made_by=coder, role=role, note=note, secret_hash=hash_of(secret), expires_at=expires_at
    )
    return made, secret


def withdraw(*, invitation: Invitation) -> None:
    """End an invitation that nobody used."""
    invitation.expires_at = timezone.now()
    invitation.save(update_fields=["expires_at"])


def withdraw_of(*, user: AbstractBaseUser, codebook: Codebook | None = None) -> None:
    """End the open invitations that somebody made, to one codebook or to all."""
    now = timezone.now()
    made = Invitation.objects.filter(made_by__user=user, used_at=None, expires_at__gt=now)
    (made if codebook is None else made.filter(codebook=codebook)).update(expires_at=now)


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
    return member


def _lock_people(member: CodebookMember) -> None:
    Codebook.objects.select_for_update().get(pk=member.codebook_id)
    member.refresh_from_db()


def _check_lead_remains(member: CodebookMember) -> None:
    leads = CodebookMember.objects.filter(codebook=member.codebook_id, role=DeskRole.LEAD)
    if member.role == DeskRole.LEAD and not leads.exclude(pk=member.pk).exists():
        raise LastLeadError


@transaction.atomic
def change_role(*, member: CodebookMember, role: str) -> None:
    """Give a member another role. Raises LastLeadError where that leaves no lead.

    Whoever no longer leads invites nobody: their open invitations are withdrawn.
    """
    _lock_people(member)
    if role != DeskRole.LEAD:
        _check_lead_remains(member)
        withdraw_of(codebook=member.codebook, user=member.user)
    member.role = role
    member.save(update_fields=["role"])


@transaction.atomic
def remove_member(*, member: CodebookMember) -> None:
    """End a member's place; the codings stay, by the name of who made them. Raises LastLeadError for the only lead.

    The open invitations that they made are withdrawn: through one of those they could come back.
    """
    _lock_people(member)
    _check_lead_remains(member)
    withdraw_of(codebook=member.codebook, user=member.user)
    member.delete()


@transaction.atomic
def hand_over(*, user: AbstractBaseUser) -> list[Codebook]:
    """Before an account ends: where it is the only lead, the colleague who has been there longest becomes the lead.

    Coders come before viewers. Returns the codebooks on which nobody else works: these nobody could read any more.
    """
    left_alone = []
    for place in CodebookMember.objects.filter(user=user, role=DeskRole.LEAD).select_related("codebook"):
        others = CodebookMember.objects.filter(codebook=place.codebook_id).exclude(user=user)
        if others.filter(role=DeskRole.LEAD).exists():
            continue
        heir = others.filter(role=DeskRole.CODER).first() or others.first()
        if heir is None:
            left_alone.append(place.codebook)
        else:
            change_role(member=heir, role=DeskRole.LEAD)
    return left_alone
