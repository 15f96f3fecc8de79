"""Into a review: begin one, come back to one, and its task list."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from selfreview import actions
from selfreview.access import claim as claim_place
from selfreview.access import my_reviews, private, remember, seat_of, take_seat, unclaimed
from selfreview.limits import too_many_starts
from selfreview.models import Questionnaire, Review
from selfreview.progress import COMPLETED, parts_of
from selfreview.views.asking import ask, is_sure


@private
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """What a self-review is; a POST begins one."""
    questionnaires = Questionnaire.objects.in_use()
    if not questionnaires:
        raise Http404("No questionnaire is published yet.")
    if request.method == "POST":
        return _begin(request, questionnaires)
    context = {"questionnaires": questionnaires, "reviews": my_reviews(request)}
    context["unclaimed"] = {one.team_id for one in unclaimed(request)}
    return render(request, "selfreview/start.html", context)


def _begin(request: HttpRequest, questionnaires: list[Questionnaire]) -> HttpResponse:
    if too_many_starts(request):
        return render(request, "selfreview/too_many.html", status=429)
    wanted = request.POST.get("questionnaire", questionnaires[0].slug)
    questionnaire = next((one for one in questionnaires if one.slug == wanted), None)
    if questionnaire is None:
        messages.error(request, "Choose one of the questionnaires.")
        return redirect("selfreview:start")
    user = request.user if request.user.is_authenticated else None
    review, lead, secret = actions.start_review(questionnaire=questionnaire, user=user)
    if user:
        return redirect(review)
    remember(request, lead)
    return redirect("selfreview:new_link", review.guid, secret)


@private
@require_safe
def come_back(request: HttpRequest, secret: str) -> HttpResponse:
    """A private return link was opened."""
    review = take_seat(request, secret)
    return redirect(review) if review else no_such_link(request)


def no_such_link(request: HttpRequest) -> HttpResponse:
    """404: a link that is unknown, replaced, used, revoked or expired; all look the same."""
    return render(request, "selfreview/no_such_link.html", status=404)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, guid: UUID) -> HttpResponse:
    """One's own private link; a POST makes a new one, or turns it off."""
    seat = seat_of(request, guid)
    if request.method != "POST":
        return render(request, "selfreview/link.html", {"seat": seat, "address": ""})
    if "off" in request.POST and seat.member.user_id:
        actions.turn_off_link(member=seat.member)
        messages.success(request, "The link is turned off. Your account opens the review.")
        return redirect("selfreview:link", guid)
    if not is_sure(request):
        return ask(
            request,
            seat,
            question="Make a new private link?",
            consequence="Whoever has the new link has your place in the review. A link that you had before stops "
            "working, also where it was opened.",
            button="Make a new link",
            back=reverse("selfreview:link", args=[guid]),
        )
    secret = actions.renew_link(member=seat.member)
    remember(request, seat.member)
    return redirect("selfreview:new_link", guid, secret)


@private
@require_safe
def new_link(request: HttpRequest, guid: UUID, secret: str) -> HttpResponse:
    """One's own private link as it was just made. We keep only its hash, so the address of this page carries it."""
    seat = seat_of(request, guid)
    if seat.member.return_hash != actions.hash_of(secret):
        return redirect("selfreview:link", guid)
    address = request.build_absolute_uri(reverse("selfreview:come_back", args=[secret]))
    return render(request, "selfreview/link.html", {"seat": seat, "address": address})


@private
@require_POST
def claim(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Tie the review that this browser came to by a link to the account signed in."""
    review = claim_place(request, guid)
    messages.success(request, "The review is tied to your account, which opens it from any device.")
    return redirect("selfreview:link", review.guid)


@private
@require_safe
def task_list(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Every question with its status, the school's or that of one's own view; any order."""
    seat = seat_of(request, guid)
    parts = parts_of(seat.review, viewed_by=seat.member if seat.writes_view else None)
    context = {
        "seat": seat,
        "parts": parts,
        "completed": sum(part.completed for part in parts),
        "total": sum(len(part.tasks) for part in parts),
        "next_task": next((task for part in parts for task in part.tasks if task.status != COMPLETED), None),
        "is_closed": seat.review.state == Review.State.CLOSED,
    }
    return render(request, "selfreview/task_list.html", context)


@private
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Forget all reviews in this browser, and sign out of it."""
    request.session.flush()
    return redirect("selfreview:start")
