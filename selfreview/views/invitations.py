"""Invitations: a lead makes, renews and takes them back; whoever has the link takes the place."""

import logging
from uuid import UUID

from django.contrib import messages
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from selfreview import actions
from selfreview.access import Seat, private, remember, seat_of
from selfreview.forms import InviteForm
from selfreview.limits import may_send_mail, too_many_invitations
from selfreview.models import Invitation
from selfreview.views.start import no_such_link
from selfreview.views.team import people

logger = logging.getLogger(__name__)
INVITED = "invited"  # key of the session: the invitation whose link this browser has opened


@private
@require_POST
def invite(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Invite a colleague: by e-mail where an address is given, and by a link to pass on; it is shown once."""
    seat = seat_of(request, guid, lead=True)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return people(request, seat, invite=form, status=400)
    if too_many_invitations(request):
        return render(request, "selfreview/too_many.html", status=429)
    invitation, secret = actions.invite(by=seat.member, **form.cleaned_data)
    return _hand_over(request, seat, invitation, secret)


@private
@require_POST
def renew(request: HttpRequest, guid: UUID, invitation: UUID) -> HttpResponse:
    """A new link for an invitation, e-mailed again where there is an address."""
    seat = seat_of(request, guid, lead=True)
    found = get_object_or_404(seat.review.team.invitations, guid=invitation, accepted_at=None)
    if too_many_invitations(request):
        return render(request, "selfreview/too_many.html", status=429)
    return _hand_over(request, seat, found, actions.renew_invitation(invitation=found))


@private
@require_POST
def revoke_invitation(request: HttpRequest, guid: UUID, invitation: UUID) -> HttpResponse:
    """Take an invitation back."""
    seat = seat_of(request, guid, lead=True)
    get_object_or_404(seat.review.team.invitations, guid=invitation, accepted_at=None).delete()
    messages.success(request, "The invitation is cancelled; its link no longer works.")
    return redirect("selfreview:team", guid)


def _hand_over(request: HttpRequest, seat: Seat, invitation: Invitation, secret: str) -> HttpResponse:
    """Send the link where there is an address, and show it. Strangers cannot have this site write to strangers."""
    address = request.build_absolute_uri(reverse("selfreview:invitation", args=[secret]))
    if invitation.email and may_send_mail(request):
        sent = _send({"seat": seat, "invitation": invitation, "address": address})
        messages.info(request, "sent" if sent else "not sent")
    return redirect("selfreview:new_invitation", seat.review.guid, invitation.guid, secret)


def _send(context: dict) -> bool:
    """E-mail an invitation; off where it cannot be sent, so that the page can say so."""
    text = render_to_string("selfreview/email/invitation.txt", context)
    try:
        send_mail("An invitation to a self-review", text, None, [context["invitation"].email])
    except (OSError, ValueError) as error:  # its own words may hold the address: for no log
        logger.error("An invitation could not be e-mailed: %s", type(error).__name__)
        return False
    return True


@private
@require_safe
def new_invitation(request: HttpRequest, guid: UUID, invitation: UUID, secret: str) -> HttpResponse:
    """An invitation as it was just made, with its link."""
    seat = seat_of(request, guid, lead=True)
    found = get_object_or_404(seat.review.team.invitations, guid=invitation, secret_hash=actions.hash_of(secret))
    address = request.build_absolute_uri(reverse("selfreview:invitation", args=[secret]))
    context = {"seat": seat, "invitation": found, "address": address}
    context["said"] = next((str(message) for message in messages.get_messages(request)), "")
    return render(request, "selfreview/invited.html", context)


@private
@require_safe
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """An invitation's link was opened: from here on the session knows it, and no address or log carries its secret."""
    found = _waiting(secret_hash=actions.hash_of(secret))
    if found is None:
        return no_such_link(request)
    request.session[INVITED] = str(found.guid)
    return redirect("selfreview:invited", found.guid)


def _waiting(**conditions: object) -> Invitation | None:
    waiting = Invitation.objects.filter(**conditions, accepted_at=None, expires_at__gt=timezone.now())
    return waiting.select_related("team", "invited_by").first()


@private
@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest, guid: UUID) -> HttpResponse:
    """What one is invited to; a POST takes the place, with the account that is signed in or without one."""
    found = _waiting(guid=guid) if request.session.get(INVITED) == str(guid) else None
    if found is None:
        return no_such_link(request)
    if request.method != "POST":
        return render(request, "selfreview/invitation.html", {"invitation": found, "here": request.path})
    user = request.user if request.user.is_authenticated else None
    taken = actions.accept_invitation(invitation=found, user=user)
    if taken is None:
        return no_such_link(request)
    del request.session[INVITED]
    member, secret = taken
    review = found.team.reviews.order_by("-number")[0]
    if not secret:
        return redirect(review)
    remember(request, member)
    return redirect("selfreview:new_link", review.guid, secret)
