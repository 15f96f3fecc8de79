"""Questionnaires are versioned: what has been answered keeps its words, and another wording is another version."""

from typing import Any

from django.db import models, transaction
from django.db.models import Max

from selfreview.models import Question, QuestionCode, QuestionFinding, Questionnaire, Section

# What a reader of an answer must be able to trust: the words that were answered, and their place.
WORDS: dict[type[models.Model], tuple[str, ...]] = {
    Question: ("text", "position", "section_id"),
    Section: ("title", "position", "slug", "questionnaire_id"),
}


def is_answered(record: Any) -> bool:
    """Whether a review was begun with the questionnaire that a question, a section or itself belongs to."""
    match record:
        case Questionnaire():
            return record.reviews.exists()
        case Section():
            return is_answered(record.questionnaire)
        case Question():
            return is_answered(record.section.questionnaire)
    return False


def keeps_its_words(stored: Any, changed: Any) -> bool:
    """Whether a change must not be written over a stored question or section, because it has been answered."""
    words = WORDS.get(type(stored), ())
    return any(getattr(stored, name) != getattr(changed, name) for name in words) and is_answered(stored)


def may_be_added(record: Any) -> bool:
    """Whether a new question or section may join its questionnaire: not once a review was begun with that."""
    match record:
        case Section():
            return not is_answered(record.questionnaire)
        case Question():
            return not is_answered(record.section.questionnaire)
    return True


@transaction.atomic
def new_version(*, questionnaire: Questionnaire) -> Questionnaire:
    """A copy to edit, unpublished, with the next number. Each question knows which one it stands for."""
    last = Questionnaire.objects.filter(slug=questionnaire.slug).aggregate(last=Max("version"))["last"]
    copy = Questionnaire.objects.create(
        study_id=questionnaire.study_id,
        slug=questionnaire.slug,
        version=last + 1,
        name=questionnaire.name,
        introduction=questionnaire.introduction,
        locator=questionnaire.locator,
    )
    for section in questionnaire.sections.prefetch_related("questions__code_links", "questions__finding_links"):
        questions = list(section.questions.all())
        section_copy = Section.objects.create(
            questionnaire=copy,
            slug=section.slug,
            title=section.title,
            position=section.position,
            locator=section.locator,
        )
        for question in questions:
            _copy_question(question, section_copy)
    return copy


def _copy_question(question: Question, section: Section) -> None:
    copy = Question.objects.create(
        section=section,
        position=question.position,
        text=question.text,
        locator=question.locator,
        replaces=question,
    )
    for link in question.code_links.all():
        QuestionCode.objects.create(question=copy, code_id=link.code_id, coder_id=link.coder_id, reason=link.reason)
    for found in question.finding_links.all():
        QuestionFinding.objects.create(
            question=copy, finding_id=found.finding_id, coder_id=found.coder_id, reason=found.reason
        )
