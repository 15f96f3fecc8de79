"""What was written: a round of the review, its answers and every state that an answer was in. Private."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from schools.fields import guid_field
from selfreview.models.questionnaire import Question, Questionnaire
from selfreview.models.team import Membership, Team

TEXT_LIMIT = 10_000  # characters of an answer


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
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    guid = guid_field()
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="reviews")
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="reviews")
    number = models.PositiveSmallIntegerField(default=1, help_text="The round, from 1.")
    state = models.CharField(max_length=20, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    touched_at = models.DateTimeField(auto_now_add=True, help_text="When someone last wrote.")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["team", "number"], name="review_number_once_a_team"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | Q(state="open", closed_at=None),
                name="review_closed_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team}, round {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("selfreview:task_list", args=[self.guid])


class Answer(models.Model):
    """What a team says to a question in a round. `version` counts its saves, from 1."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    level = models.CharField(max_length=20, choices=Level, blank=True)
    text = models.TextField(max_length=TEXT_LIMIT, blank=True)
    is_priority = models.BooleanField(default=False)
    is_complete = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "question"], name="answer_once_a_question")]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.level or '–'}"


class AnswerRevision(models.Model):
    """A state that an answer was in. `save_id` is the browser's name of the save, so that a repeat has no effect."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    level = models.CharField(max_length=20, choices=Level, blank=True)
    text = models.TextField(blank=True)
    is_priority = models.BooleanField(default=False)
    is_complete = models.BooleanField(default=False)
    saved_at = models.DateTimeField(auto_now_add=True)
    saved_by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    save_id = models.UUIDField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "number"], name="revision_number_once_an_answer"),
            models.UniqueConstraint(fields=["answer", "save_id"], name="revision_once_a_save"),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id}, revision {self.number}"
