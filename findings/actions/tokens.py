"""Tokens for the API: made, revoked, and recognised."""

import secrets
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from findings.actions.base import Refused
from findings.actions.people import hash_of
from findings.models import ApiToken

PREFIX = "ictlead_"  # by which people, logs and secret scanners know a token
MOST_TOKENS = 10  # of one person
LIFETIMES = {30: "30 days", 90: "90 days", 365: "A year"}


@transaction.atomic
def make_token(*, user: AbstractBaseUser, name: str, note: str = "", days: int = 90) -> tuple[ApiToken, str]:
    """A token and its secret, which is told this once. Raises Refused where the person has MOST_TOKENS already."""
    get_user_model().objects.select_for_update().get(pk=user.pk)
    if ApiToken.objects.filter(user=user).count() >= MOST_TOKENS:
        raise Refused(f"You have {MOST_TOKENS} tokens, and cannot have more. Revoke one that you do not need any more.")
    secret = PREFIX + secrets.token_urlsafe(32)  # 256 bits of chance: a plain digest cannot be guessed back
    now = timezone.now()
    token = ApiToken.objects.create(
        user=user,
        name=name,
        note=note,
        secret_hash=hash_of(secret),
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    return token, secret


def revoke_token(*, token: ApiToken) -> None:
    """End a token: what reads with it is refused from now on."""
    token.delete()


def token_of(*, secret: str) -> ApiToken | None:
    """The token of this secret with its person, and its use noted; None for one that is unknown, revoked or expired.

    One query; one more on the first use of a day.
    """
    tokens = ApiToken.objects.filter(secret_hash=hash_of(secret), expires_at__gt=timezone.now(), user__is_active=True)
    token = tokens.select_related("user").first() if secret.startswith(PREFIX) else None
    today = timezone.localdate()
    if token is not None and token.last_used_on != today:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
    return token
