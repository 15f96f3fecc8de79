"""No log holds what opens a door: the secret of a private link, of a link to choose a new password, or a token."""

import logging
import re

_SLASH = r"(?:/|%2F)+"
_GUID = "[0-9a-f-]{36}"
# Roads whose next part is a secret.
_ROADS = (
    "review/return",
    "review/shared",
    "review/invitation",
    f"review/{_GUID}/link",
    f"review/{_GUID}/team/invitations/{_GUID}",
    f"review/{_GUID}/share/{_GUID}",
    "workbench/invitation",
    "account/password/reset/key",
)
_SECRET = re.compile(
    rf"""((?:{"|".join(road.replace("/", _SLASH) for road in _ROADS)}){_SLASH})[^\s"'<>]+""", re.IGNORECASE
)
_TOKEN = re.compile(r"\bictlead_[A-Za-z0-9_-]{20,}", re.IGNORECASE)  # wherever somebody wrote one


def hide_secrets(text: str) -> str:
    """The text with every secret in an address, and every token, replaced by three dots."""
    return _TOKEN.sub("ictlead_…", _SECRET.sub(r"\1…", text))


class HideSecrets(logging.Filter):
    """Masks a record's message, with what was put into it, and its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: nothing is left out but the secret."""
        record.msg, record.args = hide_secrets(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        record.exc_text = record.exc_text and hide_secrets(record.exc_text)
        return True
