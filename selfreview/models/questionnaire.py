"""What a school asks itself: questionnaires, and what helps to answer them."""

from django.db import models
from simple_history.models import HistoricalRecords

from findings.models import Code, Coder, Finding
from schools.fields import guid_field, locator_field
from schools.models import Study
from schools.querysets import NaturalManager


class QuestionnaireQuerySet(models.QuerySet):
    def in_use(self) -> "list[Questionnaire]":
        """The newest published version of each questionnaire, of studies that everyone may read, in their order."""
        published = self.filter(is_published=True, study__is_published=True).select_related("study")
        newest: dict[str, Questionnaire] = {}
        for one in published.order_by("version"):
            newest[one.slug] = one
        return sorted(newest.values(), key=lambda one: (one.study_id, one.pk))


class QuestionManager(NaturalManager):
    def first_versions(self, slug: str) -> dict[int, int]:
        """Every question of a questionnaire in any version, by primary key: that of its first version. One query."""
        rows = self.filter(section__questionnaire__slug=slug).order_by().values_list("pk", "replaces_id")
        replaces = dict(rows)
        first = {}
        for pk in replaces:
            root, seen = pk, {pk}
            while (earlier := replaces.get(root)) is not None and earlier not in seen:
                root = earlier
                seen.add(root)
            first[pk] = root
        return first


class QuestionCodeQuerySet(models.QuerySet):
    def published(self) -> "QuestionCodeQuerySet":
        """Links to codes that everyone may read."""
        return self.filter(code__in=Code.objects.published())


class QuestionFindingQuerySet(models.QuerySet):
    def published(self) -> "QuestionFindingQuerySet":
        """Links to findings that everyone may read."""
        return self.filter(finding__in=Finding.objects.published())


class Questionnaire(models.Model):
    """A self-review instrument. An edit of its wording is a new version, so that old answers keep their question."""

    guid = guid_field()
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="questionnaires")
    slug = models.SlugField()
    version = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=120)
    introduction = models.TextField(blank=True)
    locator = locator_field()
    is_published = models.BooleanField(default=False)
    history = HistoricalRecords()
    objects = NaturalManager.from_queryset(QuestionnaireQuerySet)("slug", "version")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug", "version"], name="questionnaire_version_once")]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"

    def natural_key(self) -> tuple[str, int]:
        return (self.slug, self.version)


class Section(models.Model):
    """A part of a questionnaire."""

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="sections")
    slug = models.SlugField()
    title = models.CharField(max_length=120, help_text="As printed.")
    position = models.PositiveSmallIntegerField()
    locator = locator_field()
    history = HistoricalRecords()
    objects = NaturalManager("questionnaire__slug", "questionnaire__version", "slug")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["questionnaire", "slug"], name="section_slug_once")]

    def __str__(self) -> str:
        return self.title

    def natural_key(self) -> tuple[str, int, str]:
        return (*self.questionnaire.natural_key(), self.slug)


class Question(models.Model):
    """One question, verbatim."""

    guid = guid_field()
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(help_text="Place in its section, from 1.")
    text = models.TextField()
    locator = locator_field()
    replaces = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="replaced_by",
        help_text="The question of an earlier version that this one stands for.",
    )
    codes = models.ManyToManyField(Code, through="QuestionCode", related_name="questions")
    findings = models.ManyToManyField(Finding, through="QuestionFinding", related_name="questions")
    history = HistoricalRecords()
    objects = QuestionManager(
        "section__questionnaire__slug", "section__questionnaire__version", "section__slug", "position"
    )

    class Meta:
        ordering = ["section__position", "position"]
        constraints = [models.UniqueConstraint(fields=["section", "position"], name="question_position_once")]

    def __str__(self) -> str:
        return self.text

    def natural_key(self) -> tuple[str, int, str, int]:
        return (*self.section.natural_key(), self.position)

    @property
    def number(self) -> str:
        """Section and place: 2.13. Needs the section loaded."""
        return f"{self.section.position}.{self.position}"


class QuestionCode(models.Model):
    """Our statement that what was coded so helps to answer a question, and why."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="code_links")
    code = models.ForeignKey(Code, on_delete=models.CASCADE, related_name="question_links")
    coder = models.ForeignKey(Coder, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    history = HistoricalRecords()
    objects = NaturalManager.from_queryset(QuestionCodeQuerySet)(
        "question__section__questionnaire__slug",
        "question__section__questionnaire__version",
        "question__section__slug",
        "question__position",
        "code__codebook__slug",
        "code__slug",
    )

    class Meta:
        ordering = ["question", "code__position"]
        constraints = [models.UniqueConstraint(fields=["question", "code"], name="question_code_once")]

    def __str__(self) -> str:
        return f"{self.question_id} × {self.code_id}"

    def natural_key(self) -> tuple:
        return (*self.question.natural_key(), *self.code.natural_key())


class QuestionFinding(models.Model):
    """Our statement that a finding helps to answer a question, and why."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="finding_links")
    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="question_links")
    coder = models.ForeignKey(Coder, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    history = HistoricalRecords()
    objects = NaturalManager.from_queryset(QuestionFindingQuerySet)(
        "question__section__questionnaire__slug",
        "question__section__questionnaire__version",
        "question__section__slug",
        "question__position",
        "finding__slug",
    )

    class Meta:
        ordering = ["question", "finding__theme__position", "finding__position"]
        constraints = [models.UniqueConstraint(fields=["question", "finding"], name="question_finding_once")]

    def __str__(self) -> str:
        return f"{self.question_id} × {self.finding_id}"

    def natural_key(self) -> tuple:
        return (*self.question.natural_key(), *self.finding.natural_key())
