"""How often one visitor may do what costs others something: begin reviews, and have e-mails sent.

Counted in the site's cache for an hour at a time. What is kept of an address is a keyed digest, not the address.
"""

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.http import HttpRequest

from schools.limits import too_many

HOUR = 3600  # seconds
STARTS_AN_HOUR = 30  # from one address: a whole school may stand behind it
INVITATIONS_AN_HOUR = 60  # from one address


def too_many_starts(request: HttpRequest) -> bool:
    """Count a review begun from this address; whether that is too many."""
    return too_many("start", get_adapter().get_client_ip(request), STARTS_AN_HOUR, HOUR)


def too_many_invitations(request: HttpRequest) -> bool:
    """Count an invitation from this address; whether that is too many."""
    return too_many("invite", get_adapter().get_client_ip(request), INVITATIONS_AN_HOUR, HOUR)


def may_send_mail(request: HttpRequest) -> bool:
    """Whether this site writes to others for whoever asks: only for an account whose own address is confirmed.

    A review is begun by anyone, as often as anyone likes; without this, anyone could have strangers written to.
    """
    user = request.user
    return user.is_authenticated and EmailAddress.objects.filter(user=user, verified=True).exists()
