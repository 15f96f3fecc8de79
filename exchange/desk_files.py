"""A team's files for its members: project, codebook, notes. Each holds what the pages show to that member."""

from dataclasses import replace
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from exchange.columns import NOTE, QUOTE
from exchange.datasets import cells, outlined
from exchange.forms import CodingsCsvForm, CsvForm
from exchange.material import Material
from exchange.refi_qda import said_of, write_codebook, write_project
from exchange.study_columns import CODE, CODE_MEMO
from exchange.tabular import file_name
from exchange.views.common import bad_request, file_download
from exchange.workbench import csv_of_desk
from findings.access import desk_of
from findings.analysis.asked import faults_of
from findings.analysis.query import QuoteQuery
from findings.models import Code, Coding, QuoteNote
from findings.views.base import room
from schools.actions import data_version


@room
@require_safe
def project_qdpx(request: HttpRequest, guid: UUID) -> HttpResponseBase:
    """A codebook with its study and its coding as a REFI-QDA project, narrowed by the parameters of codings.csv.

    Texts are whole, whatever is asked: `by`, conditions and `key=1` choose the codings and the notes in it.
    """
    desk, form = desk_of(request, guid), CodingsCsvForm(request.GET)
    asked = QuoteQuery.of(desk, request.user, request.GET)
    if faults := faults_of(form) + asked.faults:
        return bad_request(faults)
    material = Material.of_desk(desk.codebook, request.user)
    notes = QuoteNote.objects.visible_to(request.user, desk.codebook)
    if asked.address:
        quotes = asked.quotes.order_by().values("pk")
        whose = asked.form.offers.whose
        codings, notes = material.all_codings.filter(quote__in=quotes), notes.filter(quote__in=quotes)
        if chosen := asked.form.whose:
            codings, notes = codings.filter(whose.wanted(chosen)), notes.filter(whose.wanted(chosen))
        material = replace(material, all_codings=codings, all_notes=notes, filters=asked.words)
    if form.cleaned_data["key"]:
        keys = QuoteNote.objects.visible_to(request.user, desk.codebook).filter(is_key=True)
        material = replace(
            material,
            all_codings=material.all_codings.filter(quote__in=keys.values("quote")),
            all_notes=notes.filter(is_key=True),
            filters=f"{asked.words if asked.address else ''} Key quotes only.".strip(),
        )
    site = request.build_absolute_uri(reverse("reading:home"))
    selection = "" if material.filters == Material.filters else "selection"
    name = file_name(desk.codebook.name, f"v{desk.codebook.version}", selection, extension="qdpx")
    # No cache knows it again: what one may see changes with every coding.
    return file_download(
        request, lambda file: write_project(file, material, site), name, "application/octet-stream", f'"{uuid4()}"'
    )


@room
@require_safe
def codebook_qdc(request: HttpRequest, guid: UUID) -> HttpResponseBase:
    """The codebook as REFI-QDA codebook exchange."""
    desk = desk_of(request, guid)
    codes = Code.objects.filter(codebook=desk.codebook).as_tree()
    origin = said_of(desk.codebook.study, data_version(), request.build_absolute_uri(reverse("reading:home")))
    name = file_name(desk.codebook.name, f"v{desk.codebook.version}", extension="qdc")
    return file_download(
        request,
        lambda file: write_codebook(file, desk.codebook, codes, origin),
        name,
        "application/xml",
        f'"{uuid4()}"',
    )


@room
@require_safe
def codebook_csv(request: HttpRequest, guid: UUID) -> HttpResponseBase:
    """The codebook as CSV: paths, definitions, criteria, memos, and counts of the codings that one may see."""
    desk, form = desk_of(request, guid), CsvForm(request.GET)
    if faults := faults_of(form):
        return bad_request(faults)
    codings = Coding.objects.visible_to(request.user, desk.codebook)
    columns = CODE + CODE_MEMO
    rows = cells(outlined(Code.objects.filter(codebook=desk.codebook), codings, for_members=True), columns)
    return csv_of_desk(request, desk, "codebook", [column.name for column in columns], rows, form)


@room
@require_safe
def notes_csv(request: HttpRequest, guid: UUID) -> HttpResponseBase:
    """The notes on quotes that one may see: memo, key mark, and since when the quote is done."""
    desk, form = desk_of(request, guid), CsvForm(request.GET)
    if faults := faults_of(form):
        return bad_request(faults)
    notes = QuoteNote.objects.visible_to(request.user, desk.codebook)
    notes = notes.select_related("quote__school__study", "quote__topic", "coder")
    notes = notes.order_by("quote__school__position", "quote__school", "quote__position", "quote", "coder__name", "pk")
    rows = (
        [*(column.value(note.quote) for column in QUOTE), *(column.value(note) for column in NOTE)]
        for note in notes.iterator(chunk_size=500)
    )
    return csv_of_desk(request, desk, "notes", [column.name for column in QUOTE + NOTE], rows, form)
