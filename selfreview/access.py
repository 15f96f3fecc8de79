"""Who may see and do what: one helper loads a round and authorises in the same step."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils import timezone

from schools.caching import private as private  # its views ask here for all that guards them
from selfreview.actions import claim_membership, hash_of
from selfreview.models import Membership, Review, Role

SEATS = "seats"  # key of the session: the memberships that this browser came by a private link to, with its mark
SEATS_AT_MOST = 20
SEEN = "seen"  # key of the session: the day of the last visit
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
        """May write the school's answer now."""
        return self.review.takes_answer_of(self.member)

    @property
    def writes_view(self) -> bool:
        """Writes a view of one's own now."""
        return self.review.takes_view_of(self.member)

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


def claims(request: HttpRequest) -> tuple[list[str], int | None]:
    """What this browser could be let in by: the guids of places that it came to by private links, and its account."""
    return list(_seats(request)), request.user.pk if request.user.is_authenticated else None


def _memberships(request: HttpRequest, **conditions: Any) -> list[Membership]:
    """This browser's memberships, each with its team."""
    guids, account = claims(request)
    if not guids and account is None:
        return []
    mine = Q(guid__in=guids)
    if account is not None:
        mine |= Q(user=account)
    return let_in(request, Membership.objects.filter(mine, left_at=None, **conditions).select_related("team"))


def let_in(request: HttpRequest, found: Iterable[Membership]) -> list[Membership]:
    """Of places that are not left those of this browser: of the account signed in, and whose private link it came by.

    In a team in which the account has a place, that place alone counts: a link that somebody else opened here before
    lends nobody a role.
    """
    found, seats, (_, account) = list(found), _seats(request), claims(request)
    by_account = [one for one in found if account is not None and one.user_id == account]
    teams = {one.team_id for one in by_account}
    return by_account + [one for one in found if one.team_id not in teams and _came_by_link(one, seats)]


def acting(mine: list[Membership]) -> Membership:
    """As whom a browser acts that has several places in a team: by the one that may do more."""
    return min(mine, key=lambda one: list(Role).index(Role(one.role)))


def _came_by_link(member: Membership, seats: dict[str, str]) -> bool:
    return bool(member.return_hash) and member.return_hash[:MARK] == seats.get(str(member.guid))


def seat_of(request: HttpRequest, guid: UUID, *, write: bool = False, lead: bool = False) -> Seat:
    """The member of this browser at a round. Unknown and foreign rounds look the same: Http404.

    What the road needs: `write` a member who writes, `lead` a lead. A member who may not raises PermissionDenied. Who
    holds the pen is settled where an answer is saved, so that what was typed is not lost.
    """
    mine = _memberships(request, team__reviews__guid=guid)
    if not mine:
        raise Http404("No such review.")
    member = acting(mine)
    seat = Seat(member, Review.objects.select_related("team", "questionnaire", "pen").get(guid=guid))
    if (write and not member.may_write) or (lead and not seat.is_lead):
        raise PermissionDenied
    stay_known(request)
    return seat


def stay_known(request: HttpRequest) -> None:
    """Let the session last from the last visit, and not from the first: it is written once a day."""
    today = timezone.localdate().isoformat()
    if request.session.get(SEEN) != today:
        request.session[SEEN] = today


def my_reviews(request: HttpRequest) -> list[Review]:
    """The newest round of each team that this browser belongs to, the last begun first."""
    teams = {one.team_id for one in _memberships(request)}
    if not teams:
        return []
    reviews = Review.objects.filter(team__in=teams).select_related("team").order_by("number")
    newest = {review.team_id: review for review in reviews}
    return sorted(newest.values(), key=lambda review: review.opened_at, reverse=True)


def unclaimed(request: HttpRequest) -> list[Membership]:
    """Places that this browser came to by private links and that the account signed in could take over."""
    if not request.user.is_authenticated:
        return []
    return [one for one in _memberships(request) if one.user_id is None]


def claim(request: HttpRequest, guid: UUID) -> Review:
    """Tie the place by which this browser came to a round to the account signed in. Raises Http404 without one."""
    for member in unclaimed(request):
        review = member.team.reviews.filter(guid=guid).first()
        if review and claim_membership(member=member, user=request.user):
            return review
    raise Http404("No such review.")
