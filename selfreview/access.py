"""Who may see and do what: one helper loads a round and authorises in the same step."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from schools.caching import private as private  # its views ask here for all that guards them
from selfreview.actions import hash_of
from selfreview.models import Membership, Review, Role

SEATS = "seats"  # key of the session: the memberships that this browser came back with
SEATS_AT_MOST = 20


@dataclass(frozen=True)
class Seat:
    """A member at a round of the member's own team."""

    member: Membership
    review: Review


def take_seat(request: HttpRequest, secret: str) -> Review:
    """Let this browser in by a private link. Raises Http404 for a link that is unknown or was replaced."""
    member = Membership.objects.filter(return_hash=hash_of(secret), left_at=None).select_related("team").first()
    review = member and member.team.reviews.order_by("-number").first()
    if not member or not review:
        raise Http404("This private link does not work.")
    remember(request, member)
    return review


def remember(request: HttpRequest, member: Membership) -> None:
    """Let this browser act as a member."""
    seats = [one for one in request.session.get(SEATS, []) if one != str(member.guid)]
    request.session.cycle_key()
    request.session[SEATS] = [*seats, str(member.guid)][-SEATS_AT_MOST:]


def seat_of(request: HttpRequest, guid: UUID, *, write: bool = False, lead: bool = False) -> Seat:
    """The member of this browser at a round. Unknown and foreign rounds look the same: Http404.

    `write`, `lead`: what the road needs. A member who may not raises PermissionDenied.
    """
    seats = request.session.get(SEATS, [])
    mine = Membership.objects.filter(guid__in=seats, left_at=None, team__reviews__guid=guid).select_related("team")
    # Who came by two links acts by the one that may do more.
    member = min(mine, key=lambda one: list(Role).index(one.role)) if seats and mine else None
    if member is None:
        raise Http404("No such review.")
    if (write and not member.may_write) or (lead and member.role != Role.LEAD):
        raise PermissionDenied
    review = Review.objects.select_related("team", "questionnaire").get(guid=guid)
    return Seat(member, review)


def my_reviews(request: HttpRequest) -> list[Review]:
    """The newest round of each team that this browser belongs to."""
    seats = request.session.get(SEATS, [])
    if not seats:
        return []
    reviews = Review.objects.filter(team__members__guid__in=seats, team__members__left_at=None)
    newest = {review.team_id: review for review in reviews.select_related("team").order_by("number")}
    return list(newest.values())
