"""XML that somebody else wrote: element by element, without a document type, entities or a network.

What is read is forgotten: memory holds one unit (a case, a selection, a note) at a time.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from exchange.incoming.records import Unreadable

LAST_LINE = 65_535  # libxml2 counts the lines of elements no further
DEEPEST = 60  # levels of elements; a tree of codes has ten


def elements(file: Any, place: str) -> Iterator[tuple[str, Any]]:
    """("start" or "end", element) of a document, in its order. Raises Unreadable naming the line.

    Whoever is done with an element clears it with `forget`.
    """
    from lxml import etree  # read when the first project comes in

    options: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    options["remove_pis"] = True
    depth, begun = 0, False
    try:
        for event, element in etree.iterparse(file, events=("start", "end"), remove_comments=True, **options):
            if not begun:
                _check_document(element, place)
                begun = True
            depth += 1 if event == "start" else -1
            if depth > DEEPEST:
                raise Unreadable(f"Elements stand more than {DEEPEST} deep.", place=at(place, element))
            yield event, element
    except etree.XMLSyntaxError as error:
        words = f"This is no sound XML ({_short(error.msg)}). Export the file again."
        raise Unreadable(words, place=f"{place}, line {error.lineno:,}") from error


def _check_document(root: Any, place: str) -> None:
    if root.getroottree().docinfo.doctype or root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("It declares a document type. Such a file is not read.", place=f"{place}, its head")


def _short(message: str | None) -> str:
    return " ".join((message or "broken").split())[:120]


def at(place: str, element: Any) -> str:
    """Where an element stands: “project.qde” in the zip, line 12."""
    line = element.sourceline
    if not line:
        return place
    return f"{place}, line {line:,}" if line < LAST_LINE else f"{place}, beyond line {LAST_LINE - 1:,}"


def local(element: Any) -> str:
    """The name of an element, without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def namespace(element: Any) -> str:
    """The namespace of an element."""
    return element.tag[1:].partition("}")[0] if element.tag.startswith("{") else ""


def forget(element: Any) -> None:
    """Let go of an element that is read, and of its likes before it."""
    tail_tag = element.tag
    element.clear()
    parent = element.getparent()
    while parent is not None:
        before = element.getprevious()
        if before is None or before.tag != tail_tag:
            return
        parent.remove(before)


def child(element: Any, name: str) -> Any | None:
    """The first child of this name."""
    return next((one for one in element if local(one) == name), None)


def children(element: Any, name: str) -> list[Any]:
    """The children of this name."""
    return [one for one in element if local(one) == name]


def text_of(element: Any, name: str) -> str:
    """The text of the first child of this name; empty where there is none."""
    found = child(element, name)
    return "" if found is None else "".join(found.itertext())


def moment(said: str | None) -> datetime | None:
    """A time as XML says it; one without a zone is in UTC. None for what is no time."""
    if not said:
        return None
    try:
        found = datetime.fromisoformat(said.strip().replace("Z", "+00:00"))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
