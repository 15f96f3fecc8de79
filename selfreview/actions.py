"""Every write of the self-review. Keyword-only, whole or not at all."""

import secrets
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from selfreview.models import Answer, AnswerRevision, Membership, Question, Questionnaire, Review, Role, Team


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


@transaction.atomic
def save_answer(
    *, review: Review, question: Question, member: Membership, content: Content, base: int, save_id: UUID
) -> Saved | Conflict:
    """Save an answer that was begun from version `base` (0: from nothing).

    A stale save, one that somebody else's save stands before, is a Conflict. One's own saves never conflict with each
    other: a later one stands, the earlier is kept as a revision. A `save_id` seen before has no second effect.
    """
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
    Review.objects.filter(pk=review.pk).update(touched_at=timezone.now())
    return Saved(answer, is_new=True)


def restore_revision(*, revision: AnswerRevision, member: Membership) -> Answer:
    """Make an earlier state the answer again, as a save of its own; what stood before stays among the revisions."""
    content = Content(revision.level, revision.text, revision.is_priority, revision.is_complete)
    with transaction.atomic():
        answer = Answer.objects.select_for_update().get(pk=revision.answer_id)
        if not _same(answer, content):
            _write(answer, content, member, uuid4())
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
def delete_team(*, team: Team) -> None:
    """Delete a team with all that it wrote. Nothing of it is kept."""
    Answer.objects.filter(review__team=team).delete()
    team.reviews.all().delete()
    team.delete()
