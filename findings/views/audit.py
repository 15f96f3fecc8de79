"""Who coded what and when, how far everybody is, and every step."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from findings.access import desk_of
from findings.analysis.drawn import Drawn
from findings.analysis.pages import progress_drawn
from findings.forms import CodingsFilter
from findings.models import Coding, Step
from findings.progress import coders_of, progress_of
from findings.views.base import room
from findings.views.coding import last_steps
from schools.paging import page_of

ROWS_A_PAGE = 50


@room
@require_safe
def codings(request: HttpRequest, guid: UUID) -> HttpResponse:
    """All codings that one may see, by code, school and coder."""
    desk = desk_of(request, guid)
    visible = Coding.objects.visible_to(request.user, desk.codebook)
    form = CodingsFilter.for_desk(desk.codebook, desk.is_open, request.GET)
    rows = form.narrow(visible) if form.is_valid() else visible
    rows = rows.select_related("quote__school", "code", "coder")
    context = {
        "desk": desk,
        "form": form,
        "page": page_of(
            request, rows.order_by("quote__school__position", "quote__position", "start", "pk"), ROWS_A_PAGE
        ),
    }
    return render(request, "workbench/codings.html", context, status=200 if form.is_valid() else 400)


@room
@require_safe
def progress(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Quotes done by school: one's own; everybody's for a lead, and for all once the codings are opened."""
    desk = desk_of(request, guid)
    sees_all = desk.is_lead or desk.is_open
    coders = coders_of(desk.codebook) if sees_all else [desk.coder] if desk.may_code else []
    rows = progress_of(desk.codebook, coders)
    totals = [sum(row.done[place] for row in rows) for place in range(len(coders))]
    opens = [desk.is_open or one == desk.coder for one in coders]  # whose quotes one may ask for
    figure = progress_drawn(rows, coders)
    context = {
        "desk": desk,
        "coders": coders,
        "rows": [(row, list(zip(row.done, coders, opens, strict=True))) for row in rows],
        "totals": list(zip(totals, coders, opens, strict=True)),
        "quotes": sum(row.quotes for row in rows),
        "drawn": Drawn.of(desk, figure, "") if figure else None,
    }
    return render(request, "workbench/progress.html", context)


@room
@require_safe
def steps(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Every step, newest first: one's own; all members' once the codings are opened."""
    desk = desk_of(request, guid)
    every = Step.objects.filter(codebook=desk.codebook).select_related("coder", "about", "quote__school")
    shown = every if desk.is_open else every.filter(coder=desk.coder)
    context = {
        "desk": desk,
        "page": page_of(request, shown.defer("before", "after"), ROWS_A_PAGE),
        "bar": last_steps(desk),
    }
    return render(request, "workbench/steps.html", context)
