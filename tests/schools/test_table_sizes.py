"""SQLite is told of tables that have become large, and of no others; PostgreSQL looks at its tables by itself."""

import pytest
from django.db import connection

from schools import table_sizes
from schools.models import Quote
from schools.table_sizes import tell_of_large_tables
from tests.factories import make_quote, make_school
from tests.workbench.scale import add_quotes

pytestmark = pytest.mark.django_db
QUOTES = Quote._meta.db_table


def on_sqlite(*said: object) -> list:
    """What is said there; nothing on PostgreSQL."""
    return list(said) if connection.vendor == "sqlite" else []


def told() -> list[int]:
    """How many quotes the database was told of."""
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT MAX(CAST(stat AS INTEGER)) FROM sqlite_stat1 WHERE tbl = %s", [QUOTES])
        return list(cursor.fetchone())


def test_a_table_is_told_of_only_where_it_has_grown_much(monkeypatch: pytest.MonkeyPatch):
    assert tell_of_large_tables() == []  # all are small
    known = Quote.objects.count()
    monkeypatch.setattr(table_sizes, "LARGE", known - 1)
    assert [table for table in tell_of_large_tables() if table == QUOTES] == on_sqlite(QUOTES)
    assert told() == on_sqlite(known)
    assert tell_of_large_tables() == []
    school = make_school()
    quote = make_quote(school)
    Quote.objects.filter(pk=quote.pk).update(id=known * table_sizes.GROWN + 1)
    assert tell_of_large_tables() == []  # a large key is not yet many rows
    add_quotes(school, known * table_sizes.GROWN)
    assert tell_of_large_tables() == on_sqlite(QUOTES)
