"""Writes that need more than one row. Keyword-only, and whole or not at all."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from schools.models import DataVersion


@transaction.atomic
def publish_change(*, loaded_digest: str | None = None) -> DataVersion:
    """Say that published data changed: the data version goes up by one. Call it in the transaction of the change.

    `loaded_digest`, where given, is kept as the digest of the fixture files that were just loaded.
    """
    DataVersion.objects.get_or_create(pk=1)
    changes: dict = {"number": F("number") + 1, "changed_at": timezone.now()}
    if loaded_digest is not None:
        changes["loaded_digest"] = loaded_digest
    DataVersion.objects.filter(pk=1).update(**changes)
    return DataVersion.objects.get(pk=1)


def data_version() -> DataVersion:
    """The data version now; version 0 before anything was loaded."""
    return DataVersion.objects.filter(pk=1).first() or DataVersion(pk=1)


def remember_loaded(*, digest: str) -> None:
    """Keep the digest of fixture files that were read and brought nothing new: no published data changed."""
    DataVersion.objects.filter(pk=1).update(loaded_digest=digest)
