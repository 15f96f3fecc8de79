"""The report of a code, from the codings that one may see."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from findings.access import desk_of
from findings.analysis.drawn import Drawn
from findings.analysis.report_page import ReportPage
from findings.views.base import room


@room
@require_safe
def code_report(request: HttpRequest, guid: UUID, code: UUID) -> HttpResponse:
    """Definition, counts, and every passage by school with its memo; to print and to take away."""
    page = ReportPage.of(desk_of(request, guid), request.user, code, request.GET)
    figure = page.figure()
    drawn = Drawn.of(page.desk, figure, f"of={code}&{request.GET.urlencode()}") if figure else None
    context = {"desk": page.desk, "page": page, "form": page.form, "params": request.GET, "drawn": drawn}
    return render(request, "workbench/code_report.html", context, status=400 if page.form.errors else 200)
