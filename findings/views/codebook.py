"""One codebook: its tree with counts, what is said of it, opening, publishing, the next version."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from findings import actions
from findings.access import Desk, desk_of
from findings.actions.codebooks import undefined, wanting
from findings.analysis.whose import joined
from findings.forms import DescribeForm, PublishForm, VersionForm
from findings.models import Code, Coder, Coding, FrameworkCell, QuoteNote
from findings.progress import SchoolProgress, coders_of, progress_of
from findings.side_by_side import undecided_passages
from findings.tallies import tree_with_counts
from findings.views.base import attempt, attempt_form, room

UNDEFINED = 20  # codes without a definition that are linked at once


@room
@require_safe
def codebook(request: HttpRequest, guid: UUID) -> HttpResponse:
    """The tree of codes with the codings that one may see, and the schools to code."""
    desk = desk_of(request, guid)
    rows = tree_with_counts(desk.codebook, request.user)
    schools: list[SchoolProgress] = progress_of(desk.codebook, [desk.coder]) if desk.may_code else []
    context = {
        "desk": desk,
        "rows": [row for row in rows if row.code.retired_at is None],
        "retired": [row for row in rows if row.code.retired_at is not None],
        "schools": schools,
    }
    return render(request, "workbench/codebook.html", context)


def _render(request: HttpRequest, desk: Desk, *, status: int = 200, **forms: object) -> HttpResponse:
    held = desk.codebook
    named = [name for one in coders_of(held) if (name := actions.given_name(one))]
    coders = _unopened(desk)
    unfinished = [str(coder) for coder, done, quotes in coders if done < quotes]
    context = {
        "desk": desk,
        "form": DescribeForm(initial={"name": held.name, "description": held.description}),
        "publish_form": PublishForm(initial={"version": held.version, "authors": ", ".join(named)[:300]}),
        "version_form": VersionForm(),
        "wanting": [] if held.is_published else wanting(held),
        "undefined": undefined(held)[:UNDEFINED],
        "coders": coders,
        "unfinished": joined(unfinished),
        "unfinished_count": len(unfinished),
    }
    return render(request, "workbench/settings.html", context | forms, status=status)


def _unopened(desk: Desk) -> list[tuple[Coder, int, int]]:
    """Before the codings are opened: each coder, with how many quotes are done, and of how many."""
    if desk.is_open:
        return []
    coders = coders_of(desk.codebook)
    schools = progress_of(desk.codebook, coders)
    quotes = sum(one.quotes for one in schools)
    return [(coder, sum(one.done[place] for one in schools), quotes) for place, coder in enumerate(coders)]


@room
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, guid: UUID) -> HttpResponse:
    """What the codebook is called and is for; opening and publishing begin here."""
    writes = request.method == "POST"
    desk = desk_of(request, guid, lead=True, write=writes)
    if not writes:
        return _render(request, desk)
    form = DescribeForm(request.POST)
    if not form.is_valid() or not attempt_form(
        form, actions.describe_codebook, codebook=desk.codebook, coder=desk.coder, **form.cleaned_data
    ):
        return _render(request, desk, form=form, status=400)
    messages.success(request, "The codebook’s name and description are saved.")
    return redirect("workbench:settings", guid)


@room
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Ask, with what would go; a POST deletes a codebook on which nobody else works, for good."""
    desk = desk_of(request, guid, lead=True, write=True)
    if request.method == "POST":
        done = f"“{desk.codebook}” is deleted."
        if attempt(request, actions.remove_codebook, done, codebook=desk.codebook, coder=desk.coder):
            return redirect("workbench:desks")
        return redirect("workbench:delete_codebook", guid)
    notes = QuoteNote.objects.filter(codebook=desk.codebook, coder=desk.coder).exclude(memo="")
    counts = [
        ("code", Code.objects.filter(codebook=desk.codebook).count()),
        ("coding", Coding.objects.filter(code__codebook=desk.codebook, coder=desk.coder).count()),
        ("memo on a quote", notes.count()),
        ("summary", FrameworkCell.objects.filter(code__codebook=desk.codebook, coder=desk.coder).count()),
    ]
    context = {"desk": desk, "counts": counts, "reasons": actions.others_at(desk.codebook, desk.coder)}
    return render(request, "workbench/delete_codebook.html", context)


@room
@require_POST
def open_codings(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Let all members see all codings, once the lead has ticked that it cannot be taken back."""
    desk = desk_of(request, guid, lead=True)
    if request.POST.get("sure") != "1":
        messages.error(request, "Tick the box first: opening the codings cannot be taken back.")
        return redirect("workbench:settings", guid)
    about = {"codebook": desk.codebook, "coder": desk.coder}
    attempt(request, actions.open_codings, "The codings are open to all members.", **about)
    return redirect("workbench:side_by_side", guid)


def _confirm(request: HttpRequest, desk: Desk, said: dict[str, Any]) -> HttpResponse:
    """What everybody will see, before it is so."""
    agreed = Coding.objects.filter(code__codebook=desk.codebook, coder__agreed_for=desk.codebook)
    context = {
        "desk": desk,
        "said": said,
        "codes": Code.objects.filter(codebook=desk.codebook, retired_at=None).count(),
        "agreed": agreed.count(),
        "undecided": undecided_passages(desk.codebook) if desk.is_open else 0,
    }
    return render(request, "workbench/publish.html", context)


@room
@require_POST
def publish(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Make the codebook public and read-only: a first POST says what that means, one with `confirm` does it."""
    desk = desk_of(request, guid, lead=True, write=True)
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _render(request, desk, publish_form=form, status=400)
    said = form.cleaned_data
    if request.POST.get("confirm") != "1":
        asked = {name: said[name] for name in ("version", "shows_agreed")}
        if not attempt_form(form, actions.check_publishable, codebook=desk.codebook, **asked):
            return _render(request, desk, publish_form=form, status=400)
        return _confirm(request, desk, said)
    if not attempt_form(form, actions.publish, codebook=desk.codebook, coder=desk.coder, **said):
        return _render(request, desk, publish_form=form, status=400)
    messages.success(request, "The codebook is published. Everyone can read and cite it.")
    return redirect("workbench:settings", guid)


@room
@require_POST
def next_version(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Go on with a private copy of a published codebook."""
    desk = desk_of(request, guid, lead=True)
    form = VersionForm(request.POST)
    if form.is_valid():
        try:
            made = actions.next_version(
                codebook=desk.codebook,
                coder=desk.coder,
                version=form.cleaned_data["next_version"],
                with_codings=form.cleaned_data["with_codings"],
            )
        except actions.Refused as error:
            form.add_error(None, str(error))
        else:
            return redirect("workbench:codebook", made.guid)
    return _render(request, desk, version_form=form, status=400)
