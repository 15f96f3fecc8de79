"""Identities in files of other programs: in either case, with braces or without, and now and then missing."""

from typing import Any
from uuid import UUID, uuid5

from exchange.incoming.records import Unreadable
from exchange.incoming.xml import at, local

NAMESPACE = UUID("6d0a9d4c-2a4b-5f0e-9d53-0f5a1a4f3b11")  # of every identity that is derived from a file
REFERRED_TO_BEFORE = {"note"}  # kinds of records whose GUIDs stand elsewhere in a file before the record itself


class Guids:
    """Reads identities, and sees to it that no two records have one."""

    def __init__(self, place: str, project: str = "") -> None:
        self.place, self.project = place, uuid5(NAMESPACE, project)
        self._renamed: dict[UUID, UUID] = {}
        self.are_kept = True  # off for a program that makes new ones with every export
        self._seen: dict[str, set[int]] = {}

    def read(self, said: str | None, element: Any) -> UUID | None:
        """A GUID as it stands in the file; None where there is none. Raises Unreadable for what is no GUID."""
        if not said or not said.strip():
            return None
        try:
            guid = UUID(said.strip().strip("{}"))
            return self._renamed.get(guid, guid)
        except ValueError as error:
            place = self.place if element is None else at(self.place, element)
            raise Unreadable(f"“{said[:60]}” is no GUID.", place=place) from error

    def own(self, element: Any, kind: str, otherwise: str) -> UUID:
        """The identity of a record: its own, or one derived from what it is. Raises Unreadable where two share one."""
        guid = self.read(element.get("guid"), element)
        if guid is None or not (self.are_kept or kind in REFERRED_TO_BEFORE):
            made = self._free(kind, otherwise)
            if guid is not None:
                self._renamed[guid] = made
            guid = made
        self.once(kind, guid, element)
        return guid

    def _free(self, kind: str, otherwise: str) -> UUID:
        """A derived identity that no record of this kind has yet: of two of one name the second is another."""
        seen, made, number = self._seen.get(kind, set()), self.derived(kind, otherwise), 1
        while made.int in seen:
            number += 1
            made = self.derived(kind, f"{otherwise} ({number})")
        return made

    def current(self, guid: UUID) -> UUID:
        """The identity of a record that another one names by its GUID."""
        return self._renamed.get(guid, guid)

    def once(self, kind: str, guid: UUID, element: Any) -> None:
        """Raise Unreadable where another record of this kind has the identity."""
        seen = self._seen.setdefault(kind, set())
        if guid.int in seen:
            words = f"The GUID {guid} belongs to two records ({local(element) if element is not None else kind})."
            raise Unreadable(words, place=self.place if element is None else at(self.place, element))
        seen.add(guid.int)

    def derived(self, kind: str, said: str) -> UUID:
        """An identity made of what the file says: the same whenever it is read."""
        return uuid5(self.project, f"{kind} {said}")
