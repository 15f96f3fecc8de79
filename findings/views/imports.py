"""Codes from a CSV: a preview of what will be made, and then all of it or nothing."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from findings import actions
from findings.access import desk_of
from findings.actions.codebooks import with_parents
from findings.codebook_csv import LARGEST, Reading, decoded, read_codebook
from findings.hues import HUES
from findings.tree import codebook_tree
from findings.views.base import room


@room
@require_http_methods(["GET", "HEAD", "POST"])
def import_codes(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Choose a file or paste its text; a first POST previews it, one with `confirm` imports it."""
    writes = request.method == "POST"
    desk = desk_of(request, guid, code=True, write=writes)
    context: dict = {"desk": desk, "text": ""}
    if not writes:
        return render(request, "workbench/import_codes.html", context)
    file = request.FILES.get("file")
    try:
        # No more is read of a file than what tells that it is too large.
        data = file.read(LARGEST + 1) if file else request.POST.get("text", "").encode()
        context["text"] = text = decoded(data)
    except ValueError as error:
        context["reading"] = Reading(faults=[(0, str(error))])
        return render(request, "workbench/import_codes.html", context, status=400)
    reading = read_codebook(text)
    if not reading.faults and "confirm" in request.POST:
        try:
            made = actions.import_codes(codebook=desk.codebook, coder=desk.coder, rows=reading.codes)
        except actions.Refused as error:
            reading.faults.append((0, str(error)))
        else:
            messages.success(request, f"{made} code{'' if made == 1 else 's'} imported.")
            return redirect("workbench:codebook", guid)
    there = {node.path.casefold() for node in codebook_tree(desk.codebook, in_use=True)}
    context["reading"] = reading
    context["rows"] = [
        (one, dict(HUES).get(one.colour or 0, ""), " › ".join(one.path).casefold() in there)
        for one in with_parents(reading.codes)
    ]
    return render(request, "workbench/import_codes.html", context, status=400 if reading.faults else 200)
