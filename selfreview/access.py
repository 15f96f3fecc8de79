"""Who may see and do what: one helper loads a round and authorises in the same step."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest

from schools.caching import private as private  # its views ask here for all that guards them
from selfreview.actions import claim_membership, hash_of
from selfreview.models import Membership, Review, Role

SEATS = "seats"  # key of the session: the memberships that this browser came by a private link to, with its mark
SEATS_AT_MOST = 20
MARK = 16  # characters of a link's hash: enough to tell a link from the one that replaced it


@dataclass(frozen=True)
class Seat:
    """A member at a round of the member's own team."""

    member: Membership
    review: Review

    @property
    def is_lead(self) -> bool:
        """May do everything."""
        return self.member.role == Role.LEAD

    @property
    def may_answer(self) -> bool:
        """May write the school's answer now: a lead, and of the contributors those who hold the pen."""
        if self.review.state != Review.State.OPEN or not self.member.may_write:
            return False
        return self.is_lead or self.review.pen_for_all or self.review.pen_id == self.member.pk

    @property
    def writes_view(self) -> bool:
        """Writes a view of one's own now."""
        return self.review.state == Review.State.VIEWS and self.member.may_write

    @property
    def has_views(self) -> bool:
        """The round has views, open or still private."""
        return self.review.state == Review.State.VIEWS or self.review.views_opened_at is not None


def take_seat(request: HttpRequest, secret: str) -> Review | None:
    """Let this browser in by a private link: its newest round. None for a link that is unknown or was replaced."""
    member = Membership.objects.filter(return_hash=hash_of(secret), left_at=None).select_related("team").first()
    review = member and member.team.reviews.order_by("-number").first()
    if not member or not review:
        return None
    remember(request, member)
    return review


def remember(request: HttpRequest, member: Membership) -> None:
    """Let this browser act as a member who has a private link. A new link ends what older ones remembered."""
    seats = {guid: mark for guid, mark in _seats(request).items() if guid != str(member.guid)}
    request.session.cycle_key()
    seats[str(member.guid)] = (member.return_hash or "")[:MARK]
    request.session[SEATS] = dict(list(seats.items())[-SEATS_AT_MOST:])


def _seats(request: HttpRequest) -> dict[str, str]:
    seats = request.session.get(SEATS, {})
    return seats if isinstance(seats, dict) else {}


def _memberships(request: HttpRequest, **conditions: Any) -> list[Membership]:
    """This browser's memberships: those of the account signed in, and those whose private link it came by."""
    seats, user = _seats(request), request.user
    if not seats and not user.is_authenticated:
        return []
    mine = Q(guid__in=seats)
    if user.is_authenticated:
        mine |= Q(user=user)
    found = Membership.objects.filter(mine, left_at=None, **conditions).select_related("team")
    return [
        one
        for one in found
        if (user.is_authenticated and one.user_id == user.pk)
        or (one.return_hash and one.return_hash[:MARK] == seats.get(str(one.guid)))
    ]


def seat_of(request: HttpRequest, guid: UUID, *, write: bool = False, answer: bool = False, lead: bool = False) -> Seat:
    """The member of this browser at a round. Unknown and foreign rounds look the same: Http404.

    What the road needs: `write` a member who writes, `answer` one who may write the school's answer where answers are
    being written, `lead` a lead. A member who may not raises PermissionDenied.
    """
    mine = _memberships(request, team__reviews__guid=guid)
    if not mine:
        raise Http404("No such review.")
    # Who came by two ways acts by the one that may do more.
    member = min(mine, key=lambda one: list(Role).index(Role(one.role)))
    review = Review.objects.select_related("team", "questionnaire", "pen").get(guid=guid)
    seat = Seat(member, review)
    holds_pen = seat.may_answer or review.state != Review.State.OPEN  # a closed round says so by itself
    if (write and not member.may_write) or (lead and not seat.is_lead) or (answer and not holds_pen):
        raise PermissionDenied
    return seat


def my_reviews(request: HttpRequest) -> list[Review]:
    """The newest round of each team that this browser belongs to, the last begun first."""
    teams = {one.team_id for one in _memberships(request)}
    if not teams:
        return []
    reviews = Review.objects.filter(team__in=teams).select_related("team").order_by("number")
    newest = {review.team_id: review for review in reviews}
    return sorted(newest.values(), key=lambda review: review.opened_at, reverse=True)


def claim(request: HttpRequest, user: Any) -> None:
    """Tie the memberships that this browser came to by private links to the account that has just signed in."""
    seats = _seats(request)
    unclaimed = Membership.objects.filter(guid__in=seats, user=None, left_at=None).select_related("team")
    for member in unclaimed:
        if (member.return_hash or "")[:MARK] == seats[str(member.guid)]:
            claim_membership(member=member, user=user)
