"""People with accounts, and what they do on the way in."""

import re
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AbstractBaseUser
from django.core import mail
from django.test import Client

from tests.factories import make_user, next_number

PASSWORD = "correct horse battery"


def make_person(email: str = "", *, password: str | None = PASSWORD, **fields: Any) -> AbstractBaseUser:
    """An account with a verified address; without a password where None is given."""
    email = email or f"person{next_number()}@school.example"
    user = make_user(email=email, password=password, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    """The answer to the form of the sign-in page."""
    return client.post("/account/login/", {"login": email, "password": password} | more)


def sign_up(client: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    """The answer to the form for a new account."""
    return client.post("/account/signup/", {"email": email, "password1": password} | more)


def code_sent() -> str:
    """The code in the newest message: a line of its own."""
    [code] = re.findall(r"^([A-Z0-9-]{6,})$", str(mail.outbox[-1].body), re.MULTILINE)
    return code


def link_sent() -> str:
    """The path of the link in the newest message."""
    [path] = re.findall(r"^https?://[^/\s]+(\S+)$", str(mail.outbox[-1].body), re.MULTILINE)
    return path
