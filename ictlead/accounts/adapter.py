"""How accounts behave here, where allauth leaves it to the site."""

from collections.abc import Callable
from smtplib import SMTPException
from time import time
from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

SIGNED_IN_AT = "signed_in_at"  # key of the session: seconds since 1970


def note_time(request: HttpRequest, user: AbstractUser) -> None:
    """Remember when this browser signed in: who has no password proves by a fresh sign-in that it is they."""
    request.session[SIGNED_IN_AT] = int(time())


# What happens after every sign-in, by password or code, and after every sign-up, in this order.
AFTER_SIGN_IN: tuple[Callable[[HttpRequest, AbstractUser], None], ...] = (note_time,)


class Adapter(DefaultAccountAdapter):
    """Our words, our hooks; all else is allauth's."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "This account is closed.",
        "cannot_remove_primary_email": "An account needs an e-mail address. Change it instead.",
        "duplicate_email": "This is the address that your account has already.",
        "email_password_mismatch": "The e-mail address or the password is not right.",
        "email_taken": "This address belongs to another account.",
        "enter_current_password": "This is not your present password.",
        "incorrect_code": "This is not the code. Copy it from the newest message.",
        "incorrect_password": "This is not your password.",
        "rate_limited": "That was too soon after the last message. Wait ten seconds, then ask again.",
        "too_many_login_attempts": "Too many tries. Wait five minutes, then try again.",
    }

    def populate_username(self, request: HttpRequest, user: AbstractUser) -> None:
        """Django wants a user name. Nobody is shown it, so it tells nothing about the person."""
        user.username = user.username or uuid4().hex

    def post_login(self, request: HttpRequest, user: AbstractUser, **options: Any) -> HttpResponse:
        """After every sign-in and sign-up."""
        for hook in AFTER_SIGN_IN:
            hook(request, user)
        return super().post_login(request, user, **options)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the account's page, which says that it is done."""
        return reverse("account")

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        """Back to the account's page, too."""
        return reverse("account")

    def is_ajax(self, request: HttpRequest) -> bool:
        """Every answer is a page."""
        return False

    def send_mail(self, template_prefix: str, email: str, context_: dict[str, Any]) -> None:
        """Send a message, or say that it could not be sent. Raises ImmediateHttpResponse."""
        try:
            super().send_mail(template_prefix, email, context_)
        except (SMTPException, OSError) as error:
            raise ImmediateHttpResponse(render(context.request, "account/no_mail.html", status=503)) from error
