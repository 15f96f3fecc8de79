"""Zip archives whose bytes follow from what is in them: no clock, no owner, no order of a folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

EARLIEST = (1980, 1, 1, 0, 0, 0)  # a zip knows no earlier time


@contextmanager
def member(archive: ZipFile, name: str, moment: datetime | None) -> Iterator[IO[bytes]]:
    """A file to write into the archive, dated by the data's own time in UTC (even seconds: a zip counts by twos)."""
    date = EARLIEST if moment is None else max(EARLIEST, moment.astimezone(UTC).timetuple()[:6])
    info = ZipInfo(name, date)
    info.compress_type = ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    with archive.open(info, "w") as part:
        yield part
