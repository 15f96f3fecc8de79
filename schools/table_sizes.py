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

    Takes some seconds for a million rows, in which nobody else can write.
    """
    if connection.vendor != "sqlite":
        return []
    known = _known()
    keyed = {one._meta.db_table: one for one in apps.get_models() if isinstance(one._meta.pk, models.AutoField)}
    grown = [name for name, one in keyed.items() if _has_more(one, max(LARGE, GROWN * known.get(name, 0)))]
    if grown:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return sorted(grown)


def _has_more(model: type[models.Model], rows: int) -> bool:
    """Whether a table has more rows than so many; counted only where its largest key does not rule it out."""
    table = model._base_manager.order_by()
    last = table.aggregate(last=models.Max("pk"))["last"] or 0
    return last > rows and table[: rows + 1].count() > rows


def _known() -> dict[str, int]:
    """How many rows SQLite thinks that its tables have; nothing, where it never looked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'")
        if not cursor.fetchone():
            return {}
        cursor.execute("SELECT tbl, MAX(CAST(stat AS INTEGER)) FROM sqlite_stat1 GROUP BY tbl")
        return dict(cursor.fetchall())
