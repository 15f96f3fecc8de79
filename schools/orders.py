"""How a query is to go about an index, the same on both engines.

What is not stated stands at the end. NULLS LAST is an order that SQLite can index in neither direction, so the number
stands in for it; in the SQL itself, for SQLite finds no index by an expression that holds a parameter.
"""

from django.db.models import FloatField, Func, IntegerField


class SmallestFirst(Func):
    """A column to sort by, upwards; what is empty comes last."""

    template = "COALESCE(%(expressions)s, 1000000000)"
    output_field = FloatField()  # a decimal would be cast, on SQLite, and the index hold another cast than the query


class LargestFirst(Func):
    """A column to sort by, downwards; what is empty comes last."""

    template = "COALESCE(%(expressions)s, -1)"
    output_field = FloatField()


class NotByIndex(Func):
    """A key that must not be the way into a query: other conditions leave few rows, which no planner can know."""

    template = "+%(expressions)s"
    output_field = IntegerField()
