"""Who coded what: passages of quotes and the codes that they speak to."""

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from findings.models.codebooks import Code, Codebook, Coder
from findings.querysets import CodingQuerySet
from schools.fields import guid_field
from schools.models import Quote
from schools.querysets import NaturalManager


class Coding(models.Model):
    """A coder's statement that a passage of a quote speaks to a code, and why.

    `start` and `end` count Unicode code points of the quote's text, from 0; `end` is exclusive.
    """

    guid = guid_field()
    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="codings")
    code = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="codings")
    coder = models.ForeignKey(Coder, on_delete=models.PROTECT, related_name="codings")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    memo = models.TextField(
        blank=True, help_text="Why this passage speaks to this code. A published coding of the editors says why."
    )
    coded_at = models.DateTimeField()
    codebook_version = models.CharField(
        max_length=40,
        blank=True,
        help_text="Of the codebook, when this was coded. Empty: as published.",
    )
    history = HistoricalRecords()
    objects = NaturalManager.from_queryset(CodingQuerySet)("guid")

    class Meta:
        ordering = ["quote", "start", "end", "code__codebook__position", "code__position", "pk"]
        indexes = [models.Index(fields=["code", "coder"], name="coding_of_a_code_by_a_coder")]  # to count without rows
        constraints = [
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="coding_start_before_end"),
            models.UniqueConstraint(
                fields=["quote", "code", "coder", "start", "end"], name="coding_once_a_passage_code_and_coder"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quote_id} {self.start}–{self.end}: {self.code_id}"

    def natural_key(self) -> tuple[str]:
        return (str(self.guid),)

    @property
    def passage(self) -> str:
        """The words coded. Needs the quote loaded."""
        return self.quote.text[self.start : self.end]


class Uncoded(models.Model):
    """A coder's statement that a quote speaks to no code of a codebook, and why."""

    guid = guid_field()
    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="uncoded")
    codebook = models.ForeignKey(Codebook, on_delete=models.CASCADE, related_name="uncoded")
    coder = models.ForeignKey(Coder, on_delete=models.PROTECT, related_name="uncoded")
    reason = models.CharField(max_length=300)
    history = HistoricalRecords()
    objects = NaturalManager("guid")

    class Meta:
        verbose_name_plural = "uncoded"
        constraints = [
            models.UniqueConstraint(
                fields=["quote", "codebook", "coder"], name="uncoded_once_a_quote_codebook_and_coder"
            )
        ]

    def __str__(self) -> str:
        return f"{self.quote_id}: {self.reason}"

    def natural_key(self) -> tuple[str]:
        return (str(self.guid),)
