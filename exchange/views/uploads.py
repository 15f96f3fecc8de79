"""Uploads that end at a limit: no more of a file is kept than that, whatever its sender says of its size."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile


class Limited(FileUploadHandler):
    """Counts the bytes of each file, and drops one that is too large: `too_large` says so."""

    def __init__(self, largest: int, request: Any = None) -> None:
        super().__init__(request)
        self.largest, self.count, self.too_large = largest, 0, False

    def new_file(self, *args: Any, **options: Any) -> None:
        """A file begins."""
        super().new_file(*args, **options)
        self.count = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """A part of it, for the handlers after this one. Past the limit the rest is thrown away."""
        self.count += len(raw_data)
        if self.count > self.largest:
            self.too_large = True
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Another handler keeps the file."""
