"""Is the published self-review whole? Each function returns the faults it finds; none is good."""

from schools.checks import Kind, label, locators, verbatim
from schools.models import Study
from selfreview.models import Question, QuestionCode, QuestionFinding, Questionnaire, Section

APPENDIX_1 = {"slug": "ict-self-review", "version": 1}  # other questionnaires, and other wordings, are not the report's
QUESTIONS = [9, 13, 11]  # by section of Appendix 1

_PUBLISHED = {"question__section__questionnaire__is_published": True}
KINDS = [
    Kind(Questionnaire, "study", ("name", "introduction"), {"is_published": True}),
    Kind(Section, "questionnaire__study", (), {"questionnaire__is_published": True}),
    Kind(Question, "section__questionnaire__study", (), {"section__questionnaire__is_published": True}),
    Kind(QuestionCode, "question__section__questionnaire__study", ("reason",), _PUBLISHED),
    Kind(QuestionFinding, "question__section__questionnaire__study", ("reason",), _PUBLISHED),
]
_SECTIONS, _QUESTIONS, _CODES, _FINDINGS = KINDS[1:]


def faults(study: Study) -> list[str]:
    """Everything wrong with the self-review that can be seen without the source text."""
    questionnaires = KINDS[0].rows(study)
    found = [] if questionnaires else ["No questionnaire is published"]
    for questionnaire in questionnaires.filter(**APPENDIX_1):
        counts = [section.questions.count() for section in questionnaire.sections.all()]
        if counts != QUESTIONS:
            found.append(f"{label(questionnaire)}: {counts} questions by section instead of {QUESTIONS}")
    questions = _QUESTIONS.rows(study)
    checks = [
        (questions.filter(code_links=None), "has no code"),
        (questions.filter(finding_links=None), "has no finding"),
        (_CODES.rows(study).filter(reason=""), "has no reason"),
        (_FINDINGS.rows(study).filter(reason=""), "has no reason"),
        (_CODES.rows(study).exclude(code__codebook__is_published=True), "is of an unpublished codebook"),
        (_CODES.rows(study).exclude(code__codebook__study=study), "is of another study's codebook"),
        (_FINDINGS.rows(study).exclude(finding__theme__study=study), "is of another study's finding"),
    ]
    for rows, fault in checks:
        found += [f"{label(row)} {fault}" for row in rows]
    return found + locators(KINDS, study)


def source_faults(study: Study, lines: list[str]) -> list[str]:
    """Questions and titles of sections that are not verbatim."""
    found = []
    for question in _QUESTIONS.rows(study).filter(section__questionnaire__version=1):
        found += verbatim(label(question), question.text, lines, question.locator)
    for section in _SECTIONS.rows(study).filter(questionnaire__version=1):
        found += verbatim(f"{label(section)}: its title", section.title, lines, section.locator)
    return found


def names(study: Study) -> list[str]:
    """Titles that prose may repeat word for word."""
    return list(_SECTIONS.rows(study).values_list("title", flat=True))
