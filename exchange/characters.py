"""Characters that a format cannot hold, each replaced by exactly one other, so that no position moves."""

import re

REPLACEMENT = "\ufffd"  # the character that says: there was one here

# XML 1.0, production 2, the other way round. A lone surrogate is no character in any encoding.
_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_SHEET = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def xml_text(text: str) -> str:
    """The text with U+FFFD for each control character or noncharacter that XML forbids. As long as before."""
    return _NOT_XML.sub(REPLACEMENT, text)


def encodable(text: str) -> str:
    """The text with U+FFFD for each lone surrogate, which UTF-8 cannot hold. As long as before."""
    return _SURROGATE.sub(REPLACEMENT, text)


def sheet_text(text: str) -> str:
    """The text with U+FFFD for what not even a workbook can hold; its writer escapes control characters itself."""
    return _NOT_SHEET.sub(REPLACEMENT, text)
