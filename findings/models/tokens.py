"""Tokens by which a person's own programs read what that person may see. Private."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from schools.fields import guid_field, one_line


class ApiToken(models.Model):
    """A key to the API in the name of an account. Only the hash of its secret is kept."""

    guid = guid_field()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80, validators=[one_line])
    note = models.CharField(max_length=200, blank=True, validators=[one_line], help_text="What reads with it.")
    secret_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True, blank=True, help_text="The day alone: no log of who reads what when.")

    class Meta:
        verbose_name = "API token"
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="api_token_expires_after_made")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_expired(self) -> bool:
        """It opens nothing any more."""
        return self.expires_at <= timezone.now()
