"""The questionnaires in use as tables of the data package. Answers never leave this way: they are their writers'."""

from collections.abc import Iterator
from operator import attrgetter
from typing import Any

from exchange.columns import TEXT, WHOLE, Column
from exchange.datasets import Dataset
from exchange.material import Material, stream
from selfreview.models import Question, QuestionCode, QuestionFinding, Questionnaire

WHY = "Why it helps to answer the question."


def _column(name: str, kind: str, meaning: str, path: str = "") -> Column:
    return Column(name, kind, meaning, attrgetter(path or name))


def _in_use(material: Material) -> list[Questionnaire]:
    return [one for one in Questionnaire.objects.in_use() if one.study_id == material.study.pk]


def _questions(material: Material) -> Iterator[Question]:
    questions = Question.objects.filter(section__questionnaire__in=_in_use(material))
    order = ("section__questionnaire", "section__position", "position", "pk")
    return stream(questions.select_related("section__questionnaire").order_by(*order))


def _links(model: Any, target: str, allowed: Any) -> Any:
    """Links of questions in use to what goes out with them."""

    def rows(material: Material) -> Iterator[Any]:
        links = model.objects.published().filter(
            question__section__questionnaire__in=_in_use(material),
            **{f"{target}__in": allowed(material).order_by().values("pk")},
        )
        order = ("question__section__questionnaire", "question__section__position", "question__position", "pk")
        return stream(links.select_related("question", target, "coder").order_by(*order))

    return rows


DATASETS = [
    Dataset(
        "questions",
        "Each question of a questionnaire in use is one row.",
        [
            _column("question_id", TEXT, "The question's identity, a UUID. It never changes.", "guid"),
            _column("questionnaire", TEXT, "The questionnaire's short name.", "section.questionnaire.slug"),
            _column("version", WHOLE, "The questionnaire's version.", "section.questionnaire.version"),
            _column("section", TEXT, "The section's short name.", "section.slug"),
            _column("section_title", TEXT, "The section's title, as printed.", "section.title"),
            _column("number", TEXT, "Section and place: 2.13."),
            _column("text", TEXT, "The question, verbatim."),
            _column("locator", TEXT, "Where the source has it, by line of its text."),
        ],
        _questions,
        "question_id",
    ),
    Dataset(
        "question_codes",
        "Each link between a question and a code that helps to answer it is one row.",
        [
            _column("question_id", TEXT, "The question.", "question.guid"),
            _column("code_id", TEXT, "The code.", "code.guid"),
            _column("coder", TEXT, "Who linked them, by short name.", "coder.slug"),
            _column("reason", TEXT, WHY),
        ],
        _links(QuestionCode, "code", Material.codes),
        ["question_id", "code_id"],
        {"question_id": ("questions", "question_id"), "code_id": ("codes", "code_id")},
    ),
    Dataset(
        "question_findings",
        "Each link between a question and a finding that helps to answer it is one row.",
        [
            _column("question_id", TEXT, "The question.", "question.guid"),
            _column("finding", TEXT, "The finding's short name.", "finding.slug"),
            _column("coder", TEXT, "Who linked them, by short name.", "coder.slug"),
            _column("reason", TEXT, WHY),
        ],
        _links(QuestionFinding, "finding", Material.findings),
        ["question_id", "finding"],
        {"question_id": ("questions", "question_id"), "finding": ("findings", "finding")},
    ),
]
