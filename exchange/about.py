"""What a CSV file is: study, data version, time, filters. A line of it in the file would break whoever reads the table.

So it lies beside the file: at the same address with `about=1`, to which the file's `Link: …; rel="describedby"` leads.
"""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from exchange.tabular import cell_text
from findings.models import Codebook
from schools.models import DataVersion

HOW = {"about", "bom", "formulas", "page", "theme", "v"}  # parameters that choose no data


def link_to_about(request: HttpRequest) -> str:
    """The header that leads from a file to what it is."""
    asked = request.GET.copy()
    asked["about"] = "1"
    return f'<{request.build_absolute_uri(request.path)}?{asked.urlencode()}>; rel="describedby"; type="text/plain"'


def asked_of(request: HttpRequest) -> str:
    """What the address of a file asks for; empty for all."""
    asked = [(key, value) for key, values in request.GET.lists() for value in values if value and key not in HOW]
    return "; ".join(f"{key}: {value}" for key, value in asked)


def about_file(
    request: HttpRequest, name: str, version: DataVersion, study: str, codebook: Codebook | None = None
) -> HttpResponse:
    """What the file at this address is, as a text; no row of it is read. `codebook`: whose team's file it is."""
    said = asked_of(request) or "none"
    kept = "left as it is" if request.GET.get("formulas") == "keep" else "guarded by an apostrophe"
    file = request.GET.copy()
    file.pop("about", None)
    address = request.build_absolute_uri(request.path) + (f"?{file.urlencode()}" if file else "")
    moment = cell_text(version.changed_at) if version.changed_at else "never"
    text = (
        f"File: {name}\nFrom: {address}\nStudy: {study}\n"
        + (f"Codebook: {codebook.name}, version {codebook.stamp}\n" if codebook else "")
        + f"Data version: {version.number}, of {moment}\nTaken: {cell_text(timezone.now())}\n"
        f"Filters: {said}\nText that a spreadsheet would calculate: {kept}\n"
        f"What each column holds: {request.build_absolute_uri(reverse('exchange:data_dictionary'))}\n"
    )
    disposition = content_disposition_header(False, f"{name.removesuffix('.csv')}-about.txt")
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)
