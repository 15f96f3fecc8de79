"""SQLite plans a query by what it was last told of its tables; PostgreSQL looks for itself.

Not told that a table has become large, it may sort a million rows for the first twenty. Called where many rows came at
once, and before the site is served.
"""

from django.apps import apps
from django.db import connection, models

LARGE = 50_000  # rows from which a plan matters
GROWN = 3  # times as many as it was told of


def tell_of_large_tables() -> list[str]:
    """Let SQLite look at its tables if one is large and has grown much since it last did; which ones have.

    Takes about a second for a million rows, in which nobody else can write.
    """
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        known = _known()
        keyed = [one for one in apps.get_models() if isinstance(one._meta.pk, models.AutoField)]
        grown = [
            one._meta.db_table
            for one in keyed
            if _rows_at_most(one) > max(LARGE, GROWN * known.get(one._meta.db_table, 0))
        ]
        if grown:
            cursor.execute("ANALYZE")
    return sorted(set(grown))


def _rows_at_most(model: type[models.Model]) -> int:
    """The largest key: found without counting."""
    return model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0


def _known() -> dict[str, int]:
    """How many rows SQLite thinks that its tables have; nothing, where it never looked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'")
        if not cursor.fetchone():
            return {}
        cursor.execute("SELECT tbl, MAX(CAST(stat AS INTEGER)) FROM sqlite_stat1 GROUP BY tbl")
        return dict(cursor.fetchall())
