"""XML written element by element, for the two files of REFI-QDA: no tree of the whole is ever built."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain
from typing import IO, Any

from exchange.characters import xml_text


class Pen:
    """Writes elements of one namespace into an incremental XML file, with text that XML allows."""

    def __init__(self, file: Any, namespace: str) -> None:
        self.file, self.namespace = file, namespace

    @contextmanager
    def inside(self, tag: str, **attributes: Any) -> Iterator[None]:
        """An element around all that is written meanwhile."""
        with self.file.element(f"{{{self.namespace}}}{tag}", _said(attributes)):
            yield

    def leaf(self, tag: str, text: str | None = None, **attributes: Any) -> None:
        """An element of text, or of nothing."""
        with self.inside(tag, **attributes):
            if text is not None:
                self.file.write(xml_text(text))

    @contextmanager
    def container(self, tag: str, parts: Iterable[Any]) -> Iterator[Iterator[Any]]:
        """An element around parts to write, or nothing where there are none: an empty container is not valid."""
        parts = iter(parts)
        first = next(parts, None)
        if first is None:
            yield iter(())
            return
        with self.inside(tag):
            yield chain([first], parts)


@contextmanager
def document(file: IO[bytes], namespace: str, root: str, **attributes: Any) -> Iterator[Pen]:
    """A pen inside the root element of a new document, which is whole when the context ends."""
    from lxml import etree  # read when the first project is written

    with etree.xmlfile(file, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element(f"{{{namespace}}}{root}", _said(attributes), nsmap={None: namespace}):
            yield Pen(xml, namespace)


def _said(attributes: dict[str, Any]) -> dict[str, str]:
    """Attributes as XML says them; those that are None are left out."""
    return {name: xml_value(value) for name, value in attributes.items() if value is not None}


def xml_value(value: Any) -> str:
    """A value as XML says it: true or false, a time in UTC, anything else as text."""
    match value:
        case bool():
            return str(value).lower()
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case _:
            return xml_text(str(value))
