"""Does this site send e-mail?"""

from django.conf import settings
from django.http import HttpRequest


def mail_state(request: HttpRequest) -> dict[str, bool]:
    """`mail_in_log`: messages stand in the server's log instead of going out."""
    return {"mail_in_log": settings.EMAIL_BACKEND == "django.core.mail.backends.console.EmailBackend"}
