"""Who answers: a school's team and its members. Private."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from schools.fields import guid_field, one_line
from schools.models import Phase, Setting


class Team(models.Model):
    """A school that reviews itself. It may stay nameless until someone names it."""

    guid = guid_field()
    name = models.CharField("school’s name", max_length=120, blank=True, validators=[one_line])
    phase = models.CharField(max_length=20, choices=Phase, blank=True)
    setting = models.CharField(max_length=20, choices=Setting, blank=True)
    pupils = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    fsm_percent = models.DecimalField(
        "free school meals (%)",
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    urn = models.CharField(
        "unique reference number (URN)",
        max_length=6,
        blank=True,
        validators=[RegexValidator(r"^\d{6}$", "A URN has six digits, like 123456.")],
    )
    in_benchmark = models.BooleanField(default=False, help_text="Closed rounds are counted with those of others.")
    confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="When whoever runs the site confirmed that it is the school of that URN."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["urn"], condition=Q(confirmed_at__isnull=False), name="team_confirmed_once_a_urn"
            ),
            models.CheckConstraint(
                condition=Q(fsm_percent__isnull=True) | Q(fsm_percent__gte=0, fsm_percent__lte=100),
                name="team_fsm_percent_0_to_100",
            ),
            models.CheckConstraint(condition=Q(pupils__isnull=True) | Q(pupils__gt=0), name="team_pupils_positive"),
        ]

    def __str__(self) -> str:
        return self.name or "Your school"


class Role(models.TextChoices):
    """What a member may do."""

    LEAD = "lead", "Lead"  # everything, including people and rounds
    CONTRIBUTOR = "contributor", "Contributor"  # reads and writes
    VIEWER = "viewer", "Viewer"  # reads


class Membership(models.Model):
    """A person in a team. Without an account it is known by its return link alone, of which only the hash is kept."""

    guid = guid_field()
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="memberships"
    )
    name = models.CharField(max_length=80, blank=True, validators=[one_line], help_text="As colleagues see it.")
    role = models.CharField(max_length=20, choices=Role)
    return_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)  # unique when set
    joined_at = models.DateTimeField(auto_now_add=True)
    left_at = models.DateTimeField(null=True, blank=True)
    lead_asked_at = models.DateTimeField(null=True, blank=True, help_text="Asked to be made lead, where none answers.")
    wants_reminders = models.BooleanField(default=False)

    class Meta:
        ordering = ["joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "user"], condition=Q(user__isnull=False, left_at=None), name="member_once_a_team"
            )
        ]

    def __str__(self) -> str:
        return self.name or "A colleague"

    @property
    def may_write(self) -> bool:
        """Reads and writes."""
        return self.role in {Role.LEAD, Role.CONTRIBUTOR}


class Invitation(models.Model):
    """A place offered to a colleague by a link that works once, until it expires. Only its hash is kept."""

    guid = guid_field()
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations")
    invited_by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=80, validators=[one_line])
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=20, choices=Role)
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.name
