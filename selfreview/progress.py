"""How far a round has come: counts and statuses. Values in, values out."""

from collections.abc import Iterable
from dataclasses import dataclass

from selfreview.models import Answer, Membership, Question, Review, Section, View

NOT_STARTED, IN_PROGRESS, COMPLETED = "Not yet started", "In progress", "Completed"


def status_of(answer: Answer | View | None) -> str:
    """A question's status."""
    if answer is None or not (answer.level or answer.text.strip() or answer.is_complete):
        return NOT_STARTED
    return COMPLETED if answer.is_complete else IN_PROGRESS


@dataclass(frozen=True)
class Task:
    """A question with its answer (or a member's view of it), if there is one."""

    question: Question
    answer: Answer | View | None

    @property
    def status(self) -> str:
        """Not yet started, in progress or completed."""
        return status_of(self.answer)


@dataclass(frozen=True)
class Part:
    """A section with its tasks."""

    section: Section
    tasks: list[Task]

    @property
    def completed(self) -> int:
        """How many of its questions are completed."""
        return sum(task.status == COMPLETED for task in self.tasks)

    @property
    def status(self) -> str:
        """Of the section as a whole."""
        statuses = {task.status for task in self.tasks}
        if statuses == {COMPLETED}:
            return COMPLETED
        return NOT_STARTED if statuses <= {NOT_STARTED} else IN_PROGRESS


def parts_of(review: Review, *, viewed_by: Membership | None = None) -> list[Part]:
    """All questions of a round in their order, with their answers, or one member's views. Two queries."""
    answers: dict[int, Answer | View]
    if viewed_by is None:
        answers = {answer.question_id: answer for answer in review.answers.select_related("updated_by")}
    else:
        answers = {view.question_id: view for view in review.views.filter(member=viewed_by)}
    questions = Question.objects.filter(section__questionnaire=review.questionnaire_id).select_related("section")
    return group(questions, answers)


def group(questions: Iterable[Question], answers: dict[int, Answer | View]) -> list[Part]:
    """Questions under their sections, in the order given."""
    parts: dict[int, Part] = {}
    for question in questions:
        part = parts.setdefault(question.section_id, Part(question.section, []))
        part.tasks.append(Task(question, answers.get(question.pk)))
    return list(parts.values())
