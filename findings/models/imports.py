"""What came in from a file, for whom, and what was made of it: so that it can be seen first, and taken back whole."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from findings.models.codebooks import Codebook
from findings.models.workbench import Step
from schools.fields import guid_field
from schools.models import Study


class Import(models.Model):
    """A file that somebody brought: previewed, done or undone. Its bytes are kept until that is decided, no longer."""

    class State(models.TextChoices):
        PREVIEWED = "previewed", "Previewed"  # nothing is made of it
        DONE = "done", "Done"
        UNDONE = "undone", "Undone"  # all that it made is gone again

    guid = guid_field()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="imports")
    kind = models.CharField(max_length=60, help_text="The format, as people call it.")
    name = models.CharField(max_length=120, help_text="Of the file.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file.")
    data = models.BinaryField(null=True, blank=True, help_text="The file, until it is decided.")
    state = models.CharField(max_length=10, choices=State, default=State.PREVIEWED)
    study = models.ForeignKey(
        Study, null=True, blank=True, on_delete=models.SET_NULL, related_name="imports", help_text="Made by it."
    )
    into = models.ForeignKey(
        Study,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="imports_into",
        help_text="Was here, and got texts by it.",
    )
    brought = models.JSONField(default=list, help_text="GUIDs of the cases and quotes that a study got by it.")
    codebooks = models.ManyToManyField(Codebook, blank=True, related_name="imports", help_text="Made by it.")
    step = models.ForeignKey(
        Step,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="imports",
        help_text="What it did in a codebook that was here.",
    )
    made = models.JSONField(default=dict, help_text="How many of each kind were made.")
    made_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state="previewed") | Q(data=None), name="import_decided_keeps_no_file"),
            models.CheckConstraint(
                condition=Q(state="previewed") | Q(decided_at__isnull=False), name="import_decided_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_state_display()}"
