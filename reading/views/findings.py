"""Findings: the list under its themes, and one finding with its evidence school by school."""

from itertools import groupby

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from findings.models import CaseEvidence, Evidence, Finding
from findings.passages import codes_of, with_codings
from schools.models import Quote
from schools.roads import study_at


def _count_of(model: type[Evidence] | type[CaseEvidence], column: str) -> Coalesce:
    rows = model.objects.published().filter(finding=OuterRef("pk")).order_by().values("finding")
    return Coalesce(Subquery(rows.annotate(n=Count(column, distinct=True)).values("n")), 0)


@require_safe
def findings(request: HttpRequest) -> HttpResponse:
    """All findings under their themes, with how much bears each out."""
    found = (
        Finding.objects.published()
        .of(study_at(request))
        .select_related("theme")
        .annotate(
            quote_count=_count_of(Evidence, "quote"),
            school_count=_count_of(Evidence, "quote__school"),
            case_count=_count_of(CaseEvidence, "school"),
        )
    )
    themes = [(theme, list(members)) for theme, members in groupby(found, key=lambda one: one.theme)]
    return render(request, "reading/findings.html", {"themes": themes})


@require_safe
def finding_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One finding with its evidence."""
    published = Finding.objects.published().of(study_at(request)).select_related("theme__study")
    finding = get_object_or_404(published, slug=slug)
    evidence = list(
        finding.evidence.published().select_related("coder").order_by("quote__school__position", "quote__position")
    )
    quotes = with_codings(Quote.objects.published().for_reading()).in_bulk([one.quote_id for one in evidence])
    for one in evidence:
        one.quote = quotes[one.quote_id]
        one.quote.codes = codes_of(one.quote)
    schools = [(school, list(members)) for school, members in groupby(evidence, key=lambda one: one.quote.school)]
    around = list(Finding.objects.published().filter(theme__study=finding.theme.study_id))
    place = around.index(finding)
    context = {
        "finding": finding,
        "schools": schools,
        "quote_count": len(evidence),
        "told": list(finding.case_evidence.published().select_related("school", "coder")),
        "previous": around[place - 1] if place else None,
        "next": around[place + 1] if place + 1 < len(around) else None,
    }
    return render(request, "reading/finding_page.html", context)
