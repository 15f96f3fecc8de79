"""Many rows of one table at once: by COPY on PostgreSQL, in batches on SQLite.

Keys, constraints and triggers hold as ever; the history of records does not tell of rows that came so.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any
from uuid import UUID

from django.core.management.color import no_style
from django.db import connection, models

BATCH = 5_000  # rows given to SQLite at a time
CHUNK = 8_000  # characters given to PostgreSQL at a time: as many as it asks for
NULL = "\\N"


def insert(model: type[models.Model], names: list[str], rows: Iterable[tuple]) -> None:
    """Write rows of values for these columns (attribute names); every other column gets its field's default.

    Call it in a transaction. Values are str, int, bool, None, UUID, or datetime in UTC.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    others = [name for name in fields if name not in names and not (name == "id" and "id" not in names)]
    constants = tuple(fields[name].get_default() for name in others)
    columns = [fields[name].column for name in [*names, *others]]
    whole = (row + constants for row in rows)
    (_copy if connection.vendor == "postgresql" else _batches)(model._meta.db_table, columns, whole)


def next_id(model: type[models.Model]) -> int:
    """The first free primary key; nobody else gets it or any after it until the transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {model._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
    return (model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0) + 1


def give_back_ids(*written: type[models.Model]) -> None:
    """Let the database count on from the keys that were written."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(written)):
            cursor.execute(statement)


def _batches(table: str, columns: list[str], rows: Iterator[tuple]) -> None:
    holders = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {table} ({_quoted(columns)}) VALUES ({holders})"
    with connection.cursor() as cursor:
        while batch := [tuple(map(_for_sqlite, row)) for row in islice(rows, BATCH)]:
            cursor.executemany(statement, batch)


def _for_sqlite(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _copy(table: str, columns: list[str], rows: Iterator[tuple]) -> None:
    with connection.cursor() as cursor:
        statement = f"COPY {table} ({_quoted(columns)}) FROM STDIN (FORMAT csv, NULL '{NULL}')"
        cursor.copy_expert(statement, _Lines(rows))


def _quoted(columns: list[str]) -> str:
    return ", ".join(map(connection.ops.quote_name, columns))


class _Lines:
    """Rows as a file to read from: CSV, made as it is asked for."""

    def __init__(self, rows: Iterator[tuple]) -> None:
        self.chunks = self._chunks(rows)

    def read(self, size: int) -> str:
        """A chunk of whole lines, whatever `size` asks for at least; nothing at the end."""
        return next(self.chunks, "")

    @staticmethod
    def _chunks(rows: Iterator[tuple]) -> Iterator[str]:
        while first := next(rows, None):
            buffer = io.StringIO()
            writer = csv.writer(buffer)
            for row in chain([first], rows):
                writer.writerow([NULL if value is None else value for value in row])
                if buffer.tell() >= CHUNK:
                    break
            yield buffer.getvalue()


def moment() -> datetime:
    """Now, in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
