"""The passages of a code as a table: a line for each, with its quote before it."""

from collections.abc import Iterator

from django.db.models import QuerySet

from exchange.columns import CODING, QUOTE
from exchange.tabular import Row
from findings.code_report import in_reading_order

FORMAT = 2  # goes up when the same data are written differently, so that no cache keeps the older form
HEADER = [column.name for column in [*QUOTE, *CODING]]


def code_report_rows(codings: QuerySet) -> Iterator[Row]:
    """These codings in reading order. Nothing is read before the first row is asked for."""
    for coding in in_reading_order(codings):
        yield [*(column.value(coding.quote) for column in QUOTE), *(column.value(coding) for column in CODING)]
