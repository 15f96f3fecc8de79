"""Texts of a REFI-QDA project that lie beside it in the zip."""

import posixpath
from typing import Any

from exchange.incoming.docx import docx_text
from exchange.incoming.records import Incoming, Unreadable
from exchange.incoming.texts import PlainText
from exchange.incoming.xml import at
from exchange.incoming.zips import GuardedZip, shown

INTERNAL = "internal://"


class FileTexts:
    """Finds and reads them, in either case of the folder, as plain text or Word documents."""

    def __init__(self, archive: GuardedZip, folder: str, place: str, held: Incoming) -> None:
        self.archive, self.folder, self.place, self.held = archive, folder, place, held

    def of(self, element: Any) -> PlainText:
        """The text that a source or note names. Raises Unreadable where it names one that is not there."""
        for attribute in ("plainTextPath", "richTextPath"):
            name = self._member(element.get(attribute, ""))
            if name is None:
                continue
            place = f"“{shown(name)}” in the zip"
            if name.casefold().endswith(".docx"):
                self.held.losses["Form of Word documents: their text alone comes in."] += 1
                return PlainText.of(docx_text(self.archive.read(name), self.archive.left, place))
            if attribute == "plainTextPath" or name.casefold().endswith((".txt", ".md")):
                return PlainText.decoded(self.archive.read(name), place)
        paths = [path for path in (element.get("plainTextPath"), element.get("richTextPath")) if path]
        if paths:
            said = f"Its text “{shown(paths[0])}” is not in the zip."
            raise Unreadable(said, place=at(self.place, element))
        return PlainText.of("")

    def _member(self, path: str) -> str | None:
        if not path.startswith(INTERNAL):
            return None
        name = path.removeprefix(INTERNAL).lstrip("/")
        places = (posixpath.join(self.folder, "sources", name), posixpath.join("sources", name), name)
        return next((found for place in places if (found := self.archive.find(place))), None)
