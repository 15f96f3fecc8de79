"""Two to five schools side by side."""

from dataclasses import replace

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from findings.comparison import FEWEST, Comparison, Row
from findings.models import GATEWAYS
from reading.cells import Cell, quote_cells
from reading.figures import shown_beside
from reading.forms import CompareForm
from schools.models import School
from schools.roads import study_at

OFFERED_AT_MOST = 40  # more are not offered as tick boxes: one adds a school from its page or from the list


def _finding_cells(row: Row, schools: list[School]) -> list[Cell]:
    cells = quote_cells(schools, [cell.quotes for cell in row.cells], "finding", row.key, row.label)
    return [replace(one, told=cell.case) for one, cell in zip(cells, row.cells, strict=True)]


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """The same rows for all chosen schools; with fewer than two the page explains itself."""
    study = study_at(request)
    form = CompareForm(request.GET, study=study)
    sound = form.is_valid()
    chosen = form.cleaned_data["school"] if sound else []
    comparison = Comparison.of(chosen) if len(chosen) >= FEWEST else None
    others = School.objects.published().of(study).filter(~Q(pk__in=[one.pk for one in chosen]))[:OFFERED_AT_MOST]
    context = {
        "form": form,
        "chosen": chosen,
        "ticked": request.GET.getlist("school"),
        "offered": sorted([*chosen, *others], key=lambda school: school.position),
        "comparison": comparison,
        "hide_equal": request.GET.get("hide") == "equal",
    }
    if comparison:
        facts = [row for group in comparison.facts for row in group.rows]
        linked = [row for group in comparison.findings for row in group.rows]
        context["equal_rows"] = sum(row.is_equal for row in [*facts, *comparison.gateways, *linked])
        context["gateways"] = [
            (row, quote_cells(chosen, row.cells, "code", f"{GATEWAYS}/{row.key}", row.label))
            for row in comparison.gateways
        ]
        context["figure"] = shown_beside(comparison)
        context["findings"] = [
            (group, [(row, _finding_cells(row, chosen)) for row in group.rows]) for group in comparison.findings
        ]
    return render(request, "reading/compare.html", context, status=200 if sound else 400)
