"""What follows from a review: actions; and links that let others read a round. Private."""

from django.db import models
from django.db.models import Q

from schools.fields import guid_field, one_line
from selfreview.models.questionnaire import Question
from selfreview.models.review import Review
from selfreview.models.team import Membership, Team


class Action(models.Model):
    """Something that a team means to do. It belongs to the team and so outlives the round that it came from."""

    class Status(models.TextChoices):
        TO_DO = "to-do", "To do"
        DOING = "doing", "Doing"
        DONE = "done", "Done"
        DROPPED = "dropped", "Dropped"

    guid = guid_field()
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="actions")
    question = models.ForeignKey(Question, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField("what is to be done", max_length=200, validators=[one_line])
    owner = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="actions", verbose_name="who does it"
    )
    due = models.DateField("by when", null=True, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.TO_DO)
    notes = models.TextField(max_length=5000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0, help_text="Its saves, from 1.")
    own_from = models.PositiveIntegerField(default=0, help_text="Since which save only `updated_by` has saved it.")
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = [models.F("due").asc(nulls_last=True), "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="done", done_at__isnull=False) | (~Q(status="done") & Q(done_at=None)),
                name="action_done_has_time",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Neither done nor dropped."""
        return self.status in {self.Status.TO_DO, self.Status.DOING}


class ShareLink(models.Model):
    """A link that lets anyone who has it read one round until it expires or is revoked. Only its hash is kept."""

    guid = guid_field()
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="share_links")
    secret_hash = models.CharField(max_length=64, unique=True)
    note = models.CharField("for whom", max_length=80, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.note or "A link to read"


class Reminder(models.Model):
    """A reminder of an action that was sent to its owner. What it reminds of is told once."""

    class Kind(models.TextChoices):
        DUE_SOON = "due-soon", "Due soon"
        OVERDUE = "overdue", "Overdue"

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="reminders")
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind)
    due = models.DateField(help_text="The date that it was due then: a new date is reminded of anew.")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "member", "kind", "due"], name="reminder_once_a_kind_and_date")
        ]

    def __str__(self) -> str:
        return f"{self.action_id}: {self.kind}"
