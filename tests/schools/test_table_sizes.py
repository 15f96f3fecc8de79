"""SQLite is told of tables that have become large, and of no others."""

import pytest
from django.db import connection

from schools import table_sizes
from schools.models import Quote
from schools.table_sizes import tell_of_large_tables
from tests.factories import make_quote, make_school
from tests.workbench.scale import add_quotes

pytestmark = pytest.mark.django_db
QUOTES = Quote._meta.db_table


def told() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT MAX(CAST(stat AS INTEGER)) FROM sqlite_stat1 WHERE tbl = %s", [QUOTES])
        return cursor.fetchone()[0]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL looks at its tables by itself")
def test_sqlite_looks_again_only_where_a_table_has_grown_much(monkeypatch: pytest.MonkeyPatch):
    assert tell_of_large_tables() == []  # all are small
    monkeypatch.setattr(table_sizes, "LARGE", Quote.objects.count() - 1)
    assert QUOTES in tell_of_large_tables()
    assert told() == Quote.objects.count()
    assert tell_of_large_tables() == []
    known, school = told(), make_school()
    quote = make_quote(school)
    Quote.objects.filter(pk=quote.pk).update(id=known * table_sizes.GROWN + 1)
    assert tell_of_large_tables() == []  # a large key is not yet many rows
    add_quotes(school, known * table_sizes.GROWN)
    assert tell_of_large_tables() == [QUOTES]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has to be told")
def test_postgresql_is_left_alone():
    assert tell_of_large_tables() == []
