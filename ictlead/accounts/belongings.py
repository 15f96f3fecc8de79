"""What an account holds in every app: taken away, and forgotten. An app that keeps more of a person adds a line."""

from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AbstractUser
from django.db import transaction

from findings import account as workbench
from ictlead.accounts.traces import forget_traces
from selfreview import account as selfreview


def export(user: AbstractUser) -> dict[str, Any]:
    """The account itself."""
    return {
        "email": user.email,
        "since": user.date_joined.isoformat(),
        "last_sign_in": user.last_login and user.last_login.isoformat(),
        "has_password": user.has_usable_password(),
        "is_editor": user.is_staff,
        "addresses": list(EmailAddress.objects.filter(user=user).order_by("pk").values("email", "verified", "primary")),
    }


EXPORTS: tuple[tuple[str, Callable[[AbstractUser], Any]], ...] = (
    ("account", export),
    ("self_reviews", selfreview.export),
    ("workbench", workbench.export),
)
FORGET: tuple[Callable[..., None], ...] = (selfreview.forget, workbench.forget)


def export_account(user: AbstractUser) -> dict[str, Any]:
    """All that the site keeps of a person, by app; only what `written` can write."""
    return {name: part(user) for name, part in EXPORTS}


@transaction.atomic
def forget_account(*, user: AbstractUser) -> None:
    """Delete an account with its addresses, sessions and log lines; what each app keeps of the person ends first.

    Raises what an app's function raises where something must be done before: selfreview.actions.LastLeadError.
    """
    for forget in FORGET:
        forget(user=user)
    addresses = set(EmailAddress.objects.filter(user=user).values_list("email", flat=True))
    forget_traces(user=user, addresses=addresses)
    user.delete()
