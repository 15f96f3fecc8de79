"""Figures: what is drawn, what it shows in words, and the same numbers as a table. Drawn by `findings.drawing`.

Most are 360 wide, so that they can be read on a phone without scrolling; a page shows them larger where there is room.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from findings.cooccurrence import Edge, Node
from findings.matrices import COUNTED, Matrix
from schools.models import School

if TYPE_CHECKING:
    from findings.agreement import Agreement  # it loads numpy, which a drawing has no use for

Value = str | int | float | None

WIDTH = 360
ROW = 30  # height of a row of a matrix or of bars
LINE = 16  # of text, where a label takes several
LABEL = 24  # characters of a row's label to a line
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

    @classmethod
    def of(
        cls,
        name: str,
        caption: str,
        alt: str,
        size: tuple[int, int],
        drawing: dict[str, Any],
        table: tuple[list[str], list[list[Value]]],
    ) -> "Figure":
        """From a drawing without its size and its description, which come from the rest."""
        width, height = size
        spec = {"description": alt, "width": width, "height": height, **drawing}
        return cls(name, caption, alt, width, height, spec, *table)


def _label(text: str, width: int = LABEL) -> str:
    return "\n".join(wrap(text, width)) or "–"


def _rows_axis(labels: Iterable[str], gap: float = 0) -> dict[str, Any]:
    """Labels at the left in several lines, in their order; the gap between bands is a share of one."""
    return {
        "field": "row",
        "type": "nominal",
        "scale": {"domain": list(labels), "paddingInner": gap},
        "title": None,
        "axis": {"labelExpr": LINES, "domain": False, "ticks": False, "labelLineHeight": LINE},
    }


def _unique(labels: Iterable[str]) -> list[str]:
    """Labels that a scale can tell apart: one that stands already gets a number."""
    seen: dict[str, int] = {}
    shown = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        shown.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return shown


def _height(labels: Iterable[str], row: int = ROW) -> int:
    """Of a band scale, whose bands are all as high as the highest label needs."""
    shown = list(labels)
    return len(shown) * max([row, *(LINE * (label.count("\n") + 1) + 6 for label in shown)])


# ── Codes against something ─────────────────────────────────────────────────────────────────────
def matrix_figure(
    name: str, matrix: Matrix, caption: str, *, rows: str, columns: str, short: Sequence[str] = ()
) -> Figure:
    """A heat map with the numbers in it. `short` are the labels of the columns in the drawing, if not their own."""
    across = _unique(short or [_label(column.label, 12) for column in matrix.columns])
    down = _unique(_label(row.label) for row in matrix.rows)
    cells = [
        {"row": down[i], "column": across[j], "count": cell.count}
        for i, row in enumerate(matrix.cells)
        for j, cell in enumerate(row)
    ]
    longest = max((len(line) for label in across for line in label.split("\n")), default=0)
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
            "y": _rows_axis(down),
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
        (max(WIDTH, 170 + cell * len(across)), head + _height(down)),
        drawing,
        ([rows, *(column.label for column in matrix.columns)], table),
    )


def bars_figure(name: str, items: Sequence[tuple[str, int]], caption: str, *, what: str, counted: str) -> Figure:
    """Horizontal bars with their numbers, in the order given."""
    labels = _unique(_label(label) for label, _ in items)
    values = [{"row": label, "count": n} for label, (_, n) in zip(labels, items, strict=True)]
    count = {"field": "count", "type": "quantitative", "axis": None, "scale": {"domainMin": 0, "padding": 24}}
    drawing = {
        "data": {"values": values},
        "encoding": {"y": _rows_axis(labels, 0.25), "x": count},
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
    return Figure.of(name, caption, alt, (WIDTH, 12 + _height(labels)), drawing, ([what, counted], rows))


def progress_figure(name: str, coders: Sequence[tuple[str, int]], quotes: int, caption: str) -> Figure:
    """How many of the quotes each coder has finished."""
    labels = _unique(_label(coder) for coder, _ in coders)
    values = [
        {"row": label, "done": done, "all": quotes, "said": f"{done:,} of {quotes:,}"}
        for label, (_, done) in zip(labels, coders, strict=True)
    ]
    drawing = {
        "data": {"values": values},
        "encoding": {"y": _rows_axis(labels, 0.35)},
        "layer": [
            {
                "mark": {"type": "bar", "color": "token:paper-sunken", "stroke": "token:edge"},
                "encoding": {"x": {"field": "all", "type": "quantitative", "axis": None}},
            },
            {
                "mark": {"type": "bar", "color": "token:heat"},
                "encoding": {"x": {"field": "done", "type": "quantitative", "axis": None}},
            },
            {
                "mark": {"type": "text", "align": "left", "x": 8},
                "encoding": {"text": {"field": "said"}},
            },
        ],
    }
    alt = f"A bar for each of {len(coders)} coders, filled as far as the coding is done. The table holds the numbers."
    rows: list[list[Value]] = [[coder, done, quotes] for coder, done in coders]
    size = (WIDTH, 12 + _height(labels, ROW + 6))
    return Figure.of(name, caption, alt, size, drawing, (["Coder", "Quotes finished", "Quotes in all"], rows))


# ── Codes against codes ─────────────────────────────────────────────────────────────────────────
def network_figure(name: str, nodes: Sequence[Node], edges: Sequence[Edge], caption: str) -> Figure:
    """Codes as discs, larger with their quotes, joined by lines that are thicker the more they go together."""
    lines = [
        {
            "x": edge.first.x,
            "y": edge.first.y,
            "x2": edge.second.x,
            "y2": edge.second.y,
            "shared": edge.together.shared,
        }
        for edge in edges
    ]
    discs = [{"x": one.x, "y": one.y, "quotes": one.quotes, "name": _label(one.code.name, 18)} for one in nodes]

    def place(axis: str, low: float, high: float) -> dict[str, Any]:
        scale = {"domain": [low, high], "zero": False, "nice": False}
        return {"field": axis, "type": "quantitative", "axis": None, "scale": scale}

    x, y = place("x", -0.18, 1.18), place("y", -0.14, 1.1)
    drawing = {
        "layer": [
            {
                "data": {"values": lines},
                "mark": {"type": "rule", "color": "token:edge", "opacity": 0.6},
                "encoding": {
                    "x": x,
                    "y": y,
                    "x2": {"field": "x2"},
                    "y2": {"field": "y2"},
                    "size": {
                        "field": "shared",
                        "type": "quantitative",
                        "legend": None,
                        "scale": {"domainMin": 0, "range": [0.5, 8]},
                    },
                },
            },
            {
                "data": {"values": discs},
                "mark": {"type": "circle", "color": "token:accent", "opacity": 1},
                "encoding": {
                    "x": x,
                    "y": y,
                    "size": {
                        "field": "quotes",
                        "type": "quantitative",
                        "legend": None,
                        "scale": {"domainMin": 0, "range": [30, 700]},
                    },
                },
            },
            *(
                {
                    "data": {"values": discs},
                    "mark": {"type": "text", "dy": 18, "baseline": "top", "lineBreak": "\n", "fontSize": 11.5, **halo},
                    "encoding": {"x": x, "y": y, "text": {"field": "name"}},
                }
                for halo in ({"stroke": "token:paper-raised", "strokeWidth": 4, "strokeJoin": "round"}, {})
            ),
        ],
        "resolve": {"scale": {"size": "independent"}},
    }
    rows: list[list[Value]] = [
        [edge.first.code.name, edge.second.code.name, edge.together.shared]
        for edge in sorted(edges, key=lambda edge: -edge.together.shared)
    ]
    alt = (
        f"Network of {len(nodes)} codes with {len(edges)} lines between those that go together. The table holds the "
        "same pairs with their numbers."
    )
    side = max(480, 90 * round(len(nodes) ** 0.5) + 200)
    return Figure.of(name, caption, alt, (side, side), drawing, (["Code", "and code", "Quotes with both"], rows))


# ── Coders ──────────────────────────────────────────────────────────────────────────────────────
def agreement_figure(
    name: str, found: "Agreement", names: Mapping[str, str], measure: str, label: str, caption: str
) -> Figure:
    """A measure for each code and pooled, with its interval; where there is no value the drawing says so."""
    results = [*((names[str(one.code)], one) for one in found.codes), ("All codes, pooled", found.pooled)]
    labels = _unique(_label(title) for title, _ in results)
    values: list[dict[str, Any]] = []
    rows: list[list[Value]] = []
    for shown, (title, result) in zip(labels, results, strict=True):
        estimate = result.estimates[measure]
        value = estimate.value if isinstance(estimate.value, float) else None
        low, high = getattr(estimate.interval, "low", None), getattr(estimate.interval, "high", None)
        values.append({"row": shown, "value": value, "low": low, "high": high})
        why = getattr(estimate.value, "reason", "") or getattr(estimate.interval, "reason", "")
        rows.append([title, *(None if one is None else round(one, 3) for one in (value, low, high)), why])
    lowest = min([0.0, *(one[key] for one in values for key in ("value", "low") if one[key] is not None)])
    scale = {"domain": [lowest, 1], "nice": True}
    x = {"field": "value", "type": "quantitative", "title": label, "scale": scale}
    stated, silent = {"filter": "isValid(datum.value)"}, {"filter": "!isValid(datum.value)"}
    drawing = {
        "data": {"values": values},
        "encoding": {"y": _rows_axis(labels)},
        "layer": [
            {
                "transform": [{"filter": "isValid(datum.low)"}],
                "mark": {"type": "rule", "color": "token:accent", "size": 3, "opacity": 0.55},
                "encoding": {"x": x | {"field": "low"}, "x2": {"field": "high"}},
            },
            {
                "transform": [stated],
                "mark": {"type": "point", "color": "token:accent", "filled": True, "size": 80, "opacity": 1},
                "encoding": {"x": x},
            },
            {
                "transform": [silent],
                "mark": {"type": "text", "align": "left", "x": 6, "color": "token:ink-soft", "fontStyle": "italic"},
                "encoding": {"text": {"value": "no value"}},
            },
        ],
    }
    alt = (
        f"{label} of {len(found.codes)} codes and of all pooled, each as a dot on a line that is its 95 % interval. "
        "The table holds the numbers, and says why where there is none."
    )
    header = ["Code", label, "95 % interval from", "to", "Why there is no value or no interval"]
    return Figure.of(name, caption, alt, (WIDTH, 50 + _height(labels)), drawing, (header, rows))


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
    rows: list[list[Value]] = [
        [one.name, one.pupils, None if one.fsm_percent is None else float(one.fsm_percent)] for one in schools
    ]
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
