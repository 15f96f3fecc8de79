"""Rounds: close one, begin the next, compare two; and links that let others read one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from selfreview import actions
from selfreview.access import Seat, private, seat_of
from selfreview.benchmark import count_waiting
from selfreview.forms import ShareForm
from selfreview.frozen import Telling
from selfreview.models import Question, Review, ShareLink
from selfreview.profile import KEYS, LABELS, Profile, changes
from selfreview.progress import parts_of
from selfreview.views.asking import ask, is_sure
from selfreview.views.start import no_such_link


@private
@require_safe
def rounds(request: HttpRequest, guid: UUID) -> HttpResponse:
    """The team's rounds, what closing means, and the links that let others read this one."""
    return _rounds(request, seat_of(request, guid), ShareForm())


def _rounds(request: HttpRequest, seat: Seat, form: ShareForm) -> HttpResponse:
    context = {
        "seat": seat,
        "rounds": seat.review.team.reviews.select_related("questionnaire"),
        "form": form,
        "links": seat.review.share_links.all(),
        "now": timezone.now(),
    }
    return render(request, "selfreview/rounds.html", context, status=400 if form.errors else 200)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, guid: UUID) -> HttpResponse:
    """What closing a round means; the POST freezes it."""
    seat = seat_of(request, guid, lead=True)
    if seat.review.state == Review.State.VIEWS:
        messages.error(request, "Views are still being written. Open them first; then the round can be closed.")
        return redirect("selfreview:views", guid)
    if request.method == "POST":
        actions.close_round(review=seat.review)
        count_waiting(slug=seat.review.questionnaire.slug)
        messages.success(request, f"Round {seat.review.number} is closed. Its report stays as it is now.")
        return redirect("selfreview:rounds", guid)
    tasks = [task for part in parts_of(seat.review) for task in part.tasks]
    gaps = [task for task in tasks if not (task.answer and (task.answer.level or task.answer.text))]
    return render(request, "selfreview/close.html", {"seat": seat, "gaps": gaps})


@private
@require_POST
def begin_next(request: HttpRequest, guid: UUID) -> HttpResponse:
    """The round after this one."""
    seat = seat_of(request, guid, lead=True)
    return redirect(actions.next_round(team=seat.review.team))


@private
@require_safe
def compare_rounds(request: HttpRequest, guid: UUID, number: int) -> HttpResponse:
    """This round beside another of the same team, question by question."""
    seat = seat_of(request, guid)
    other = get_object_or_404(seat.review.team.reviews, number=number)
    if other == seat.review:
        return redirect("selfreview:rounds", guid)
    before, after = sorted([other, seat.review], key=lambda review: review.number)
    then, now = parts_of(before), parts_of(after)
    first = Question.objects.first_versions(seat.review.questionnaire.slug)
    context = {
        "seat": seat,
        "before": before,
        "after": after,
        "changes": changes(then, now, first),
        "profiles": [(before, Profile.of(then)), (after, Profile.of(now))],
        "levels": LABELS,
        "keys": KEYS,
    }
    return render(request, "selfreview/compare_rounds.html", context)


@private
@require_POST
def share(request: HttpRequest, guid: UUID) -> HttpResponse:
    """A link that lets others read this round; it is shown once."""
    seat = seat_of(request, guid, lead=True)
    form = ShareForm(request.POST)
    if not form.is_valid():
        return _rounds(request, seat, form)
    link, secret = actions.share(review=seat.review, **form.cleaned_data)
    return redirect("selfreview:new_share", guid, link.guid, secret)


@private
@require_safe
def new_share(request: HttpRequest, guid: UUID, link: UUID, secret: str) -> HttpResponse:
    """A link to read as it was just made."""
    seat = seat_of(request, guid, lead=True)
    found = get_object_or_404(seat.review.share_links, guid=link, secret_hash=actions.hash_of(secret))
    address = request.build_absolute_uri(reverse("selfreview:shared", args=[secret]))
    return render(request, "selfreview/shared_link.html", {"seat": seat, "link": found, "address": address})


@private
@require_POST
def revoke(request: HttpRequest, guid: UUID, link: UUID) -> HttpResponse:
    """End a link at once."""
    seat = seat_of(request, guid, lead=True)
    found = get_object_or_404(seat.review.share_links, guid=link)
    if not is_sure(request):
        return ask(
            request,
            seat,
            question=f"Revoke {found}?",
            consequence="Whoever has the link can then no longer read the round. You can make another link.",
            button="Revoke the link",
            back=reverse("selfreview:rounds", args=[guid]),
        )
    actions.revoke(link=found)
    return redirect("selfreview:rounds", guid)


@private
@require_safe
def shared(request: HttpRequest, secret: str) -> HttpResponse:
    """A round, to read, for whoever has the link. Expired, revoked and unknown links look the same: 404."""
    link = ShareLink.objects.filter(
        secret_hash=actions.hash_of(secret), revoked_at=None, expires_at__gt=timezone.now()
    ).first()
    if link is None:
        return no_such_link(request)
    review = Review.objects.select_related("team", "questionnaire").get(pk=link.review_id)
    parts = parts_of(review)
    context = {"review": review, "parts": parts, "profile": Profile.of(parts), "link": link}
    context["telling"] = Telling.of(review)
    context |= {"levels": LABELS, "keys": KEYS}
    return render(request, "selfreview/shared.html", context)
