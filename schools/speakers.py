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


def said_by(speaker: str, role: str) -> str:
    """Who speaks, in words: Headteacher; Mrs Okoro, headteacher; Mrs Okoro."""
    label = str(SpeakerRole(role).label) if role in SpeakerRole.values else role
    if not speaker:
        return label
    return speaker if role == SpeakerRole.OTHER else f"{speaker}, {in_sentence(label)}"


def speaker_of(said: str) -> tuple[str, str]:
    """Name and role, from what `said_by` made of them; a name that is like a role is taken for one."""
    roles = {str(label): value for value, label in SpeakerRole.choices} | {"": ""}
    if said in roles:
        return "", roles[said]
    name, _, role = said.rpartition(", ")
    found = {in_sentence(label): value for label, value in roles.items()}.get(role, "") if name else ""
    return (name, found) if found else (said, str(SpeakerRole.OTHER))


def in_sentence(role: str) -> str:
    """A role within a sentence: headteacher, but ICT co-ordinator."""
    return role if role[1:2].isupper() else role[:1].lower() + role[1:]


def roles_of(quotes: models.QuerySet) -> list[tuple[str, str]]:
    """Value and label of the roles that speak in these quotes, in the order of SpeakerRole. One query."""
    there = set(quotes.order_by().values_list("speaker_role", flat=True).distinct())
    return [(value, label) for value, label in SpeakerRole.choices if value in there]
