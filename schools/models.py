"""What was collected: the study, its schools, and what they said. Public, and read far more often than written."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.urls import reverse
from simple_history.models import HistoricalRecords

from schools.fields import ONE_FRONT, guid_field, locator_field
from schools.orders import LargestFirst, SmallestFirst
from schools.querysets import (
    FactQuerySet,
    IndicatorQuerySet,
    NaturalManager,
    OfStudyQuerySet,
    QuoteQuerySet,
    SchoolQuerySet,
    SectionQuerySet,
    StudyQuerySet,
)
from schools.speakers import SpeakerRole, said_by

models.CharField.register_lookup(Length)
models.TextField.register_lookup(Length)


class DataVersion(models.Model):
    """The one number that changes whenever published data change: it names exports, feeds ETags and keys caches."""

    number = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(null=True)
    loaded_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the fixture files last loaded.")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="data_version_one_row")]

    def __str__(self) -> str:
        return f"v{self.number}"


class Study(models.Model):
    """A piece of research: the report that the cases come from.

    It is the site's own (`is_editorial`), or one that somebody made or brought. The latter is private to its maker and
    to the members of its codebooks; no editor sees it.
    """

    guid = guid_field()
    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=200)
    subtitle = models.CharField(max_length=200, blank=True)
    author = models.CharField(max_length=200)
    publisher = models.CharField(max_length=200, blank=True)
    series = models.CharField(max_length=200, blank=True)
    published = models.CharField(max_length=40, help_text="As printed, for example Summer 2007.")
    year = models.PositiveSmallIntegerField()
    fieldwork = models.CharField(max_length=200, blank=True)
    summary = models.TextField(help_text="In our own words; paragraphs are separated by an empty line.")
    method = models.TextField(blank=True, help_text="How the study was done, in our own words.")
    source_lines = models.PositiveIntegerField(default=0, help_text="Lines of the source text; locators lie within.")
    is_editorial = models.BooleanField(default=True, help_text="This site's own; off for what somebody brought.")
    is_published = models.BooleanField(default=False)
    is_front = models.BooleanField(
        default=False, help_text="Its pages are the site’s front; those of others lie below."
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="studies"
    )
    history = HistoricalRecords(excluded_fields=["made_by"])
    objects = NaturalManager.from_queryset(StudyQuerySet)("slug")

    class Meta:
        verbose_name_plural = "studies"
        constraints = [
            models.CheckConstraint(
                condition=Q(is_editorial=True) | Q(is_published=False), name="study_published_is_editorial"
            ),
            models.UniqueConstraint(
                fields=["is_front"],
                condition=Q(is_front=True),
                name="study_front_once",
                violation_error_message=ONE_FRONT,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author}, {self.title} ({self.year})" if self.author else f"{self.title} ({self.year})"

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    def at(self, address: str) -> str:
        """Where a page of the site's front has its like in this study: /quotes/ → /studies/two-ponds/quotes/."""
        return address if self.is_front else f"/studies/{self.slug}{address}"

    def get_absolute_url(self) -> str:
        """Where its pages begin."""
        return self.at("/")


class Phase(models.TextChoices):
    """The ages that a school teaches."""

    INFANT = "infant", "Infant (ages 4 to 7)"
    JUNIOR = "junior", "Junior (ages 7 to 11)"
    PRIMARY = "primary", "Primary (ages 4 to 11)"
    SECONDARY = "secondary", "Secondary (ages 11 to 18)"


class Setting(models.TextChoices):
    """Where a school stands, in the words that the study uses to tell its schools apart."""

    RURAL = "rural-village", "Rural village"
    OUTSKIRTS = "town-outskirts", "Outskirts of a large town"
    TOWN = "town-centre", "Centre of a large town"
    CITY = "city", "City"


class School(models.Model):
    """One case. What people filter and sort by is a column; all else it states is a Fact. Empty is 'not stated'."""

    guid = guid_field()
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="schools")
    slug = models.SlugField(unique=True)
    letter = models.CharField(max_length=4, help_text="The sign that this school keeps everywhere.")
    name = models.CharField(max_length=80)
    position = models.PositiveIntegerField(default=0, db_index=True)
    colour = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(8)],
        help_text="1 to 8: the colour that this school keeps everywhere.",
    )
    phase = models.CharField(max_length=20, choices=Phase, blank=True, db_index=True)
    setting = models.CharField(max_length=20, choices=Setting, blank=True, db_index=True)
    pupils = models.PositiveIntegerField(null=True, blank=True, db_index=True)
    fsm_percent = models.DecimalField(
        "free school meals (%)", max_digits=4, decimal_places=1, null=True, blank=True, db_index=True
    )
    place = models.CharField(max_length=200, blank=True)
    known_for = models.CharField(max_length=160, help_text="Signature practice, in a phrase of our own.")
    summary = models.TextField(help_text="The school in two or three sentences of our own.")
    locator = locator_field(blank=True)
    history = HistoricalRecords()
    objects = NaturalManager.from_queryset(SchoolQuerySet)("study__slug", "slug")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fsm_percent__isnull=True) | Q(fsm_percent__gte=0, fsm_percent__lte=100),
                name="school_fsm_percent_0_to_100",
            ),
            models.CheckConstraint(condition=Q(pupils__isnull=True) | Q(pupils__gt=0), name="school_pupils_positive"),
            models.CheckConstraint(condition=Q(colour__gte=1, colour__lte=8), name="school_colour_1_to_8"),
            models.UniqueConstraint(fields=["study", "letter"], name="school_letter_once_a_study"),
        ]
        indexes = [
            models.Index(SmallestFirst("pupils"), "position", name="school_smallest_first"),
            models.Index(LargestFirst("pupils").desc(), "position", name="school_largest_first"),
            models.Index(SmallestFirst("fsm_percent"), "position", name="school_least_fsm_first"),
            models.Index(LargestFirst("fsm_percent").desc(), "position", name="school_most_fsm_first"),
            models.Index("position", "id", name="school_reading_order"),
        ]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str, str]:
        return (self.study.slug, self.slug)

    def get_absolute_url(self) -> str:
        return reverse("reading:case_page", args=[self.slug])


class Topic(models.Model):
    """A heading that every case of a study has."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="topics")
    slug = models.SlugField()
    name = models.CharField(max_length=120, help_text="The heading as printed.")
    label = models.CharField(max_length=40, help_text="The heading in a word or two.")
    position = models.PositiveSmallIntegerField()
    in_cases = models.BooleanField(default=True, help_text="Off for a part of the report that is not in the cases.")
    history = HistoricalRecords()
    objects = NaturalManager.from_queryset(OfStudyQuerySet)("study__slug", "slug")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["study", "slug"], name="topic_slug_once_a_study")]

    def __str__(self) -> str:
        return self.label

    def natural_key(self) -> tuple[str, str]:
        return (self.study.slug, self.slug)


class CaseSection(models.Model):
    """What a case says under one topic, in our own words; a paragraph that is only [L137] is that quote's place."""

    guid = guid_field()
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="sections")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="sections")
    summary = models.TextField(help_text="Paragraphs separated by an empty line. [L137] alone places that quote.")
    locator = locator_field()
    history = HistoricalRecords()
    objects = NaturalManager.from_queryset(SectionQuerySet)("school__study__slug", "school__slug", "topic__slug")

    class Meta:
        ordering = ["school__position", "topic__position"]
        constraints = [models.UniqueConstraint(fields=["school", "topic"], name="section_once_a_school_and_topic")]

    def __str__(self) -> str:
        return f"{self.school}: {self.topic}"

    def natural_key(self) -> tuple[str, ...]:
        return (*self.school.natural_key(), self.topic.slug)


class Indicator(models.Model):
    """One thing that every school of a study is asked about."""

    class Group(models.TextChoices):
        SCHOOL = "school", "The school"
        LEADERSHIP = "leadership", "Leading ICT"
        EQUIPMENT = "equipment", "Equipment and support"
        MONEY = "money", "Recognition and money"
        PEOPLE = "people", "People and partners"
        DIRECTION = "direction", "Direction"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="indicators")
    slug = models.SlugField()
    label = models.CharField(max_length=80)
    group = models.CharField(max_length=20, choices=Group)
    position = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=20, blank=True, help_text="Of the number: %, years, PCs.")
    explanation = models.CharField(max_length=250, blank=True)
    history = HistoricalRecords()
    objects = NaturalManager.from_queryset(IndicatorQuerySet)("study__slug", "slug")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["study", "slug"], name="indicator_slug_once_a_study")]

    def __str__(self) -> str:
        return self.label

    def natural_key(self) -> tuple[str, str]:
        return (self.study.slug, self.slug)


class Fact(models.Model):
    """What the source states of one school for one indicator. An empty value is 'not stated', never a guess."""

    guid = guid_field()
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="facts")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="facts")
    value = models.CharField(max_length=500, blank=True, help_text="In our own words. Empty: the source is silent.")
    number = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    locator = locator_field(blank=True)
    note = models.CharField(
        max_length=500,
        blank=True,
        help_text="Where two places of the source differ, say how; where no line is named, why.",
    )
    history = HistoricalRecords()
    objects = NaturalManager.from_queryset(FactQuerySet)("school__study__slug", "school__slug", "indicator__slug")

    class Meta:
        ordering = ["school__position", "indicator__position"]
        constraints = [
            models.UniqueConstraint(fields=["school", "indicator"], name="fact_once_a_school_and_indicator"),
            models.CheckConstraint(
                condition=Q(value="", locator="", number__isnull=True) | (~Q(value="") & ~Q(locator="", note="")),
                name="fact_stated_has_locator_or_note",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school}, {self.indicator}: {self.value or 'not stated'}"

    def natural_key(self) -> tuple[str, ...]:
        return (*self.school.natural_key(), self.indicator.slug)


class Quote(models.Model):
    """A participant's own words, verbatim. Passages count Unicode code points of `text`, from 0, end exclusive."""

    guid = guid_field()
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="quotes")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="quotes")
    speaker_role = models.CharField(max_length=20, choices=SpeakerRole, db_index=True)
    speaker = models.CharField(max_length=80, blank=True, help_text="The name or sign that the source gives, if any.")
    text = models.TextField()
    locator = locator_field()
    position = models.PositiveIntegerField(help_text="Place in the case, in reading order.")
    is_fragment = models.BooleanField(default=False, help_text="Words quoted inside a sentence of the report.")
    note = models.CharField(max_length=300, blank=True, help_text="Editorial: how the text stands in print.")
    history = HistoricalRecords()
    objects = NaturalManager.from_queryset(QuoteQuerySet)("school__study__slug", "school__slug", "locator")

    class Meta:
        ordering = ["school__position", "school_id", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["school", "locator"], name="quote_locator_once_a_school"),
            models.CheckConstraint(condition=Q(text__length__gt=0), name="quote_text_not_empty"),
        ]
        indexes = [
            models.Index(fields=["school", "position", "id"], name="quote_in_reading_order"),
            models.Index(fields=["topic", "school"], name="quote_of_a_topic"),  # these two to count without rows
            models.Index(fields=["speaker_role", "school"], name="quote_of_a_role"),
            models.Index(Length("text"), "id", name="quote_shortest_first"),
            models.Index(Length("text").desc(), "id", name="quote_longest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.school}, {self.locator}: {self.text[:50]}"

    def natural_key(self) -> tuple[str, ...]:
        return (*self.school.natural_key(), self.locator)

    @property
    def said_by(self) -> str:
        """Who speaks, in words: Headteacher; Mrs Okoro, headteacher; Mrs Okoro."""
        return said_by(self.speaker, self.speaker_role)

    def get_absolute_url(self) -> str:
        return reverse("reading:quote_page", args=[self.guid])


class Advice(models.Model):
    """Advice that a school gives to others, in our own words; where it was given as a quotation, with that quote."""

    guid = guid_field()
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="advice")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=400)
    quote = models.ForeignKey(Quote, null=True, blank=True, on_delete=models.SET_NULL, related_name="advice")
    locator = locator_field()
    history = HistoricalRecords()
    objects = NaturalManager("school__study__slug", "school__slug", "position")

    class Meta:
        ordering = ["school__position", "position"]
        verbose_name_plural = "advice"
        constraints = [models.UniqueConstraint(fields=["school", "position"], name="advice_position_once_a_school")]

    def __str__(self) -> str:
        return self.text

    def natural_key(self) -> tuple[str, str, int]:
        return (self.school.study.slug, self.school.slug, self.position)


class Reference(models.Model):
    """A work that the study cites."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="references")
    slug = models.SlugField()
    author = models.CharField(max_length=200)
    year = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=250)
    publication = models.CharField(max_length=250, help_text="Place and publisher, as printed.")
    locator = locator_field()
    history = HistoricalRecords()
    objects = NaturalManager.from_queryset(OfStudyQuerySet)("study__slug", "slug")

    class Meta:
        ordering = ["author", "year"]
        constraints = [models.UniqueConstraint(fields=["study", "slug"], name="reference_slug_once_a_study")]

    def __str__(self) -> str:
        return f"{self.author} ({self.year}) {self.title}"

    def natural_key(self) -> tuple[str, str]:
        return (self.study.slug, self.slug)


class GlossaryTerm(models.Model):
    """An abbreviation of the study, with a note for today's reader."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="glossary")
    abbreviation = models.CharField(max_length=20)
    expansion = models.CharField(max_length=120)
    note = models.CharField(max_length=300, blank=True, help_text="What it was, in our own words.")
    locator = locator_field()
    history = HistoricalRecords()
    objects = NaturalManager.from_queryset(OfStudyQuerySet)("study__slug", "abbreviation")

    class Meta:
        ordering = ["abbreviation"]
        constraints = [models.UniqueConstraint(fields=["study", "abbreviation"], name="abbreviation_once_a_study")]

    def __str__(self) -> str:
        return f"{self.abbreviation}: {self.expansion}"

    def natural_key(self) -> tuple[str, str]:
        return (self.study.slug, self.abbreviation)
