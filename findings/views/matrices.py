"""Codes against what was said where and by whom, and codes against each other."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from findings.access import desk_of
from findings.analysis.drawn import Drawn
from findings.analysis.matrix_page import MatrixPage
from findings.analysis.together_page import TogetherPage
from findings.views.base import room


@room
@require_safe
def matrix(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Codes by school, speaker, topic or fact, or findings by school; a cell opens its quotes."""
    return _render(request, MatrixPage.of(desk_of(request, guid), request.user, request.GET), "workbench/matrix.html")


@room
@require_safe
def together(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Which codes go together, as a matrix and as a network."""
    page = TogetherPage.of(desk_of(request, guid), request.user, request.GET)
    return _render(request, page, "workbench/together.html")


def _render(request: HttpRequest, page: MatrixPage | TogetherPage, template: str) -> HttpResponse:
    figure = page.figure()
    context = {
        "desk": page.desk,
        "page": page,
        "form": page.form,
        "drawn": Drawn.of(page.desk, figure, request.GET.urlencode()) if figure else None,
    }
    return render(request, template, context, status=400 if page.form.errors else 200)
