"""Answers and views: saved, compared with what came between, restored."""

from collections.abc import Callable, Sequence
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


def merged(base: Content, theirs: Content, mine: Content) -> Content | None:
    """What follows from two changes of the same content, field by field; None where both changed one differently."""
    found = {}
    for name in _names(Content):
        before, stands, wanted = (getattr(one, name) for one in (base, theirs, mine))
        if wanted in (before, stands):
            found[name] = stands
        elif stands == before:
            found[name] = wanted
        else:
            return None
    return Content(**found)


@dataclass(frozen=True)
class Saved:
    """What was written as it now stands; `is_new` is off where the save changed nothing or had been made before.

    `version` is that of this save: of a save that the network repeats, its own and not the newest.
    """

    written: Written
    is_new: bool
    version: int


@dataclass(frozen=True)
class Conflict:
    """Somebody else saved since: nothing was written. `theirs` is the answer as it stands."""

    theirs: Answer


class ClosedError(Exception):
    """The round no longer takes this save, or not of this member; nothing was written."""


def _held(review: Review, member: Membership, takes: Callable[[Review, Membership], bool]) -> None:
    """Hold the round as it is until the transaction ends. Raises ClosedError where it does not take the member's save.

    Both are read anew: a role, the pen and the state may have changed since the page was opened.
    """
    held = Review.objects.select_for_update().get(pk=review.pk)
    if not takes(held, Membership.objects.get(pk=member.pk)):
        raise ClosedError


def _row(rows: models.QuerySet, **key: models.Model) -> Any:
    """What is written under a key, made where nothing is yet, held until the transaction ends.

    What the key names stands in it already read, so that nobody asks for it again.
    """
    held = rows.select_for_update(of=("self",))
    written = held.filter(**key).first() or held.get(pk=rows.get_or_create(**key)[0].pk)
    for name, one in key.items():
        setattr(written, name, one)
    return written


@transaction.atomic
def save_answer(
    *, review: Review, question: Question, member: Membership, content: Content, base: int, save_id: UUID
) -> Saved | Conflict:
    """Save the school's answer, begun from version `base` (0: from nothing).

    What was changed since then in other fields stays: who only ticks a box on a page left open changes no text. Where
    the same field was changed, by somebody else, it is a conflict; by oneself, the later save stands and the earlier is
    a revision. A save made before, or of what stands already, has no second effect. Raises ClosedError.
    """
    _held(review, member, Review.takes_answer_of)
    answer = _row(Answer.objects.select_related("updated_by"), review=review, question=question)
    before = answer.revisions.filter(save_id=save_id).first()
    if before and before.saved_by_id == member.pk and Content.of(before) == content:
        return Saved(answer, is_new=False, version=before.number)
    if base < answer.version:
        together = merged(_content(answer, base), Content.of(answer), content)
        if together is None and answer.revisions.filter(number__gt=base).exclude(saved_by=member).exists():
            return Conflict(answer)
        content = together or content
    answer.updated_by = member
    return _write(answer, content, uuid4() if before else save_id, ["updated_by"], saved_by=member)


@transaction.atomic
def save_view(
    *, review: Review, question: Question, member: Membership, content: Content, save_id: UUID, base: int = 2**31
) -> Saved:
    """Save a member's own view, begun from version `base`. It has one author, so it never conflicts.

    What was changed since `base` in other fields stays. Raises ClosedError once views are open.
    """
    _held(review, member, Review.takes_view_of)
    view = _row(View.objects.all(), review=review, question=question, member=member)
    before = view.revisions.filter(save_id=save_id).first()
    if before and Content.of(before) == content:
        return Saved(view, is_new=False, version=before.number)
    if base < view.version:
        content = merged(_content(view, base), Content.of(view), content) or content
    return _write(view, content, uuid4() if before else save_id)


def _content(written: Answer | View, version: int) -> Content:
    """What stood in a version; nothing in version 0."""
    revision = written.revisions.filter(number=version).first()
    return Content.of(revision) if revision else Content()


@transaction.atomic
def restore_revision(*, revision: AnswerRevision, member: Membership) -> Answer:
    """Make an earlier state the answer again, as a save of its own; what stood before stays. Raises ClosedError."""
    review = revision.answer.review
    _held(review, member, Review.takes_answer_of)  # in the order of save_answer: two never wait for each other
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
        return Saved(written, is_new=False, version=written.version)
    for name, value in said.items():
        setattr(written, name, value)
    written.version += 1
    written.save(update_fields=[*said, *also, "version", "updated_at"])
    written.revisions.create(number=written.version, save_id=save_id, **said, **revision)
    touch(team_id=written.review.team_id)
    return Saved(written, is_new=True, version=written.version)
