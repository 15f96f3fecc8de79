"""What was made of it: codebooks, codings, findings and their evidence."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords
from tree_queries.models import TreeNode

from findings.querysets import (
    CaseEvidenceQuerySet,
    CodebookQuerySet,
    CodeManager,
    CodingQuerySet,
    EvidenceQuerySet,
    FindingQuerySet,
    GatewayManager,
)
from schools.fields import guid_field, locator_field
from schools.models import Quote, School, Study
from schools.querysets import NaturalManager

GATEWAYS = "gateways"  # slug of the codebook that has a road of its own


class Coder(models.Model):
    """Who coded. The published codings are by the coder "editors": this project's own reading."""

    guid = guid_field()
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    note = models.CharField(max_length=250, blank=True)
    history = HistoricalRecords()
    objects = NaturalManager("slug")

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


class Codebook(models.Model):
    """A set of codes with their definitions."""

    guid = guid_field()
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="codebooks")
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    version = models.CharField(max_length=20, default="1.0")
    description = models.TextField()
    source = models.CharField(max_length=250, blank=True, help_text="Where the codes' names come from.")
    locator = locator_field(blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_published = models.BooleanField(default=False)
    history = HistoricalRecords()
    objects = NaturalManager.from_queryset(CodebookQuerySet)("slug")

    class Meta:
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    def get_absolute_url(self) -> str:
        return reverse("reading:gateways" if self.slug == GATEWAYS else "reading:codebook_page", args=self._args())

    def _args(self) -> list[str]:
        return [] if self.slug == GATEWAYS else [self.slug]


class Code(TreeNode):
    """One idea to look for in a quote. Codes of a codebook are a tree."""

    guid = guid_field()
    codebook = models.ForeignKey(Codebook, on_delete=models.CASCADE, related_name="codes")
    slug = models.SlugField()
    name = models.CharField(max_length=120)
    definition = models.TextField()
    include = models.TextField("include when", blank=True)
    exclude = models.TextField("exclude when", blank=True)
    example = models.ForeignKey(
        Quote,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name="example quote",
        help_text="Empty where no quotation of the study is a clear example.",
    )
    position = models.PositiveSmallIntegerField(default=0)
    locator = locator_field(blank=True)
    history = HistoricalRecords()
    objects = CodeManager("codebook__slug", "slug")

    class Meta:
        ordering = ["codebook__position", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["codebook", "slug"], name="code_slug_once_a_codebook")]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str, str]:
        return (self.codebook.slug, self.slug)

    @property
    def key(self) -> str:
        """Its name in exports and filters: codebook/code. Needs the codebook loaded."""
        return f"{self.codebook.slug}/{self.slug}"

    def get_absolute_url(self) -> str:
        """Needs the codebook loaded."""
        if self.codebook.slug == GATEWAYS:
            return reverse("reading:gateway_page", args=[self.slug])
        return reverse("reading:code_page", args=[self.codebook.slug, self.slug])


class Gateway(Code):
    """A code of the nine gateways to personalised learning (Hargreaves, 2004)."""

    objects = GatewayManager("codebook__slug", "slug")

    class Meta:
        proxy = True


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
    memo = models.TextField(help_text="Why this passage speaks to this code.")
    coded_at = models.DateTimeField()
    history = HistoricalRecords()
    objects = NaturalManager.from_queryset(CodingQuerySet)("guid")

    class Meta:
        ordering = ["quote", "start", "end", "code__codebook__position", "code__position", "pk"]
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
    locator = locator_field()
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
