"""JSON written piece by piece, so that a file of any length takes no memory."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

STEP = "  "


def written(value: Any, indent: str = "") -> Iterator[str]:
    """A value as indented JSON. Of dicts and of iterables, every part is asked for as it is written."""
    if isinstance(value, dict):
        named = ((f"{json.dumps(name, ensure_ascii=False)}: ", part) for name, part in value.items())
        yield from _listed("{", named, "}", indent)
    elif isinstance(value, Iterable) and not isinstance(value, str):
        yield from _listed("[", (("", part) for part in value), "]", indent)
    else:
        yield json.dumps(value, ensure_ascii=False)


def _listed(begin: str, parts: Iterable[tuple[str, Any]], end: str, indent: str) -> Iterator[str]:
    yield begin
    between, inner = "\n", indent + STEP
    for name, part in parts:
        yield f"{between}{inner}{name}"
        yield from written(part, inner)
        between = ",\n"
    yield end if between == "\n" else f"\n{indent}{end}"


def gathered(pieces: Iterable[str], size: int = 16_384) -> Iterator[str]:
    """The same text in fewer pieces, of about so many characters."""
    held: list[str] = []
    length = 0
    for piece in pieces:
        held.append(piece)
        length += len(piece)
        if length >= size:
            yield "".join(held)
            held, length = [], 0
    yield "".join(held)
