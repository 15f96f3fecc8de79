"""Zips that somebody else made: read with care, member by member, and never unpacked to a disk.

A name is an address within the zip and nothing else. What a member says of its size is not believed: bytes are counted
as they come.
"""

import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from exchange.incoming.records import Unreadable

MOST_MEMBERS = 10_000
RATIO = 200  # times that a member may be larger than it lies in the zip; text seldom comes to 20
SMALL = 1024 * 1024  # bytes below which a ratio says nothing: a megabyte of blanks harms nobody
CHUNK = 64 * 1024
# All that zipfile, and zlib below it, raise for a zip that somebody made wrong: its list or a member broken or cut off,
# a way to pack that is not known (zipfile says so by a kind of RuntimeError), a place or a name that cannot be.
BROKEN = (BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError)


class GuardedZip:
    """A zip whose names and sizes are sound. Raises Unreadable, at once or as soon as a member breaks its word."""

    def __init__(self, file: IO[bytes], unpacked: int, called: str = "the zip", place: str = "") -> None:
        """`unpacked`: bytes that may be read of all members together. `called`: what it is, for a fault within it;
        `place`: where it is, for one of its own."""
        self.left = self.limit = unpacked
        self.called = called
        try:
            self.archive = ZipFile(file)
            infos = self.archive.infolist()
        except BROKEN as error:
            raise Unreadable(
                "This zip is damaged or not whole. Export it again, or copy it again from where it came from.", place
            ) from error
        if len(infos) > MOST_MEMBERS:
            raise Unreadable(f"The zip has {len(infos):,} files: at most {MOST_MEMBERS:,} are read.", place)
        self.members = self._checked(infos)

    def _checked(self, infos: list[ZipInfo]) -> dict[str, ZipInfo]:
        members: dict[str, ZipInfo] = {}
        seen: set[str] = set()
        for info in infos:
            name = info.filename.replace("\\", "/")
            if name.endswith("/"):
                continue
            self._check(info, name)
            if name.casefold() in seen:
                raise Unreadable("Two files have this name.", place=self._place(name))
            seen.add(name.casefold())
            members[name] = info
        return members

    def _check(self, info: ZipInfo, name: str) -> None:
        place = self._place(name)
        parts = name.split("/")
        if name.startswith("/") or ":" in parts[0] or ".." in parts or "\x00" in name:
            raise Unreadable("The name leads out of the zip. Nothing of this file is read.", place=place)
        if stat.S_ISLNK(info.external_attr >> 16):
            raise Unreadable("This is a link to somewhere else. Nothing of this file is read.", place=place)
        if info.flag_bits & 0x1:
            raise Unreadable("It is locked with a password. Export it without one.", place=place)
        if info.file_size > SMALL and info.file_size > RATIO * max(1, info.compress_size):
            raise Unreadable(
                f"It would unpack to more than {RATIO} times its size. Nothing of this file is read.", place=place
            )

    def _place(self, name: str) -> str:
        return f"“{shown(name)}” in {self.called}"

    def find(self, name: str) -> str | None:
        """The member of this name, in whatever case its folder and name are written."""
        if name in self.members:
            return name
        wanted = name.casefold()
        return next((one for one in self.members if one.casefold() == wanted), None)

    @contextmanager
    def open(self, name: str) -> Iterator["Counted"]:
        """A member to read from. What is read counts against the limit of all; faults of the zip are Unreadable."""
        place = self._place(name)
        try:
            with self.archive.open(self.members[name]) as part:
                yield Counted(self, part, self.members[name], place)
        except BROKEN as error:
            raise Unreadable("This part of the zip is damaged. Export the file again.", place=place) from error

    def read(self, name: str) -> bytes:
        """All of a member."""
        with self.open(name) as part:
            return part.read()

    def spend(self, count: int, place: str) -> None:
        """Count bytes that were unpacked. Raises Unreadable past the limit."""
        self.left -= count
        if self.left < 0:
            words = f"The zip unpacks to more than {self.limit // 1024**2:,} MB. Export fewer sources at a time."
            raise Unreadable(words, place=place)


class Counted:
    """A member of a zip as a file to read: every byte counts."""

    def __init__(self, owner: GuardedZip, part: IO[bytes], info: ZipInfo, place: str) -> None:
        self.owner, self.part, self.info, self.place, self.count = owner, part, info, place, 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes, all that are left where no size is given."""
        if size is not None and size >= 0:
            return self._counted(self.part.read(min(size, CHUNK)))
        chunks = []
        while chunk := self._counted(self.part.read(CHUNK)):
            chunks.append(chunk)
        return b"".join(chunks)

    def _counted(self, data: bytes) -> bytes:
        self.count += len(data)
        self.owner.spend(len(data), self.place)
        if self.count > SMALL and self.count > RATIO * max(1, self.info.compress_size):
            raise Unreadable(f"It unpacks to more than {RATIO} times its size.", place=self.place)
        return data


def shown(name: str) -> str:
    """A name of a file, short and with no sign that a page could not show."""
    return "".join(sign if sign.isprintable() else "�" for sign in name[:80]) + ("…" if len(name) > 80 else "")
