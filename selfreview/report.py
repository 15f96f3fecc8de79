"""A round as a Word document, with real headings and tables."""

from io import BytesIO

from django.utils import timezone
from django.utils.formats import date_format
from docx import Document
from docx.document import Document as WordDocument

from exchange.word import add_table, without_controls
from selfreview import evidence
from selfreview.frozen import ActionLine, Telling
from selfreview.models import Level, Review
from selfreview.profile import Profile
from selfreview.progress import Part, Task, parts_of


def word_report(review: Review, telling: Telling) -> bytes:
    """The file: levels by section, priorities, actions, every answer with its evidence. Needs the questionnaire loaded.

    Answers are read as they stand; everything else is told by `telling`, which a closed round has frozen.
    """
    parts = parts_of(review)
    profile = Profile.of(parts)
    document = Document()
    school = without_controls(telling.school)
    document.core_properties.title = f"{school}: self-review, round {review.number}"
    document.core_properties.author = school
    document.add_heading(f"{school}: self-review", level=0)
    document.add_paragraph(without_controls(_state(review, telling)))
    _levels(document, profile)
    _priorities(document, profile)
    _actions(document, telling.actions)
    for part in parts:
        _section(document, part)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _state(review: Review, telling: Telling) -> str:
    if review.closed_at:
        when = date_format(timezone.localtime(review.closed_at), "j F Y")
        return f"Round {review.number}, closed on {when}. {telling.questionnaire}."
    when = date_format(timezone.localtime(timezone.now()), "j F Y, H:i")
    return f"Round {review.number}, still open: as it stood on {when}. {telling.questionnaire}."


def _levels(document: WordDocument, profile: Profile) -> None:
    document.add_heading("Levels by section", level=1)
    header = ["Section", *Level.labels, "No level", "Median"]
    rows = [[row.part.section.title, *map(str, row.counts), row.median or "none"] for row in profile.rows]
    add_table(document, header, rows)


def _priorities(document: WordDocument, profile: Profile) -> None:
    document.add_heading("Priorities", level=1)
    for task in profile.priorities:
        document.add_paragraph(without_controls(f"{task.question.number} {task.question.text}"), style="List Bullet")
    if not profile.priorities:
        document.add_paragraph("No question is marked as a priority.")


def _actions(document: WordDocument, actions: list[ActionLine]) -> None:
    document.add_heading("Actions", level=1)
    if not actions:
        document.add_paragraph("No action has been written down.")
        return
    rows = [
        [
            action.title,
            action.owner or "nobody yet",
            date_format(action.due, "j F Y") if action.due else "no date",
            action.status,
            action.question or "none",
            action.notes,
        ]
        for action in actions
    ]
    add_table(document, ["What", "Who", "By when", "Status", "From question", "Notes"], rows)


def _section(document: WordDocument, part: Part) -> None:
    document.add_heading(without_controls(f"{part.section.position}. {part.section.title}"), level=1)
    for task in part.tasks:
        document.add_heading(without_controls(f"{task.question.number} {task.question.text}"), level=2)
        document.add_paragraph(_level(task)).runs[0].bold = True
        text = task.answer.text.strip() if task.answer else ""
        for paragraph in text.split("\n") if text else ["Not answered."]:
            document.add_paragraph(without_controls(paragraph))
        for item in evidence.items(task.answer.evidence) if task.answer else []:
            document.add_paragraph(without_controls(f"Evidence: {item.text}"), style="List Bullet")


def _level(task: Task) -> str:
    level = task.answer.level if task.answer else ""
    said = Level(level).label if level else "No level"
    return f"{said}, priority" if task.answer and task.answer.is_priority else said
