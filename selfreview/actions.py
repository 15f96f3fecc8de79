"""Every write of the self-review. Keyword-only, whole or not at all."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from selfreview.models import (
    Action,
    Answer,
    AnswerRevision,
    Membership,
    Question,
    Questionnaire,
    Review,
    Role,
    ShareLink,
    Team,
)


def touch(*, team: Team) -> None:
    """Note that somebody works here: what is silent for a year is abandoned."""
    team.reviews.update(touched_at=timezone.now())


def hash_of(secret: str) -> str:
    """What is stored of a private link. The secret has 192 bits of chance, so a plain digest cannot be guessed back."""
    return sha256(secret.encode()).hexdigest()


def _new_secret() -> str:
    return secrets.token_urlsafe(24)


@transaction.atomic
def start_review(*, questionnaire: Questionnaire) -> tuple[Review, Membership, str]:
    """A team of one with its first round: the round, its lead, and the secret of the lead's return link."""
    secret = _new_secret()
    team = Team.objects.create()
    lead = Membership.objects.create(team=team, role=Role.LEAD, name="", return_hash=hash_of(secret))
    return Review.objects.create(team=team, questionnaire=questionnaire), lead, secret


@transaction.atomic
def invite(*, team: Team, name: str, role: str) -> tuple[Membership, str]:
    """A colleague's place in a team, and the secret of the private link to hand to them."""
    secret = _new_secret()
    touch(team=team)
    return Membership.objects.create(team=team, role=role, name=name, return_hash=hash_of(secret)), secret


def renew_link(*, member: Membership) -> str:
    """A new private link for a member; the old one stops working."""
    secret = _new_secret()
    member.return_hash = hash_of(secret)
    member.save(update_fields=["return_hash"])
    return secret


class LastLeadError(Exception):
    """A team without a lead could do nothing any more."""


@transaction.atomic
def remove_member(*, member: Membership) -> None:
    """End a membership; what the person wrote stays. Raises LastLeadError for the only lead."""
    team = Team.objects.select_for_update().get(pk=member.team_id)
    others = team.members.filter(left_at=None, role=Role.LEAD).exclude(pk=member.pk)
    if member.role == Role.LEAD and not others.exists():
        raise LastLeadError
    member.left_at, member.return_hash = timezone.now(), None
    member.save(update_fields=["left_at", "return_hash"])


@transaction.atomic
def change_role(*, member: Membership, role: str) -> None:
    """Give a member another role. Raises LastLeadError where that leaves no lead."""
    team = Team.objects.select_for_update().get(pk=member.team_id)
    others = team.members.filter(left_at=None, role=Role.LEAD).exclude(pk=member.pk)
    if member.role == Role.LEAD and role != Role.LEAD and not others.exists():
        raise LastLeadError
    member.role = role
    member.save(update_fields=["role"])


@dataclass(frozen=True)
class Content:
    """What a person wrote in answer to a question."""

    level: str = ""
    text: str = ""
    is_priority: bool = False
    is_complete: bool = False


@dataclass(frozen=True)
class Saved:
    """The answer as it now stands; `is_new` is off where the save changed nothing or had been made before."""

    answer: Answer
    is_new: bool


@dataclass(frozen=True)
class Conflict:
    """Somebody else saved since: nothing was written. `theirs` is the answer as it stands."""

    theirs: Answer


class ClosedError(Exception):
    """A closed round is as it was when it was closed."""


def _locked_open(review_id: int) -> None:
    """Hold the round against being closed until the transaction ends. Raises ClosedError."""
    if Review.objects.select_for_update().get(pk=review_id).state == Review.State.CLOSED:
        raise ClosedError


@transaction.atomic
def save_answer(
    *, review: Review, question: Question, member: Membership, content: Content, base: int, save_id: UUID
) -> Saved | Conflict:
    """Save an answer that was begun from version `base` (0: from nothing).

    A stale save, one that somebody else's save stands before, is a Conflict. One's own saves never conflict with each
    other: a later one stands, the earlier is kept as a revision. A `save_id` seen before has no second effect.
    Raises ClosedError for a closed round.
    """
    _locked_open(review.pk)
    Answer.objects.get_or_create(review=review, question=question)
    # One row, one writer at a time: PostgreSQL locks it here, SQLite has locked the file when the transaction began.
    answer = Answer.objects.select_for_update().get(review=review, question=question)
    if answer.revisions.filter(save_id=save_id).exists():
        return Saved(answer, is_new=False)
    if answer.revisions.filter(number__gt=base).exclude(saved_by=member).exists():
        return Saved(answer, is_new=False) if _same(answer, content) else Conflict(answer)
    if _same(answer, content):
        return Saved(answer, is_new=False)
    _write(answer, content, member, save_id)
    touch(team=review.team)
    return Saved(answer, is_new=True)


def restore_revision(*, revision: AnswerRevision, member: Membership) -> Answer:
    """Make an earlier state the answer again, as a save of its own; what stood before stays. Raises ClosedError."""
    content = Content(revision.level, revision.text, revision.is_priority, revision.is_complete)
    with transaction.atomic():
        _locked_open(revision.answer.review_id)  # in the order of save_answer, so that two never wait for each other
        answer = Answer.objects.select_for_update().get(pk=revision.answer_id)
        if not _same(answer, content):
            _write(answer, content, member, uuid4())
            touch(team=member.team)
    return answer


def _same(answer: Answer, content: Content) -> bool:
    return content == Content(answer.level, answer.text, answer.is_priority, answer.is_complete)


def _write(answer: Answer, content: Content, member: Membership, save_id: UUID) -> None:
    answer.level, answer.text = content.level, content.text
    answer.is_priority, answer.is_complete = content.is_priority, content.is_complete
    answer.version += 1
    answer.updated_by = member
    answer.save()
    AnswerRevision.objects.create(
        answer=answer,
        number=answer.version,
        level=content.level,
        text=content.text,
        is_priority=content.is_priority,
        is_complete=content.is_complete,
        saved_by=member,
        save_id=save_id,
    )


@transaction.atomic
def close_round(*, review: Review) -> None:
    """Freeze a round: its answers stay as they are. A second closing changes nothing."""
    Review.objects.select_for_update().get(pk=review.pk)
    open_round = Review.objects.filter(pk=review.pk, state=Review.State.OPEN)
    open_round.update(state=Review.State.CLOSED, closed_at=timezone.now())


@transaction.atomic
def next_round(*, team: Team) -> Review:
    """The round after a closed one, with the newest version of its questionnaire; an open round is given back."""
    Team.objects.select_for_update().get(pk=team.pk)
    last = team.reviews.select_related("questionnaire").order_by("-number")[0]
    if last.state == Review.State.OPEN:
        return last
    newest = Questionnaire.objects.filter(slug=last.questionnaire.slug, is_published=True).order_by("-version").first()
    return Review.objects.create(team=team, questionnaire=newest or last.questionnaire, number=last.number + 1)


def save_action(*, action: Action) -> Action:
    """Save a new or changed action; the time when it was done follows its status."""
    if action.status == Action.Status.DONE:
        action.done_at = action.done_at or timezone.now()
    else:
        action.done_at = None
    action.save()
    touch(team=action.team)
    return action


def share(*, review: Review, note: str, days: int) -> tuple[ShareLink, str]:
    """A link to read a round for so many days, and its secret."""
    secret = _new_secret()
    expires = timezone.now() + timedelta(days=days)
    touch(team=review.team)
    return ShareLink.objects.create(review=review, note=note, secret_hash=hash_of(secret), expires_at=expires), secret


def revoke(*, link: ShareLink) -> None:
    """End a link at once."""
    link.revoked_at = timezone.now()
    link.save(update_fields=["revoked_at"])


@transaction.atomic
def delete_team(*, team: Team) -> None:
    """Delete a team with all that it wrote. Nothing of it is kept."""
    Answer.objects.filter(review__team=team).delete()
    Action.objects.filter(team=team).delete()
    team.reviews.all().delete()
    team.delete()
