"""The people of a review, and its end."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from selfreview import actions
from selfreview.access import Seat, private, seat_of
from selfreview.actions.people import LEAD_DAYS
from selfreview.forms import InviteForm, NameForm, TeamForm
from selfreview.limits import may_send_mail
from selfreview.models import Membership, Review, Role
from selfreview.views.asking import ask, is_sure

LAST_LEAD = (
    "You are the only lead. Make somebody else a lead first: a review without one could not be changed any more."
)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Who belongs to the review; a POST by a lead says which school it is."""
    seat = seat_of(request, guid, lead=request.method == "POST")
    form = TeamForm(request.POST or None, instance=seat.review.team)
    if request.method == "POST" and form.is_valid():
        actions.describe_team(team=form.save(commit=False), changed=form.changed_data)
        messages.success(request, "The school’s details are saved.")
        return redirect("selfreview:team", guid)
    return people(request, seat, form=form, status=400 if form.errors else 200)


def people(request: HttpRequest, seat: Seat, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page of people, with the forms that were sent and are wrong (`form`, `invite`, `name_form`)."""
    team = seat.review.team
    now = timezone.now()
    context = {
        "seat": seat,
        "form": TeamForm(instance=team),
        "invite": InviteForm(),
        "name_form": NameForm(initial={"own_name": seat.member.name}),
        "may_send": may_send_mail(request),
        "members": team.members.filter(left_at=None),
        "invitations": team.invitations.filter(accepted_at=None) if seat.is_lead else [],
        "now": now,
        "lead_days": LEAD_DAYS,
        "lead_free_on": seat.member.lead_asked_at and seat.member.lead_asked_at + timedelta(days=LEAD_DAYS),
        "roles": Role.choices,
        "gathers": Review.State.VIEWS,
    }
    return render(request, "selfreview/team.html", context | forms, status=status)


@private
@require_POST
def rename(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Say how colleagues see oneself, and whether to be reminded."""
    seat = seat_of(request, guid)
    form = NameForm(request.POST)
    if not form.is_valid():
        return people(request, seat, name_form=form, status=400)
    seat.member.name = form.cleaned_data["own_name"]
    seat.member.wants_reminders = bool(seat.member.user_id and "wants_reminders" in request.POST)
    seat.member.save(update_fields=["name", "wants_reminders"])
    messages.success(request, "It is saved.")
    return redirect("selfreview:team", guid)


def _member(seat: Seat, member_guid: UUID) -> Membership:
    return get_object_or_404(seat.review.team.members.filter(left_at=None), guid=member_guid)


@private
@require_POST
def change_role(request: HttpRequest, guid: UUID, member: UUID) -> HttpResponse:
    """Hand a role on."""
    seat = seat_of(request, guid, lead=True)
    role = request.POST.get("role", "")
    if role not in Role.values:
        messages.error(request, "Choose one of the roles.")
        return redirect("selfreview:team", guid)
    target = _member(seat, member)
    if target == seat.member and role != Role.LEAD and not is_sure(request):
        return ask(
            request,
            seat,
            question="Stop being a lead?",
            consequence="You can then no longer invite people, close rounds or change roles, your own included.",
            button="Change my role",
            back=_people(guid),
        )
    try:
        actions.change_role(member=target, role=role)
    except actions.LastLeadError:
        messages.error(request, LAST_LEAD)
    return redirect("selfreview:team", guid)


@private
@require_POST
def remove(request: HttpRequest, guid: UUID, member: UUID) -> HttpResponse:
    """End a colleague's place (by a lead) or one's own."""
    seat = seat_of(request, guid)
    target = _member(seat, member)
    if target != seat.member:
        seat = seat_of(request, guid, lead=True)
    if not is_sure(request):
        return _ask_to_remove(request, seat, target)
    try:
        actions.remove_member(member=target)
    except actions.LastLeadError:
        messages.error(request, LAST_LEAD)
        return redirect("selfreview:team", guid)
    return redirect("selfreview:start") if target == seat.member else redirect("selfreview:team", guid)


def _ask_to_remove(request: HttpRequest, seat: Seat, target: Membership) -> HttpResponse:
    mine = target == seat.member
    stays = "What was written for the school stays; a view that is not open yet goes, unread."
    return ask(
        request,
        seat,
        question="Leave this review?" if mine else f"Remove {target}?",
        consequence=f"{'You are' if mine else f'{target} is'} out at once, and the private link stops working. {stays}",
        button="Leave it" if mine else f"Remove {target}",
        back=_people(seat.review.guid),
    )


def _people(guid: UUID) -> str:
    return reverse("selfreview:team", args=[guid])


@private
@require_POST
def ask_lead(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Ask to be made lead; where the leads have let the time go by, become it."""
    seat = seat_of(request, guid, write=True)
    if seat.is_lead:
        return redirect("selfreview:team", guid)
    try:
        actions.take_lead(member=seat.member)
        messages.success(request, "You are a lead of this review now.")
    except actions.NotYetError:
        actions.ask_for_lead(member=seat.member)
        messages.success(
            request, f"The leads see your request. After {LEAD_DAYS} days without answer you can take over."
        )
    return redirect("selfreview:team", guid)


@private
@require_POST
def answer_lead(request: HttpRequest, guid: UUID, member: UUID) -> HttpResponse:
    """A lead's answer to who asked to be made lead."""
    seat = seat_of(request, guid, lead=True)
    actions.answer_lead_request(member=_member(seat, member), granted="grant" in request.POST)
    return redirect("selfreview:team", guid)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Delete all that the team wrote: the page names what goes, the POST does it."""
    seat = seat_of(request, guid, lead=True)
    if request.method == "POST":
        actions.delete_team(team=seat.review.team)
        messages.success(request, "The review is deleted, with all its answers and their history.")
        return redirect("selfreview:start")
    team = seat.review.team
    context = {
        "seat": seat,
        "rounds": team.reviews.count(),
        "answers": sum(team.reviews.values_list("answers__version", flat=True).exclude(answers__version=None)),
        "members": team.members.filter(left_at=None).count(),
        "actions": team.actions.count(),
        "is_counted": team.reviews.exclude(counted_at=None).exists(),
    }
    return render(request, "selfreview/delete.html", context)
