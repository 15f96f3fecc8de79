"""The full-text index of quotes, as each engine keeps it. Called by migrations.

SQLite: an FTS5 table over the quotes' own text, kept by triggers. Django rebuilds a table when it alters one, and a
rebuilt table loses its triggers: a later migration that alters `Quote` ends with `RunPython(install, remove)`.
PostgreSQL: a generated column with a GIN index; punctuation within words parts them, as it does on SQLite.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQLITE_ADD = """CREATE TRIGGER schools_quote_fts_insert AFTER INSERT ON schools_quote BEGIN
           INSERT INTO schools_quote_fts(rowid, text) VALUES (new.id, new.text); END"""
SQLITE_INSTALL = [
    "DROP TABLE IF EXISTS schools_quote_fts",
    """CREATE VIRTUAL TABLE schools_quote_fts USING fts5(
           text, content='schools_quote', content_rowid='id', tokenize='porter unicode61')""",
    "INSERT INTO schools_quote_fts(schools_quote_fts) VALUES ('rebuild')",
    "DROP TRIGGER IF EXISTS schools_quote_fts_insert",
    SQLITE_ADD,
    "DROP TRIGGER IF EXISTS schools_quote_fts_delete",
    """CREATE TRIGGER schools_quote_fts_delete AFTER DELETE ON schools_quote BEGIN
           INSERT INTO schools_quote_fts(schools_quote_fts, rowid, text) VALUES ('delete', old.id, old.text); END""",
    "DROP TRIGGER IF EXISTS schools_quote_fts_update",
    """CREATE TRIGGER schools_quote_fts_update AFTER UPDATE OF text ON schools_quote BEGIN
           INSERT INTO schools_quote_fts(schools_quote_fts, rowid, text) VALUES ('delete', old.id, old.text);
           INSERT INTO schools_quote_fts(rowid, text) VALUES (new.id, new.text); END""",
]
SQLITE_REMOVE = [
    "DROP TRIGGER IF EXISTS schools_quote_fts_insert",
    "DROP TRIGGER IF EXISTS schools_quote_fts_delete",
    "DROP TRIGGER IF EXISTS schools_quote_fts_update",
    "DROP TABLE IF EXISTS schools_quote_fts",
]
POSTGRESQL_INSTALL = [
    """ALTER TABLE schools_quote ADD COLUMN IF NOT EXISTS search tsvector
           GENERATED ALWAYS AS (to_tsvector('english', translate(text, '-–—/.''’', '       '))) STORED""",
    "CREATE INDEX IF NOT EXISTS schools_quote_search ON schools_quote USING gin (search)",
]
POSTGRESQL_REMOVE = ["ALTER TABLE schools_quote DROP COLUMN IF EXISTS search"]


def install(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the index anew for the engine at hand."""
    _run(schema_editor, SQLITE_INSTALL, POSTGRESQL_INSTALL)


def remove(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the index away."""
    _run(schema_editor, SQLITE_REMOVE, POSTGRESQL_REMOVE)


@contextmanager
def added_at_once() -> Iterator[None]:
    """Put the quotes that are written inside, all with new keys, into the index at the end. Call it in a transaction.

    FTS5 writes its words out after each statement, the trigger's too; all in one statement it takes a fraction of the
    time. PostgreSQL has no trigger: there this does nothing.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(MAX(id), 0) FROM schools_quote")
        [last] = cursor.fetchone()
        cursor.execute("DROP TRIGGER schools_quote_fts_insert")
        yield
        cursor.execute(
            "INSERT INTO schools_quote_fts(rowid, text) SELECT id, text FROM schools_quote WHERE id > %s", [last]
        )
        cursor.execute(SQLITE_ADD)


def drop_deleted_words() -> None:
    """Let the index forget the words of quotes that were deleted.

    FTS5 keeps them until it next merges its parts, which this brings about; it takes as long as the index is large.
    PostgreSQL keeps the words in the rows alone.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO schools_quote_fts(schools_quote_fts) VALUES ('optimize')")


def _run(schema_editor: BaseDatabaseSchemaEditor, sqlite: list[str], postgresql: list[str]) -> None:
    for statement in sqlite if schema_editor.connection.vendor == "sqlite" else postgresql:
        schema_editor.execute(statement)
