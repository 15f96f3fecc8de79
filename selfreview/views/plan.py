"""Where a school stands and what it will do: profile and actions."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from selfreview.access import Seat, private, seat_of
from selfreview.actions import save_action
from selfreview.forms import ActionForm
from selfreview.models import Action, Question
from selfreview.profile import KEYS, LABELS, Profile
from selfreview.progress import parts_of


@private
@require_safe
def profile(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Levels by section, strengths and weaknesses, priorities and gaps."""
    seat = seat_of(request, guid)
    context = {
        "seat": seat,
        "profile": Profile.of(parts_of(seat.review)),
        "levels": LABELS,
        "keys": KEYS,
    }
    return render(request, "selfreview/profile.html", context)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def actions(request: HttpRequest, guid: UUID) -> HttpResponse:
    """The team's actions as a board and a list; a POST adds one."""
    seat = seat_of(request, guid, write=request.method == "POST")
    about = _question(seat, request.GET.get("question", ""))
    form = ActionForm.for_team(seat.review.team, request.POST or None)
    if request.method == "POST" and form.is_valid():
        action = form.save(commit=False)
        action.team, action.question = seat.review.team, about
        save_action(action=action)
        messages.success(request, "The action is saved.")
        return redirect("selfreview:actions", guid)
    return render(request, "selfreview/actions.html", _context(seat, form, about), status=400 if form.errors else 200)


def _context(seat: Seat, form: ActionForm, about: Question | None) -> dict:
    every = list(seat.review.team.actions.select_related("owner", "question__section"))
    today = timezone.localdate()
    columns = [(label, [one for one in every if one.status == value]) for value, label in Action.Status.choices]
    overdue = {one.pk for one in every if one.is_open and one.due and one.due < today}
    return {"seat": seat, "form": form, "about": about, "columns": columns, "actions": every, "overdue": overdue}


def _question(seat: Seat, guid: str) -> Question | None:
    """The question that an action comes from, by its identity in the address; none where that is none of ours."""
    try:
        wanted = UUID(guid)
    except ValueError:
        return None
    questions = Question.objects.filter(section__questionnaire=seat.review.questionnaire_id)
    return questions.select_related("section").filter(guid=wanted).first()


@private
@require_http_methods(["GET", "HEAD", "POST"])
def action(request: HttpRequest, guid: UUID, action: UUID) -> HttpResponse:
    """Change an action."""
    seat = seat_of(request, guid, write=True)
    found = get_object_or_404(seat.review.team.actions.select_related("question__section"), guid=action)
    form = ActionForm.for_team(seat.review.team, request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        save_action(action=form.save(commit=False))
        messages.success(request, "The action is saved.")
        return redirect("selfreview:actions", guid)
    context = {"seat": seat, "form": form, "action": found}
    return render(request, "selfreview/action.html", context, status=400 if form.errors else 200)


@private
@require_POST
def delete_action(request: HttpRequest, guid: UUID, action: UUID) -> HttpResponse:
    """Delete an action; its page has asked."""
    seat = seat_of(request, guid, write=True)
    get_object_or_404(seat.review.team.actions, guid=action).delete()
    messages.success(request, "The action is deleted.")
    return redirect("selfreview:actions", guid)
