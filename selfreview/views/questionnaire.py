"""The questionnaires, to read and on paper."""

from itertools import groupby

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from selfreview.forms import LEVEL_HELP
from selfreview.models import Level, Question, QuestionCode, QuestionFinding, Questionnaire, Section

Sections = list[tuple[Section, list[Question]]]


def _wanted(slug: str) -> tuple[Questionnaire, list[Questionnaire]]:
    """The published questionnaire of this slug (the first without one), and the others."""
    published = Questionnaire.objects.in_use()
    shown = next((one for one in published if slug in ("", one.slug)), None)
    if shown is None:
        raise Http404("No such questionnaire is published.")
    return shown, [one for one in published if one != shown]


def _sections(questions: QuerySet[Question]) -> Sections:
    return [(section, list(members)) for section, members in groupby(questions, key=lambda one: one.section)]


@require_safe
def questionnaire(request: HttpRequest, slug: str = "") -> HttpResponse:
    """A published questionnaire with what helps to answer each question."""
    shown, others = _wanted(slug)
    questions = (
        Question.objects.filter(section__questionnaire=shown)
        .select_related("section")
        .prefetch_related(
            Prefetch("code_links", QuestionCode.objects.published().select_related("code__codebook")),
            Prefetch("finding_links", QuestionFinding.objects.published().select_related("finding")),
        )
    )
    sections = _sections(questions)
    context = {"questionnaire": shown, "others": others, "sections": sections}
    context["question_count"] = sum(len(members) for _, members in sections)
    return render(request, "selfreview/questionnaire.html", context)


@require_safe
def paper(request: HttpRequest, slug: str = "") -> HttpResponse:
    """A questionnaire with room to write, for paper."""
    shown, _ = _wanted(slug)
    questions = Question.objects.filter(section__questionnaire=shown).select_related("section")
    context = {
        "questionnaire": shown,
        "sections": _sections(questions),
        "levels": [(label, LEVEL_HELP[value]) for value, label in Level.choices],
    }
    return render(request, "selfreview/paper.html", context)
