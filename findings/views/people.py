"""Who works on a codebook."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from findings import actions
from findings.access import Desk, desk_of
from findings.forms import InviteForm
from findings.models import CodebookMember, DeskRole
from findings.views.base import attempt, room


@room
@require_safe
def people(request: HttpRequest, guid: UUID) -> HttpResponse:
    """The members, and for a lead the invitations that are open."""
    return _render(request, desk_of(request, guid), InviteForm())


def _render(request: HttpRequest, desk: Desk, form: InviteForm, status: int = 200) -> HttpResponse:
    waiting = desk.codebook.invitations.filter(used_at=None, expires_at__gt=timezone.now()).select_related("made_by")
    context = {
        "desk": desk,
        "form": form,
        "members": desk.codebook.members.select_related("user__coder"),
        "invitations": waiting if desk.is_lead else [],
        "roles": DeskRole.choices,
    }
    return render(request, "workbench/people.html", context, status=status)


@room
@require_POST
def invite(request: HttpRequest, guid: UUID) -> HttpResponse:
    """A link for one person, shown once."""
    desk = desk_of(request, guid, lead=True)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _render(request, desk, form, status=400)
    made, secret = actions.invite(codebook=desk.codebook, coder=desk.coder, **form.cleaned_data)
    address = request.build_absolute_uri(reverse("workbench:invitation", args=[secret]))
    return render(request, "workbench/invited.html", {"desk": desk, "invitation": made, "address": address})


@room
@require_POST
def withdraw(request: HttpRequest, guid: UUID, invitation: UUID) -> HttpResponse:
    """End an invitation that nobody used."""
    desk = desk_of(request, guid, lead=True)
    found = get_object_or_404(desk.codebook.invitations, guid=invitation, used_at=None)
    actions.withdraw(invitation=found, coder=desk.coder)
    messages.success(request, "The invitation does not work any more.")
    return redirect("workbench:people", guid)


def _member(desk: Desk, guid: UUID) -> CodebookMember:
    return get_object_or_404(desk.codebook.members, guid=guid)


@room
@require_POST
def change_role(request: HttpRequest, guid: UUID, member: UUID) -> HttpResponse:
    """Hand a role on."""
    desk = desk_of(request, guid, lead=True)
    role = request.POST.get("role", "")
    if role not in DeskRole.values:
        messages.error(request, "Choose one of the roles.")
    else:
        about = {"member": _member(desk, member), "by": desk.coder}
        attempt(request, actions.change_role, "The role is changed.", role=role, **about)
    return redirect("workbench:people", guid)


@room
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, guid: UUID, member: UUID) -> HttpResponse:
    """Ask; a POST ends a member's place (by a lead) or one's own. The codings stay."""
    desk = desk_of(request, guid)
    target = _member(desk, member)
    is_own = target.pk == desk.member.pk
    if not is_own:
        desk = desk_of(request, guid, lead=True)
    name = actions.coder_of(user=target.user).name
    if request.method != "POST":
        context = {"desk": desk, "name": name, "is_own": is_own}
        return render(request, "workbench/remove_member.html", context)
    said = f"You left “{desk.codebook.name}”. Your" if is_own else f"{name} is removed. Their"
    done = attempt(request, actions.remove_member, f"{said} codings stay.", member=target, by=desk.coder)
    return redirect("workbench:desks") if done and is_own else redirect("workbench:people", guid)
