"""From everyone's own view to the school's answer: gather views, open them, see where they differ, pass the pen."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from selfreview import actions
from selfreview.access import Seat, private, seat_of
from selfreview.accord import Accord
from selfreview.forms import PenForm
from selfreview.models import Level, Membership, Question, Review
from selfreview.views.asking import ask, is_sure

MOVED = "The round has moved on meanwhile. This is how it stands now."


@dataclass(frozen=True)
class Item:
    """A question, who chose which level of it, and how far they agree."""

    question: Question
    levels: list[tuple[str, str]]  # a member's name and the level's label
    accord: Accord


@private
@require_safe
def views(request: HttpRequest, guid: UUID) -> HttpResponse:
    """While views are written: how far everyone has come. Once they are open: where they differ."""
    seat = seat_of(request, guid)
    members = list(seat.review.team.members.filter(left_at=None))
    context = {"seat": seat, "members": members}
    if seat.review.state == Review.State.VIEWS:
        context["progress"] = _progress(seat.review, members)
    elif seat.review.views_opened_at:
        context["items"] = _items(seat.review)
    if seat.is_lead:
        context["pen"] = PenForm.for_review(seat.review, members)
    return render(request, "selfreview/views.html", context)


def _progress(review: Review, members: list[Membership]) -> list[tuple[Membership, int]]:
    """How many questions each writing member has a view of: a number, and nothing of what it says. One query."""
    counts: dict[int, int] = defaultdict(int)
    for member in review.views.exclude(level="", text="").values_list("member", flat=True):
        counts[member] += 1
    return [(one, counts[one.pk]) for one in members if one.may_write]


def _items(review: Review) -> list[Item]:
    """Every question that somebody has a view of, where they differ most first. Two queries."""
    written: dict[int, list] = defaultdict(list)
    shown = review.views.filter(review__views_opened_at__isnull=False).exclude(level="", text="")
    for view in shown.select_related("member").defer("text"):
        written[view.question_id].append(view)
    questions = Question.objects.filter(section__questionnaire=review.questionnaire_id).select_related("section")
    items = [
        Item(
            question,
            [(str(view.member), str(Level(view.level).label) if view.level else "no level") for view in found],
            Accord.of(view.level for view in found),
        )
        for question in questions
        if (found := written.get(question.pk))
    ]
    return sorted(items, key=lambda item: item.accord.furthest_first)


def _step(
    request: HttpRequest,
    guid: UUID,
    act: Callable[[Seat], None],
    done: str,
    question: tuple[str, str, str] | None = None,
) -> HttpResponse:
    """A step of the round by a lead, asked about first where there is a question (it, what follows, the button).

    Where the round has moved on, nothing happens and that is said.
    """
    seat = seat_of(request, guid, lead=True)
    if question and not is_sure(request):
        back = reverse("selfreview:views", args=[guid])
        return ask(request, seat, question=question[0], consequence=question[1], button=question[2], back=back)
    try:
        act(seat)
        messages.success(request, done)
    except actions.WrongStateError:
        messages.error(request, MOVED)
    return redirect("selfreview:views", guid)


@private
@require_POST
def gather(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Ask everyone for a view of their own first."""
    return _step(
        request,
        guid,
        lambda seat: actions.gather_views(review=seat.review),
        "Everyone now writes a view of their own. Nobody sees another’s until you open them.",
        (
            "Collect everyone’s own view?",
            "Each of you then answers alone, unseen by the others, until you open the views. The school’s answers wait "
            "until then; those that stand already stay, and begin the view of whoever wrote them last.",
            "Collect views",
        ),
    )


@private
@require_POST
def open_views(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Show everyone all views."""
    return _step(
        request,
        guid,
        lambda seat: actions.open_views(review=seat.review),
        "The views are open. Write the school’s answer to each question, beginning from any view.",
        (
            "Open the views to everyone?",
            "Every member then sees every view, and views can no longer change. The leads write the school’s answers.",
            "Open the views",
        ),
    )


@private
@require_POST
def pen(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Say who writes the school's answer besides the leads."""
    seat = seat_of(request, guid, lead=True)
    members = list(seat.review.team.members.filter(left_at=None))
    form = PenForm.for_review(seat.review, members, request.POST)
    if not form.is_valid():
        messages.error(request, "Choose who writes from the list.")
        return redirect("selfreview:views", guid)
    chosen = form.cleaned_data["pen"]
    holder = next((one for one in members if str(one.guid) == chosen), None)
    return _step(
        request,
        guid,
        lambda seat: actions.pass_pen(review=seat.review, member=holder, everyone=chosen == "everyone"),
        "It is settled who writes the school’s answer.",
    )
