"""Figures of the coding itself: how far it is, how far coders agree, and which codes go together."""

from collections.abc import Mapping, Sequence
from typing import Any

from findings.cooccurrence import Edge, Node
from findings.figures import ROW, WIDTH, Figure, Value, band_height, rows_axis, unique, wrapped
from findings.measures import Agreement


def progress_figure(name: str, coders: Sequence[tuple[str, int]], quotes: int, caption: str) -> Figure:
    """How many of the quotes each coder has finished."""
    labels = unique(wrapped(coder) for coder, _ in coders)
    values = [
        {"row": label, "done": done, "all": quotes, "said": f"{done:,} of {quotes:,}"}
        for label, (_, done) in zip(labels, coders, strict=True)
    ]
    drawing = {
        "data": {"values": values},
        "encoding": {"y": rows_axis(labels, 0.35)},
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
    size = (WIDTH, 12 + band_height(labels, ROW + 6))
    return Figure.of(name, caption, alt, size, drawing, (["Coder", "Quotes finished", "Quotes in all"], rows))


def network_figure(
    name: str, nodes: Sequence[Node], edges: Sequence[Edge], caption: str, counted: str = "Quotes with both"
) -> Figure:
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
    discs = [{"x": one.x, "y": one.y, "quotes": one.quotes, "name": wrapped(one.code.name, 18)} for one in nodes]

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
    return Figure.of(name, caption, alt, (side, side), drawing, (["Code", "and code", counted], rows))


def agreement_figure(
    name: str, found: Agreement, names: Mapping[str, str], measure: str, label: str, caption: str
) -> Figure:
    """A measure for each code and pooled, with its interval; where there is no value the drawing says so."""
    results = [*((names[str(one.code)], one) for one in found.codes), ("All codes, pooled", found.pooled)]
    labels = unique(wrapped(title) for title, _ in results)
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
    x = {"field": "value", "type": "quantitative", "title": label, "scale": scale, "axis": {"labelFlush": False}}
    stated, silent = {"filter": "isValid(datum.value)"}, {"filter": "!isValid(datum.value)"}
    drawing = {
        "data": {"values": values},
        "encoding": {"y": rows_axis(labels)},
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
    return Figure.of(name, caption, alt, (WIDTH, 50 + band_height(labels)), drawing, (header, rows), "none")
