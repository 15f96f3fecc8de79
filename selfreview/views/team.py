"""The people of a review, and its end."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from selfreview import actions
from selfreview.access import Seat, private, seat_of
from selfreview.forms import InviteForm, NameForm, TeamForm
from selfreview.models import Membership, Role

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
        form.save()
        actions.touch(team=seat.review.team)
        messages.success(request, "The school’s details are saved.")
        return redirect("selfreview:team", guid)
    return _render(request, seat, form, InviteForm(), status=400 if form.errors else 200)


def _render(
    request: HttpRequest,
    seat: Seat,
    form: TeamForm,
    invite: InviteForm,
    *,
    name: NameForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "seat": seat,
        "name_form": name or NameForm(initial={"own_name": seat.member.name}),
        "form": form,
        "invite": invite,
        "members": seat.review.team.members.filter(left_at=None),
        "roles": Role.choices,
        "is_lead": seat.member.role == Role.LEAD,
    }
    return render(request, "selfreview/team.html", context, status=status)


@private
@require_POST
def rename(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Say how colleagues see oneself."""
    seat = seat_of(request, guid)
    form = NameForm(request.POST)
    if not form.is_valid():
        return _render(request, seat, TeamForm(instance=seat.review.team), InviteForm(), name=form, status=400)
    seat.member.name = form.cleaned_data["own_name"]
    seat.member.save(update_fields=["name"])
    messages.success(request, "Your name is saved.")
    return redirect("selfreview:team", guid)


@private
@require_POST
def invite(request: HttpRequest, guid: UUID) -> HttpResponse:
    """A place for a colleague, with a private link to pass on; it is shown once."""
    seat = seat_of(request, guid, lead=True)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _render(request, seat, TeamForm(instance=seat.review.team), form, status=400)
    member, secret = actions.invite(team=seat.review.team, **form.cleaned_data)
    address = request.build_absolute_uri(reverse("selfreview:come_back", args=[secret]))
    return render(request, "selfreview/invited.html", {"seat": seat, "member": member, "address": address})


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
    try:
        actions.change_role(member=_member(seat, member), role=role)
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
    try:
        actions.remove_member(member=target)
    except actions.LastLeadError:
        messages.error(request, LAST_LEAD)
        return redirect("selfreview:team", guid)
    return redirect("selfreview:start") if target == seat.member else redirect("selfreview:team", guid)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Delete all that the team wrote: the page names what goes, the POST does it."""
    seat = seat_of(request, guid, lead=True)
    if request.method == "POST":
        actions.delete_team(team=seat.review.team)
        messages.success(request, "The review is deleted, with all its answers and their history.")
        return redirect("selfreview:start")
    context = {
        "seat": seat,
        "answers": seat.review.answers.exclude(level="", text="").count(),
        "members": seat.review.team.members.filter(left_at=None).count(),
    }
    return render(request, "selfreview/delete.html", context)
