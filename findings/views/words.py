"""The words of the study's quotes."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from findings.access import desk_of
from findings.analysis.drawn import Drawn
from findings.analysis.words_page import ContextPage, FrequencyPage
from findings.views.base import room
from schools.paging import page_of

LINES_A_PAGE = 50


@room
@require_safe
def words(request: HttpRequest, guid: UUID) -> HttpResponse:
    """A word in its context, wherever it stands."""
    desk = desk_of(request, guid)
    page = ContextPage.of(desk, request.user, request.GET)
    lines = page_of(request, page.lines, LINES_A_PAGE)
    shown = page.with_quotes(list(lines.object_list))
    context = {"desk": desk, "page": page, "form": page.form, "lines": lines, "shown": shown}
    return render(request, "workbench/words.html", context, status=400 if page.form.errors else 200)


@room
@require_safe
def frequencies(request: HttpRequest, guid: UUID) -> HttpResponse:
    """How often words stand, and which are a school's or a speaker's own."""
    desk = desk_of(request, guid)
    page = FrequencyPage.of(desk, request.user, request.GET)
    figure = page.figure()
    drawn = Drawn.of(desk, figure, request.GET.urlencode()) if figure else None
    context = {"desk": desk, "page": page, "form": page.form, "drawn": drawn}
    return render(request, "workbench/frequencies.html", context, status=400 if page.form.errors else 200)
