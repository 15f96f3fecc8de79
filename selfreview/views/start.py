"""Into a review: begin one, come back to one, and its task list."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from selfreview import actions
from selfreview.access import Seat, my_reviews, private, remember, seat_of, take_seat
from selfreview.models import Questionnaire
from selfreview.progress import parts_of


@private
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """What a self-review is; a POST begins one."""
    questionnaire = Questionnaire.objects.in_use()
    if questionnaire is None:
        raise Http404("No questionnaire is published yet.")
    if request.method == "POST":
        review, lead, secret = actions.start_review(questionnaire=questionnaire)
        remember(request, lead)
        return _show(request, Seat(lead, review), secret)
    context = {"questionnaire": questionnaire, "reviews": my_reviews(request)}
    return render(request, "selfreview/start.html", context)


@private
@require_GET
def come_back(request: HttpRequest, secret: str) -> HttpResponse:
    """A private return link was opened."""
    return redirect(take_seat(request, secret))


@private
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, guid: UUID) -> HttpResponse:
    """One's own private link: shown once when it is made; a POST makes a new one."""
    seat = seat_of(request, guid)
    return _show(request, seat, actions.renew_link(member=seat.member) if request.method == "POST" else "")


def _show(request: HttpRequest, seat: Seat, secret: str) -> HttpResponse:
    """The page of one's private link. The secret goes into this answer and is stored nowhere."""
    address = request.build_absolute_uri(reverse("selfreview:come_back", args=[secret])) if secret else ""
    return render(request, "selfreview/link.html", {"seat": seat, "address": address})


@private
@require_GET
def task_list(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Every question with its status; any order."""
    seat = seat_of(request, guid)
    parts = parts_of(seat.review)
    context = {
        "seat": seat,
        "parts": parts,
        "completed": sum(part.completed for part in parts),
        "total": sum(len(part.tasks) for part in parts),
    }
    return render(request, "selfreview/task_list.html", context)


@private
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Forget all reviews in this browser."""
    request.session.flush()
    return redirect("selfreview:start")
