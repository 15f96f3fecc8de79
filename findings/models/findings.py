"""What the study found, and what bears it out."""

from django.db import models
from django.urls import reverse
from simple_history.models import HistoricalRecords

from findings.models.codebooks import Coder
from findings.querysets import CaseEvidenceQuerySet, EvidenceQuerySet, FindingQuerySet
from schools.fields import guid_field, locator_field
from schools.models import Quote, School, Study
from schools.querysets import NaturalManager


class Theme(models.Model):
    """A question that the study's findings answer."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="themes")
    slug = models.SlugField()
    name = models.CharField(max_length=80)
    question = models.CharField(max_length=200, help_text="The heading as printed.")
    position = models.PositiveSmallIntegerField()
    locator = locator_field()
    history = HistoricalRecords()
    objects = NaturalManager("study__slug", "slug")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["study", "slug"], name="theme_slug_once_a_study")]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str, str]:
        return (self.study.slug, self.slug)


class Finding(models.Model):
    """What the study found, in our own words."""

    guid = guid_field()
    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="findings")
    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=80, help_text="The finding in a few words.")
    statement = models.CharField(max_length=400)
    position = models.PositiveSmallIntegerField(help_text="Place among its theme's findings.")
    locator = locator_field()
    note = models.CharField(max_length=300, blank=True)
    quotes = models.ManyToManyField(Quote, through="Evidence", related_name="findings")
    history = HistoricalRecords()
    objects = NaturalManager.from_queryset(FindingQuerySet)("slug")

    class Meta:
        ordering = ["theme__position", "position"]

    def __str__(self) -> str:
        return self.title

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    def get_absolute_url(self) -> str:
        return reverse("reading:finding_page", args=[self.slug])


class Evidence(models.Model):
    """Our statement that a quote bears a finding out, and why."""

    guid = guid_field()
    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="evidence")
    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="evidence")
    coder = models.ForeignKey(Coder, on_delete=models.PROTECT, related_name="evidence")
    reason = models.CharField(max_length=300)
    history = HistoricalRecords()
    objects = NaturalManager.from_queryset(EvidenceQuerySet)(
        "finding__slug", "quote__school__study__slug", "quote__school__slug", "quote__locator"
    )

    class Meta:
        verbose_name_plural = "evidence"
        ordering = ["finding", "quote"]
        constraints = [models.UniqueConstraint(fields=["finding", "quote"], name="evidence_once_a_finding_and_quote")]

    def __str__(self) -> str:
        return f"{self.finding_id} × {self.quote_id}"

    def natural_key(self) -> tuple[str, ...]:
        return (self.finding.slug, *self.quote.natural_key())


class CaseEvidence(models.Model):
    """Our statement that what the report tells of a school, outside quotations, bears a finding out, and why."""

    guid = guid_field()
    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="case_evidence")
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="case_evidence")
    coder = models.ForeignKey(Coder, on_delete=models.PROTECT, related_name="case_evidence")
    reason = models.CharField(max_length=300)
    locator = locator_field(blank=True)
    history = HistoricalRecords()
    objects = NaturalManager.from_queryset(CaseEvidenceQuerySet)("finding__slug", "school__study__slug", "school__slug")

    class Meta:
        verbose_name_plural = "case evidence"
        ordering = ["finding", "school__position"]
        constraints = [
            models.UniqueConstraint(fields=["finding", "school"], name="case_evidence_once_a_finding_and_school")
        ]

    def __str__(self) -> str:
        return f"{self.finding_id} × {self.school_id}"

    def natural_key(self) -> tuple[str, ...]:
        return (self.finding.slug, *self.school.natural_key())
