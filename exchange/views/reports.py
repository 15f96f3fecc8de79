"""Reports of codes, and figures, as files."""

from hashlib import sha256

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from exchange import code_report_csv as report_format
from exchange.about import about_file, link_to_about
from exchange.code_report_csv import HEADER, code_report_rows
from exchange.figure_files import FILES, figure_file
from exchange.forms import CsvForm
from exchange.origin import said_of
from exchange.tabular import csv_stream, file_name
from exchange.views.common import bad_request, csv_download, etag, faults, study_name
from findings.code_report import CodeReport
from findings.models import Code, Coding
from reading.figures import FIGURES, version_mark
from schools.actions import data_version
from schools.models import DataVersion, School, Study
from schools.roads import study_at

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DAY, YEAR = 24 * 3600, 365 * 24 * 3600  # seconds


@require_safe
def code_report_csv(request: HttpRequest, codebook: str, slug: str) -> HttpResponseBase:
    """Every passage of a published code, as CSV."""
    code, form = _code(request, codebook, slug), CsvForm(request.GET)
    if found := faults(request.GET, form):
        return bad_request(found)
    version = data_version()
    name = file_name(study_name(study_at(request)), codebook, slug, "report", f"v{version.number}")
    stream = csv_stream(HEADER, code_report_rows(Coding.objects.readable().filter(code=code)), **form.options())
    return csv_download(request, stream, name, etag(request, version, report_format.FORMAT))


@require_safe
def code_report_word(request: HttpRequest, codebook: str, slug: str) -> HttpResponse:
    """The report of a published code as a Word document."""
    from exchange.code_report_word import code_report_word as word  # python-docx is heavy: read it when it is wanted

    now = data_version()
    name = file_name(study_name(study_at(request)), codebook, slug, "report", f"v{now.number}", extension="docx")
    code = _code(request, codebook, slug)
    said = said_of(code.codebook.study, now, request.build_absolute_uri(code.get_absolute_url()))
    response = HttpResponse(word(CodeReport.of(code, Coding.objects.readable()), said), content_type=DOCX)
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _code(request: HttpRequest, codebook: str, slug: str) -> Code:
    published = Code.objects.published().of(study_at(request)).select_related("codebook__study", "example__school")
    return get_object_or_404(published, codebook__slug=codebook, slug=slug)


@require_safe
def figure(request: HttpRequest, name: str, ending: str) -> HttpResponseBase:
    """A figure of the public pages as a file. It is made once for a data version, and kept."""
    if name not in FIGURES or ending not in FILES:
        raise Http404("There is no such figure.")
    study = study_at(request)
    form = FIGURES[name].form(request.GET, study=study)
    if found := faults(request.GET, form):
        return bad_request(found)
    now, asked = data_version(), form.cleaned_data
    if asked["about"]:
        return about_file(request, file_name(study_name(study), name, extension=ending), now, study_name(study))
    version = version_mark(now)
    schools, theme = asked.get("school", []), asked["theme"]
    state = repr((version, study and study.pk, name, ending, theme, [school.pk for school in schools]))
    tag = f'"{sha256(state.encode()).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=tag) or _figure_response(
        study, now, name, ending, theme, schools, tag
    )
    response["ETag"] = tag
    if ending == "csv":
        response["Link"] = link_to_about(request)
    # Only an address that names the version it shows can be kept: any other shows the newest.
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable" if asked["v"] == version else "no-cache"
    return response


def _figure_response(
    study: Study | None, now: DataVersion, name: str, ending: str, theme: str, schools: list[School], tag: str
) -> HttpResponse:
    key = "figure-" + tag.strip('"')
    body = cache.get(key)
    if body is None:
        made = FIGURES[name].make(study, schools)
        if made is None:
            raise Http404("There is nothing published that this figure could show.")
        chosen = f"schools: {', '.join(school.slug for school in schools)}" if schools else "no filters"
        body = figure_file(made, ending, theme, said_of(study, now, filters=chosen) if study else "")
        cache.set(key, body, DAY)
    response = HttpResponse(body, content_type=FILES[ending].content_type)
    if FILES[ending].saved:
        file = file_name(study_name(study), name, *(school.slug for school in schools), extension=ending)
        response["Content-Disposition"] = content_disposition_header(True, file)
    return response
