"""Into the workbench: one's codebooks, a new one, an invitation."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from findings import actions
from findings.access import is_editor
from findings.forms import CoderNameForm, NamedForm, StartForm
from findings.models import CodebookMember, DeskRole, Invitation, StudyOffer
from findings.models.offers import with_last_offer
from findings.views.base import room
from schools.models import Study

DECLINED_SHOWN = 5  # studies; the list of one's studies says it of all


@room
@require_safe
def desks(request: HttpRequest) -> HttpResponse:
    """The codebooks that one works on, and how to begin another."""
    return _render(request)


def _render(
    request: HttpRequest,
    start_form: StartForm | None = None,
    name_form: CoderNameForm | None = None,
    status: int = 200,
) -> HttpResponse:
    coder, editor = actions.coder_of(user=request.user), is_editor(request.user)
    places = CodebookMember.objects.filter(user=request.user.pk).select_related("codebook__study")
    codes = ~Q(codebook__members__role=DeskRole.VIEWER)
    counted = places.annotate(
        member_count=Count("codebook__members", distinct=True),
        coder_count=Count("codebook__members", filter=codes, distinct=True),
    )
    context = {
        "coder": coder,
        "places": counted.order_by("-joined_at"),
        "start_form": start_form or StartForm.for_coder(coder, study=request.GET.get("study", "")),
        "name_form": name_form or CoderNameForm(initial={"own_name": coder.name}),
        "is_named": bool(actions.given_name(coder)),
        "declined": with_last_offer(Study.objects.filter(made_by=request.user.pk))
        .filter(offer_state=StudyOffer.State.DECLINED)
        .order_by("-offer_decided_at")[:DECLINED_SHOWN],
        "is_editor": editor,
        "waiting": StudyOffer.objects.filter(state=StudyOffer.State.OPEN).count() if editor else 0,
    }
    return render(request, "workbench/desks.html", context, status=status)


@room
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begin a codebook: empty, or with the codes of a published one."""
    form = StartForm.for_coder(actions.coder_of(user=request.user), request.POST)
    if not form.is_valid():
        return _render(request, form, status=400)
    said = form.cleaned_data
    options = {"user": request.user, "name": said["name"], "own_name": said.get("own_name", "")}
    if said["source"] is not None:
        made = actions.copy_codebook(source=said["source"], study=said["study"], **options)
    else:
        made = actions.start_codebook(study=said["study"], **options)
    return redirect("workbench:codebook", made.guid)


@room
@require_POST
def name(request: HttpRequest) -> HttpResponse:
    """Say how fellow coders see oneself."""
    form = CoderNameForm(request.POST)
    if not form.is_valid():
        return _render(request, name_form=form, status=400)
    actions.name_coder(coder=actions.coder_of(user=request.user), name=form.cleaned_data["own_name"])
    messages.success(request, "Your name is saved.")
    return redirect("workbench:desks")


@room
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """What one is invited to, and by whom; a POST accepts."""
    offered = Invitation.objects.filter(
        secret_hash=actions.hash_of(secret), used_at=None, expires_at__gt=timezone.now()
    )
    found = offered.select_related("codebook", "made_by").first()
    coder = actions.coder_of(user=request.user)
    form = NamedForm.for_coder(
        coder, request.POST if request.method == "POST" else None, initial={"own_name": coder.name}
    )
    if request.method == "POST" and form.is_valid():
        try:
            member = actions.join(secret=secret, user=request.user, own_name=form.cleaned_data.get("own_name", ""))
        except actions.Refused as error:
            messages.error(request, str(error))
            return redirect("workbench:desks")
        return redirect("workbench:codebook", member.codebook.guid)
    leads = found.codebook.members.filter(role=DeskRole.LEAD).select_related("user__coder") if found else []
    context = {"invitation": found, "form": form, "coder": coder, "leads": leads}
    status = 404 if found is None else 400 if form.errors else 200
    return render(request, "workbench/invitation.html", context, status=status)
