"""Studies that their makers offered to be published, and what the editors decided. Every offer stays, as its trace."""

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, QuerySet, Subquery

from schools.fields import guid_field
from schools.models import Study

MESSAGE_LIMIT = 2_000  # characters that go with an offer, or with a decision


class StudyOffer(models.Model):
    """A maker's wish that a study be published. While it is open, editors read the study and nobody changes it."""

    class State(models.TextChoices):
        OPEN = "open", "Offered"
        TAKEN_BACK = "taken-back", "Taken back"  # by its maker, before anything was decided
        DECLINED = "declined", "Declined"  # with a reason
        PUBLISHED = "published", "Published"

    guid = guid_field()
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="offers")
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="study_offers"
    )
    offered_at = models.DateTimeField(auto_now_add=True)
    message = models.TextField(blank=True, help_text="To the editors.")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    reason = models.TextField(blank=True, help_text="Of the editors, as the maker reads it.")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["study"], condition=Q(state="open"), name="study_offer_open_once_a_study"),
            models.CheckConstraint(condition=~Q(state="declined") | ~Q(reason=""), name="study_offer_declined_why"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True) | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="study_offer_decided_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study_id}: {self.get_state_display()}"


def with_last_offer(studies: QuerySet[Study]) -> QuerySet[Study]:
    """Studies with `offer_state` and `offer_decided_at`, of the last time that they were offered; None for never."""
    last = StudyOffer.objects.filter(study=OuterRef("pk")).order_by("-pk")
    return studies.annotate(
        offer_state=Subquery(last.values("state")[:1]), offer_decided_at=Subquery(last.values("decided_at")[:1])
    )
