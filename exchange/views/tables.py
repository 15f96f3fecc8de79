"""Downloads as CSV. A download takes the address of its page: the same parameters choose the same data."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from exchange import comparison_csv as comparison_format
from exchange import datasets
from exchange import quotes_csv as quotes_format
from exchange.comparison_csv import comparison_header, comparison_rows
from exchange.datasets import cells, fact_columns, finding_cells, outlined, supported, tagged, with_facts
from exchange.forms import CodebookCsvForm, CompareCsvForm, CsvForm, QuotesCsvForm
from exchange.material import Material
from exchange.quotes_csv import Layout, QuotesTable, all_of
from exchange.quotes_stream import quotes_stream
from exchange.study_columns import CODE, FINDING, SCHOOL, SUPPORT, TAG
from exchange.tabular import csv_stream, file_name
from exchange.views.common import bad_request, csv_download, etag, faults, study_name
from findings.filters import QuoteFilter
from findings.models import Codebook, Coding
from reading.filters import SchoolFilter
from schools.actions import data_version
from schools.models import Indicator, Quote, School
from schools.roads import study_at


@require_safe
def quotes_csv(request: HttpRequest) -> HttpResponseBase:
    """The quotes that /quotes/ shows for the same filters, as CSV."""
    study, form = study_at(request), QuotesCsvForm(request.GET)
    chosen = QuoteFilter(request.GET, queryset=Quote.objects.published().of(study), study=study)
    found = faults(request.GET, form, chosen.form)
    if found:
        return bad_request(found)
    version, layout, filters = data_version(), form.cleaned_data["layout"], chosen.chosen()
    narrowed = {"codebooks": filters.get("codebook", ()), "codes": filters.get("code", ())}
    if layout == Layout.WIDE:
        table = QuotesTable.of(chosen.qs, layout, version, **narrowed, study=study)
        stream = csv_stream(table.header, table.rows, **form.options())
    else:
        stream = quotes_stream(chosen.qs, layout, version, **narrowed, **form.options(), study=study)
    name = file_name(study_name(study), "quotes", layout, "selection" if filters else "", f"v{version.number}")
    tag = etag(request, version, quotes_format.FORMAT)
    return csv_download(request, stream, name, tag)


@require_safe
def compare_csv(request: HttpRequest) -> HttpResponseBase:
    """The rows that /compare/ shows for the same schools, as CSV."""
    study = study_at(request)
    form = CompareCsvForm(request.GET, study=study)
    found = faults(request.GET, form)
    if found:
        return bad_request(found)
    version, schools, hidden = data_version(), form.cleaned_data["school"], form.cleaned_data["hide"]
    slugs = [school.slug for school in schools]
    name = file_name(study_name(study), "comparison", *slugs, "differences" if hidden else "", f"v{version.number}")
    rows = comparison_rows(schools, hide_equal=bool(hidden))
    stream = csv_stream(comparison_header(schools), rows, **form.options())
    return csv_download(request, stream, name, etag(request, version, comparison_format.FORMAT))


@require_safe
def schools_csv(request: HttpRequest) -> HttpResponseBase:
    """The schools that /schools/ shows for the same filters, with every fact, as CSV."""
    study, form = study_at(request), CsvForm(request.GET)
    chosen = SchoolFilter(request.GET, queryset=School.objects.published().of(study), study=study)
    if found := faults(request.GET, form, chosen.form):
        return bad_request(found)
    version = data_version()
    narrowed = any(value for name, value in chosen.form.cleaned_data.items() if name != "sort")
    name = file_name(study_name(study), "schools", "selection" if narrowed else "", f"v{version.number}")
    columns = SCHOOL + fact_columns(Indicator.objects.of(study).order_by("position"))
    rows = all_of(version, cells(with_facts(chosen.qs), columns))
    stream = csv_stream([column.name for column in columns], rows, **form.options())
    return csv_download(request, stream, name, etag(request, version, datasets.FORMAT))


@require_safe
def codebook_csv(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A published codebook as CSV: paths, definitions, criteria, counts."""
    published = Codebook.objects.published().of(study_at(request)).select_related("study")
    codebook = get_object_or_404(published, slug=slug)
    form = CodebookCsvForm(request.GET)
    if found := faults(request.GET, form):
        return bad_request(found)
    version, layout = data_version(), form.cleaned_data["layout"]
    codings = Coding.objects.readable().filter(code__codebook=codebook)
    codes, columns = outlined(codebook.codes.all(), codings), CODE
    if layout:
        codes, columns = tagged(codes), TAG
    rows = all_of(version, cells(codes, columns))
    name = file_name(codebook.study.slug, codebook.slug, layout, f"v{version.number}")
    stream = csv_stream([column.name for column in columns], rows, **form.options())
    return csv_download(request, stream, name, etag(request, version, datasets.FORMAT))


@require_safe
def findings_csv(request: HttpRequest) -> HttpResponseBase:
    """The findings with their evidence, as CSV."""
    form = CsvForm(request.GET)
    if found := faults(request.GET, form):
        return bad_request(found)
    study, version, columns = study_at(request), data_version(), FINDING + SUPPORT
    rows = finding_cells(supported(Material.published(study, version))) if study else iter(())
    stream = csv_stream([column.name for column in columns], all_of(version, rows), **form.options())
    name = file_name(study_name(study), "findings", f"v{version.number}")
    return csv_download(request, stream, name, etag(request, version, datasets.FORMAT))
