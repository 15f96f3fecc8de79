"""An account's own pages; signing in and up, codes, passwords and addresses are allauth's."""

from time import time

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from findings.account import Leaving, counts
from ictlead.accounts.adapter import SIGNED_IN_AT
from ictlead.accounts.belongings import export_account, forget_account
from ictlead.accounts.forms import ReauthenticateForm
from ictlead.accounts.written import gathered, written
from selfreview.account import places_of
from selfreview.actions import LastLeadError

FRESH = 5 * 60  # seconds in which a sign-in counts as fresh


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """What one has here."""
    return render(request, "account/account.html", {"places": places_of(request.user), "kept": counts(request.user)})


@require_safe
@login_required
def account_export(request: HttpRequest) -> HttpResponseBase:
    """All that the site keeps of oneself, sent as it is read."""
    pieces = gathered(written(export_account(request.user)))
    response = StreamingHttpResponse(pieces, content_type="application/json")
    response["Content-Disposition"] = content_disposition_header(True, "ict-lead-account.json")
    return response


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def account_delete(request: HttpRequest) -> HttpResponse:
    """Delete one's account: the page names what goes and what stays, the POST does it."""
    places = places_of(request.user)
    form = ReauthenticateForm(request.POST or None, user=request.user) if request.user.has_usable_password() else None
    blocked = any(place.must_hand_over for place in places)
    fresh = time() - request.session.get(SIGNED_IN_AT, 0) < FRESH
    if request.method == "POST" and not blocked and (form.is_valid() if form else fresh):
        try:
            forget_account(user=request.user)
        except LastLeadError:
            return redirect("account_delete")  # a colleague left meanwhile: the page now says what to do first
        logout(request)
        return redirect("account_deleted")
    leaving = Leaving.of(request.user)
    context = {"places": places, "leaving": leaving, "form": form, "blocked": blocked, "fresh": fresh}
    return render(request, "account/delete.html", context, status=400 if request.method == "POST" else 200)


@require_safe
def account_deleted(request: HttpRequest) -> HttpResponse:
    """It is done."""
    return render(request, "account/deleted.html")
