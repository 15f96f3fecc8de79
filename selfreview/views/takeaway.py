"""What a team wrote, to print and to take away."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from exchange.tabular import Cell, csv_stream
from selfreview.access import private, seat_of
from selfreview.frozen import Telling
from selfreview.models import Level, Membership, Review
from selfreview.profile import KEYS, LABELS, Profile
from selfreview.progress import Part, Task, parts_of

COLUMNS = ["section", "number", "question", "status", "level", "priority", "answer", "evidence", "saved_at", "saved_by"]


@private
@require_safe
def answers(request: HttpRequest, guid: UUID) -> HttpResponse:
    """All answers on one page, designed for paper."""
    seat = seat_of(request, guid)
    parts = parts_of(seat.review)
    context = {"seat": seat, "parts": parts, "profile": Profile.of(parts), "levels": LABELS, "keys": KEYS}
    return render(request, "selfreview/answers.html", context | {"telling": Telling.of(seat.review)})


def _file_name(telling: Telling, review: Review, extension: str) -> str:
    school = slugify(telling.school) if telling.details["name"] else "self-review"
    return f"{school or 'self-review'}-round-{review.number}.{extension}"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _cells(task: Task, telling: Telling) -> list[Cell]:
    question, answer = task.question, task.answer
    said: list[Cell] = [question.section.title, question.number, question.text, task.status]
    if answer is None:
        return [*said, "", "", "", "", "", ""]
    return [
        *said,
        Level(answer.level).label if answer.level else "",
        "yes" if answer.is_priority else "no",
        answer.text,
        answer.evidence,
        _utc(answer.updated_at),
        telling.name(getattr(answer, "updated_by_id", None)),
    ]


def _rows(parts: list[Part], telling: Telling) -> Iterator[list[Cell]]:
    for part in parts:
        for task in part.tasks:
            yield _cells(task, telling)


def _attached(response: HttpResponse | StreamingHttpResponse, name: str) -> HttpResponse | StreamingHttpResponse:
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


@private
@require_safe
def report(request: HttpRequest, guid: UUID) -> HttpResponse:
    """The round as a Word document."""
    from selfreview.report import word_report  # python-docx is heavy: read it when it is first wanted

    review = seat_of(request, guid).review
    telling = Telling.of(review)
    response = HttpResponse(word_report(review, telling))
    response["Content-Type"] = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return _attached(response, _file_name(telling, review, "docx"))


@private
@require_safe
def answers_csv(request: HttpRequest, guid: UUID) -> HttpResponse:
    """All answers as CSV, one row a question."""
    review = seat_of(request, guid).review
    telling = Telling.of(review)
    rows = csv_stream(COLUMNS, _rows(parts_of(review), telling))
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    return _attached(response, _file_name(telling, review, "csv"))


@private
@require_safe
def answers_json(request: HttpRequest, guid: UUID) -> HttpResponse:
    """The round with every earlier state of its answers, as JSON."""
    seat = seat_of(request, guid)
    name = _file_name(Telling.of(seat.review), seat.review, "json")
    return _attached(_json(_round(seat.review, seat.member)), name)


@private
@require_safe
def everything_json(request: HttpRequest, guid: UUID) -> HttpResponse:
    """All that the school wrote: its details, people, every round and all actions, as JSON."""
    seat = seat_of(request, guid)
    team, telling = seat.review.team, Telling.now(seat.review.team)
    data = {
        "school": telling.school,
        "details": telling.details,
        "people": [_person(one) for one in team.members.all()],
        "actions": [vars(one) for one in telling.actions],
        "rounds": [
            _round(review, seat.member)
            for review in team.reviews.select_related("team", "questionnaire").order_by("number")
        ],
    }
    return _attached(_json(data), f"{slugify(team.name) or 'self-review'}-everything.json")


def _person(member: Membership) -> dict[str, Any]:
    left = member.left_at and _utc(member.left_at)
    return {"name": str(member), "role": member.role, "since": _utc(member.joined_at), "left": left}


def _json(data: dict[str, Any]) -> JsonResponse:
    return JsonResponse(data, json_dumps_params={"indent": 2, "ensure_ascii": False})


def _round(review: Review, reader: Membership) -> dict[str, Any]:
    """A round as one member may read it: of views that are not open only the member's own."""
    telling = Telling.of(review)
    revisions: dict[int, list[dict]] = {}
    for answer in review.answers.prefetch_related("revisions"):
        revisions[answer.question_id] = [
            _state(one)
            | {"evidence": one.evidence, "priority": one.is_priority, "saved_by": telling.name(one.saved_by_id)}
            for one in answer.revisions.all()
        ]
    views = _views(review, reader, telling)
    return {
        "school": telling.school,
        "questionnaire": telling.questionnaire,
        "round": review.number,
        "state": review.state,
        "closed_at": review.closed_at and _utc(review.closed_at),
        "actions": [vars(one) for one in telling.actions],
        "answers": [
            dict(zip(COLUMNS, _cells(task, telling), strict=True))
            | {"revisions": revisions.get(task.question.pk, []), "views": views.get(task.question.pk, [])}
            for part in parts_of(review)
            for task in part.tasks
        ],
    }


def _state(one: Any) -> dict[str, Any]:
    said = {"number": one.number, "level": one.level, "text": one.text, "complete": one.is_complete}
    return said | {"saved_at": _utc(one.saved_at)}


def _views(review: Review, reader: Membership, telling: Telling) -> dict[int, list[dict]]:
    readable = Q(member=reader) | Q(review__views_opened_at__isnull=False)
    views = review.views.filter(readable).prefetch_related("revisions")
    found: dict[int, list[dict]] = defaultdict(list)
    for view in views:
        earlier = [_state(one) for one in view.revisions.all()] if view.member_id == reader.pk else []
        found[view.question_id].append(
            {"by": telling.name(view.member_id), "level": view.level, "text": view.text, "revisions": earlier}
        )
    return found
