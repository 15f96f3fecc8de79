"""Downloads. A download takes the address of its page: the same parameters choose the same data."""

from collections.abc import Iterator
from hashlib import sha256

from django.core.cache import cache
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from exchange import code_report_csv as report_format
from exchange import comparison_csv as comparison_format
from exchange import quotes_csv as quotes_format
from exchange.code_report_csv import HEADER, code_report_rows
from exchange.columns import TABLES
from exchange.comparison_csv import comparison_header, comparison_rows
from exchange.figure_files import FILES, figure_file
from exchange.forms import CompareCsvForm, CsvForm, QuotesCsvForm
from exchange.quotes_csv import QuotesTable
from exchange.tabular import csv_stream, file_name
from findings.code_report import CodeReport
from findings.filters import QuoteFilter
from findings.models import Code, Coding
from reading.figures import FIGURES, version_mark
from schools.actions import data_version
from schools.models import DataVersion, Quote, School, Study

ONLY_ON_PAGES = {"page"}  # parameters of a list that say nothing of its data: a download is never one page of it

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DAY, YEAR = 24 * 3600, 365 * 24 * 3600  # seconds


@require_safe
def quotes_csv(request: HttpRequest) -> HttpResponseBase:
    """The quotes that /quotes/ shows for the same filters, as CSV."""
    form, chosen = QuotesCsvForm(request.GET), QuoteFilter(request.GET, queryset=Quote.objects.published())
    faults = _faults(request.GET, form, chosen.form)
    if faults:
        return _bad_request(faults)
    version, layout, filters = data_version(), form.cleaned_data["layout"], chosen.chosen()
    table = QuotesTable.of(
        chosen.qs, layout, version, codebooks=filters.get("codebook", ()), codes=filters.get("code", ())
    )
    name = file_name(_study(), "quotes", layout, "selection" if filters else "", f"v{version.number}")
    etag = _etag(request.GET, version, quotes_format.FORMAT)
    return _download(request, csv_stream(table.header, table.rows, **form.options()), name, etag)


@require_safe
def compare_csv(request: HttpRequest) -> HttpResponseBase:
    """The rows that /compare/ shows for the same schools, as CSV."""
    form = CompareCsvForm(request.GET)
    faults = _faults(request.GET, form)
    if faults:
        return _bad_request(faults)
    version, schools, hidden = data_version(), form.cleaned_data["school"], form.cleaned_data["hide"]
    slugs = [school.slug for school in schools]
    name = file_name(_study(), "comparison", *slugs, "differences" if hidden else "", f"v{version.number}")
    rows = comparison_rows(schools, hide_equal=bool(hidden))
    stream = csv_stream(comparison_header(schools), rows, **form.options())
    return _download(request, stream, name, _etag(request.GET, version, comparison_format.FORMAT))


@require_safe
def code_report_csv(request: HttpRequest, codebook: str, slug: str) -> HttpResponseBase:
    """Every passage of a published code, as CSV."""
    code, form = _code(codebook, slug), CsvForm(request.GET)
    if faults := _faults(request.GET, form):
        return _bad_request(faults)
    version = data_version()
    name = file_name(_study(), codebook, slug, "report", f"v{version.number}")
    stream = csv_stream(HEADER, code_report_rows(Coding.objects.published().filter(code=code)), **form.options())
    return _download(request, stream, name, _etag(request.GET, version, report_format.FORMAT))


@require_safe
def code_report_word(request: HttpRequest, codebook: str, slug: str) -> HttpResponse:
    """The report of a published code as a Word document."""
    from exchange.code_report_word import code_report_word as word  # python-docx is heavy: read it when it is wanted

    name = file_name(_study(), codebook, slug, "report", f"v{data_version().number}", extension="docx")
    response = HttpResponse(word(CodeReport.of(_code(codebook, slug), Coding.objects.published())), content_type=DOCX)
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _code(codebook: str, slug: str) -> Code:
    return get_object_or_404(Code.objects.published().select_related("codebook"), codebook__slug=codebook, slug=slug)


@require_safe
def figure(request: HttpRequest, name: str, ending: str) -> HttpResponseBase:
    """A figure of the public pages as a file. It is made once for a data version, and kept."""
    if name not in FIGURES or ending not in FILES:
        raise Http404("There is no such figure.")
    form = FIGURES[name].form(request.GET)
    if faults := _faults(request.GET, form):
        return _bad_request(faults)
    version, asked = version_mark(data_version()), form.cleaned_data
    schools, theme = asked.get("school", []), asked["theme"]
    state = repr((version, name, ending, theme, [school.pk for school in schools]))
    etag = f'"{sha256(state.encode()).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag) or _figure_response(name, ending, theme, schools, etag)
    response["ETag"] = etag
    # Only an address that names the version it shows can be kept: any other shows the newest.
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable" if asked["v"] == version else "no-cache"
    return response


def _figure_response(name: str, ending: str, theme: str, schools: list[School], etag: str) -> HttpResponse:
    key = "figure-" + etag.strip('"')
    body = cache.get(key)
    if body is None:
        made = FIGURES[name].make(schools)
        if made is None:
            raise Http404("There is nothing published that this figure could show.")
        body = figure_file(made, ending, theme)
        cache.set(key, body, DAY)
    response = HttpResponse(body, content_type=FILES[ending].content_type)
    if FILES[ending].saved:
        file = file_name(_study(), name, *(school.slug for school in schools), extension=ending)
        response["Content-Disposition"] = content_disposition_header(True, file)
    return response


@require_safe
def data_dictionary(request: HttpRequest) -> HttpResponse:
    """What every column of every file holds."""
    example = file_name(_study(), "quotes", "long", f"v{data_version().number}")
    return render(request, "exchange/data_dictionary.html", {"tables": TABLES, "example": example})


def _faults(parameters: QueryDict, *forms: BaseForm) -> list[str]:
    """What is wrong with the parameters, a line each. An unknown name is a fault: a filter misspelt filters nothing."""
    known = ONLY_ON_PAGES.union(*(form.fields for form in forms))
    unknown = [f"{name[:60]}: there is no such parameter." for name in parameters if name not in known]
    wrong = [f"{name}: {message}" for form in forms for name, found in form.errors.items() for message in found]
    return unknown + wrong


def _bad_request(faults: list[str]) -> HttpResponse:
    """As plain text: it is as likely to be read in a script's log as in a browser."""
    text = "This address cannot be answered:\n" + "".join(f"- {fault}\n" for fault in faults)
    return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")


def _study() -> str:
    """The slug of the published study; where there are several, a name for all of them."""
    slugs = list(Study.objects.filter(is_published=True).values_list("slug", flat=True)[:2])
    return slugs[0] if len(slugs) == 1 else "studies"


def _etag(parameters: QueryDict, version: DataVersion, form: int) -> str:
    """Weak: it promises the same data in the same form, which is what the data version can promise.

    The order of the parameters does not count, the order of one's values does: it is that of a comparison's columns.
    """
    given = {name: [value for value in values if value] for name, values in parameters.lists()}
    chosen = sorted((name, values) for name, values in given.items() if values and name not in ONLY_ON_PAGES)
    state = repr((form, version.number, version.changed_at and version.changed_at.isoformat(), chosen))
    return f'W/"{sha256(state.encode()).hexdigest()[:32]}"'


def _download(request: HttpRequest, stream: Iterator[bytes], name: str, etag: str) -> HttpResponseBase:
    """The stream as a file, or 304 where the reader has it. Nothing is read for a HEAD or a 304."""
    response = StreamingHttpResponse(
        () if request.method == "HEAD" else stream,
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": content_disposition_header(True, name),
            "ETag": etag,
            # No cache may keep a file that broke off and give it again when it is downloaded again. A script that
            # read the file to its end can still ask with If-None-Match.
            "Cache-Control": "no-store",
        },
    )
    return get_conditional_response(request, etag=etag, response=response)
