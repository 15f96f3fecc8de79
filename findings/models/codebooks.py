"""What to look for: codebooks and their codes, the editors' and the researchers' own."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from simple_history.models import HistoricalRecords
from tree_queries.models import TreeNode

from findings.querysets import CodebookQuerySet, CodeManager, GatewayManager
from schools.fields import guid_field, locator_field
from schools.models import Quote, Study
from schools.querysets import NaturalManager

GATEWAYS = "gateways"  # slug of the codebook that has a road of its own
DEFINITION_LIMIT = 5_000  # characters of a definition, and of when to include and exclude


class Codebook(models.Model):
    """A set of codes with their definitions: this site's editors' (`is_editorial`), or a research team's own.

    A team's codebook is private to its members until it is published; from then on it is read-only and citable.
    Coders work blind until it is opened.
    """

    guid = guid_field()
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="codebooks")
    slug = models.SlugField(unique=True, help_text="Of a private codebook: its GUID, which tells nothing.")
    name = models.CharField(max_length=120)
    version = models.CharField(max_length=20, default="1.0")
    revision = models.PositiveIntegerField(default=0, help_text="Goes up with every change of its codes.")
    description = models.TextField(blank=True)
    source = models.CharField(max_length=250, blank=True, help_text="Where the codes' names come from.")
    locator = locator_field(blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_editorial = models.BooleanField(default=True, help_text="Made by this site's editors; off for a team's own.")
    is_published = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True, blank=True)
    authors = models.CharField(max_length=300, blank=True, help_text="Who is cited, as written at its publication.")
    shows_agreed = models.BooleanField(default=False, help_text="The team published its agreed codings, too.")
    opened_at = models.DateTimeField(null=True, blank=True, help_text="Until then all coders work blind.")
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="followers", help_text="Earlier version."
    )
    history = HistoricalRecords()
    objects = NaturalManager.from_queryset(CodebookQuerySet)("slug")

    class Meta:
        ordering = ["position", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_editorial=True) | Q(is_published=False) | Q(published_at__isnull=False),
                name="codebook_of_a_team_published_with_date",
            ),
            models.CheckConstraint(
                condition=Q(shows_agreed=False) | Q(opened_at__isnull=False), name="codebook_shows_agreed_once_opened"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    @property
    def stamp(self) -> str:
        """Version and revision, as noted with each coding: 1.0, revision 12."""
        return f"{self.version}, revision {self.revision}"

    @property
    def has_public_codings(self) -> bool:
        """Whether published codings stand behind it: without them a count of 0 would say that nothing was found."""
        return self.is_editorial or self.shows_agreed

    def get_absolute_url(self) -> str:
        """Its page for everyone, once it is published."""
        return reverse("reading:gateways" if self.slug == GATEWAYS else "reading:codebook_page", args=self._args())

    def _args(self) -> list[str]:
        return [] if self.slug == GATEWAYS else [self.slug]


class Coder(models.Model):
    """Who coded: "editors" (this project's own reading), a person with an account, or a codebook's agreed set."""

    guid = guid_field()
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80, help_text="As fellow coders see it.")
    note = models.CharField(max_length=250, blank=True)
    is_person = models.BooleanField(default=False, help_text="Somebody who codes in the workbench, with an account.")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="coder"
    )
    agreed_for = models.OneToOneField(
        Codebook,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="agreed",
        help_text="The codebook whose agreed set these codings are.",
    )
    history = HistoricalRecords()
    objects = NaturalManager("slug")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_person=True, agreed_for__isnull=True) | Q(is_person=False, user__isnull=True),
                name="coder_is_a_person_or_an_agreed_set",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


class Code(TreeNode):
    """One idea to look for in a quote. Codes of a codebook are a tree."""

    guid = guid_field()
    codebook = models.ForeignKey(Codebook, on_delete=models.CASCADE, related_name="codes")
    slug = models.SlugField()
    name = models.CharField(max_length=120)
    definition = models.TextField(blank=True)
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
    memo = models.TextField(blank=True, help_text="What the team notes about the code. Not published.")
    position = models.PositiveSmallIntegerField(default=0)
    locator = locator_field(blank=True)
    colour = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(8)], help_text="1 to 8: the hue of its passages."
    )
    number_key = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
        help_text="1 to 9: the key that assigns it on the coding page.",
    )
    retired_at = models.DateTimeField(null=True, blank=True, help_text="From then on it takes no new codings.")
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Where its codings went."
    )
    history = HistoricalRecords()
    objects = CodeManager("codebook__slug", "slug")

    class Meta:
        ordering = ["codebook__position", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["codebook", "slug"], name="code_slug_once_a_codebook"),
            models.UniqueConstraint(
                fields=["codebook", "number_key"],
                condition=Q(number_key__isnull=False),
                name="code_number_key_once_a_codebook",
            ),
            models.CheckConstraint(condition=Q(colour__gte=1, colour__lte=8), name="code_colour_1_to_8"),
            models.CheckConstraint(
                condition=Q(number_key__isnull=True) | Q(number_key__gte=1, number_key__lte=9),
                name="code_number_key_1_to_9",
            ),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=False) | Q(merged_into__isnull=True), name="code_merged_is_retired"
            ),
        ]

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
