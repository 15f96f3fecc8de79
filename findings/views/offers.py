"""Offering a study to the editors, and the editors' decision."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from findings import actions
from findings.access import study_of
from findings.forms import TextField
from findings.models import Codebook, Finding, StudyOffer
from findings.models.offers import MESSAGE_LIMIT
from findings.views.base import attempt, attempt_form, room
from schools.models import Fact, Quote, Study
from schools.paging import page_of

ROWS_A_PAGE = 50


class OfferForm(forms.Form):
    """What goes with an offer."""

    message = TextField(max_length=MESSAGE_LIMIT, label="To the editors", help_text="If there is something to say.")


class DecisionForm(forms.Form):
    """What an editor decides."""

    reason = TextField(
        max_length=MESSAGE_LIMIT, label="To its maker", help_text="Needed to decline: what would have to be different?"
    )


def _counts(study: Study) -> list[tuple[str, int]]:
    """What a study holds. Four counts."""
    return [
        ("case", study.schools.count()),
        ("quote", Quote.objects.filter(school__study=study).count()),
        ("fact", Fact.objects.filter(school__study=study).exclude(value="").count()),
        ("finding", Finding.objects.filter(theme__study=study).count()),
    ]


@room
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, guid: UUID) -> HttpResponse:
    """What would become public, and what stays; a POST offers the study to the editors."""
    study = study_of(request, guid, own=True)
    form = OfferForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and attempt_form(
        form, actions.offer_study, study=study, user=request.user, message=form.cleaned_data["message"]
    ):
        messages.success(request, "The study is offered. You read here what the editors decide.")
        return redirect("workbench:offer", guid)
    offers = list(study.offers.all()[:ROWS_A_PAGE])
    context = {
        "study": study,
        "form": form,
        "offers": offers,
        "is_offered": any(one.state == StudyOffer.State.OPEN for one in offers),
        "lacking": list(actions.not_yet(study)),
        "counts": _counts(study),
        "codebooks": Codebook.objects.filter(study=study, is_published=False).count(),
    }
    return render(request, "workbench/offer.html", context, status=400 if form.errors else 200)


@room
@require_POST
def take_back_offer(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Take an offer back."""
    study = study_of(request, guid, own=True)
    attempt(request, actions.take_back_offer, "The offer is taken back. Nobody else sees the study.", study=study)
    return redirect("workbench:offer", guid)


def _editor(request: HttpRequest) -> None:
    """Raise Http404 for who is no editor: the editors' roads tell nothing to others."""
    if not (request.user.is_staff and request.user.has_perm("schools.change_study")):
        raise Http404("No such page.")


@room
@require_safe
def offers(request: HttpRequest) -> HttpResponse:
    """For editors: the studies that wait for a decision, the longest first, then what was decided."""
    _editor(request)
    every = StudyOffer.objects.select_related("study", "decided_by")
    context = {
        "waiting": every.filter(state=StudyOffer.State.OPEN).order_by("pk")[:ROWS_A_PAGE],
        "page": page_of(request, every.exclude(state=StudyOffer.State.OPEN), ROWS_A_PAGE),
    }
    return render(request, "workbench/offers.html", context)


@room
@require_http_methods(["GET", "HEAD", "POST"])
def offered(request: HttpRequest, guid: UUID) -> HttpResponse:
    """For editors: an offered study, to read; a POST publishes or declines it."""
    _editor(request)
    found = StudyOffer.objects.filter(guid=guid, state=StudyOffer.State.OPEN).select_related("study").first()
    if found is None:
        raise Http404("No such offer.")
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _decided(request, form, found):
        return redirect("workbench:offers")
    quotes = Quote.objects.filter(school__study=found.study).select_related("school", "topic")
    context = {
        "offer": found,
        "study": found.study,
        "form": form,
        "counts": _counts(found.study),
        "page": page_of(request, quotes.order_by("school__position", "school_id", "position", "pk"), ROWS_A_PAGE),
    }
    return render(request, "workbench/offered.html", context, status=400 if form.errors else 200)


def _decided(request: HttpRequest, form: DecisionForm, found: StudyOffer) -> bool:
    said = {"offer": found, "editor": request.user, "reason": form.cleaned_data["reason"]}
    if request.POST.get("decision") == "publish":
        done, action = f"“{found.study.title}” is published.", actions.publish_study
    else:
        done, action = f"“{found.study.title}” is declined.", actions.decline_offer
    if not attempt_form(form, action, **said):
        return False
    messages.success(request, done)
    return True
