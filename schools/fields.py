"""Fields that several floors share."""

import re
import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from schools.source import runs_backwards

# One line (L137), the second quotation of a line (L137.2), a range (L129-L133), or several of these joined by +.
LINES = r"L[0-9]{1,7}(\.[0-9]{1,3})?(-L[0-9]{1,7})?(\+L[0-9]{1,7}(\.[0-9]{1,3})?(-L[0-9]{1,7})?)*"
# Or the third quote of a case (Q3), whose line nobody named; with a point, a second one of that number.
LOCATOR = rf"\A({LINES}|Q[0-9]{{1,7}}(\.[0-9]{{1,5}})?)\Z"


def guid_field() -> models.UUIDField:
    """A record's identity outside this site: made once, stored, never changed, the same in every export."""
    return models.UUIDField("GUID", default=uuid.uuid4, unique=True, editable=False)


NUMBERED = "Q"  # begins the locator of a quote that has a number in its case and no line
ONE_FRONT = "Another study is at the front. Take it from there first."  # of a study; said where a form is checked

# A name stands in one line: in a list, in the subject of an e-mail.
one_line = RegexValidator(r"\A[^\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]*\Z", "Write this in one line.")


def check_locator(value: str) -> None:
    """Raise ValidationError for what is no locator, and for lines that run backwards."""
    if not re.match(LOCATOR, value):
        raise ValidationError("Write a locator like L137, L404+L406 or L129-L133.", code="invalid")
    if runs_backwards(value):
        raise ValidationError("These lines run backwards: write the smaller number first, like L129-L133.")


def locator_field(**options: Any) -> models.CharField:
    """Where the source says it, by line of the source text: L137, L404+L406, L129-L133."""
    return models.CharField(
        max_length=80,
        validators=[check_locator],
        help_text="Line or lines of the source text: L137, L404+L406 or L129-L133.",
        **options,
    )


def locator_words(locator: str) -> str:
    """A locator as a reader says it: L137 → line 137; L129-L133 → lines 129 to 133; L404+L406 → lines 404 and 406;
    Q3 → quote 3."""
    if locator.startswith(NUMBERED):
        return f"quote {locator.removeprefix(NUMBERED)}"
    parts = [part.replace("L", "").replace("-", " to ") for part in locator.split("+") if part]
    if not parts:
        return ""
    noun = "line" if len(parts) == 1 and "to" not in parts[0] else "lines"
    said = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"{noun} {said}"
