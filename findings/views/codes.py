"""One code: what it means, where it stands, and what becomes of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from findings import actions
from findings.access import Desk, desk_of
from findings.actions.base import several_work_blind
from findings.code_history import records_of, states_of
from findings.forms import CodeForm, ParentForm, SplitForm
from findings.models import Code, CodebookMember, Coding, DeskRole
from findings.tree import codebook_tree, family_of
from findings.views.base import attempt, attempt_form, room
from schools.paging import nearest_page, page_of

CODINGS_A_PAGE = 50
HISTORY_A_PAGE = 50


def _code(desk: Desk, guid: UUID) -> Code:
    codes = Code.objects.filter(codebook=desk.codebook)
    return get_object_or_404(codes.select_related("codebook", "parent", "merged_into", "example__school"), guid=guid)


def _named(desk: Desk, guid: str) -> Code | None:
    """The code that a form names; None where it names none. Raises Http404 for one that is not of this codebook."""
    if not guid:
        return None
    try:
        return _code(desk, UUID(guid))
    except ValueError as error:
        raise Http404("No such code.") from error


@room
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, guid: UUID) -> HttpResponse:
    """A new code."""
    writes = request.method == "POST"
    desk = desk_of(request, guid, code=True, write=writes)
    tree = codebook_tree(desk.codebook, in_use=True)
    above = next((node.code for node in tree if str(node.code.guid) == request.GET.get("parent")), None)
    colour = above.colour if above else actions.next_colour(desk.codebook)
    form = CodeForm(request.POST if writes else None, instance=Code(codebook=desk.codebook, colour=colour))
    place = ParentForm.for_tree(tree, request.POST if writes else {"parent": request.GET.get("parent", "")})
    if writes and form.is_valid() and place.is_valid():
        parent = _named(desk, place.cleaned_data["parent"])
        options = form.cleaned_data | {"parent": parent}
        del options["seen"]  # there was nothing to see
        if attempt_form(form, actions.add_code, codebook=desk.codebook, coder=desk.coder, **options):
            messages.success(request, f"The code “{form.cleaned_data['name']}” is added.")
            return redirect("workbench:codebook", guid)
    context = {"desk": desk, "form": form, "place": place}
    return render(request, "workbench/add_code.html", context, status=400 if writes else 200)


@room
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, guid: UUID, code: UUID) -> HttpResponse:
    """One code with its codings; a POST describes it."""
    writes = request.method == "POST"
    desk = desk_of(request, guid, code=writes, write=writes)
    one = _code(desk, code)
    if not writes:
        return _render(request, desk, one)
    form = CodeForm(request.POST, instance=_code(desk, code))
    options: dict[str, Any] = {"codebook": desk.codebook, "coder": desk.coder, "code": one}
    if form.is_valid() and attempt_form(form, actions.edit_code, **options, **form.cleaned_data):
        messages.success(request, "The code is saved.")
        return redirect("workbench:code", guid, code)
    return _render(request, desk, one, form=form, status=400)


def _codings(request: HttpRequest, desk: Desk, code: Code) -> QuerySet[Coding]:
    return Coding.objects.visible_to(request.user, desk.codebook).filter(code=code)


def _render(
    request: HttpRequest,
    desk: Desk,
    code: Code,
    form: CodeForm | None = None,
    splitting: SplitForm | None = None,
    status: int = 200,
) -> HttpResponse:
    visible = _codings(request, desk, code)
    codings = visible.select_related("quote__school", "coder").order_by(
        "quote__school__position", "quote__position", "start", "pk"
    )
    tree = codebook_tree(desk.codebook, in_use=True)
    family = family_of(code)
    led = CodebookMember.objects.filter(user=request.user.pk, role=DeskRole.LEAD).exclude(codebook=desk.codebook)
    context = {
        "desk": desk,
        "code": code,
        "form": form or CodeForm.of(code),
        "splitting": splitting or SplitForm.of(visible),
        "place": ParentForm.for_tree(tree, {"parent": str(code.parent.guid) if code.parent else ""}, but=family),
        "others": [node for node in tree if node.code.pk not in family],
        "elsewhere": led.filter(codebook__study=desk.codebook.study_id, codebook__is_published=False).select_related(
            "codebook"
        ),
        "works_blind": several_work_blind(desk.codebook),
        "page": (page_of if status == 200 else nearest_page)(request, codings, CODINGS_A_PAGE),
    }
    return render(request, "workbench/code.html", context, status=status)


@room
@require_POST
def move(request: HttpRequest, guid: UUID, code: UUID) -> HttpResponse:
    """Put a code under another, or, with all its codings, into another codebook that one leads."""
    desk = desk_of(request, guid, lead=True, write=True)
    one = _code(desk, code)
    options: dict[str, Any] = {"codebook": desk.codebook, "coder": desk.coder, "code": one}
    if "codebook" in request.POST:
        try:
            target = desk_of(request, UUID(request.POST["codebook"]), lead=True, write=True).codebook
        except ValueError as error:
            raise Http404("No such codebook.") from error
        losing = actions.losing_sight(one, target, desk.coder)
        if losing and "sure" not in request.POST:
            context = {"desk": desk, "code": one, "target": target, "losing": losing}
            return render(request, "workbench/move_away.html", context)
        done = attempt(
            request, actions.move_to_codebook, "The code is moved with its codings.", target=target, **options
        )
        return redirect("workbench:codebook", guid) if done else redirect("workbench:code", guid, code)
    parent = _named(desk, request.POST.get("parent", ""))
    attempt(request, actions.move_code, "The code is moved.", parent=parent, **options)
    return redirect("workbench:code", guid, code)


@room
@require_POST
def shift(request: HttpRequest, guid: UUID, code: UUID) -> HttpResponse:
    """Move a code up or down among those beside it."""
    desk = desk_of(request, guid, lead=True, write=True)
    one = _code(desk, code)
    up = request.POST.get("way") == "up"
    attempt(request, actions.shift_code, codebook=desk.codebook, coder=desk.coder, code=one, up=up)
    return redirect(f"{reverse('workbench:codebook', args=[guid])}#code-{one.guid}")


@room
@require_POST
def merge(request: HttpRequest, guid: UUID, code: UUID) -> HttpResponse:
    """Let all codings go over to another code."""
    desk = desk_of(request, guid, lead=True, write=True)
    one, survivor = _code(desk, code), _named(desk, request.POST.get("into", ""))
    if survivor is None:
        messages.error(request, "Choose the code to merge it into.")
        return redirect("workbench:code", guid, code)
    options: dict[str, Any] = {"codebook": desk.codebook, "coder": desk.coder, "code": one, "survivor": survivor}
    done = attempt(request, actions.merge_codes, f"“{one}” is merged into “{survivor}”.", **options)
    return redirect("workbench:code", guid, survivor.guid if done else code)


@room
@require_http_methods(["GET", "HEAD", "POST"])
def split(request: HttpRequest, guid: UUID, code: UUID) -> HttpResponse:
    """A new code with the codings that were ticked; an error stands on the code's page, to which a GET leads back."""
    writes = request.method == "POST"
    desk = desk_of(request, guid, lead=True, write=writes)
    one = _code(desk, code)
    back = reverse("workbench:code", args=[guid, code])
    if not writes:
        return redirect(f"{back}?{request.GET.urlencode()}#codings")
    form = SplitForm.of(_codings(request, desk, one), request.POST)
    options: dict[str, Any] = {"codebook": desk.codebook, "coder": desk.coder, "code": one}
    if form.is_valid():
        options |= {"name": form.cleaned_data["name"], "codings": form.cleaned_data["coding"]}
        if attempt_form(form, actions.split_off, beside="name", **options):
            messages.success(request, f"The new code “{form.cleaned_data['name']}” is split off.")
            return redirect(back)
    return _render(request, desk, one, splitting=form, status=400)


@room
@require_POST
def retire(request: HttpRequest, guid: UUID, code: UUID) -> HttpResponse:
    """Take a code out of use, or back into it."""
    desk = desk_of(request, guid, lead=True, write=True)
    one = _code(desk, code)
    action = actions.unretire_code if one.retired_at else actions.retire_code
    done = f"“{one}” is in use again." if one.retired_at else f"“{one}” is retired. Its codings stay."
    attempt(request, action, done, codebook=desk.codebook, coder=desk.coder, code=one)
    return redirect("workbench:code", guid, code)


@room
@require_POST
def delete(request: HttpRequest, guid: UUID, code: UUID) -> HttpResponse:
    """Delete a code that nothing stands on."""
    desk = desk_of(request, guid, lead=True, write=True)
    one = _code(desk, code)
    options: dict[str, Any] = {"codebook": desk.codebook, "coder": desk.coder, "code": one}
    if attempt(request, actions.delete_code, f"“{one}” is deleted. “Undo” under “History” brings it back.", **options):
        return redirect("workbench:codebook", guid)
    return redirect("workbench:code", guid, code)


@room
@require_safe
def history(request: HttpRequest, guid: UUID, code: UUID) -> HttpResponse:
    """Every state that a code was in under this codebook, and what changed from one to the next.

    Who made it and when, the page tells of the reader's own states alone while coders work blind.
    """
    desk = desk_of(request, guid)
    one = _code(desk, code)
    records = records_of(one, desk.codebook)
    page = page_of(request, records, HISTORY_A_PAGE)
    first = max(page.start_index() - 1, 0)
    states = states_of(desk.codebook, list(records[first : first + HISTORY_A_PAGE + 1]), HISTORY_A_PAGE)
    merged = Code.objects.filter(codebook=desk.codebook, merged_into=one).order_by("retired_at", "pk")
    context = {"desk": desk, "code": one, "page": page, "states": states, "merged": merged}
    return render(request, "workbench/code_history.html", context)
