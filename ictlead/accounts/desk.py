"""Who guesses passwords at the editors' desk waits. The pages under /account/ have allauth's limits instead."""

from typing import Any

from allauth.account.adapter import get_adapter
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone


class DeskHandler(AxesDatabaseHandler):
    """Counts what goes wrong at /admin/ and nothing else, so that a typing error elsewhere locks nobody out here."""

    def is_allowed(self, request: HttpRequest, credentials: dict | None = None) -> bool:
        """Whether this request may try a password."""
        return not self.is_admin_request(request) or super().is_allowed(request, credentials)

    def user_login_failed(
        self, sender: Any, credentials: dict, request: HttpRequest | None = None, **options: Any
    ) -> None:
        """A password was wrong."""
        if self.is_admin_request(request):
            super().user_login_failed(sender, credentials, request, **options)

    def user_logged_in(self, sender: Any, request: HttpRequest, user: AbstractUser, **options: Any) -> None:
        """A password was right: the count begins anew."""
        if self.is_admin_request(request):
            super().user_logged_in(sender, request, user, **options)

    def user_logged_out(self, sender: Any, request: HttpRequest, user: AbstractUser | None, **options: Any) -> None:
        """Nothing is noted."""


def client_ip(request: HttpRequest) -> str | None:
    """The visitor's address, as the limits under /account/ see it; None where the request came from no network."""
    try:
        return get_adapter().get_client_ip(request)
    except PermissionDenied:
        return None


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict | None) -> HttpResponse:
    """429, and when to try again."""
    last = AccessAttempt.objects.filter(ip_address=client_ip(request)).order_by("-attempt_time").first()
    now = timezone.now()
    until = (last.attempt_time if last else now) + get_cool_off(request)
    page = render(request, "429.html", {"until": until}, status=429)
    page["Retry-After"] = str(max(1, int((until - now).total_seconds())))
    return page
