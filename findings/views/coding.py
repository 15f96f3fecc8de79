"""The coding page: a school's quotes in reading order, a window of them at a time."""

from itertools import zip_longest
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from findings import actions
from findings.access import Desk, desk_of
from findings.coding_page import QUOTES_A_PAGE, quote_desks, quotes_of
from findings.models import QuoteNote, Step
from findings.tree import codebook_tree
from findings.views.base import room
from schools.models import Fact, Quote, School
from schools.paging import page_number


@room
@require_safe
def coding_page(request: HttpRequest, guid: UUID, school: str) -> HttpResponse:
    """A school's quotes to code; `?page=` says which of them, or `?at=` the quote that must be among them."""
    desk = desk_of(request, guid, code=True)
    one = get_object_or_404(School.objects.filter(study=desk.codebook.study_id), slug=school)
    quotes = quotes_of(one)
    asked = _page_with(quotes, request.GET["at"]) if "at" in request.GET else request.GET.get("page", "1")
    page = page_number(asked, quotes, QUOTES_A_PAGE)
    shown = quote_desks(page.object_list, desk.codebook, desk.coder)
    context = {
        "desk": desk,
        "school": one,
        "page": page,
        "desks": list(zip_longest(shown, (one.quote.guid for one in shown[1:]), fillvalue="")),  # each with the next
        "tree": codebook_tree(desk.codebook, in_use=True),
        "facts": Fact.objects.for_cases([one]).exclude(value=""),
        "schools": School.objects.filter(study=desk.codebook.study_id),
        "progress": progress_at(desk, one),
        "bar": last_steps(desk),
    }
    return render(request, "workbench/coding_page.html", context)


def progress_at(desk: Desk, school: School) -> dict[str, Any]:
    """How many of a school's quotes the coder is done with, and the first that is not done. Three queries."""
    notes = QuoteNote.objects.filter(codebook=desk.codebook, coder=desk.coder, done_at__isnull=False)
    quotes = quotes_of(school)
    done = notes.filter(quote__school=school)
    return {"done": done.count(), "quotes": quotes.count(), "next": quotes.exclude(notes__in=done).first()}


def _page_with(quotes: QuerySet[Quote], guid: str) -> str:
    """The number of the page that a quote is on. Raises Http404 for one that is not of these."""
    try:
        quote = get_object_or_404(quotes, guid=UUID(guid))
    except ValueError as error:
        raise Http404("No such quote.") from error
    before = quotes.filter(Q(position__lt=quote.position) | Q(position=quote.position, pk__lt=quote.pk)).count()
    return str(before // QUOTES_A_PAGE + 1)


def last_steps(desk: Desk) -> dict[str, Step | None]:
    """What undo and redo would do. Two queries."""
    return {
        name: actions.next_steps(desk.codebook, desk.coder, desk.undoable, undone=undone)
        .only("pk", "words", "state")
        .first()
        for name, undone in (("undo", False), ("redo", True))
    }
