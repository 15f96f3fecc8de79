"""Offering a study to the editors, and the editors' decision."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from findings import actions
from findings.access import Gone, is_editor, study_of
from findings.forms import TextField
from findings.models import CaseEvidence, Codebook, Evidence, Finding, StudyOffer
from findings.models.offers import MESSAGE_LIMIT
from findings.views.base import attempt, attempt_form, room
from schools.case_text import prose
from schools.models import CaseSection, Fact, Quote, Study
from schools.paging import page_of

ROWS_A_PAGE = 50
FINDINGS_A_PAGE = 20  # each stands with the quotes that bear it out


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
    if not is_editor(request.user):
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


def _open_offer(request: HttpRequest, guid: UUID) -> StudyOffer:
    """For editors: an offer that waits, with its study. Raises Gone for one that was decided about or taken back."""
    _editor(request)
    found = get_object_or_404(StudyOffer.objects.select_related("study"), guid=guid)
    if found.state != StudyOffer.State.OPEN:
        raise Gone(f"“{found.study.title}” is no longer offered: {_ended(found)}. Nothing was changed now.")
    return found


def _ended(offer: StudyOffer) -> str:
    when = date_format(timezone.localtime(offer.decided_at), "j F Y, H:i")
    return f"it was {offer.get_state_display().lower()} on {when}"


@room
@require_http_methods(["GET", "HEAD", "POST"])
def offered(request: HttpRequest, guid: UUID) -> HttpResponse:
    """For editors: an offered study, to read; a POST publishes or declines it."""
    found = _open_offer(request, guid)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _decided(request, form, found):
        return redirect("workbench:offers")
    cases = found.study.schools.annotate(quote_count=Count("quotes")).order_by("position", "pk")
    context = {
        "offer": found,
        "study": found.study,
        "form": form,
        "counts": _counts(found.study),
        "page": page_of(request, cases, ROWS_A_PAGE),
    }
    return render(request, "workbench/offered.html", context, status=400 if form.errors else 200)


@room
@require_safe
def offered_case(request: HttpRequest, guid: UUID, case: UUID) -> HttpResponse:
    """For editors: all of a case that would become public, its quotes in reading order."""
    found = _open_offer(request, guid)
    school = get_object_or_404(found.study.schools, guid=case)
    context = {
        "offer": found,
        "study": found.study,
        "school": school,
        "facts": Fact.objects.for_cases([school]).exclude(value=""),
        "sections": [(one, prose(one.summary)) for one in CaseSection.objects.for_cases([school])],
        "advice": school.advice.all(),
        "page": page_of(request, school.quotes.select_related("topic").order_by("position", "pk"), ROWS_A_PAGE),
    }
    return render(request, "workbench/offered_case.html", context)


@room
@require_safe
def offered_findings(request: HttpRequest, guid: UUID) -> HttpResponse:
    """For editors: the findings of an offered study with what bears them out, its references and its abbreviations."""
    found = _open_offer(request, guid)
    findings = Finding.objects.filter(theme__study=found.study).select_related("theme")
    # Joined, not fetched by key: SQLite takes no more than a thousand keys where Django fetches what links lead to.
    borne = Prefetch("evidence", Evidence.objects.select_related("quote__school"))
    findings = findings.prefetch_related(
        borne, Prefetch("case_evidence", CaseEvidence.objects.select_related("school"))
    )
    context = {
        "offer": found,
        "study": found.study,
        "page": page_of(request, findings.order_by("theme__position", "position", "pk"), FINDINGS_A_PAGE),
        "references": found.study.references.all(),
        "glossary": found.study.glossary.all(),
    }
    return render(request, "workbench/offered_findings.html", context)


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
