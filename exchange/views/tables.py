"""Downloads as CSV. A download takes the address of its page: the same parameters choose the same data."""

from itertools import chain

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from exchange import comparison_csv as comparison_format
from exchange import datasets
from exchange import quotes_csv as quotes_format
from exchange.comparison_csv import comparison_header, comparison_rows
from exchange.datasets import cells, fact_columns, finding_cells, outlined, supported, with_facts
from exchange.forms import CompareCsvForm, CsvForm, QuotesCsvForm
from exchange.material import Material
from exchange.quotes_csv import Layout, QuotesTable, all_of
from exchange.quotes_stream import quotes_stream
from exchange.study_columns import CODE, FINDING, SCHOOL, SUPPORT
from exchange.tabular import csv_stream, file_name
from exchange.views.common import bad_request, csv_download, etag, faults, study_name
from findings.filters import QuoteFilter
from findings.models import Codebook, Coding
from reading.filters import SchoolFilter
from schools.actions import data_version
from schools.models import Indicator, Quote, School, Study


@require_safe
def quotes_csv(request: HttpRequest) -> HttpResponseBase:
    """The quotes that /quotes/ shows for the same filters, as CSV."""
    form, chosen = QuotesCsvForm(request.GET), QuoteFilter(request.GET, queryset=Quote.objects.published())
    found = faults(request.GET, form, chosen.form)
    if found:
        return bad_request(found)
    version, layout, filters = data_version(), form.cleaned_data["layout"], chosen.chosen()
    narrowed = {"codebooks": filters.get("codebook", ()), "codes": filters.get("code", ())}
    if layout == Layout.WIDE:
        table = QuotesTable.of(chosen.qs, layout, version, **narrowed)
        stream = csv_stream(table.header, table.rows, **form.options())
    else:
        stream = quotes_stream(chosen.qs, layout, version, **narrowed, **form.options())
    name = file_name(study_name(), "quotes", layout, "selection" if filters else "", f"v{version.number}")
    tag = etag(request.GET, version, quotes_format.FORMAT)
    return csv_download(request, stream, name, tag)


@require_safe
def compare_csv(request: HttpRequest) -> HttpResponseBase:
    """The rows that /compare/ shows for the same schools, as CSV."""
    form = CompareCsvForm(request.GET)
    found = faults(request.GET, form)
    if found:
        return bad_request(found)
    version, schools, hidden = data_version(), form.cleaned_data["school"], form.cleaned_data["hide"]
    slugs = [school.slug for school in schools]
    name = file_name(study_name(), "comparison", *slugs, "differences" if hidden else "", f"v{version.number}")
    rows = comparison_rows(schools, hide_equal=bool(hidden))
    stream = csv_stream(comparison_header(schools), rows, **form.options())
    return csv_download(request, stream, name, etag(request.GET, version, comparison_format.FORMAT))


@require_safe
def schools_csv(request: HttpRequest) -> HttpResponseBase:
    """The schools that /schools/ shows for the same filters, with every fact, as CSV."""
    form, chosen = CsvForm(request.GET), SchoolFilter(request.GET, queryset=School.objects.published())
    if found := faults(request.GET, form, chosen.form):
        return bad_request(found)
    version = data_version()
    narrowed = any(value for name, value in chosen.form.cleaned_data.items() if name != "sort")
    name = file_name(study_name(), "schools", "selection" if narrowed else "", f"v{version.number}")
    columns = SCHOOL + fact_columns(Indicator.objects.filter(study__is_published=True).order_by("study", "position"))
    rows = all_of(version, cells(with_facts(chosen.qs), columns))
    stream = csv_stream([column.name for column in columns], rows, **form.options())
    return csv_download(request, stream, name, etag(request.GET, version, datasets.FORMAT))


@require_safe
def codebook_csv(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A published codebook as CSV: paths, definitions, criteria, counts."""
    codebook = get_object_or_404(Codebook.objects.published().select_related("study"), slug=slug)
    form = CsvForm(request.GET)
    if found := faults(request.GET, form):
        return bad_request(found)
    version = data_version()
    codings = Coding.objects.readable().filter(code__codebook=codebook)
    rows = all_of(version, cells(outlined(codebook.codes.all(), codings), CODE))
    name = file_name(codebook.study.slug, codebook.slug, f"v{version.number}")
    stream = csv_stream([column.name for column in CODE], rows, **form.options())
    return csv_download(request, stream, name, etag(request.GET, version, datasets.FORMAT))


@require_safe
def findings_csv(request: HttpRequest) -> HttpResponseBase:
    """The findings of every published study with their evidence, as CSV."""
    form = CsvForm(request.GET)
    if found := faults(request.GET, form):
        return bad_request(found)
    version, columns = data_version(), FINDING + SUPPORT
    studies = Study.objects.filter(is_published=True).order_by("pk")
    rows = chain.from_iterable(finding_cells(supported(Material.published(study, version))) for study in studies)
    stream = csv_stream([column.name for column in columns], all_of(version, rows), **form.options())
    name = file_name(study_name(), "findings", f"v{version.number}")
    return csv_download(request, stream, name, etag(request.GET, version, datasets.FORMAT))
