"""A team's files for its members, beside its codings: each holds what the pages show to that member."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import IO
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from exchange import desk_workbook
from exchange.columns import NOTE, QUOTE, Column
from exchange.datapackage import write_package
from exchange.datasets import cells, fact_columns, finding_cells, outlined, supported, tagged, with_facts
from exchange.forms import CodebookCsvForm, CodingsCsvForm, CsvForm
from exchange.material import Material
from exchange.origin import said_of
from exchange.refi_qda import write_codebook, write_project
from exchange.study_columns import CODE, CODE_MEMBER, FINDING, SCHOOL, SUPPORT, TAG
from exchange.tabular import Row, file_name
from exchange.views.common import bad_request, file_download
from exchange.workbench import csv_of_desk
from exchange.workbook import CONTENT_TYPE, write_workbook
from findings.access import Desk, desk_of
from findings.analysis.asked import faults_of
from findings.analysis.query import QuoteQuery
from findings.models import Code, Coding, QuoteNote
from findings.views.base import room
from schools.actions import data_version


def material_asked(desk: Desk, request: HttpRequest) -> tuple[Material, list[str]]:
    """A codebook's study and its coding, narrowed by the parameters of codings.csv; and what is wrong with these.

    Texts are whole, whatever is asked: `by`, conditions and `key=1` choose the codings and the notes.
    """
    user, form = request.user, CodingsCsvForm(request.GET)
    asked = QuoteQuery.of(desk, user, request.GET)
    material = Material.of_desk(desk.codebook, user)
    if faults := faults_of(form) + asked.faults:
        return material, faults
    notes = QuoteNote.objects.visible_to(user, desk.codebook)
    if asked.address:
        quotes = asked.quotes.order_by().values("pk")
        whose = asked.form.offers.whose
        codings, notes = material.all_codings.filter(quote__in=quotes), notes.filter(quote__in=quotes)
        if chosen := asked.form.whose:
            codings, notes = codings.filter(whose.wanted(chosen)), notes.filter(whose.wanted(chosen))
        material = replace(material, all_codings=codings, all_notes=notes, filters=asked.words)
    if form.cleaned_data["key"]:
        keys = QuoteNote.objects.visible_to(user, desk.codebook).filter(is_key=True)
        material = replace(
            material,
            all_codings=material.all_codings.filter(quote__in=keys.values("quote")),
            all_notes=notes.filter(is_key=True),
            filters=f"{asked.words if asked.address else ''} Key quotes only.".strip(),
        )
    return material, []


def _desk_file(
    request: HttpRequest, desk: Desk, write: Callable[[IO[bytes]], None], kind: str, *what: str, extension: str
) -> HttpResponseBase:
    """A file that no cache knows again: what one may see changes with every coding."""
    name = file_name(desk.codebook.name, f"v{desk.codebook.version}", *what, extension=extension)
    return file_download(request, write, name, kind, f'"{uuid4()}"')


def _selection(material: Material) -> str:
    return "" if material.filters == Material.filters else "selection"


def _whole(
    request: HttpRequest,
    guid: UUID,
    writer: Callable[[Material], Callable[[IO[bytes]], None]],
    kind: str,
    *what: str,
    extension: str,
) -> HttpResponseBase:
    """A codebook with its study and its coding, narrowed by the parameters of codings.csv, as `writer` writes it."""
    desk = desk_of(request, guid)
    material, faults = material_asked(desk, request)
    if faults:
        return bad_request(faults)
    return _desk_file(request, desk, writer(material), kind, *what, _selection(material), extension=extension)


@room
@require_safe
def project_qdpx(request: HttpRequest, guid: UUID) -> HttpResponseBase:
    """As a REFI-QDA project."""
    site = request.build_absolute_uri(reverse("reading:home"))
    return _whole(
        request,
        guid,
        lambda material: lambda file: write_project(file, material, site),
        "application/octet-stream",
        extension="qdpx",
    )


@room
@require_safe
def workbook_xlsx(request: HttpRequest, guid: UUID) -> HttpResponseBase:
    """As a workbook."""

    def writer(material: Material) -> Callable[[IO[bytes]], None]:
        about = desk_workbook.about(material, request.build_absolute_uri())
        sheets, changed = desk_workbook.sheets_of(material), material.version.changed_at
        return lambda file: write_workbook(file, about, sheets, changed)

    return _whole(request, guid, writer, CONTENT_TYPE, extension="xlsx")


@room
@require_safe
def datapackage_zip(request: HttpRequest, guid: UUID) -> HttpResponseBase:
    """As a data package."""
    keep = bool(request.GET.get("formulas"))
    return _whole(
        request,
        guid,
        lambda material: lambda file: write_package(file, material, keep_formulas=keep),
        "application/zip",
        "datapackage",
        extension="zip",
    )


@room
@require_safe
def codebook_qdc(request: HttpRequest, guid: UUID) -> HttpResponseBase:
    """The codebook as REFI-QDA codebook exchange."""
    desk = desk_of(request, guid)
    codes = Code.objects.filter(codebook=desk.codebook).as_tree()
    site = request.build_absolute_uri(reverse("reading:home"))
    origin = said_of(desk.codebook.study, data_version(), site, codebook=desk.codebook)
    return _desk_file(
        request,
        desk,
        lambda file: write_codebook(file, desk.codebook, codes, origin),
        "application/xml",
        extension="qdc",
    )


def _table(
    request: HttpRequest,
    guid: UUID,
    what: str,
    made: Callable[[Desk], tuple[list[Column], Iterable[Row]]],
    kind: type[CsvForm] = CsvForm,
) -> HttpResponseBase:
    """A table of a codebook as CSV: its columns, and the rows that this member may see."""
    desk, form = desk_of(request, guid), kind(request.GET)
    if faults := faults_of(form):
        return bad_request(faults)
    columns, rows = made(desk)
    return csv_of_desk(request, desk, what, [column.name for column in columns], rows, form)


@room
@require_safe
def codebook_csv(request: HttpRequest, guid: UUID) -> HttpResponseBase:
    """The codebook as CSV: paths, definitions, criteria, memos, and counts of the codings that one may see."""

    def made(desk: Desk) -> tuple[list[Column], Iterable[Row]]:
        codings = Coding.objects.visible_to(request.user, desk.codebook)
        codes = outlined(Code.objects.filter(codebook=desk.codebook), codings, for_members=True)
        if request.GET.get("layout"):
            return TAG, cells(tagged(codes), TAG)
        return CODE + CODE_MEMBER, cells(codes, CODE + CODE_MEMBER)

    return _table(request, guid, "codebook", made, CodebookCsvForm)


@room
@require_safe
def notes_csv(request: HttpRequest, guid: UUID) -> HttpResponseBase:
    """The notes on quotes that one may see: memo, key mark, and since when the quote is done."""
    order = ["quote__school__position", "quote__school", "quote__position", "quote", "coder__name", "pk"]

    def made(desk: Desk) -> tuple[list[Column], Iterable[Row]]:
        notes = QuoteNote.objects.visible_to(request.user, desk.codebook).order_by(*order)
        notes = notes.select_related("quote__school__study", "quote__topic", "coder")
        return QUOTE + NOTE, (
            [*(column.value(note.quote) for column in QUOTE), *(column.value(note) for column in NOTE)]
            for note in notes.iterator(chunk_size=500)
        )

    return _table(request, guid, "notes", made)


@room
@require_safe
def cases_csv(request: HttpRequest, guid: UUID) -> HttpResponseBase:
    """The cases of the codebook's study, with every fact."""

    def made(desk: Desk) -> tuple[list[Column], Iterable[Row]]:
        material = Material.of_desk(desk.codebook, request.user)
        columns = SCHOOL + fact_columns(material.indicators())
        return columns, cells(with_facts(material.schools()), columns)

    return _table(request, guid, "cases", made)


@room
@require_safe
def findings_csv(request: HttpRequest, guid: UUID) -> HttpResponseBase:
    """The findings of the codebook's study with their evidence."""

    def made(desk: Desk) -> tuple[list[Column], Iterable[Row]]:
        return FINDING + SUPPORT, finding_cells(supported(Material.of_desk(desk.codebook, request.user)))

    return _table(request, guid, "findings", made)
