"""Rounds: gather views, open them, pass the pen, close, begin the next; and the end of it all."""

from django.db import transaction
from django.utils import timezone

from selfreview.actions.secrets import touch
from selfreview.frozen import freeze
from selfreview.models import Action, Answer, Membership, Questionnaire, Review, Role, Team, View, ViewRevision


class WrongStateError(Exception):
    """The round is not in the state that this step begins from; nothing was done."""


def _held(review: Review, state: object) -> Review:
    """The round, held until the transaction ends. Raises WrongStateError where it is in another state."""
    held = Review.objects.select_for_update(of=("self",)).select_related("team").get(pk=review.pk)
    if held.state != state:
        raise WrongStateError
    touch(team_id=held.team_id)
    return held


@transaction.atomic
def gather_views(*, review: Review) -> None:
    """Ask every contributor for a view of their own before the school's answer is written.

    Answers that the school has already stay, and become the view of whoever wrote them last, where there is none yet.
    Raises WrongStateError unless answers are being written.
    """
    held = _held(review, Review.State.OPEN)
    held.state, held.views_opened_at = Review.State.VIEWS, None
    held.save(update_fields=["state", "views_opened_at"])
    writers = held.team.members.filter(left_at=None, role__in=[Role.LEAD, Role.CONTRIBUTOR])
    written = held.answers.filter(version__gt=0, updated_by__in=writers)
    have = set(held.views.values_list("question", "member"))
    _begin_views([one for one in written if (one.question_id, one.updated_by_id) not in have])


def _begin_views(answers: list[Answer]) -> None:
    for one in answers:
        said = {name: getattr(one, name) for name in View.CONTENT}
        view = View.objects.create(
            review_id=one.review_id, question_id=one.question_id, member_id=one.updated_by_id, version=1, **said
        )
        last = one.revisions.get(number=one.version)
        ViewRevision.objects.create(view=view, number=1, save_id=last.save_id, **said)


@transaction.atomic
def open_views(*, review: Review) -> None:
    """Show every member all views, for the school's answer to be agreed. From then on the leads write it.

    Raises WrongStateError unless views are being written.
    """
    held = _held(review, Review.State.VIEWS)
    held.state, held.views_opened_at, held.pen_for_all = Review.State.OPEN, timezone.now(), False
    held.save(update_fields=["state", "views_opened_at", "pen_for_all"])


@transaction.atomic
def pass_pen(*, review: Review, member: Membership | None, everyone: bool = False) -> None:
    """Say who writes the agreed answer besides the leads: one member, every contributor, or nobody.

    Raises WrongStateError for a closed round or while views are being written.
    """
    held = _held(review, Review.State.OPEN)
    held.pen, held.pen_for_all = member, everyone
    held.save(update_fields=["pen", "pen_for_all"])


@transaction.atomic
def close_round(*, review: Review) -> None:
    """Freeze a round: its answers stay as they are, and so does its report. A second closing changes nothing.

    Raises WrongStateError while views are still being written: open them first.
    """
    rounds = Review.objects.select_for_update(of=("self",)).select_related("team", "questionnaire")
    held = rounds.get(pk=review.pk)
    if held.state == Review.State.CLOSED:
        return
    if held.state == Review.State.VIEWS:
        raise WrongStateError
    touch(team_id=held.team_id)
    held.state, held.closed_at, held.frozen = Review.State.CLOSED, timezone.now(), freeze(held)
    held.save(update_fields=["state", "closed_at", "frozen"])


@transaction.atomic
def next_round(*, team: Team) -> Review:
    """The round after a closed one, with the newest version of its questionnaire; an open round is given back.

    It begins as the last one did: with views, where that one had them, and with the pen where it was.
    """
    Team.objects.select_for_update().get(pk=team.pk)
    last = team.reviews.select_related("questionnaire").order_by("-number")[0]
    if last.state != Review.State.CLOSED:
        return last
    newest = Questionnaire.objects.filter(slug=last.questionnaire.slug, is_published=True).order_by("-version").first()
    state = Review.State.VIEWS if last.views_opened_at else Review.State.OPEN
    return Review.objects.create(
        team=team,
        questionnaire=newest or last.questionnaire,
        number=last.number + 1,
        state=state,
        pen_for_all=last.pen_for_all,
        pen=last.pen,
    )


@transaction.atomic
def delete_team(*, team: Team) -> None:
    """Delete a team with all that it wrote. Nothing of it is kept but what the benchmark had added up before.

    Its rounds are held first: a save that is under way ends before, and one that comes later finds no round.
    """
    list(Review.objects.select_for_update().filter(team=team).order_by("pk"))
    Answer.objects.filter(review__team=team).delete()
    View.objects.filter(review__team=team).delete()
    Action.objects.filter(team=team).delete()
    team.reviews.all().delete()
    team.delete()
