"""What PostgreSQL writes by COPY, as a stream of bytes in little memory.

psycopg2 hands over each line as it comes and returns when all have come. So that a reader can ask for them instead, the
COPY runs in a thread beside the reader's, and between the two lie a few chunks and no more: while nobody reads, nobody
writes, and PostgreSQL waits. Where the reader goes away the query is cancelled, and the connection is as before.
"""

from collections.abc import Generator
from queue import Queue
from threading import Event, Thread
from typing import Any

from django.db import connection, transaction
from psycopg2.extensions import QueryCanceledError

CHUNK = 64 * 1024  # bytes handed over at a time
FIRST = 4 * 1024  # bytes of the first chunk, so that it comes at once
AHEAD = 4  # chunks that may lie between writer and reader

# The rows are wanted in their order and the first of them now: an order by an index gives both, a sort of all neither.
PLAN = ("enable_sort = off", "enable_mergejoin = off", "max_parallel_workers_per_gather = 0", "jit = off")


def copy_out(select: str, params: tuple[Any, ...]) -> Generator[tuple[bytes, int], None, None]:
    """The rows of a query as CSV in chunks of whole lines, RFC 4180, each with its number of rows.

    The connection is the generator's alone until it ends or is closed. Whatever the query raises is raised here.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("; ".join(f"SET LOCAL {setting}" for setting in PLAN))
        statement = cursor.mogrify(f"COPY ({select}) TO STDOUT (FORMAT csv)", params).decode()
        lines = _Lines()
        thread = Thread(target=lines.fill_from, args=(cursor.cursor, statement), name="copy", daemon=True)
        thread.start()
        try:
            while (chunk := lines.chunks.get()) is not None:
                yield chunk
        finally:
            if thread.is_alive():
                lines.wanted.clear()
                connection.connection.cancel()
                while lines.chunks.get() is not None:
                    pass
            thread.join()
        if lines.fault:
            with connection.wrap_database_errors:
                raise lines.fault


class _Lines:
    """A file to write to: gathers lines into chunks, and waits while too many of them lie unread."""

    def __init__(self) -> None:
        self.chunks: Queue[tuple[bytes, int] | None] = Queue(AHEAD)
        self.wanted = Event()
        self.wanted.set()
        self.fault: BaseException | None = None
        self.held: list[bytes] = []
        self.size, self.enough = 0, FIRST

    def fill_from(self, cursor: Any, statement: str) -> None:
        """Run the COPY to its end; runs in the thread."""
        try:
            cursor.copy_expert(statement, self)
            self._hand_over()
        except QueryCanceledError as error:
            self.fault = error if self.wanted.is_set() else None
        except BaseException as error:
            self.fault = error
        finally:
            self.chunks.put(None)

    def write(self, line: bytes) -> None:
        """Take one line, which PostgreSQL ends with LF alone."""
        self.held.append(line[:-1])
        self.size += len(line)
        if self.size >= self.enough:
            self._hand_over()

    def _hand_over(self) -> None:
        if self.held and self.wanted.is_set():
            self.held.append(b"")
            self.chunks.put((b"\r\n".join(self.held), len(self.held) - 1))
        self.held, self.size, self.enough = [], 0, CHUNK
