"""Studies of one's own: begun, described, filled with cases, and deleted."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from findings import actions
from findings.access import is_editor, may_change, study_of
from findings.models import Codebook
from findings.models.offers import with_last_offer
from findings.study_forms import NewCaseForm, StudyForm, TitleForm
from findings.views.base import attempt, attempt_form, room
from schools.models import Quote, Study
from schools.paging import page_of
from schools.studies import start_study

ROWS_A_PAGE = 50


@room
@require_http_methods(["GET", "HEAD", "POST"])
def studies(request: HttpRequest) -> HttpResponse:
    """The studies that one made or works on; a POST begins another."""
    form = TitleForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        made = start_study(user=request.user, title=form.cleaned_data["title"])
        messages.success(request, "Your study is begun. Only you can see it.")
        return redirect("workbench:study", made.guid)
    rows = with_last_offer(Study.objects.own_of(request.user).begun_here()).annotate(case_count=Count("schools"))
    context = {
        "form": form,
        "page": page_of(request, rows.order_by("-pk"), ROWS_A_PAGE),
        "is_editor": is_editor(request.user),
    }
    return render(request, "workbench/studies.html", context, status=400 if form.errors else 200)


@room
@require_http_methods(["GET", "HEAD", "POST"])
def study(request: HttpRequest, guid: UUID) -> HttpResponse:
    """A study with its cases; a POST adds one."""
    one = study_of(request, guid, write=request.method == "POST")
    form = NewCaseForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and attempt_form(form, actions.add_case, beside="name", study=one, **form.cleaned_data):
        messages.success(request, f"“{form.cleaned_data['name']}” is added.")
        return redirect("workbench:study", guid)
    rows = one.schools.annotate(quote_count=Count("quotes"))
    context = {
        "study": one,
        "form": form,
        "may_change": may_change(one, request.user),
        "last_offer": one.offers.first(),
        "page": page_of(request, rows.order_by("position", "pk"), ROWS_A_PAGE),
        "codebooks": Codebook.objects.filter(study=one, members__user=request.user.pk).order_by("pk"),
    }
    return render(request, "workbench/study.html", context, status=400 if form.errors else 200)


@room
@require_http_methods(["GET", "HEAD", "POST"])
def edit_study(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Say what a study is."""
    one = study_of(request, guid, write=True)
    form = StudyForm.of(one, request.POST if request.method == "POST" else None)
    if form.is_valid() and attempt_form(form, actions.edit_study, study=one, **form.cleaned_data):
        messages.success(request, "Saved.")
        return redirect("workbench:study", guid)
    context = {"study": one, "form": form, "heading": "What the study is"}
    return render(request, "workbench/study_form.html", context, status=400 if form.errors else 200)


@room
@require_http_methods(["GET", "HEAD", "POST"])
def delete_study(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Ask, with what would go; a POST deletes a study for good."""
    one = study_of(request, guid, write=True)
    if request.method == "POST":
        done = attempt(request, actions.remove_study, f"“{one.title}” is deleted.", study=one, user=request.user)
        return redirect("workbench:studies") if done else redirect("workbench:study", guid)
    quotes = Quote.objects.filter(school__study=one)
    standing = actions.Standing.on(one, quotes, actions.coder_of(user=request.user), one.schools.all())
    context = {
        "study": one,
        "name": one.title,
        "counts": [
            ("case", one.schools.count()),
            ("quote", quotes.count()),
            ("codebook", one.codebooks.count()),
            ("coding", standing.own + standing.others),
        ],
        "reasons": list(actions.others_in(one, request.user)),
    }
    return render(request, "workbench/study_delete.html", context)
