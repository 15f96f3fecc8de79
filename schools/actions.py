"""Writes that need more than one row. Keyword-only, and whole or not at all."""

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from schools.models import (
    Advice,
    CaseSection,
    DataVersion,
    Fact,
    GlossaryTerm,
    Indicator,
    Quote,
    Reference,
    School,
    Study,
    Topic,
)
from schools.search_index import drop_deleted_words


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


@transaction.atomic
def delete_study(*, study: Study) -> None:
    """Delete a private study with its cases, facts and quotes, and their history: nothing of what people said stays.

    Raises ProtectedError where codings or a questionnaire stand on it.
    """
    schools = School.objects.filter(study=study)
    rows: list[QuerySet] = [
        Advice.objects.filter(school__in=schools),
        Fact.objects.filter(school__in=schools),
        Quote.objects.filter(school__in=schools),
        CaseSection.objects.filter(school__in=schools),
        schools,
        *(model.objects.filter(study=study) for model in (Topic, Indicator, Reference, GlossaryTerm)),
        Study.objects.filter(pk=study.pk),
    ]
    for found in rows:
        delete_rows(found)
    drop_deleted_words()


def delete_rows(rows: QuerySet) -> None:
    """Delete rows with their history."""
    keys = list(rows.order_by().values_list("pk", flat=True))
    rows.delete()
    for place in range(0, len(keys), 500):
        rows.model.history.filter(id__in=keys[place : place + 500]).delete()


def data_version() -> DataVersion:
    """The data version now; version 0 before anything was loaded."""
    return DataVersion.objects.filter(pk=1).first() or DataVersion(pk=1)


def remember_loaded(*, digest: str) -> None:
    """Keep the digest of fixture files that were read and brought nothing new: no published data changed."""
    DataVersion.objects.filter(pk=1).update(loaded_digest=digest)
