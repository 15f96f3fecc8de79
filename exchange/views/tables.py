"""Downloads as CSV. A download takes the address of its page: the same parameters choose the same data."""

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from exchange import comparison_csv as comparison_format
from exchange import quotes_csv as quotes_format
from exchange.comparison_csv import comparison_header, comparison_rows
from exchange.forms import CompareCsvForm, QuotesCsvForm
from exchange.quotes_csv import QuotesTable
from exchange.tabular import csv_stream, file_name
from exchange.views.common import bad_request, csv_download, etag, faults, study_name
from findings.filters import QuoteFilter
from schools.actions import data_version
from schools.models import Quote


@require_safe
def quotes_csv(request: HttpRequest) -> HttpResponseBase:
    """The quotes that /quotes/ shows for the same filters, as CSV."""
    form, chosen = QuotesCsvForm(request.GET), QuoteFilter(request.GET, queryset=Quote.objects.published())
    found = faults(request.GET, form, chosen.form)
    if found:
        return bad_request(found)
    version, layout, filters = data_version(), form.cleaned_data["layout"], chosen.chosen()
    table = QuotesTable.of(
        chosen.qs, layout, version, codebooks=filters.get("codebook", ()), codes=filters.get("code", ())
    )
    name = file_name(study_name(), "quotes", layout, "selection" if filters else "", f"v{version.number}")
    tag = etag(request.GET, version, quotes_format.FORMAT)
    return csv_download(request, csv_stream(table.header, table.rows, **form.options()), name, tag)


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
