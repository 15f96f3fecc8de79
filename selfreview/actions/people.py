"""Who belongs to a review: begin one, invite, join, hand on, leave."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from selfreview.actions.secrets import hash_of, new_secret, touch
from selfreview.models import Invitation, Membership, Questionnaire, Review, Role, Team

INVITATION_DAYS = 14  # that an invitation works
LEAD_DAYS = 14  # that the leads have to answer who asks to be made lead


class LastLeadError(Exception):
    """A team without a lead could do nothing any more."""


class NotYetError(Exception):
    """The leads still have time to answer."""


def _stored(secret: str) -> str | None:
    return hash_of(secret) if secret else None


@transaction.atomic
def start_review(*, questionnaire: Questionnaire, user: Any = None) -> tuple[Review, Membership, str]:
    """A team of one with its first round: the round, its lead, and the secret of the lead's return link.

    With an account (`user`) the account is the way back: there is no link, and the secret is empty.
    """
    secret = "" if user else new_secret()
    team = Team.objects.create()
    lead = Membership.objects.create(team=team, user=user, role=Role.LEAD, return_hash=_stored(secret))
    return Review.objects.create(team=team, questionnaire=questionnaire), lead, secret


def describe_team(*, team: Team, changed: list[str]) -> None:
    """Save what was changed of a school's details, and nothing else: a colleague may have changed the rest meanwhile.

    Another name or number is another school until whoever runs the site has confirmed it.
    """
    if {"name", "urn"} & set(changed):
        team.confirmed_at = None
        changed = [*changed, "confirmed_at"]
    team.save(update_fields=changed)
    touch(team_id=team.pk)


@transaction.atomic
def invite(*, by: Membership, name: str, role: str, email: str = "") -> tuple[Invitation, str]:
    """Offer a colleague a place in one's team: the invitation, and the secret of its link."""
    secret = new_secret()
    touch(team_id=by.team_id)
    invitation = Invitation.objects.create(
        team=by.team,
        invited_by=by,
        name=name,
        email=email,
        role=role,
        secret_hash=hash_of(secret),
        expires_at=timezone.now() + timedelta(days=INVITATION_DAYS),
    )
    return invitation, secret


def renew_invitation(*, invitation: Invitation) -> str:
    """A new link for an invitation, for the full time again; the old link stops working."""
    secret = new_secret()
    invitation.secret_hash = hash_of(secret)
    invitation.expires_at = timezone.now() + timedelta(days=INVITATION_DAYS)
    invitation.save(update_fields=["secret_hash", "expires_at"])
    return secret


@transaction.atomic
def accept_invitation(*, invitation: Invitation, user: Any = None) -> tuple[Membership, str] | None:
    """Take the place that was offered: the membership, and the secret of its return link (empty with an account).

    Whoever is in the team already keeps that place, with the greater of the two roles. None where the invitation was
    used, revoked or has expired meanwhile.
    """
    team = Team.objects.select_for_update().get(pk=invitation.team_id)
    waiting = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, expires_at__gt=timezone.now())
    if not waiting.update(accepted_at=timezone.now(), email=""):  # the address has done its work
        return None
    touch(team_id=team.pk)
    existing = user and team.members.filter(user=user, left_at=None).first()
    if existing:
        existing.role = min(existing.role, invitation.role, key=list(Role).index)
        existing.save(update_fields=["role"])
        return existing, ""
    secret = "" if user else new_secret()
    member = Membership.objects.create(
        team=team,
        user=user,
        role=invitation.role,
        name=invitation.name,
        return_hash=_stored(secret),
    )
    return member, secret


def renew_link(*, member: Membership) -> str:
    """A new private link for a member; the old one stops working, in every browser that came by it."""
    secret = new_secret()
    member.return_hash = hash_of(secret)
    member.save(update_fields=["return_hash"])
    return secret


def turn_off_link(*, member: Membership) -> None:
    """End a member's private link: the account alone opens the review then."""
    member.return_hash = None
    member.save(update_fields=["return_hash"])


@transaction.atomic
def claim_membership(*, member: Membership, user: Any) -> bool:
    """Tie a place that was taken by a link to an account. No effect where the account has a place in that team."""
    Team.objects.select_for_update().get(pk=member.team_id)
    if member.team.members.filter(user=user, left_at=None).exists():
        return False
    return bool(Membership.objects.filter(pk=member.pk, user=None, left_at=None).update(user=user))


def _is_only_lead(member: Membership) -> bool:
    """Whether a member is the team's only lead; the team is held, so no role changes until the transaction ends."""
    team = Team.objects.select_for_update().get(pk=member.team_id)
    member.refresh_from_db(fields=["role", "left_at", "lead_asked_at"])
    others = team.members.filter(left_at=None, role=Role.LEAD).exclude(pk=member.pk)
    return member.role == Role.LEAD and not others.exists()


def _take_back_invitations(member: Membership) -> None:
    """What a lead offered ends with being lead: nobody comes back by an invitation of one's own."""
    member.team.invitations.filter(invited_by=member, accepted_at=None).delete()


@transaction.atomic
def remove_member(*, member: Membership) -> None:
    """End a membership. What the person wrote for the school stays; a view that is not open yet goes, unread.

    Raises LastLeadError for the only lead.
    """
    if _is_only_lead(member):
        raise LastLeadError
    member.views.filter(review__views_opened_at=None).delete()
    _take_back_invitations(member)
    member.left_at, member.return_hash, member.lead_asked_at = timezone.now(), None, None
    member.save(update_fields=["left_at", "return_hash", "lead_asked_at"])


@transaction.atomic
def change_role(*, member: Membership, role: str) -> None:
    """Give a member another role. Raises LastLeadError where that leaves no lead."""
    if _is_only_lead(member) and role != Role.LEAD:
        raise LastLeadError
    if role != Role.LEAD:
        _take_back_invitations(member)
    member.role, member.lead_asked_at = role, None
    member.save(update_fields=["role", "lead_asked_at"])


def ask_for_lead(*, member: Membership) -> None:
    """Ask to be made lead. Where no lead answers for LEAD_DAYS, the member may take the role (`take_lead`)."""
    if member.lead_asked_at is None:
        member.lead_asked_at = timezone.now()
        member.save(update_fields=["lead_asked_at"])


@transaction.atomic
def answer_lead_request(*, member: Membership, granted: bool) -> None:
    """A lead's answer to who asked: the role, or an end of the asking."""
    _is_only_lead(member)  # holds the team, and reads the member anew
    if member.lead_asked_at is None or member.left_at:
        return
    if granted:
        member.role = Role.LEAD
    member.lead_asked_at = None
    member.save(update_fields=["role", "lead_asked_at"])


@transaction.atomic
def take_lead(*, member: Membership) -> None:
    """Become lead where no lead has answered for LEAD_DAYS. Raises NotYetError before that."""
    _is_only_lead(member)  # as above
    if member.lead_asked_at is None or member.lead_asked_at + timedelta(days=LEAD_DAYS) > timezone.now():
        raise NotYetError
    answer_lead_request(member=member, granted=True)
