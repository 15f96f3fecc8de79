"""A REFI-QDA project as another tool reads it: everything by GUID, every reference followed."""

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

from django.conf import settings
from lxml import etree

from tests.needed import missing

P = "{urn:QDA-XML:project:1.0}"
C = "{urn:QDA-XML:codebook:1.0}"


@dataclass(frozen=True)
class Selection:
    """A selection, with the words that it cuts out of its source."""

    guid: UUID
    words: str
    codings: list[tuple[UUID, UUID]]  # coding, code
    element: Any


@dataclass(frozen=True)
class Project:
    """A .qdpx, unpacked and parsed."""

    root: Any
    files: dict[str, bytes]

    @classmethod
    def of(cls, data: bytes) -> "Project":
        """The project in these bytes."""
        with ZipFile(io.BytesIO(data)) as archive:
            assert archive.testzip() is None
            files = {name: archive.read(name) for name in archive.namelist()}
        assert len(files) == len(archive.namelist())
        return cls(etree.fromstring(files.pop("project.qde")), files)

    def all(self, tag: str) -> list[Any]:
        return list(self.root.iter(f"{P}{tag}"))

    def guids(self) -> list[str]:
        """The identities of all records. A set has that of its codebook, which is no other record of the project."""
        return [one.get("guid") for one in self.root.iter() if one.get("guid")]

    def references(self) -> list[str]:
        names = ("targetGUID", "originGUID", "creatingUser", "creatingUserGUID")
        return [one.get(name) for one in self.root.iter() for name in names if one.get(name)]

    def text(self, source: Any) -> str:
        """The text of a source, exactly as it lies in the zip."""
        path = source.get("plainTextPath")
        assert path.startswith("internal://")
        return self.files[f"sources/{path.removeprefix('internal://')}"].decode()

    def selections(self) -> list[Selection]:
        found = []
        for source in self.all("TextSource"):
            text = self.text(source)
            for one in source.iter(f"{P}PlainTextSelection"):
                start, end = int(one.get("startPosition")), int(one.get("endPosition"))
                assert 0 <= start <= end <= len(text)
                codings = [
                    (UUID(coding.get("guid")), UUID(coding.find(f"{P}CodeRef").get("targetGUID")))
                    for coding in one.iter(f"{P}Coding")
                ]
                found.append(Selection(UUID(one.get("guid")), text[start:end], codings, one))
        return found


def validate(kind: str, data: bytes) -> None:
    """That a file is as the format's schema says; `kind` is Project or Codebook."""
    schema(f"{kind}.xsd").assertValid(etree.fromstring(data))


def schema(name: str) -> etree.XMLSchema:
    """One of the format's schemas, which are not ours to pass on: they lie beside the checkout."""
    folder = os.environ.get("REFI_XSD_DIR") or settings.BASE_DIR.parent / "shared" / "refi-qda"
    path = Path(folder, name)
    if not path.exists():
        reason = "The REFI-QDA schemas do not lie in ../shared/refi-qda: nothing can be validated against them."
        missing(reason)
    return etree.XMLSchema(etree.parse(str(path)))
