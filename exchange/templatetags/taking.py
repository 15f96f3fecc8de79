"""How much a file holds, beside the link to it: rows and size, from what the page shows and without making the file."""

import json
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django import template
from django.template.defaultfilters import filesizeformat

from exchange.columns import QUOTE
from exchange.comparison_csv import rows_of
from exchange.tabular import cell_text
from findings.analysis.framework_page import FrameworkPage
from findings.code_report import CodeReport
from findings.comparison import Comparison
from findings.concordance import Line
from findings.drawing import PNG_SCALE
from findings.figures import Figure
from findings.matrices import noun

register = template.Library()

SAMPLE = 200  # rows looked at; more are taken to be like these
PLACE = 260  # bytes of a passage's row beside its texts: identities, school, speaker, coder, time
WORD = 38_000  # bytes of a Word document without words
WORD_PASSAGE = 110  # bytes that a passage takes in one, packed, beside its text


def told(rows: int, size: float, unit: str = "rows") -> str:
    """“45 rows, about 2.1 KB”."""
    return f"{rows:,} {noun(unit, rows)}, about {filesizeformat(size)}"


@register.simple_tag
def table_told(rows: Iterable[Any], count: int | None = None, beside: int = 0) -> str:
    """Of a table. `rows`: as the file has them, or the first of them; `count`: how many it has, where that is known
    without going through all; `beside`: bytes of a row that these do not have."""
    lengths = [_length(row) + beside for row in islice(rows, SAMPLE)]
    number = len(lengths) if count is None else count
    return told(number, number * sum(lengths) / max(len(lengths), 1) + 100)


@register.simple_tag
def lines_told(lines: Sequence[Line]) -> str:
    """Of words in context."""
    widths = [len(f"{one.left}{one.hit}{one.right}".encode()) + PLACE / 3 for one in lines[:SAMPLE]]
    return told(len(lines), len(lines) * sum(widths) / max(len(widths), 1) + 100)


@register.simple_tag
def summaries_told(page: FrameworkPage) -> str:
    """Of one's own summaries, code by school. One query."""
    return f"at most {told(page.most_rows, page.written + page.most_rows * 40)}"


@register.simple_tag
def comparison_told(comparison: Comparison, hide_equal: bool = False) -> str:
    """Of a comparison as CSV."""
    return table_told(rows_of(comparison, hide_equal=hide_equal))


@register.simple_tag
def report_told(report: CodeReport, kind: str) -> str:
    """Of a code's report as `csv` or `word`."""
    shown = [coding for _, codings, _ in report.schools for coding in codings[:SAMPLE]]
    coded = sum(len(one.passage) + len(one.memo) for one in shown) / max(len(shown), 1)
    whole = sum(len(one.quote.text) for one in shown) / max(len(shown), 1)
    if kind == "csv":
        return told(report.passages, report.passages * (coded + whole + PLACE) + 40 * len(QUOTE), "passages")
    held = report.passages - report.left_out
    return told(held, WORD + held * (WORD_PASSAGE + coded * 0.4), "passages")


@register.simple_tag
def figure_told(figure: Figure, kind: str) -> str:
    """Of a figure as `csv`, `svg`, `png` or `json`."""
    if kind == "csv":
        return table_told(figure.rows)
    if kind == "json":
        return f"about {filesizeformat(len(json.dumps(figure.spec, indent=1, default=str)) + 1500)}"
    scale = PNG_SCALE if kind == "png" else 1
    return f"{figure.width * scale:,} × {figure.height * scale:,}"


def _length(row: Iterable[Any]) -> int:
    """Bytes of a row: its cells, what stands between them, and the end of the line."""
    return sum(len(cell_text(cell).encode()) + 1 for cell in row) + 1
