"""The page of a codebook's downloads for its members: what each file holds, its rows, and what it cannot hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from exchange.refi_qda import LOST
from findings.access import Desk, desk_of
from findings.analysis.query import QuoteQuery
from findings.models import Code, QuoteNote
from findings.views.base import room
from schools.actions import data_version

TABLE_LOSES = ["What stands in the codebook: which codes stand below which, colours, memos on codes."]
CODEBOOK_LOSES = ["Codings, and who is a member.", "Memos, retired codes' dates, number keys and example quotes."]


@dataclass(frozen=True)
class File:
    """A file, with how much is in it: `rows` of it in `unit`s, as the person who asks would get it now."""

    title: str
    address: str
    rows: int
    unit: str
    about: str
    lost: Sequence[str] = ()


def files_of(desk: Desk, user: Any) -> list[File]:
    """A codebook's files as this member would get them. Four counts, whatever they count."""
    asked = QuoteQuery.of(desk, user, QueryDict())
    of_quote = asked.codings.filter(quote=OuterRef("pk")).order_by()
    codings, bare = asked.codings.count(), asked.in_order().exclude(Exists(of_quote)).count()
    codes = Code.objects.filter(codebook=desk.codebook).count()
    notes = QuoteNote.objects.visible_to(user, desk.codebook).count()

    def address(name: str) -> str:
        return reverse(f"exchange:workbench_{name}", args=[desk.codebook.guid])

    whose = "all codings, and the agreed set" if desk.is_open else "your own codings"
    return [
        File(
            "Codings (CSV)", address("codings_csv"), codings + bare, "row",
            f"Of {whose}: each with its quote, school and coder. A quote without one keeps a row.",
            TABLE_LOSES,
        ),
        File(
            "Notes on quotes (CSV)", address("notes_csv"), notes, "row",
            "Memos, key marks and what is done, as far as you may see them.",
        ),
        File(
            "Codebook (CSV)", address("codebook_csv"), codes, "row",
            "Paths, definitions, criteria, memos, and counts of the codings that you may see.", ["Colours."],
        ),
        File(
            "Codebook (REFI-QDA, .qdc)", address("codebook_qdc"), codes, "code",
            "The tree of codes, with descriptions and colours, for another analysis tool.", CODEBOOK_LOSES,
        ),
        File(
            "Project (REFI-QDA, .qdpx)", address("qdpx"), codings, "coding",
            "Study, cases, quotes, codes, and the codings and notes that you may see, for another analysis tool.", LOST,
        ),
    ]  # fmt: skip


@room
@require_safe
def desk_downloads(request: HttpRequest, guid: UUID) -> HttpResponse:
    """All that a member can take away of a codebook."""
    desk = desk_of(request, guid)
    context = {"desk": desk, "files": files_of(desk, request.user), "version": data_version()}
    return render(request, "exchange/desk_downloads.html", context)
