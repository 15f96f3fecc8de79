"""Verbs on many rows, named for what they are for, and chainable."""

from typing import Any, Self

from django.db import models


class NaturalManager(models.Manager):
    """A manager that finds a row by its natural key, so that fixtures are readable: Manager("school__slug", "slug")."""

    def __init__(self, *lookups: str) -> None:
        super().__init__()
        self.lookups = lookups

    def get_by_natural_key(self, *key: Any) -> models.Model:
        """The row whose lookups equal `key`, in the manager's order. Raises DoesNotExist."""
        return self.get(**dict(zip(self.lookups, key, strict=True)))


class StudyQuerySet(models.QuerySet):
    def published(self) -> Self:
        """Studies that everyone may read."""
        return self.filter(is_published=True)

    def front(self) -> Self:
        """The published study whose pages are the site's front: one, or none."""
        return self.filter(is_published=True, is_front=True)

    def visible_to(self, user: Any) -> Self:
        """Studies that a person may read: published ones, one's own, and those of codebooks that one is a member of."""
        return self.filter(is_published=True) | self.own_of(user)

    def own_of(self, user: Any) -> Self:
        """Those that a person made or works on. Membership is of the floor above, and known here by name alone."""
        if not user.is_authenticated:
            return self.none()
        worked_on = self.model._default_manager.filter(codebooks__members__user=user.pk).order_by()
        return self.filter(models.Q(made_by=user.pk) | models.Q(pk__in=worked_on.values("pk")))

    def begun_here(self) -> Self:
        """Those that somebody made here or brought, published since or not."""
        return self.filter(models.Q(is_editorial=False) | models.Q(made_by__isnull=False))


class OfStudyQuerySet(models.QuerySet):
    def of(self, study: Any) -> Self:
        """Those of one study."""
        return self.filter(study=study)


class SchoolQuerySet(OfStudyQuerySet):
    def published(self) -> Self:
        """Schools of studies that everyone may read."""
        return self.filter(study__is_published=True)


class SectionQuerySet(models.QuerySet):
    def for_cases(self, schools: Any) -> Self:
        """The sections of these schools with school and topic, in reading order."""
        return self.filter(school__in=schools).select_related("school", "topic")


class IndicatorQuerySet(OfStudyQuerySet):
    def in_groups(self) -> Self:
        """In the order of the groups, then of the indicators."""
        return self.order_by("position")


class FactQuerySet(models.QuerySet):
    def for_cases(self, schools: Any) -> Self:
        """The facts of these schools with their indicators, in the indicators' order."""
        return self.filter(school__in=schools).select_related("indicator").order_by("indicator__position")


class QuoteQuerySet(models.QuerySet):
    def published(self) -> Self:
        """Quotes of studies that everyone may read."""
        return self.filter(school__study__is_published=True)

    def of(self, study: Any) -> Self:
        """Those of one study."""
        return self.filter(school__study=study)

    def for_reading(self) -> Self:
        """With all that a quote shows of itself: its school and its topic."""
        return self.select_related("school", "topic")
