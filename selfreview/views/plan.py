"""Where a school stands, beside others too, and what it will do: profile, benchmark and actions."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from selfreview.access import Seat, private, seat_of
from selfreview.actions import StaleActionError, save_action
from selfreview.benchmark import Beside
from selfreview.forms import ActionForm
from selfreview.models import Action, Question
from selfreview.models.benchmark import FEWEST
from selfreview.profile import KEYS, LABELS, Profile
from selfreview.progress import parts_of


@private
@require_safe
def profile(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Levels by section, strengths and weaknesses, priorities and gaps."""
    seat = seat_of(request, guid)
    context = {
        "seat": seat,
        "profile": Profile.of(parts_of(seat.review, viewed_by=seat.member if seat.writes_view else None)),
        "levels": LABELS,
        "keys": KEYS,
    }
    return render(request, "selfreview/profile.html", context)


@private
@require_safe
def benchmark(request: HttpRequest, guid: UUID) -> HttpResponse:
    """This round beside those of other schools, in sums of five and more."""
    seat = seat_of(request, guid)
    context = {"seat": seat, "beside": Beside.of(seat.review), "fewest": FEWEST}
    return render(request, "selfreview/benchmark.html", context)


@private
@require_POST
def join_benchmark(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Take part in the benchmark with rounds closed from now on, or no longer."""
    seat = seat_of(request, guid, lead=True)
    seat.review.team.in_benchmark = "join" in request.POST
    seat.review.team.save(update_fields=["in_benchmark"])
    return redirect("selfreview:benchmark", guid)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def actions(request: HttpRequest, guid: UUID) -> HttpResponse:
    """The team's actions as a board and a list; a POST adds one."""
    seat = seat_of(request, guid, write=request.method == "POST")
    about = _question(seat, request.GET.get("question", ""))
    form = ActionForm.for_team(seat.review.team, request.POST or None)
    if request.method == "POST" and form.is_valid():
        action, sent = form.save(commit=False), form.cleaned_data["save_id"]
        action.team, action.question, action.guid = seat.review.team, about, sent or action.guid
        if not (sent and Action.objects.filter(guid=sent).exists()):  # a form that is sent twice makes one action
            save_action(action=action, by=seat.member)
        messages.success(request, f"The action “{action.title}” is saved.")
        return redirect("selfreview:actions", guid)
    return render(request, "selfreview/actions.html", _context(seat, form, about), status=400 if form.errors else 200)


def _context(seat: Seat, form: ActionForm, about: Question | None) -> dict:
    every = list(seat.review.team.actions.select_related("owner", "question__section"))
    today = timezone.localdate()
    columns = [(label, [one for one in every if one.status == value]) for value, label in Action.Status.choices]
    overdue = {one.pk for one in every if one.is_open and one.due and one.due < today}
    every.sort(key=lambda one: not one.is_open)  # what is over comes last; else in the order of dates
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
    context = {"seat": seat, "form": form, "action": found}
    if request.method == "POST" and form.is_valid():
        try:
            save_action(action=form.save(commit=False), by=seat.member, base=form.cleaned_data["base"] or 0)
        except StaleActionError as stale:
            return _stale(request, context, stale.theirs)
        messages.success(request, "The action is saved.")
        return redirect("selfreview:actions", guid)
    return render(request, "selfreview/action.html", context, status=400 if form.errors else 200)


def _stale(request: HttpRequest, context: dict, theirs: Action) -> HttpResponse:
    """409: what a colleague saved meanwhile stands beside what was typed; saving again is then meant."""
    data = request.POST.copy()
    data["base"] = str(theirs.version)
    form = ActionForm.for_team(context["seat"].review.team, data, instance=context["action"])
    return render(request, "selfreview/action.html", context | {"form": form, "theirs": theirs}, status=409)


@private
@require_POST
def delete_action(request: HttpRequest, guid: UUID, action: UUID) -> HttpResponse:
    """Delete an action; its page has asked."""
    seat = seat_of(request, guid, write=True)
    get_object_or_404(seat.review.team.actions, guid=action).delete()
    messages.success(request, "The action is deleted.")
    return redirect("selfreview:actions", guid)
