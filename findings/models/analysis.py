"""What members make of the codings: summaries of a code at a school, and queries kept under a name. Private."""

from django.db import models
from django.utils import timezone
from simple_history.models import HistoricalRecords

from findings.models.codebooks import Code, Codebook, Coder
from schools.fields import guid_field
from schools.models import School

SUMMARY_LIMIT = 20_000  # characters of a summary
QUERY_LIMIT = 8_000  # characters of a query's address


class FrameworkCell(models.Model):
    """A member's own words on what a code comes to at a school. `version` goes up with every save, from 1.

    Its codebook is the code's, so that a code that is moved takes its summaries along.
    """

    guid = guid_field()
    coder = models.ForeignKey(Coder, on_delete=models.CASCADE, related_name="summaries")
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="summaries")
    code = models.ForeignKey(Code, on_delete=models.CASCADE, related_name="summaries")
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["coder", "school", "code"], name="framework_cell_once_a_coder_school_and_code"
            ),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="framework_cell_version_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} × {self.code_id}: {self.text[:40]}"


class SavedQuery(models.Model):
    """A question to the codings that a member kept under a name. Whoever opens it sees what that person may see."""

    guid = guid_field()
    codebook = models.ForeignKey(Codebook, on_delete=models.CASCADE, related_name="queries")
    owner = models.ForeignKey(Coder, on_delete=models.CASCADE, related_name="queries")
    name = models.CharField(max_length=120)
    asked = models.TextField(help_text="The conditions as they stand in the address of the page.")
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name_plural = "saved queries"
        constraints = [
            models.UniqueConstraint(
                fields=["codebook", "owner", "name"], name="saved_query_name_once_a_codebook_and_owner"
            )
        ]

    def __str__(self) -> str:
        return self.name
