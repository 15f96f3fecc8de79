"""Downloads that are made whole before they are sent: REFI-QDA, workbooks, data packages."""

import io
from functools import cache
from typing import IO
from zipfile import ZipFile

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from exchange import datapackage, quotes_workbook, refi_qda, workbook
from exchange.forms import FormulasForm, ProjectForm
from exchange.material import Material
from exchange.origin import said_of
from exchange.tabular import file_name
from exchange.views.common import bad_request, etag, faults, file_download, published_study, study_name
from exchange.workbook import write_workbook
from exchange.zips import member
from findings.filters import QuoteFilter
from findings.models import Code, Codebook
from schools.actions import data_version
from schools.models import Quote
from schools.roads import study_at


@require_safe
def codebook_qdc(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A published codebook as REFI-QDA codebook exchange."""
    published = Codebook.objects.published().of(study_at(request)).select_related("study")
    codebook = get_object_or_404(published, slug=slug)
    if found := faults(request.GET):
        return bad_request(found)
    version = data_version()
    codes = Code.objects.filter(codebook=codebook).as_tree()
    name = file_name(codebook.study.slug, codebook.slug, f"v{version.number}", extension="qdc")
    tag = etag(request, version, refi_qda.FORMAT)
    origin = said_of(codebook.study, version, request.build_absolute_uri(codebook.study.get_absolute_url()))
    return file_download(
        request, lambda file: refi_qda.write_codebook(file, codebook, codes, origin), name, "application/xml", tag
    )


@require_safe
def study_qdpx(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A published study as REFI-QDA project exchange, with the editors' codebooks or with those that are chosen."""
    study = published_study(slug)
    form = ProjectForm(request.GET, study)
    if found := faults(request.GET, form):
        return bad_request(found)
    chosen = form.cleaned_data["codebook"]
    material = Material.published(study, data_version(), chosen)
    site = request.build_absolute_uri(study.get_absolute_url())
    books = [one.slug for one in chosen]
    name = file_name(study.slug, *books, f"v{material.version.number}", extension="qdpx")
    return file_download(
        request,
        lambda file: refi_qda.write_project(file, material, site),
        name,
        # Some browsers unpack what is called a zip, and no tool takes the folder.
        "application/octet-stream",
        etag(request, material.version, refi_qda.FORMAT),
    )


@require_safe
def quotes_xlsx(request: HttpRequest) -> HttpResponseBase:
    """The quotes that /quotes/ shows for the same filters, with codings, codes and cases, as a workbook."""
    study = study_at(request)
    chosen = QuoteFilter(request.GET, queryset=Quote.objects.published().of(study), study=study)
    if found := faults(request.GET, chosen.form):
        return bad_request(found)
    version, filters = data_version(), chosen.chosen()
    name = file_name(
        study_name(study), "quotes", "selection" if filters else "", f"v{version.number}", extension="xlsx"
    )
    address = request.build_absolute_uri()
    said = "; ".join(f"{key}: {', '.join(map(str, request.GET.getlist(key)))}" for key in filters)

    def write(file: IO[bytes]) -> None:
        about = quotes_workbook.about(version, said, address, chosen.qs)
        sheets = quotes_workbook.sheets_of(
            chosen.qs, version, study=study, codebooks=filters.get("codebook", ()), codes=filters.get("code", ())
        )
        write_workbook(file, about, sheets, version.changed_at)

    return file_download(request, write, name, workbook.CONTENT_TYPE, etag(request, version, workbook.FORMAT))


@require_safe
def study_datapackage(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A published study as a data package."""
    study, form = published_study(slug), FormulasForm(request.GET)
    if found := faults(request.GET, form):
        return bad_request(found)
    material, keep = Material.published(study, data_version()), bool(form.cleaned_data["formulas"])
    site = request.build_absolute_uri(study.get_absolute_url())
    name = file_name(study.slug, "datapackage", f"v{material.version.number}", extension="zip")
    return file_download(
        request,
        lambda file: datapackage.write_package(file, material, site, keep_formulas=keep),
        name,
        "application/zip",
        etag(request, material.version, datapackage.FORMAT),
    )


@require_safe
def study_folder(request: HttpRequest) -> HttpResponse:
    """The invented study as a folder to copy, with the instructions beside it."""
    if found := faults(request.GET):
        return bad_request(found)
    disposition = content_disposition_header(True, "study-folder.zip")
    return HttpResponse(_study_folder(), content_type="application/zip", headers={"Content-Disposition": disposition})


@cache
def _study_folder() -> bytes:
    docs, file = settings.BASE_DIR / "docs", io.BytesIO()
    folder = docs / "examples/study"
    names = {docs / "loading-a-study.md": "README.md"}
    names |= {path: f"two-ponds/{path.relative_to(folder)}" for path in sorted(folder.rglob("*.*"))}
    with ZipFile(file, "w") as archive:
        for path, name in names.items():
            with member(archive, name, None) as inner:
                inner.write(path.read_bytes())
    return file.getvalue()
