"""What a school points to in support of an answer: one link or document a line."""

from dataclasses import dataclass
from urllib.parse import urlsplit

LONGEST = 500  # characters of a line


@dataclass(frozen=True)
class Item:
    """A line of evidence; `href` is empty for what is no link, like the name of a document."""

    text: str
    href: str


def items(text: str) -> list[Item]:
    """The lines of an answer's evidence that say something."""
    lines = [line.strip() for line in text.split("\n")]
    return [Item(line, line if is_link(line) else "") for line in lines if line]


def is_link(line: str) -> bool:
    """A whole web address and nothing else: only these become links, so that no other scheme can."""
    if any(sign.isspace() for sign in line):
        return False
    try:
        parts = urlsplit(line)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def fault(text: str) -> str:
    """What is wrong with a text of evidence, in a sentence; nothing where it is sound."""
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LONGEST:
            return f"Line {number} is longer than {LONGEST} characters: write one link or document a line."
        if line.strip().lower().startswith(("http:", "https:")) and not is_link(line.strip()):
            return f"Line {number} is no whole web address. Write one like https://example.org/plan."
    return ""
