"""Several coders side by side, once their codings are opened; from here the lead makes the agreed set."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from findings import actions
from findings.access import Desk, desk_of
from findings.forms import DecisionForm, SideFilter
from findings.models import Code, Coder, Coding, Decision
from findings.side_by_side import (
    PASSAGES,
    UNDECIDED,
    decisions_left,
    passages_in,
    shown_codings,
    sides_of,
    unanimous,
)
from findings.views.base import attempt, room
from schools.models import Quote
from schools.paging import nearest_page

QUOTES_A_PAGE = 10
MOST_LEFT = 50  # decisions without codings that are shown at once
AT_ONCE = 500  # passages accepted in one step


@room
@require_safe
def side_by_side(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Which coder coded what, where they agree and where not."""
    desk = desk_of(request, guid)
    if not desk.is_open:
        return render(request, "workbench/side_by_side.html", {"desk": desk})
    return _render(request, desk, DecisionForm())


def _render(request: HttpRequest, desk: Desk, form: DecisionForm, status: int = 200) -> HttpResponse:
    filters = SideFilter.for_desk(desk.codebook, request.GET)
    sound = filters.is_valid()
    said = filters.cleaned_data if sound else {}
    shown = shown_codings(desk.codebook, said.get("show", ""), said.get("code"))
    quotes = Quote.objects.filter(pk__in=shown.order_by().values("quote")).select_related("school", "topic")
    if said.get("school"):
        quotes = quotes.filter(school=said["school"])
    if alone := said.get("quote"):  # its passages are the pages
        quotes = quotes.filter(pk=alone.pk)
        page = nearest_page(request, range(passages_in(shown, alone)), PASSAGES)
    else:
        page = nearest_page(request, _in_order(quotes), QUOTES_A_PAGE)
    codings = Coding.objects.filter(code__codebook=desk.codebook, coder__is_person=True).order_by()
    coders = list(Coder.objects.filter(pk__in=codings.values("coder")).order_by("pk"))
    left = decisions_left(desk.codebook, said.get("show", ""), said.get("code"), said.get("school"))
    decisions = Decision.objects.filter(code__codebook=desk.codebook).count()
    typed = "-".join(str(form.data.get(name, "")) for name in ("code", "start", "end"))
    context = {
        "desk": desk,
        "left": left.select_related("quote__school", "code", "decided_by")[:MOST_LEFT],
        "left_count": left.count(),
        "filters": filters,
        "params": request.GET,
        "page": page,
        "alone": alone,
        "coders": coders,
        "sides": sides_of(
            desk.codebook,
            quotes if alone else page.object_list,
            coders,
            shown,
            first=page.object_list.start if alone else 0,
        ),
        "decided": decisions - decisions_left(desk.codebook).count(),
        "passages": codings.values("quote", "code", "start", "end").distinct().count(),
        "form": form,
        "typed": typed,
        "target": f"reason-{typed}" if "reason" in form.errors else "sides",
    }
    return render(request, "workbench/side_by_side.html", context, status=status if sound else 400)


def _in_order(quotes: QuerySet[Quote]) -> QuerySet[Quote]:
    return quotes.order_by("school__position", "school_id", "position", "pk")


def _back(request: HttpRequest, desk: Desk, anchor: str = "") -> HttpResponse:
    """To the page, with the filters that it had."""
    query = request.GET.urlencode()
    road = reverse("workbench:side_by_side", args=[desk.codebook.guid])
    return redirect(f"{road}{'?' if query else ''}{query}{anchor}")


@room
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, guid: UUID, quote: UUID) -> HttpResponse:
    """Accept, adjust or reject a passage, and say why; a GET, like a reload after an error, leads back."""
    writes = request.method == "POST"
    desk = desk_of(request, guid, lead=True, write=writes)
    if not writes:
        return _back(request, desk, f"#quote-{quote}")
    quotes = Quote.objects.filter(school__study=desk.codebook.study_id).select_related("school")
    one = get_object_or_404(quotes, guid=quote)
    form = DecisionForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        options: dict[str, Any] = {name: said[name] for name in ("start", "end", "verdict", "reason")}
        options["code"] = get_object_or_404(Code, codebook=desk.codebook, guid=said["code"])
        try:
            made = actions.decide(codebook=desk.codebook, coder=desk.coder, quote=one, to=form.passage(), **options)
        except actions.Refused as error:
            form.add_error("reason" if isinstance(error, actions.ReasonNeededError) else None, str(error))
        else:
            messages.success(request, f"{made.get_verdict_display()}. You can undo it under “History”.")
            return _back(request, desk, f"#quote-{one.guid}")
    if not desk.is_open:
        messages.error(request, "The codings are not opened yet.")
        return _back(request, desk)
    return _render(request, desk, form, status=400)


@room
@require_POST
def take_back(request: HttpRequest, guid: UUID, decision: UUID) -> HttpResponse:
    """Make a passage undecided again."""
    desk = desk_of(request, guid, lead=True, write=True)
    decisions = Decision.objects.filter(code__codebook=desk.codebook).select_related("quote", "code", "coding")
    one = get_object_or_404(decisions, guid=decision)
    options = {"codebook": desk.codebook, "coder": desk.coder, "decision": one}
    attempt(request, actions.take_back, "The passage is undecided again.", **options)
    return _back(request, desk, f"#quote-{one.quote.guid}")


@room
@require_POST
def accept_unanimous(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Accept the undecided passages on which all coders agree, those that the page's filters let through."""
    desk = desk_of(request, guid, lead=True, write=True)
    filters = SideFilter.for_desk(desk.codebook, request.GET)
    said = filters.cleaned_data if filters.is_valid() else {}
    rows = shown_codings(desk.codebook, UNDECIDED, said.get("code"))
    if said.get("school"):
        rows = rows.filter(quote__school=said["school"])
    options: dict[str, Any] = {"codebook": desk.codebook, "coder": desk.coder, "reason": "All coders agree."}
    found = unanimous(desk.codebook, rows) if desk.is_open else []
    try:
        done = actions.accept_unanimous(passages=found[:AT_ONCE], **options)
    except actions.Refused as error:
        messages.error(request, str(error))
    else:
        left = f" {len(found) - done:,} are left: do it again." if len(found) > done else ""
        messages.success(request, f"{done} passage{'' if done == 1 else 's'} accepted.{left}")
    return _back(request, desk)
