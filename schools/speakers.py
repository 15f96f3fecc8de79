"""Who speaks, as data and in words."""

from django.db import models


class SpeakerRole(models.TextChoices):
    """Who speaks, as far as the report says."""

    HEADTEACHER = "headteacher", "Headteacher"
    TEACHER = "teacher", "Teacher"
    COORDINATOR = "ict-coordinator", "ICT co-ordinator"
    SUPPORT = "support-staff", "Member of the support staff"
    GOVERNOR = "governor", "Governor"
    PARENT = "parent", "Parent"
    PUPIL = "pupil", "Pupil"
    OTHER = "other", "Other speaker"  # nothing more is known, or the name says all


def in_sentence(role: str) -> str:
    """A role within a sentence: headteacher, but ICT co-ordinator."""
    return role if role[1:2].isupper() else role[:1].lower() + role[1:]


def roles_of(quotes: models.QuerySet) -> list[tuple[str, str]]:
    """Value and label of the roles that speak in these quotes, in the order of SpeakerRole. One query."""
    there = set(quotes.order_by().values_list("speaker_role", flat=True).distinct())
    return [(value, label) for value, label in SpeakerRole.choices if value in there]
