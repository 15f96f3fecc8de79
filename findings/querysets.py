"""Verbs on many rows, named for what they are for, and chainable."""

from typing import Any, Self

from django.db import models
from tree_queries.query import TreeQuerySet

from schools.querysets import NaturalManager


class CodeQuerySet(TreeQuerySet):
    def published(self) -> Self:
        """Codes of codebooks that everyone may read."""
        return self.filter(codebook__is_published=True, codebook__study__is_published=True)

    def as_tree(self) -> Self:
        """Every code after its parent, with `tree_depth`, and its codebook."""
        return self.with_tree_fields().select_related("codebook")


class CodeManager(NaturalManager.from_queryset(CodeQuerySet)):  # type: ignore[misc]  # a class made at run time
    """Codes by natural key and as a tree."""


class GatewayManager(CodeManager):
    def get_queryset(self) -> CodeQuerySet:
        """Only the codes of the gateways' codebook."""
        return super().get_queryset().filter(codebook__slug="gateways", parent=None)


class CodebookQuerySet(models.QuerySet):
    def published(self) -> Self:
        """Codebooks that everyone may read, of studies that everyone may read."""
        return self.filter(is_published=True, study__is_published=True)


class EvidenceQuerySet(models.QuerySet):
    def published(self) -> Self:
        """Links by the editors between findings and quotes that everyone may read."""
        return self.filter(
            finding__theme__study__is_published=True,
            quote__school__study__is_published=True,
            coder__slug="editors",
        )


class CaseEvidenceQuerySet(models.QuerySet):
    def published(self) -> Self:
        """Links by the editors between findings and schools that everyone may read."""
        return self.filter(
            finding__theme__study__is_published=True, school__study__is_published=True, coder__slug="editors"
        )


class CodingQuerySet(models.QuerySet):
    def published(self) -> Self:
        """Codings that everyone may read: of published codebooks of published studies, by the editors."""
        return self.filter(
            code__codebook__is_published=True,
            code__codebook__study__is_published=True,
            quote__school__study__is_published=True,
            coder__slug="editors",
        )

    def for_reading(self) -> Self:
        """With the code, its codebook and the coder."""
        return self.select_related("code__codebook", "coder")


class FindingQuerySet(models.QuerySet):
    def published(self) -> Self:
        """Findings of studies that everyone may read."""
        return self.filter(theme__study__is_published=True)

    def for_schools(self, schools: Any) -> Self:
        """Findings that a quote or a case of these schools bears out, each once."""
        return self.filter(
            models.Q(evidence__quote__school__in=schools) | models.Q(case_evidence__school__in=schools)
        ).distinct()
