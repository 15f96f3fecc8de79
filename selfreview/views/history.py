"""Earlier versions of an answer, or of one's own view: list them, compare two, bring one back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from schools.paging import page_of
from selfreview.access import Seat, private, seat_of
from selfreview.actions import ClosedError, Content, restore_revision
from selfreview.models import AnswerRevision, Question, ViewRevision
from selfreview.revisions import difference, stretches
from selfreview.views.answer import not_saved, place_of

SAVES_A_PAGE = 100


def _revisions(seat: Seat, question: Question) -> QuerySet:
    """Of the school's answer; while views are written, of one's own view. Newest first."""
    if seat.writes_view:
        mine = ViewRevision.objects.filter(view__review=seat.review, view__member=seat.member)
        return mine.filter(view__question=question)
    answers = AnswerRevision.objects.filter(answer__review=seat.review, answer__question=question)
    return answers.select_related("saved_by")


@private
@require_safe
def history(request: HttpRequest, guid: UUID, section: str, position: int) -> HttpResponse:
    """Every version, the saves of one sitting together."""
    seat = seat_of(request, guid)
    place = place_of(seat.review, section, position)
    page = page_of(request, _revisions(seat, place.question), SAVES_A_PAGE)
    context = {"seat": seat, "place": place, "page": page, "stretches": stretches(page.object_list)}
    return render(request, "selfreview/history.html", context)


def _asked(revisions: QuerySet, number: str) -> Any:
    """The version of this number; None where that is none of ours."""
    is_number = number.isascii() and number.isdecimal() and len(number) < 9
    return revisions.filter(number=int(number)).first() if is_number else None


@private
@require_safe
def version(request: HttpRequest, guid: UUID, section: str, position: int, number: int) -> HttpResponse:
    """A version beside the one that stands now, or beside another (`?with=3`)."""
    seat = seat_of(request, guid)
    place = place_of(seat.review, section, position)
    revisions = _revisions(seat, place.question)
    shown = get_object_or_404(revisions, number=number)
    other = _asked(revisions, request.GET.get("with", "")) or revisions[0]
    before, after = sorted((shown, other), key=lambda one: one.number)
    context = {"seat": seat, "place": place, "shown": shown, "before": before, "after": after}
    context["pieces"] = difference(before.text, after.text)
    context["evidence"] = difference(getattr(before, "evidence", ""), getattr(after, "evidence", ""))
    context["newest"] = revisions[0]
    return render(request, "selfreview/version.html", context)


@private
@require_POST
def restore(request: HttpRequest, guid: UUID, section: str, position: int, number: int) -> HttpResponse:
    """Make an earlier version the answer again."""
    seat = seat_of(request, guid, write=True)
    place = place_of(seat.review, section, position)
    revision = get_object_or_404(
        AnswerRevision, answer__review=seat.review, answer__question=place.question, number=number
    )
    try:
        restore_revision(revision=revision, member=seat.member)
    except ClosedError:
        return not_saved(request, seat, place, Content.of(revision))
    messages.success(request, "That version is the answer again. What stood before is among the earlier versions.")
    return redirect("selfreview:question", guid, section, position)
