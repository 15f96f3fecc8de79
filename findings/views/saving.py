"""What a coder saves on the coding page. To a script each road answers with the quote as it now stands; to a form it
leads back to the page."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from findings import actions
from findings.access import Desk, Gone, desk_of
from findings.actions.base import Overtaken
from findings.coding_page import quote_desks
from findings.forms import MemoForm, NoteForm, PassageForm
from findings.models import Code, Codebook, Coding, QuoteNote
from findings.tree import codebook_tree
from findings.views.base import attempt, attempt_form, room
from findings.views.coding import last_steps, progress_at
from schools.models import Quote

REVISION = "X-Codebook-Revision"  # of the codes that the page has


def _quote(desk: Desk, guid: UUID) -> Quote:
    quotes = Quote.objects.select_related("school", "topic").filter(school__study=desk.codebook.study_id)
    return get_object_or_404(quotes, guid=guid)


def _coding(desk: Desk, guid: UUID) -> Coding:
    """A coding of one's own: another's is not there. Raises Gone for one that was removed."""
    own = {"coder": desk.coder, "code__codebook": desk.codebook, "guid": guid}
    found = Coding.objects.filter(**own).select_related("quote__school", "quote__topic", "code").first()
    if found is None and Coding.history.filter(**own).exists():
        raise Gone("This coding of yours was removed meanwhile. “Undo” under “History” may bring it back.")
    if found is None:
        raise Http404("No such coding.")
    return found


def _answer(
    request: HttpRequest,
    desk: Desk,
    quote: Quote,
    said: str,
    *,
    fault: str = "",
    typed: dict | None = None,
    near: int = 0,
    counted: bool = False,
) -> HttpResponse:
    """The quote as it now stands, and what was done or why it was not, with all that was typed.

    `counted`: how many quotes are done may have changed.
    """
    if not request.htmx and not fault:
        messages.success(request, said)
        road = reverse("workbench:coding_page", args=[desk.codebook.guid, quote.school.slug])
        return redirect(f"{road}?at={quote.guid}#quote-{quote.guid}")
    [one] = quote_desks([quote], desk.codebook, desk.coder, near=near)
    template = "workbench/_answer.html" if request.htmx else "workbench/quote.html"
    context = {"desk": desk, "one": one, "bar": last_steps(desk), "said": said, "fault": fault, "typed": typed or {}}
    context |= _other_codes(request, desk) if request.htmx else {"tree": codebook_tree(desk.codebook, in_use=True)}
    if request.htmx and counted:
        context |= {"progress": progress_at(desk, quote.school), "school": quote.school}
    return render(request, template, context, status=400 if fault else 200)


def _other_codes(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    """The codes, where they changed since the page was loaded that saves: made here, undone, or a colleague's."""
    revision = Codebook.objects.values_list("revision", flat=True).get(pk=desk.codebook.pk)
    if request.headers.get(REVISION) == str(revision):
        return {}
    return {"revision": revision, "tree": codebook_tree(desk.codebook, in_use=True)}


def _do(request: HttpRequest, desk: Desk, about: Quote, said: str, action: Any, **options: Any) -> HttpResponse:
    try:
        made = action(codebook=desk.codebook, coder=desk.coder, **options)
    except actions.Refused as error:
        typed = request.POST.dict() | ({"seen": error.seen} if isinstance(error, Overtaken) else {})
        return _answer(request, desk, about, "", fault=str(error), typed=typed)
    near = made.pk if isinstance(made, Coding) else 0
    return _answer(request, desk, about, said, near=near, counted=isinstance(made, QuoteNote))


def _first_error(form: Any) -> str:
    return next(iter(next(iter(form.errors.values()))))


@room
@require_safe
def quote(request: HttpRequest, guid: UUID, quote: UUID) -> HttpResponse:
    """One quote with all of one's codings of it, however many."""
    desk = desk_of(request, guid, code=True)
    [one] = quote_desks([_quote(desk, quote)], desk.codebook, desk.coder, whole=True)
    context = {"desk": desk, "one": one, "tree": codebook_tree(desk.codebook, in_use=True)}
    return render(request, "workbench/quote.html", context)


@room
@require_POST
def code_passage(request: HttpRequest, guid: UUID, quote: UUID) -> HttpResponse:
    """Code a passage, or, where none is given, the whole quote: by a code's GUID or name, or with a new code."""
    desk = desk_of(request, guid, code=True, write=True)
    one = _quote(desk, quote)
    form = PassageForm(request.POST)
    if not form.is_valid():
        return _answer(request, desk, one, "", fault=_first_error(form), typed=request.POST.dict())
    said = form.cleaned_data
    code, fault = _named_code(desk, said)
    if fault:
        return _answer(request, desk, one, "", fault=fault, typed=request.POST.dict())
    start, end = said["start"], said["end"]
    passage = (0, len(one.text)) if start is None and end is None else (start or 0, end or 0)
    words = f"Coded as {code or said['new_name']}: {actions.excerpt(one, *passage)}"
    options = {"start": passage[0], "end": passage[1], "code": code, "new_name": said["new_name"], "memo": said["memo"]}
    return _do(request, desk, one, words, actions.code_passage, quote=one, **options)


def _named_code(desk: Desk, said: dict[str, Any]) -> tuple[Code | None, str]:
    """The code that a form names, and what is wrong with the name. A new code is None, and no fault."""
    if said["code"]:
        code = Code.objects.filter(codebook=desk.codebook, guid=said["code"]).first()
        return code, "" if code else "This code is not in the codebook any more. Load the page again."
    if not said["code_name"]:
        return None, "" if said["new_name"] else "Name the code."
    wanted = " ".join(said["code_name"].split()).casefold()
    tree = codebook_tree(desk.codebook, in_use=True)
    found = [node.code for node in tree if node.path.casefold() == wanted]
    found = found or [node.code for node in tree if node.code.name.casefold() == wanted]
    if len(found) == 1:
        return found[0], ""
    shown = said["code_name"][:120]
    if found:
        return None, f"There are several codes “{shown}”. Choose one from the list, with the codes above it."
    return None, f"There is no code “{shown}” in use. Choose one from the list, or add it to the codebook first."


@room
@require_POST
def note(request: HttpRequest, guid: UUID, quote: UUID) -> HttpResponse:
    """A memo on a quote, a key quote, or done with it."""
    desk = desk_of(request, guid, code=True, write=True)
    one = _quote(desk, quote)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _answer(request, desk, one, "", fault=_first_error(form), typed=request.POST.dict())
    sent = form.sent()
    words = {
        "memo": "Memo on the quote saved",
        "is_key": "Marked as a key quote" if sent.get("is_key") else "No longer a key quote",
        "is_done": "Done with this quote" if sent.get("is_done") else "Not done with this quote",
    }
    said = next((words[name] for name in words if name in sent), "Nothing to save")
    return _do(request, desk, one, said, actions.write_note, quote=one, seen=form.cleaned_data["seen"], **sent)


@room
@require_http_methods(["GET", "HEAD", "POST"])
def coding(request: HttpRequest, guid: UUID, coding: UUID) -> HttpResponse:
    """One coding of one's own; a POST saves its memo."""
    writes = request.method == "POST"
    desk = desk_of(request, guid, code=True, write=writes)
    one = _coding(desk, coding)
    form = MemoForm(request.POST) if writes else MemoForm.showing(memo=one.memo)
    if writes and form.is_valid():
        options: dict[str, Any] = {"codebook": desk.codebook, "coder": desk.coder, "coding": one}
        if attempt_form(form, actions.write_memo, **form.cleaned_data, **options):
            return _answer(request, desk, one.quote, f"Memo on {one.code} saved", near=one.pk)
    if writes and request.htmx:
        return _answer(request, desk, one.quote, "", fault=_first_error(form), typed=form.data.dict())
    context = {"desk": desk, "coding": one, "form": form, "road": _back(desk, one.quote)}
    template = "workbench/_memo.html" if request.htmx else "workbench/coding.html"
    return render(request, template, context, status=400 if writes else 200)


def _back(desk: Desk, quote: Quote) -> str:
    road = reverse("workbench:coding_page", args=[desk.codebook.guid, quote.school.slug])
    return f"{road}?at={quote.guid}#quote-{quote.guid}"


@room
@require_POST
def uncode(request: HttpRequest, guid: UUID, coding: UUID) -> HttpResponse:
    """Take a coding of one's own away."""
    desk = desk_of(request, guid, code=True, write=True)
    one = _coding(desk, coding)
    return _do(request, desk, one.quote, f"{one.code} removed", actions.uncode, coding=one)


@room
@require_POST
def merge_overlapping(request: HttpRequest, guid: UUID, coding: UUID) -> HttpResponse:
    """Make one passage of a coding and those of the same code that it meets."""
    desk = desk_of(request, guid, code=True, write=True)
    one = _coding(desk, coding)
    said = f"Overlapping passages of {one.code} merged"
    return _do(request, desk, one.quote, said, actions.merge_overlapping, coding=one)


@room
@require_POST
def undo(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Take one's last step back."""
    return _step(request, guid, actions.undo, "Undone")


@room
@require_POST
def redo(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Do again what was undone last."""
    return _step(request, guid, actions.redo, "Redone")


def _step(request: HttpRequest, guid: UUID, action: Any, word: str) -> HttpResponse:
    desk = desk_of(request, guid)
    try:
        step = action(codebook=desk.codebook, coder=desk.coder, verbs=desk.undoable)
    except actions.Refused as error:
        return _refused_step(request, desk, str(error))
    said = f"{word}: {step.words}"
    quotes = Quote.objects.select_related("school", "topic").filter(pk=step.quote_id)
    quote = None if step.verb in {"decide", "take-back"} else quotes.first()
    if quote is not None:
        return _answer(request, desk, quote, said, counted=step.verb == "note")
    messages.success(request, said)
    return _elsewhere(request, reverse("workbench:steps", args=[guid]))


def _refused_step(request: HttpRequest, desk: Desk, fault: str) -> HttpResponse:
    road = reverse("workbench:steps", args=[desk.codebook.guid])
    if request.htmx:
        context = {"desk": desk, "bar": last_steps(desk), "fault": fault, "said": "", **_other_codes(request, desk)}
        return render(request, "workbench/_answer.html", context, status=400)
    messages.error(request, format_html("{}", fault))
    return redirect(road)


def _elsewhere(request: HttpRequest, road: str) -> HttpResponse:
    """Lead a form or a script to another page."""
    if not request.htmx:
        return redirect(road)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = road
    return response


@room
@require_POST
def leave_as_it_is(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Set a step aside that can no longer be undone, or redone, so that the one before it, or after it, can."""
    desk = desk_of(request, guid)
    undone = request.POST.get("which") == "redo"
    options = {"codebook": desk.codebook, "coder": desk.coder, "verbs": desk.undoable, "undone": undone}
    stays = "undone. You can redo the one after it." if undone else "as it is. You can undo the one before it."
    attempt(request, actions.leave_as_it_is, f"The step stays {stays}", **options)
    return redirect("workbench:steps", guid)
