"""How far coders agree."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from findings.access import desk_of
from findings.analysis.agreement_page import AgreementPage
from findings.analysis.drawn import Drawn
from findings.views.base import room


@room
@require_safe
def agreement(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Measures for each code and pooled, with intervals; nothing before the lead opens the codings."""
    desk = desk_of(request, guid)
    page = AgreementPage.of(desk, request.user, request.GET)
    figure = page.figure()
    context = {
        "desk": desk,
        "page": page,
        "form": page.form,
        "drawn": Drawn.of(desk, figure, request.GET.urlencode()) if figure else None,
    }
    bad = page.form is not None and bool(page.form.errors)
    return render(request, "workbench/agreement.html", context, status=400 if bad else 200)
