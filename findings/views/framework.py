"""The framework matrix, and one cell of it to write in."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from findings import actions
from findings.access import Desk, desk_of
from findings.analysis.framework_page import FrameworkPage, SummaryForm
from findings.analysis.query import coded_quotes
from findings.analysis.whose import Whose
from findings.models import Code, FrameworkCell
from findings.views.base import room
from schools.models import Quote, School
from schools.paging import page_of

QUOTES_A_PAGE = 20


@room
@require_safe
def framework(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Codes by schools, with one's own summaries."""
    desk = desk_of(request, guid)
    page = FrameworkPage.of(desk, request.user, request.GET)
    codes = page.page(request.GET.get("page", "1"))
    context = {
        "desk": desk,
        "page": page,
        "form": page.form,
        "codes": codes,
        "rows": page.boxes(list(codes.object_list), page.schools),
    }
    return render(request, "workbench/framework.html", context, status=400 if page.form.errors else 200)


@room
@require_http_methods(["GET", "HEAD", "POST"])
def summary(request: HttpRequest, guid: UUID, school: str, code: UUID) -> HttpResponse:
    """One's own summary of a code at a school, beside the quotes; a POST saves it."""
    desk = desk_of(request, guid, code=True)
    one = get_object_or_404(School.objects.filter(study=desk.codebook.study_id), slug=school)
    about = get_object_or_404(Code.objects.filter(codebook=desk.codebook), guid=code)
    cell = FrameworkCell.objects.filter(coder=desk.coder, school=one, code=about).first()
    if request.method != "POST":
        form = SummaryForm(initial={"text": cell.text if cell else "", "base": cell.version if cell else 0})
        return _render(request, desk, one, about, cell, form)
    form = SummaryForm(request.POST)
    if not form.is_valid():
        return _render(request, desk, one, about, cell, form, status=400)
    said = form.cleaned_data
    try:
        actions.save_summary(coder=desk.coder, school=one, code=about, text=said["text"], base=said["base"])
    except actions.Refused as error:
        form.add_error("text", str(error))
        return _render(request, desk, one, about, cell, form, status=400)
    except actions.Stale as error:
        both = SummaryForm(initial={"text": f"{error.saved.text}\n\n{said['text']}", "base": error.saved.version})
        context = {
            "desk": desk,
            "school": one,
            "code": about,
            "saved": error.saved,
            "typed": said["text"],
            "both": both,
        }
        return render(request, "workbench/summary_conflict.html", context | {"both": both}, status=409)
    messages.success(request, "Your summary is saved.")
    return redirect("workbench:summary", guid, school, code)


def _render(
    request: HttpRequest,
    desk: Desk,
    school: School,
    code: Code,
    cell: FrameworkCell | None,
    form: SummaryForm,
    status: int = 200,
) -> HttpResponse:
    codings = Whose.at(desk, request.user).codings()
    with_code = codings.filter(code=code).order_by().values("quote")
    quotes = Quote.objects.for_reading().filter(school=school, pk__in=with_code).order_by("position", "pk")
    page = page_of(request, quotes, QUOTES_A_PAGE)
    context = {
        "desk": desk,
        "school": school,
        "code": code,
        "cell": cell,
        "form": form,
        "page": page,
        "quotes": coded_quotes(page.object_list, codings),
    }
    return render(request, "workbench/summary.html", context, status=status)
