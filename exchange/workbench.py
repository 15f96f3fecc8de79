"""Files of the workbench. A member takes away what the page shows to that member; no browser's cache keeps any of it.

A file takes the address of its page: the same parameters choose the same data.
"""

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from exchange.about import about_file, asked_of, link_to_about
from exchange.columns import CODING, MEMBER, QUOTE, TABLES
from exchange.figure_files import FILES, figure_file
from exchange.forms import CodingsCsvForm, CsvForm
from exchange.origin import said_of
from exchange.quotes_stream import codings_stream
from exchange.tabular import Row, csv_stream, file_name
from exchange.views.reports import DOCX
from findings.access import Desk, desk_of
from findings.analysis.asked import faults_of
from findings.analysis.pages import FIGURES
from findings.analysis.pages import TABLES as PAGES
from findings.analysis.query import QuoteQuery
from findings.analysis.report_page import ReportPage
from findings.code_report import in_reading_order
from findings.drawing import LIGHT, THEMES
from findings.figures import Figure
from findings.models import Coding, QuoteNote
from findings.views.base import room
from schools.actions import data_version

CODINGS = CODING + MEMBER
HOUR = 3600  # seconds that a drawing is kept


@room
@require_safe
def codings_csv(request: HttpRequest, guid: UUID) -> HttpResponseBase:
    """The study's quotes with the codings chosen with `by`; `key=1`: those that these coders marked as key quotes."""
    desk, form = desk_of(request, guid), CodingsCsvForm(request.GET)
    asked = QuoteQuery.of(desk, request.user, request.GET)
    if faults := faults_of(form) + asked.faults:
        return _refused(faults)
    quotes, codings = asked.in_order(), asked.codings
    if form.cleaned_data["key"]:
        notes = QuoteNote.objects.visible_to(request.user, desk.codebook).filter(quote=OuterRef("pk"), is_key=True)
        quotes = quotes.filter(Exists(notes))
    if form.cleaned_data["coded"]:
        quotes = quotes.filter(Exists(codings.filter(quote=OuterRef("pk")).order_by()))
    return stream_of_desk(request, desk, "codings", codings_stream(quotes, codings, **form.options()), form)


@room
@require_safe
def query_csv(request: HttpRequest, guid: UUID) -> HttpResponseBase:
    """The quotes that a query finds, with their codings."""
    desk, form = desk_of(request, guid), CsvForm(request.GET)
    asked = QuoteQuery.of(desk, request.user, request.GET)
    if faults := faults_of(form) + asked.faults:
        return _refused(faults)
    stream = codings_stream(asked.in_order(), asked.codings, **form.options())
    return stream_of_desk(request, desk, "query", stream, form)


@room
@require_safe
def table_csv(request: HttpRequest, guid: UUID, name: str) -> HttpResponseBase:
    """The numbers of a page of the analysis."""
    desk, form = desk_of(request, guid), CsvForm(request.GET)
    if name not in PAGES:
        raise Http404("There is no such file.")
    page = PAGES[name].of(desk, request.user, request.GET)
    if faults := faults_of(form) + page.faults:
        return _refused(faults)
    [table] = [one for one in TABLES if one.key == name]
    return csv_of_desk(request, desk, name, [column.name for column in table.columns], page.rows(), form)


@room
@require_safe
def figure(request: HttpRequest, guid: UUID, name: str, ending: str) -> HttpResponse:
    """A figure of the analysis as a file. It shows what this one person may see."""
    desk, theme = desk_of(request, guid), request.GET.get("theme", LIGHT)
    if name not in FIGURES or ending not in FILES:
        raise Http404("There is no such figure.")
    if theme not in THEMES:
        return _refused([f"theme: choose {' or '.join(THEMES)}."])
    drawn = FIGURES[name](desk, request.user, request.GET)
    if drawn is None:
        raise Http404("There is nothing that this figure could show.")
    if request.GET.get("about"):
        return _about(request, desk, _name(desk, name, ending))
    said = said_of(desk.codebook.study, data_version(), filters=_asked(request), codebook=desk.codebook)
    response = HttpResponse(_drawn(request.user, drawn, ending, theme, said), content_type=FILES[ending].content_type)
    if ending == "csv":
        response["Link"] = link_to_about(request)
    if FILES[ending].saved:
        response["Content-Disposition"] = content_disposition_header(True, _name(desk, name, ending))
    return response


def _asked(request: HttpRequest) -> str:
    """What the address asks for, in a line."""
    return asked_of(request) or "no filters"


def _drawn(user: Any, figure: Figure, ending: str, theme: str, said: str) -> bytes:
    """The file, kept for this person under the very numbers that it shows: what changed is another drawing.

    Nobody else is given what is kept, so that not even the time it takes tells what others have looked at.
    """
    shown = json.dumps([figure.spec, figure.header, figure.rows], default=str)
    key = "drawn-" + sha256(repr((user.pk, ending, theme, said, shown)).encode()).hexdigest()
    body: bytes | None = cache.get(key)
    if body is None:
        body = figure_file(figure, ending, theme, said)
        cache.set(key, body, HOUR)
    return body


@room
@require_safe
def report_csv(request: HttpRequest, guid: UUID, code: UUID) -> HttpResponseBase:
    """Every passage of a code, as CSV."""
    desk, form = desk_of(request, guid), CsvForm(request.GET)
    page = ReportPage.of(desk, request.user, code, request.GET)
    if faults := faults_of(form) + page.faults:
        return _refused(faults)
    rows = (_cells(coding) for coding in in_reading_order(page.codings))
    return csv_of_desk(request, desk, f"{page.code.slug}-report", _names(), rows, form)


@room
@require_safe
def report_word(request: HttpRequest, guid: UUID, code: UUID) -> HttpResponse:
    """The report of a code as a Word document."""
    from exchange.code_report_word import code_report_word  # python-docx is heavy: read it when it is wanted

    desk = desk_of(request, guid)
    page = ReportPage.of(desk, request.user, code, request.GET)
    if page.faults:
        return _refused(page.faults)
    filters = f"codings of {page.words}"
    said = said_of(desk.codebook.study, data_version(), filters=filters, codebook=desk.codebook)
    response = HttpResponse(code_report_word(page.report, said, with_memo=True), content_type=DOCX)
    name = _name(desk, f"{page.code.slug}-report", "docx")
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _names() -> list[str]:
    return [column.name for column in QUOTE + CODINGS]


def _cells(coding: Coding) -> Row:
    return [*(column.value(coding.quote) for column in QUOTE), *(column.value(coding) for column in CODINGS)]


def _refused(faults: list[str]) -> HttpResponse:
    """As plain text: it is as likely to be read in a script's log as in a browser."""
    text = "This file cannot be made:\n" + "".join(f"- {fault}\n" for fault in faults)
    return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")


def _about(request: HttpRequest, desk: Desk, name: str) -> HttpResponse:
    """What a file is. Codings change without the data version, so it says of which version of the codebook."""
    return about_file(request, name, data_version(), desk.codebook.study.slug, desk.codebook)


def _name(desk: Desk, what: str, extension: str) -> str:
    return file_name(desk.codebook.name, f"v{desk.codebook.version}", what, extension=extension)


def csv_of_desk(
    request: HttpRequest, desk: Desk, what: str, header: list[str], rows: Iterable[Row], form: CsvForm
) -> HttpResponseBase:
    """The rows as a file, or what it is."""
    return stream_of_desk(request, desk, what, csv_stream(header, rows, **form.options()), form)


def stream_of_desk(
    request: HttpRequest, desk: Desk, what: str, stream: Iterable[bytes], form: CsvForm
) -> HttpResponseBase:
    """The lines of a CSV file as a download, or what it is; nothing is read for a HEAD."""
    name = _name(desk, what, "csv")
    if form.cleaned_data["about"]:
        return _about(request, desk, name)
    return StreamingHttpResponse(
        () if request.method == "HEAD" else stream,
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": content_disposition_header(True, name),
            "Link": link_to_about(request),
        },
    )
