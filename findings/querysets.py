"""Verbs on many rows, named for what they are for, and chainable."""

from collections.abc import Iterator
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.query import ModelIterable
from tree_queries.query import TreeQuerySet

from schools.querysets import NaturalManager, OfStudyQuerySet


class CodeQuerySet(TreeQuerySet):
    def published(self) -> Self:
        """Codes of codebooks that everyone may read."""
        return self.filter(codebook__is_published=True, codebook__study__is_published=True)

    def of(self, study: Any) -> Self:
        """Those of one study."""
        return self.filter(codebook__study=study)

    def tree_of(self, codebook: Any) -> Self:
        """The codes of one codebook as a tree; others do not weigh in."""
        return self.filter(codebook=codebook).as_tree().tree_filter(codebook=codebook)

    def as_tree(self) -> Self:
        """Every code after its parent, with `tree_depth`, and its codebook."""
        return self.with_tree_fields().select_related("codebook")


_CodeManager: Any = NaturalManager.from_queryset(CodeQuerySet)  # a class made at run time, of which no type is known


class CodeManager(_CodeManager):
    """Codes by natural key and as a tree."""


class GatewayManager(CodeManager):
    def get_queryset(self) -> CodeQuerySet:
        """Only the codes of the gateways' codebook."""
        return super().get_queryset().filter(codebook__slug="gateways", parent=None)


class CodebookQuerySet(OfStudyQuerySet):
    def published(self) -> Self:
        """Codebooks that everyone may read, of studies that everyone may read."""
        return self.filter(is_published=True, study__is_published=True)

    def editorial(self) -> Self:
        """Codebooks of this site's editors, not a research team's own."""
        return self.filter(is_editorial=True)


class EvidenceQuerySet(models.QuerySet):
    def of_study(self, study: Any) -> Self:
        """Links of a study's findings to its quotes, for who may see the study: a private one's are all its own."""
        shown = self.published() if study.is_published else self
        return shown.filter(finding__theme__study=study, quote__school__study=study)

    def published(self) -> Self:
        """Links by the editors between findings and quotes that everyone may read."""
        return self.filter(
            finding__theme__study__is_published=True,
            quote__school__study__is_published=True,
            coder__slug="editors",
        )

    def published_for_quotes(self) -> Self:
        """As `published`, for quotes of which the caller asks only for those that everyone may read."""
        findings = self.model._meta.get_field("finding").related_model.objects.published()
        return self.filter(finding__in=findings, coder__slug="editors")


class CaseEvidenceQuerySet(models.QuerySet):
    def of_study(self, study: Any) -> Self:
        """As `EvidenceQuerySet.of_study`, of links to schools."""
        shown = self.published() if study.is_published else self
        return shown.filter(finding__theme__study=study, school__study=study)

    def published(self) -> Self:
        """Links by the editors between findings and schools that everyone may read."""
        return self.filter(
            finding__theme__study__is_published=True, school__study__is_published=True, coder__slug="editors"
        )


class _WithCodes(ModelIterable):
    """Codings as they are read, each with its code."""

    def __iter__(self) -> Iterator[Any]:
        codings = list(super().__iter__())
        codes = self.queryset.model._meta.get_field("code").related_model.objects.select_related("codebook").order_by()
        by_key = codes.in_bulk({coding.code_id for coding in codings})
        for coding in codings:
            coding.code = by_key[coding.code_id]
        return iter(codings)


class CodingQuerySet(models.QuerySet):
    def of(self, study: Any) -> Self:
        """Those of the quotes of one study."""
        return self.filter(quote__school__study=study)

    def published(self) -> Self:
        """The editors' codings that everyone may read: of their own published codebooks of published studies."""
        return self.published_for_quotes().filter(quote__school__study__is_published=True)

    def published_under(self, study: Any) -> Self:
        """Those of `published` under the codebooks of one study: its codings, found without their quotes.

        Where there are a million, that is counted in a tenth of the time.
        """
        codes = self.model._meta.get_field("code").related_model.objects.published().of(study)
        return self.filter(code__in=codes.filter(codebook__is_editorial=True), coder__slug="editors")

    def published_for_quotes(self) -> Self:
        """As `published`, for quotes of which the caller asks only for those that everyone may read.

        Not to ask that twice spares the database joins of its longest tables. Nor are the codes joined: they are few,
        and a database that joins them tends to begin with the many.
        """
        codes = self.model._meta.get_field("code").related_model.objects.published()
        return self.filter(code__in=codes.filter(codebook__is_editorial=True), coder__slug="editors")

    def readable(self) -> Self:
        """Codings that everyone may read: the editors', and agreed sets that a team published with its codebook."""
        return self.readable_for_quotes().filter(quote__school__study__is_published=True)

    def readable_for_quotes(self) -> Self:
        """As `readable`, for quotes of which the caller asks only for those that everyone may read."""
        return self.filter(readable(), code__codebook__is_published=True, code__codebook__study__is_published=True)

    def visible_to(self, user: Any, codebook: Any) -> Self:
        """The codings of a codebook that a person may see. Every page, count and export of the workbench asks here.

        What everyone may read; one's own, as a lead or a coder; and, once the codings are opened, those of all.
        `user`: the request's. `codebook`: loaded, with its study.
        """
        seen = Q(pk__in=[])
        if codebook.is_published and codebook.study.is_published:
            seen |= readable() & Q(quote__school__study__is_published=True)
        if user.is_authenticated:
            places = codebook.members.filter(user=user)
            if codebook.opened_at is not None:
                seen |= Q(models.Exists(places))
            else:
                seen |= Q(models.Exists(places.exclude(role="viewer")), coder__user=user)
        return self.filter(seen, code__codebook=codebook)

    def for_reading(self) -> Self:
        """With the code, its codebook and the coder."""
        return self.select_related("code__codebook", "coder")

    def with_codes(self) -> Self:
        """With the code and its codebook; one query more, for each code once and not beside every coding.

        `prefetch_related` would name each key in a condition of its own, and of these SQLite takes no thousand.
        """
        codings = self.all()
        codings._iterable_class = _WithCodes
        return codings


def readable() -> Q:
    """Whose codings everyone may read, once their codebook is published."""
    editors = Q(code__codebook__is_editorial=True, coder__slug="editors")
    agreed = Q(code__codebook__shows_agreed=True, coder__agreed_for=F("code__codebook"))
    return editors | agreed


class QuoteNoteQuerySet(models.QuerySet):
    def visible_to(self, user: Any, codebook: Any) -> Self:
        """The notes under a codebook that a member may see: one's own, and those of all once the codings are opened."""
        if not user.is_authenticated:
            return self.none()
        places = codebook.members.filter(user=user)
        if codebook.opened_at is not None:
            return self.filter(models.Exists(places), codebook=codebook)
        return self.filter(models.Exists(places.exclude(role="viewer")), codebook=codebook, coder__user=user)


class FindingQuerySet(models.QuerySet):
    def published(self) -> Self:
        """Findings of studies that everyone may read."""
        return self.filter(theme__study__is_published=True)

    def of(self, study: Any) -> Self:
        """Those of one study."""
        return self.filter(theme__study=study)

    def for_schools(self, schools: Any) -> Self:
        """Findings that a quote or a case of these schools bears out, each once."""
        return self.filter(
            models.Q(evidence__quote__school__in=schools) | models.Q(case_evidence__school__in=schools)
        ).distinct()
