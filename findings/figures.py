"""Figures: what is drawn, what it shows in words, and the same numbers as a table. Drawn by `findings.drawing`.

Most are 360 wide, so that they can be read on a phone without scrolling; a page shows them larger where there is room.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from textwrap import wrap
from typing import Any

from findings.matrices import COUNTED, Matrix
from schools.models import School

Value = str | int | float | Decimal | None

WIDTH = 360
ROW = 30  # height of a row of a matrix or of bars
LINE = 16  # of text, where a label takes several
LABEL = 20  # characters of a row's label to a line
CELL = 40  # width of a column, at the least
LETTER = 7.4  # width of one, about
UPRIGHT = 640  # columns whose labels take more than this together have them turned
LINES = "split(datum.label, '\\n')"  # an axis label in several lines


@dataclass(frozen=True)
class Figure:
    """A figure. `spec` is a Vega-Lite specification with colours as tokens; width and height are those of its SVG.

    `caption` says what it shows, `alt` what one sees, `header` and `rows` hold every number drawn (None: none stated).
    """

    name: str
    caption: str
    alt: str
    width: int
    height: int
    spec: dict[str, Any]
    header: list[str]
    rows: list[list[Value]]
    nothing: str = "not stated"  # how None is shown in the table

    @classmethod
    def of(
        cls,
        name: str,
        caption: str,
        alt: str,
        size: tuple[int, int],
        drawing: dict[str, Any],
        table: tuple[list[str], list[list[Value]]],
        nothing: str = "not stated",
    ) -> "Figure":
        """From a drawing without its size and its description, which come from the rest."""
        width, height = size
        spec = {"description": alt, "width": width, "height": height, **drawing}
        return cls(name, caption, alt, width, height, spec, *table, nothing)


def wrapped(text: str, width: int = LABEL) -> str:
    """A label in lines of at most so many characters, where its words allow."""
    return "\n".join(wrap(text, width)) or "–"


def longest_line(labels: Iterable[str]) -> int:
    """Characters of the longest line."""
    return max((len(line) for label in labels for line in label.split("\n")), default=0)


def rows_axis(labels: list[str], gap: float = 0) -> dict[str, Any]:
    """Labels at the left in several lines, in their order; the gap between bands is a share of one.

    They get the room that a wide face needs, for the reader's may be wider than the one they were measured with.
    """
    raised = [
        {"test": f"length(split(datum.value, '\\n')) == {lines}", "value": -LINE * (lines - 1) / 2}
        for lines in (2, 3, 4)
    ]
    return {
        "field": "row",
        "type": "nominal",
        "scale": {"domain": labels, "paddingInner": gap},
        "title": None,
        "axis": {
            "labelExpr": LINES,
            "labelLineHeight": LINE,
            "labelOffset": {"condition": raised, "value": 0},
            "minExtent": int(longest_line(labels) * LETTER),
            "domain": False,
            "ticks": False,
        },
    }


def unique(labels: Iterable[str]) -> list[str]:
    """Labels that a scale can tell apart: one that stands already gets a number."""
    seen: dict[str, int] = {}
    shown = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        shown.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return shown


def band_height(labels: Iterable[str], row: int = ROW) -> int:
    """Of a band scale, whose bands are all as high as the highest label needs."""
    shown = list(labels)
    return len(shown) * max([row, *(LINE * (label.count("\n") + 1) + 6 for label in shown)])


# ── Codes against something ─────────────────────────────────────────────────────────────────────
def matrix_figure(
    name: str, matrix: Matrix, caption: str, *, rows: str, columns: str, short: Sequence[str] = ()
) -> Figure:
    """A heat map with the numbers in it. `short` are the labels of the columns in the drawing, if not their own."""
    across = unique(short or [wrapped(column.label, 12) for column in matrix.columns])
    down = unique(wrapped(row.label) for row in matrix.rows)
    cells = [
        {"row": down[i], "column": across[j], "count": cell.count}
        for i, row in enumerate(matrix.cells)
        for j, cell in enumerate(row)
    ]
    longest = longest_line(across)
    upright = len(across) * longest * LETTER <= UPRIGHT
    cell = max(CELL, int(longest * LETTER) + 8) if upright else CELL
    more = LINE * max((label.count("\n") for label in across), default=0) if upright else 0
    head = 44 + more if upright else int(longest * LETTER) + 30
    drawing = {
        "data": {"values": cells},
        "encoding": {
            "x": {
                "field": "column",
                "type": "nominal",
                "scale": {"domain": across},
                "title": columns,
                "axis": {
                    "orient": "top",
                    "labelAngle": 0 if upright else -90,
                    "labelExpr": LINES,
                    "labelLineHeight": LINE,
                    "labelPadding": 4 + more,
                    "domain": False,
                    "ticks": False,
                },
            },
            "y": rows_axis(down),
        },
        "layer": [
            {
                "mark": {"type": "rect", "stroke": "token:rule"},
                "encoding": {
                    "color": {
                        "field": "count",
                        "type": "quantitative",
                        "legend": None,
                        "scale": {"domainMin": 0, "range": ["token:paper-raised", "token:heat"], "interpolate": "rgb"},
                    }
                },
            },
            {"mark": "text", "encoding": {"text": {"field": "count", "type": "quantitative"}}},
        ],
    }
    table: list[list[Value]] = [
        [row.label, *(cell.count for cell in line)] for row, line in zip(matrix.rows, matrix.cells, strict=True)
    ]
    return Figure.of(
        name,
        caption,
        f"Heat map of {COUNTED[matrix.counted].lower()} by {rows.lower()} and {columns.lower()}, {len(down)} by "
        f"{len(across)}. The table holds the same numbers.",
        (max(WIDTH, 170 + cell * len(across)), head + band_height(down)),
        drawing,
        ([rows, *(column.label for column in matrix.columns)], table),
    )


def bars_figure(name: str, items: Sequence[tuple[str, int]], caption: str, *, what: str, counted: str) -> Figure:
    """Horizontal bars with their numbers, in the order given."""
    labels = unique(wrapped(label) for label, _ in items)
    values = [{"row": label, "count": n} for label, (_, n) in zip(labels, items, strict=True)]
    count = {"field": "count", "type": "quantitative", "axis": None, "scale": {"domainMin": 0, "padding": 24}}
    drawing = {
        "data": {"values": values},
        "encoding": {"y": rows_axis(labels, 0.25), "x": count},
        "layer": [
            {"mark": {"type": "bar", "color": "token:accent"}},
            {
                "mark": {"type": "text", "align": "left", "dx": 5},
                "encoding": {"text": {"field": "count", "type": "quantitative"}},
            },
        ],
    }
    alt = f"Bars: {counted.lower()} for each of {len(items)}. The table holds the same numbers."
    rows: list[list[Value]] = [[label, n] for label, n in items]
    return Figure.of(name, caption, alt, (WIDTH, 12 + band_height(labels)), drawing, ([what, counted], rows))


# ── Schools ─────────────────────────────────────────────────────────────────────────────────────
def schools_figure(name: str, schools: Sequence[School], caption: str) -> Figure:
    """Schools by pupils and free school meals, each by its letter in its colour.

    A school that does not state one of the two stands in the strip "not stated" of that axis.
    """
    pupils = [one.pupils for one in schools if one.pupils is not None]
    meals = [float(one.fsm_percent) for one in schools if one.fsm_percent is not None]
    most_pupils, most_meals = max(pupils, default=100) * 1.08, max(meals, default=10) * 1.1 or 10.0
    strip_x, strip_y = -0.2 * most_pupils, -0.16 * most_meals
    discs = [
        {
            "letter": one.letter,
            "colour": f"token:hue-{one.colour}",
            "x": strip_x if one.pupils is None else one.pupils,
            "y": strip_y if one.fsm_percent is None else float(one.fsm_percent),
        }
        for one in schools
    ]

    def axis(field: str, title: str, strip: float, most: float) -> dict[str, Any]:
        shown = {
            "values": [strip, *_ticks(most)],
            "labelExpr": "datum.value < 0 ? ['not', 'stated'] : format(datum.value, ',')",
            "labelOverlap": False,
            "titlePadding": 8,
        }
        scale = {"domain": [1.6 * strip, most], "nice": False, "zero": False}
        return {"field": field, "type": "quantitative", "title": title, "axis": shown, "scale": scale}

    at = {
        "x": axis("x", "Pupils on roll", strip_x, most_pupils),
        "y": axis("y", "Free school meals (%)", strip_y, most_meals),
    }
    drawing = {
        "data": {"values": discs},
        "encoding": at,
        "layer": [
            {
                "mark": {"type": "circle", "size": 480, "opacity": 1},
                "encoding": {"color": {"field": "colour", "type": "nominal", "scale": None}},
            },
            {
                "mark": {"type": "text", "fontWeight": "bold", "color": "token:paper-raised", "dy": 0.5},
                "encoding": {"text": {"field": "letter"}},
            },
        ],
    }
    rows: list[list[Value]] = [[one.name, one.pupils, one.fsm_percent] for one in schools]
    alt = (
        f"{len(schools)} schools, each a disc with its letter, by pupils and by percentage of free school meals. The "
        "table holds the same numbers."
    )
    header = ["School", "Pupils on roll", "Free school meals (%)"]
    return Figure.of(name, caption, alt, (WIDTH, 300), drawing, (header, rows))


def _ticks(most: float) -> list[int]:
    """Three to six round numbers from 0."""
    step = next(n for power in range(9) for n in (10**power, 2 * 10**power, 5 * 10**power) if most / n <= 5)
    return list(range(0, int(most) + 1, step))
