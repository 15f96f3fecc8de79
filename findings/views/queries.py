"""Queries of quotes: built row by row, kept under a name, opened by a link; and the quotes that a number stands for."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from findings import actions
from findings.access import Desk, desk_of
from findings.analysis.conditions import KINDS
from findings.analysis.query import QuoteQuery, SaveForm, coded_quotes
from findings.models import SavedQuery
from findings.views.base import attempt_form, room
from schools.paging import page_of

QUOTES_A_PAGE = 20


@room
@require_safe
def quotes(request: HttpRequest, guid: UUID) -> HttpResponse:
    """The quotes behind a number, with the codings that one may see, and the query that finds them in words."""
    desk = desk_of(request, guid)
    return _render(request, "workbench/quotes.html", QuoteQuery.of(desk, request.user, request.GET))


@room
@require_safe
def query(request: HttpRequest, guid: UUID) -> HttpResponse:
    """The same, with the conditions to change; adding one and taking one away is a GET, too."""
    desk = desk_of(request, guid)
    asked = QuoteQuery.of(desk, request.user, request.GET)
    changed = asked.changed()
    if changed is not None:
        return redirect(f"{reverse('workbench:query', args=[guid])}?{changed}#conditions")
    return _render(request, "workbench/query.html", asked, SaveForm(initial={"asked": asked.address}))


def _render(
    request: HttpRequest, template: str, asked: QuoteQuery, save: SaveForm | None = None, status: int = 0
) -> HttpResponse:
    page = page_of(request, asked.in_order(), QUOTES_A_PAGE)
    context = {
        "desk": asked.desk,
        "asked": asked,
        "page": page,
        "quotes": coded_quotes(page.object_list, asked.codings),
        "behind": asked.codings_behind(),
    }
    if save is not None:
        own = SavedQuery.objects.filter(codebook=asked.desk.codebook, owner=asked.desk.coder)
        context |= {"save": save, "own": own, "kinds": KINDS.items()}
    return render(request, template, context, status=status or (400 if asked.errors else 200))


@room
@require_POST
def save_query(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Keep a query under a name."""
    desk = desk_of(request, guid)
    form = SaveForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        if attempt_form(form, actions.save_query, codebook=desk.codebook, owner=desk.coder, **said):
            messages.success(request, f"The query “{said['name']}” is saved.")
            return redirect(f"{reverse('workbench:query', args=[guid])}?{said['asked']}")
    asked = QuoteQuery.of(desk, request.user, QueryDict(request.POST.get("asked", "")[:8000]))
    return _render(request, "workbench/query.html", asked, form, status=400)


def _saved(desk: Desk, query: UUID) -> SavedQuery:
    """A query of any member: its link is shared. What it finds is what the reader may see."""
    return get_object_or_404(SavedQuery.objects.select_related("owner"), codebook=desk.codebook, guid=query)


@room
@require_safe
def saved_query(request: HttpRequest, guid: UUID, query: UUID) -> HttpResponse:
    """Open a saved query."""
    one = _saved(desk_of(request, guid), query)
    return redirect(f"{reverse('workbench:query', args=[guid])}?{one.asked}")


@room
@require_http_methods(["GET", "HEAD", "POST"])
def delete_query(request: HttpRequest, guid: UUID, query: UUID) -> HttpResponse:
    """Ask, and on a POST delete one's own query."""
    desk = desk_of(request, guid)
    one = get_object_or_404(SavedQuery, codebook=desk.codebook, owner=desk.coder, guid=query)
    if request.method != "POST":
        return render(request, "workbench/delete_query.html", {"desk": desk, "query": one})
    actions.delete_query(query=one)
    undo = " You can undo it under “History”." if desk.may_change else ""
    messages.success(request, f"The query “{one}” is deleted.{undo}")
    return redirect("workbench:query", guid)
