"""How often one visitor may do what costs others something: begin reviews, and have e-mails sent.

Counted in the site's cache for an hour at a time. What is kept of an address is a keyed digest, not the address.
"""

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from selfreview.access import Seat

HOUR = 3600  # seconds
STARTS_AN_HOUR = 30  # from one address: a whole school may stand behind it
INVITATIONS_AN_HOUR = 60  # of one team


def too_many_starts(request: HttpRequest) -> bool:
    """Count a review begun from this address; whether that is too many."""
    return _too_many("start", get_adapter().get_client_ip(request), STARTS_AN_HOUR)


def too_many_invitations(request: HttpRequest, seat: Seat) -> bool:
    """Count an invitation of this team; whether that is too many."""
    return _too_many("invite", str(seat.review.team_id), INVITATIONS_AN_HOUR)


def _too_many(what: str, who: str, limit: int) -> bool:
    key = f"limit:{what}:{salted_hmac('selfreview.limits', who).hexdigest()}"
    cache.add(key, 0, HOUR)
    try:
        return cache.incr(key) > limit
    except ValueError:  # it ran out between the two calls
        return False
