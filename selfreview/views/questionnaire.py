"""The questionnaire, to read."""

from itertools import groupby

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from selfreview.models import Level, Question, QuestionCode, QuestionFinding, Questionnaire


@require_safe
def questionnaire(request: HttpRequest) -> HttpResponse:
    """The published questionnaire with what helps to answer each question."""
    shown = Questionnaire.objects.in_use()
    if shown is None:
        raise Http404("No questionnaire is published yet.")
    questions = (
        Question.objects.filter(section__questionnaire=shown)
        .select_related("section")
        .prefetch_related(
            Prefetch("code_links", QuestionCode.objects.published().select_related("code__codebook")),
            Prefetch("finding_links", QuestionFinding.objects.published().select_related("finding")),
        )
    )
    sections = [(section, list(members)) for section, members in groupby(questions, key=lambda one: one.section)]
    context = {
        "questionnaire": shown,
        "sections": sections,
        "question_count": sum(len(members) for _, members in sections),
    }
    return render(request, "selfreview/questionnaire.html", context)


@require_safe
def paper(request: HttpRequest) -> HttpResponse:
    """The questionnaire with room to write, for paper."""
    shown = Questionnaire.objects.in_use()
    questions = Question.objects.filter(section__questionnaire=shown).select_related("section")
    sections = [(section, list(members)) for section, members in groupby(questions, key=lambda one: one.section)]
    return render(request, "selfreview/paper.html", {"sections": sections, "levels": Level.labels})
