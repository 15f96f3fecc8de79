"""The cases of a study of one's own: what they are, what is known of them, and what was said there."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from findings import actions
from findings.access import case_of, may_change, quote_of
from findings.study_forms import CaseForm, FactsForm, QuoteForm
from findings.views.base import attempt, attempt_form, room
from schools.fields import locator_words
from schools.models import Quote, School
from schools.paging import page_of
from schools.studies import NewFact, add_facts

ROWS_A_PAGE = 50


@room
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, guid: UUID, case: UUID) -> HttpResponse:
    """A case with its facts and quotes; a POST adds a quote."""
    school = case_of(request, guid, case, write=request.method == "POST")
    form = QuoteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = dict(form.cleaned_data)
        said["role"] = said.pop("speaker_role")
        del said["seen"]  # there was nothing to see
        if attempt_form(form, actions.add_quote, school=school, **said):
            messages.success(request, "The quote is added.")
            return redirect("workbench:case", guid, case)
    context = {
        "study": school.study,
        "school": school,
        "form": form,
        "may_change": may_change(school.study, request.user),
        "facts": school.facts.select_related("indicator").order_by("indicator__position"),
        "page": page_of(request, school.quotes.order_by("position", "pk"), ROWS_A_PAGE),
    }
    return render(request, "workbench/case.html", context, status=400 if form.errors else 200)


@room
@require_http_methods(["GET", "HEAD", "POST"])
def edit_case(request: HttpRequest, guid: UUID, case: UUID) -> HttpResponse:
    """Say what a case is."""
    school = case_of(request, guid, case, write=True)
    form = CaseForm.of(school, request.POST if request.method == "POST" else None)
    if form.is_valid() and attempt_form(form, actions.edit_school, school=school, **form.cleaned_data):
        messages.success(request, "Saved.")
        return redirect("workbench:case", guid, case)
    return _form(request, school, form, "What the case is")


@room
@require_http_methods(["GET", "HEAD", "POST"])
def facts(request: HttpRequest, guid: UUID, case: UUID) -> HttpResponse:
    """Say what is known of a case."""
    school = case_of(request, guid, case, write=True)
    form = FactsForm.of(school, request.POST if request.method == "POST" else None)
    if form.is_valid() and attempt_form(form, _write_facts, school=school, said=form):
        messages.success(request, "Saved.")
        return redirect("workbench:case", guid, case)
    return _form(request, school, form, "Facts")


@transaction.atomic
def _write_facts(*, school: School, said: FactsForm) -> None:
    actions.write_facts(school=school, values=said.values())
    label, value = said.cleaned_data["new_label"], said.cleaned_data["new_value"]
    if label:
        add_facts(study=school.study, rows=[NewFact(school, label, value)])


@room
@require_http_methods(["GET", "HEAD", "POST"])
def delete_case(request: HttpRequest, guid: UUID, case: UUID) -> HttpResponse:
    """Ask, with what would go; a POST deletes a case for good."""
    school, coder = case_of(request, guid, case, write=True), actions.coder_of(user=request.user)
    if request.method == "POST":
        done = f"“{school.name}” is deleted."
        if attempt(request, actions.remove_school, done, school=school, coder=coder):
            return redirect("workbench:study", guid)
        return redirect("workbench:case", guid, case)
    quotes = Quote.objects.filter(school=school)
    standing = actions.Standing.on(school.study, quotes, coder, School.objects.filter(pk=school.pk))
    counts = [("quote", quotes.count()), ("fact", school.facts.count())]
    return _ask(request, school, school.name, counts, standing)


@room
@require_http_methods(["GET", "HEAD", "POST"])
def edit_quote(request: HttpRequest, guid: UUID, quote: UUID) -> HttpResponse:
    """Put a quote right."""
    one = quote_of(request, guid, quote, write=True)
    form = QuoteForm.of(one, request.POST if request.method == "POST" else None)
    if form.is_valid() and attempt_form(form, actions.edit_quote, quote=one, **form.cleaned_data):
        messages.success(request, "Saved.")
        return redirect("workbench:case", guid, one.school.guid)
    return _form(request, one.school, form, "A quote")


@room
@require_POST
def shift_quote(request: HttpRequest, guid: UUID, quote: UUID) -> HttpResponse:
    """Move a quote by one place."""
    one = quote_of(request, guid, quote, write=True)
    actions.shift_quote(quote=one, up=request.POST.get("way") == "up")
    return redirect(reverse("workbench:case", args=[guid, one.school.guid]) + f"#q-{one.guid}")


@room
@require_http_methods(["GET", "HEAD", "POST"])
def delete_quote(request: HttpRequest, guid: UUID, quote: UUID) -> HttpResponse:
    """Ask, with what would go; a POST deletes a quote for good."""
    one, coder = quote_of(request, guid, quote, write=True), actions.coder_of(user=request.user)
    rows = Quote.objects.filter(pk=one.pk)
    if request.method == "POST":
        attempt(request, actions.remove_quotes, "The quote is deleted.", quotes=rows, coder=coder)
        return redirect("workbench:case", guid, one.school.guid)
    standing = actions.Standing.on(one.school.study, rows, coder)
    return _ask(request, one.school, f"{one.said_by}, {locator_words(one.locator)}", [], standing, one)


def _form(request: HttpRequest, school: School, form: object, heading: str) -> HttpResponse:
    context = {"study": school.study, "school": school, "form": form, "heading": heading}
    status = 400 if getattr(form, "errors", None) else 200
    return render(request, "workbench/study_form.html", context, status=status)


def _ask(
    request: HttpRequest,
    school: School,
    name: str,
    counts: list[tuple[str, int]],
    standing: actions.Standing,
    quote: Quote | None = None,
) -> HttpResponse:
    context = {
        "study": school.study,
        "school": school,
        "quote": quote,
        "name": name,
        "counts": [*counts, ("coding", standing.own)],
        "reasons": [standing.reason] if standing.reason else [],
    }
    return render(request, "workbench/study_delete.html", context)
