"""Answers and views: saved, compared with what came between, restored."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID, uuid4

from django.db import models, transaction

from selfreview.actions.secrets import touch
from selfreview.models import Answer, AnswerRevision, Membership, Question, Review, View, Written


def _names(content: type) -> list[str]:
    return [field.name for field in fields(content)]


@dataclass(frozen=True)
class Content:
    """What a person wrote to a question. A view has no evidence and no priority."""

    level: str = ""
    text: str = ""
    is_complete: bool = False
    evidence: str = ""
    is_priority: bool = False

    @classmethod
    def of(cls, written: Any) -> "Content":
        """That of an answer, a view or a revision."""
        return cls(**{name: getattr(written, name) for name in _names(cls) if hasattr(written, name)})


@dataclass(frozen=True)
class Saved:
    """What was written as it now stands; `is_new` is off where the save changed nothing or had been made before."""

    written: Written
    is_new: bool


@dataclass(frozen=True)
class Conflict:
    """Somebody else saved since: nothing was written. `theirs` is the answer as it stands."""

    theirs: Answer


class ClosedError(Exception):
    """The round is not in the state that this save was begun in; nothing was written."""


def _hold(review_id: int, state: object) -> None:
    """Hold the round in this state until the transaction ends. Raises ClosedError where it is in another."""
    if Review.objects.select_for_update().get(pk=review_id).state != state:
        raise ClosedError


@transaction.atomic
def save_answer(
    *, review: Review, question: Question, member: Membership, content: Content, base: int, save_id: UUID
) -> Saved | Conflict:
    """Save the school's answer, begun from version `base` (0: from nothing).

    It is stale, and a conflict, when somebody else's save lies between. One's own later saves never conflict: the
    newest text stands and the older is a revision. A save made before, or of what stands already, has no second
    effect. Raises ClosedError.
    """
    _hold(review.pk, Review.State.OPEN)
    answer, _ = Answer.objects.get_or_create(review=review, question=question)
    answer = Answer.objects.select_for_update(of=("self",)).select_related("updated_by").get(pk=answer.pk)
    revisions = answer.revisions
    if revisions.filter(save_id=save_id).exists():
        return Saved(answer, is_new=False)
    others = revisions.filter(number__gt=base).exclude(saved_by=member).exists()
    if others and Content.of(answer) != content:
        return Conflict(answer)
    answer.updated_by = member
    return _write(answer, content, save_id, ["updated_by"], saved_by=member)


@transaction.atomic
def save_view(*, review: Review, question: Question, member: Membership, content: Content, save_id: UUID) -> Saved:
    """Save a member's own view. It has one author, so it never conflicts. Raises ClosedError once views are open."""
    _hold(review.pk, Review.State.VIEWS)
    view, _ = View.objects.get_or_create(review=review, question=question, member=member)
    view = View.objects.select_for_update().get(pk=view.pk)
    if view.revisions.filter(save_id=save_id).exists():
        return Saved(view, is_new=False)
    return _write(view, content, save_id)


@transaction.atomic
def restore_revision(*, revision: AnswerRevision, member: Membership) -> Answer:
    """Make an earlier state the answer again, as a save of its own; what stood before stays. Raises ClosedError."""
    _hold(revision.answer.review_id, Review.State.OPEN)  # in the order of save_answer: two never wait for each other
    answer = Answer.objects.select_for_update().get(pk=revision.answer_id)
    answer.updated_by = member
    _write(answer, Content.of(revision), uuid4(), ["updated_by"], saved_by=member)
    return answer


def _write(
    written: Answer | View, content: Content, save_id: UUID, also: Sequence[str] = (), **revision: models.Model
) -> Saved:
    """Save content that differs from what stands, and a revision of it."""
    said = {name: getattr(content, name) for name in written.CONTENT}
    if all(getattr(written, name) == value for name, value in said.items()):
        return Saved(written, is_new=False)
    for name, value in said.items():
        setattr(written, name, value)
    written.version += 1
    written.save(update_fields=[*said, *also, "version", "updated_at"])
    written.revisions.create(number=written.version, save_id=save_id, **said, **revision)
    touch(team=written.review.team)
    return Saved(written, is_new=True)
