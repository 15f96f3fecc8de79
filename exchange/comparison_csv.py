"""A comparison of schools as a table: a line for each row of the page, a column for each school."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from exchange.columns import COMPARISON
from exchange.tabular import Cell, Row
from findings.comparison import Comparison
from findings.comparison import Row as CompareRow
from schools.case_text import prose
from schools.models import Advice, CaseSection, Fact, School

FORMAT = 1  # goes up when the same data are written differently, so that no cache keeps the older form


def comparison_header(schools: Sequence[School]) -> list[str]:
    """Section, row, and the slug of each school."""
    return [*(column.name for column in COMPARISON), *(school.slug for school in schools)]


def comparison_rows(schools: list[School], *, hide_equal: bool = False) -> Iterator[Row]:
    """The rows that the page shows of these schools, in its order; `hide_equal` leaves out those that do not differ.

    Nothing is read before the first row is asked for.
    """
    yield from rows_of(Comparison.of(schools), hide_equal=hide_equal)


def rows_of(comparison: Comparison, *, hide_equal: bool = False) -> Iterator[Row]:
    """The rows of a comparison that is loaded."""
    for section, label, cells in _rows(comparison, hide_equal):
        yield [section, label, *map(_cell, cells)]


def _rows(comparison: Comparison, hide_equal: bool) -> Iterator[tuple[str, str, Sequence[Any]]]:
    for group in comparison.facts:
        yield from _shown(f"Facts: {group.label}", group.rows, hide_equal)
    yield from _shown("Topics", comparison.topics, hide_equal=False)
    yield from _shown("Gateways", comparison.gateways, hide_equal)
    for group in comparison.findings:
        yield from _shown(f"Findings: {group.label}", group.rows, hide_equal)
    for number, pieces in enumerate(zip_longest(*comparison.advice), start=1):
        yield "Advice", str(number), pieces


def _shown(section: str, rows: list[CompareRow], hide_equal: bool) -> Iterator[tuple[str, str, Sequence[Any]]]:
    return ((section, row.label, row.cells) for row in rows if not (hide_equal and row.is_equal))


def _cell(cell: Any) -> Cell:
    """What a comparison holds, as one value; nothing where the study is silent."""
    match cell:
        case Fact():
            return cell.value or None
        case CaseSection():
            return "\n\n".join(prose(cell.summary))
        case Advice():
            return cell.text
        case None | int():
            return cell
        case _:
            return cell.value or None
