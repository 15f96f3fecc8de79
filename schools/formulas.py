"""Text that a spreadsheet would take for a formula: guarded on the way out, restored on the way in.

Follows OWASP, "CSV Injection": a cell that begins with = + - @ (ASCII or full width), TAB, CR, LF or NUL gets a leading
apostrophe. Blanks before such a sign do not hide it: some programs drop them when they read a file.
"""

import re

# Apostrophes in front belong to the pattern, so that guarding can be undone: '=x becomes ''=x, and comes back as '=x.
_FORMULA = re.compile(r"'*(?:[\t\r\n\0]|\s*[=+\-@＝＋－＠])")


def guarded(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would calculate it."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """What `guarded` was given: unguarded(guarded(text)) == text for every text."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
