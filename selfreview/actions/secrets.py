"""Private links, and the sign that somebody works in a review."""

import secrets
from datetime import timedelta
from hashlib import sha256

from django.utils import timezone

from selfreview.models import Review

TOUCHED_EVERY = timedelta(hours=1)  # how exactly it is noted of saves


def touch(*, team_id: int) -> None:
    """Note that somebody works here: what is silent for a year is abandoned.

    Only the newest round is written: whoever saves in it holds it already, so that two never wait for each other.
    """
    newest = Review.objects.filter(team=team_id).order_by("-number").values("pk")[:1]
    Review.objects.filter(pk__in=newest).update(touched_at=timezone.now())


def hash_of(secret: str) -> str:
    """What is stored of a private link. The secret has 192 bits of chance, so a plain digest cannot be guessed back."""
    return sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """The unguessable part of a private link."""
    return secrets.token_urlsafe(24)
