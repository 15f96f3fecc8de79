"""Into the workbench: one's codebooks, a new one, an invitation."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from findings import actions
from findings.forms import CoderNameForm, StartForm
from findings.models import CodebookMember, Invitation
from findings.views.base import room
from schools.models import Study


@room
@require_safe
def desks(request: HttpRequest) -> HttpResponse:
    """The codebooks that one works on, and how to begin another."""
    return _render(request, StartForm(initial={"study": Study.objects.filter(is_published=True).first()}))


def _render(
    request: HttpRequest, start_form: StartForm, name_form: CoderNameForm | None = None, status: int = 200
) -> HttpResponse:
    coder = actions.coder_of(user=request.user)
    places = CodebookMember.objects.filter(user=request.user.pk).select_related("codebook__study")
    context = {
        "coder": coder,
        "places": places.annotate(member_count=Count("codebook__members", distinct=True)).order_by("-joined_at"),
        "start_form": start_form,
        "name_form": name_form or CoderNameForm(initial={"own_name": coder.name}),
    }
    return render(request, "workbench/desks.html", context, status=status)


@room
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begin a codebook: empty, or with the codes of a published one."""
    form = StartForm(request.POST)
    if not form.is_valid():
        return _render(request, form, status=400)
    name, source = form.cleaned_data["name"], form.cleaned_data["source"]
    if source is not None:
        made = actions.copy_codebook(user=request.user, source=source, name=name)
    else:
        made = actions.start_codebook(user=request.user, study=form.cleaned_data["study"], name=name)
    return redirect("workbench:codebook", made.guid)


@room
@require_POST
def name(request: HttpRequest) -> HttpResponse:
    """Say how fellow coders see oneself."""
    form = CoderNameForm(request.POST)
    if not form.is_valid():
        return _render(request, StartForm(), form, status=400)
    actions.name_coder(coder=actions.coder_of(user=request.user), name=form.cleaned_data["own_name"])
    messages.success(request, "Your name is saved.")
    return redirect("workbench:desks")


@room
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """What one is invited to; a POST accepts."""
    if request.method == "POST":
        try:
            member = actions.join(secret=secret, user=request.user)
        except actions.Refused as error:
            messages.error(request, str(error))
            return redirect("workbench:desks")
        return redirect("workbench:codebook", member.codebook.guid)
    offered = Invitation.objects.filter(
        secret_hash=actions.hash_of(secret), used_at=None, expires_at__gt=timezone.now()
    )
    found = offered.select_related("codebook").first()
    return render(request, "workbench/invitation.html", {"invitation": found}, status=200 if found else 404)
