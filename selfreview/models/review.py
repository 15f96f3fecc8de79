"""What was written: a round of the review, its answers and every state that an answer was in. Private."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from schools.fields import guid_field
from selfreview.models.questionnaire import Question, Questionnaire
from selfreview.models.team import Membership, Role, Team

TEXT_LIMIT = 10_000  # characters of an answer
EVIDENCE_LIMIT = 4_000  # characters of its links to evidence


class Level(models.TextChoices):
    """How far a school has come with what a question asks."""

    NOT_STARTED = "not-started", "Not started"
    EMERGING = "emerging", "Emerging"
    DEVELOPING = "developing", "Developing"
    ESTABLISHED = "established", "Established"
    LEADING = "leading", "Leading"
    NOT_SURE = "not-sure", "Not sure"
    NOT_APPLICABLE = "not-applicable", "Not applicable"


class Review(models.Model):
    """One round of a team's review. It keeps the version of the questionnaire that it answers."""

    class State(models.TextChoices):
        VIEWS = "views", "Views being written"  # each contributor writes a view that nobody else can see yet
        OPEN = "open", "Open"  # the school's one answer is written
        CLOSED = "closed", "Closed"

    guid = guid_field()
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="reviews")
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="reviews")
    number = models.PositiveSmallIntegerField(default=1, help_text="The round, from 1.")
    state = models.CharField(max_length=20, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    touched_at = models.DateTimeField(auto_now_add=True, help_text="When someone last wrote.")
    views_opened_at = models.DateTimeField(null=True, blank=True, help_text="Since when members see all views.")
    pen_for_all = models.BooleanField(default=True, help_text="Every contributor may write the agreed answer.")
    pen = models.ForeignKey(
        Membership,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Who, besides the leads, writes the agreed answer where not everyone does.",
    )
    frozen = models.JSONField(null=True, blank=True, help_text="School, names and actions as they were at closing.")
    counted_at = models.DateTimeField(null=True, blank=True, help_text="When its levels went into the benchmark.")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["team", "number"], name="review_number_once_a_team"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False, frozen__isnull=False)
                | Q(state__in=["views", "open"], closed_at=None, frozen__isnull=True),
                name="review_closed_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team}, round {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("selfreview:task_list", args=[self.guid])

    def takes_answer_of(self, member: Membership) -> bool:
        """Whether a member may write the school's answer now: a lead, and of the contributors who holds the pen."""
        if self.state != self.State.OPEN or member.left_at or not member.may_write:
            return False
        return member.role == Role.LEAD or self.pen_for_all or self.pen_id == member.pk

    def takes_view_of(self, member: Membership) -> bool:
        """Whether a member writes a view of their own now."""
        return self.state == self.State.VIEWS and member.left_at is None and member.may_write


class Written(models.Model):
    """What somebody wrote to a question. `version` counts its saves, from 1."""

    CONTENT: tuple[str, ...] = ("level", "text", "is_complete")  # the fields that a save replaces

    level = models.CharField(max_length=20, choices=Level, blank=True)
    text = models.TextField(max_length=TEXT_LIMIT, blank=True)
    is_complete = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Answer(Written):
    """What a team says to a question in a round."""

    CONTENT = (*Written.CONTENT, "evidence", "is_priority")

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    evidence = models.TextField(max_length=EVIDENCE_LIMIT, blank=True, help_text="One link or document a line.")
    is_priority = models.BooleanField(default=False)
    updated_by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "question"], name="answer_once_a_question")]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.level or '–'}"


class View(Written):
    """What one member thinks of a question in a round: private until the round's views are opened."""

    evidence, is_priority = "", False  # what an answer has and a view has not

    guid = guid_field()
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="views")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="views")
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="views")

    class Meta:
        ordering = ["member__joined_at", "member_id"]
        constraints = [
            models.UniqueConstraint(fields=["review", "question", "member"], name="view_once_a_question_and_member")
        ]

    def __str__(self) -> str:
        return f"{self.question_id}, {self.member_id}: {self.level or '–'}"


class Revision(models.Model):
    """A state that something written was in. `save_id` is the browser's name of the save: a repeat has no effect."""

    number = models.PositiveIntegerField()
    level = models.CharField(max_length=20, choices=Level, blank=True)
    text = models.TextField(blank=True)
    is_complete = models.BooleanField(default=False)
    saved_at = models.DateTimeField(auto_now_add=True)
    save_id = models.UUIDField()

    class Meta:
        abstract = True
        ordering = ["-number"]


class AnswerRevision(Revision):
    """A state that an answer was in."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="revisions")
    evidence = models.TextField(blank=True)
    is_priority = models.BooleanField(default=False)
    saved_by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta(Revision.Meta):
        constraints = [
            models.UniqueConstraint(fields=["answer", "number"], name="revision_number_once_an_answer"),
            models.UniqueConstraint(fields=["answer", "save_id"], name="revision_once_a_save"),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id}, revision {self.number}"


class ViewRevision(Revision):
    """A state that a view was in. It is its author's."""

    view = models.ForeignKey(View, on_delete=models.CASCADE, related_name="revisions")

    class Meta(Revision.Meta):
        constraints = [
            models.UniqueConstraint(fields=["view", "number"], name="revision_number_once_a_view"),
            models.UniqueConstraint(fields=["view", "save_id"], name="view_revision_once_a_save"),
        ]

    def __str__(self) -> str:
        return f"{self.view_id}, revision {self.number}"
