"""What a team wrote, to print and to take away; and the questionnaire on paper."""

from collections.abc import Iterator
from datetime import UTC
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from exchange.tabular import Cell, csv_stream
from selfreview.access import Seat, private, seat_of
from selfreview.models import Level, Review
from selfreview.profile import KEYS, LABELS, Profile
from selfreview.progress import Task, parts_of

COLUMNS = ["section", "number", "question", "status", "level", "priority", "answer", "saved_at", "saved_by"]


@private
@require_GET
def answers(request: HttpRequest, guid: UUID) -> HttpResponse:
    """All answers on one page, designed for paper."""
    seat = seat_of(request, guid)
    parts = parts_of(seat.review)
    context = {"seat": seat, "parts": parts, "profile": Profile.of(parts), "levels": LABELS, "keys": KEYS}
    return render(request, "selfreview/answers.html", context)


def _file_name(seat: Seat, extension: str) -> str:
    school = slugify(seat.review.team.name) or "self-review"
    return f"{school}-round-{seat.review.number}.{extension}"


def _cells(task: Task) -> list[Cell]:
    question, answer = task.question, task.answer
    said: list[Cell] = [question.section.title, question.number, question.text, task.status]
    if answer is None:
        return [*said, "", "", "", "", ""]
    return [
        *said,
        Level(answer.level).label if answer.level else "",
        "yes" if answer.is_priority else "no",
        answer.text,
        answer.updated_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        str(answer.updated_by or ""),
    ]


def _rows(review: Review) -> Iterator[list[Cell]]:
    for part in parts_of(review):
        yield from map(_cells, part.tasks)


@private
@require_GET
def report(request: HttpRequest, guid: UUID) -> HttpResponse:
    """The round as a Word document."""
    from selfreview.report import word_report  # python-docx is heavy: read it when it is first wanted

    seat = seat_of(request, guid)
    response = HttpResponse(word_report(seat.review, list(seat.review.team.actions.select_related("owner"))))
    response["Content-Type"] = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    response["Content-Disposition"] = content_disposition_header(True, _file_name(seat, "docx"))
    return response


@private
@require_GET
def answers_csv(request: HttpRequest, guid: UUID) -> HttpResponse:
    """All answers as CSV, one row a question."""
    seat = seat_of(request, guid)
    response = StreamingHttpResponse(csv_stream(COLUMNS, _rows(seat.review)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, _file_name(seat, "csv"))
    return response


@private
@require_GET
def answers_json(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Everything the team wrote, every revision included, as JSON."""
    seat = seat_of(request, guid)
    revisions: dict[int, list[dict]] = {}
    for answer in seat.review.answers.prefetch_related("revisions__saved_by"):
        revisions[answer.question_id] = [
            {
                "number": one.number,
                "level": one.level,
                "text": one.text,
                "priority": one.is_priority,
                "complete": one.is_complete,
                "saved_at": one.saved_at.isoformat(),
                "saved_by": str(one.saved_by or ""),
            }
            for one in answer.revisions.all()
        ]
    data = {
        "school": str(seat.review.team),
        "questionnaire": str(seat.review.questionnaire),
        "round": seat.review.number,
        "answers": [
            dict(zip(COLUMNS, _cells(task), strict=True)) | {"revisions": revisions.get(task.question.pk, [])}
            for part in parts_of(seat.review)
            for task in part.tasks
        ],
    }
    response = JsonResponse(data, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = content_disposition_header(True, _file_name(seat, "json"))
    return response
