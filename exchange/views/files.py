"""Downloads that are made whole before they are sent: REFI-QDA, workbooks, data packages."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from exchange import refi_qda
from exchange.material import Material
from exchange.tabular import file_name
from exchange.views.common import bad_request, etag, faults, file_download, published_study
from findings.models import Code, Codebook
from schools.actions import data_version


@require_safe
def codebook_qdc(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A published codebook as REFI-QDA codebook exchange."""
    codebook = get_object_or_404(Codebook.objects.published().select_related("study"), slug=slug)
    if found := faults(request.GET):
        return bad_request(found)
    version = data_version()
    codes = Code.objects.filter(codebook=codebook).as_tree()
    name = file_name(codebook.study.slug, codebook.slug, f"v{version.number}", extension="qdc")
    tag = etag(request.GET, version, refi_qda.FORMAT)
    return file_download(
        request, lambda file: refi_qda.write_codebook(file, codebook, codes), name, "application/xml", tag
    )


@require_safe
def study_qdpx(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A published study as REFI-QDA project exchange."""
    study = published_study(slug)
    if found := faults(request.GET):
        return bad_request(found)
    material = Material.published(study, data_version())
    site = request.build_absolute_uri(reverse("reading:home"))
    name = file_name(study.slug, f"v{material.version.number}", extension="qdpx")
    return file_download(
        request,
        lambda file: refi_qda.write_project(file, material, site),
        name,
        # Some browsers unpack what is called a zip, and no tool takes the folder.
        "application/octet-stream",
        etag(request.GET, material.version, refi_qda.FORMAT),
    )
