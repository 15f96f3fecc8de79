"""A figure as a file: drawing, specification, or the numbers. Takes a figure and gives bytes; knows no request."""

import json
from dataclasses import dataclass

from exchange.tabular import csv_stream
from findings.drawing import png, svg, themed
from findings.figures import Figure


@dataclass(frozen=True)
class Kind:
    """A kind of file, and whether a browser saves it rather than shows it."""

    label: str
    content_type: str
    saved: bool


FILES = {
    "svg": Kind("SVG", "image/svg+xml", saved=False),
    "png": Kind("PNG", "image/png", saved=False),
    "json": Kind("Vega-Lite specification", "application/json", saved=True),
    "csv": Kind("CSV", "text/csv; charset=utf-8", saved=True),
}


def figure_file(figure: Figure, ending: str, theme: str) -> bytes:
    """The figure as one of FILES. A theme makes no difference to the numbers. Raises KeyError for any other ending."""
    match ending:
        case "svg":
            return svg(figure.spec, theme)
        case "png":
            return png(figure.spec, theme)
        case "json":
            return json.dumps(themed(figure.spec, theme), indent=1, ensure_ascii=False).encode()
        case "csv":
            return b"".join(csv_stream(figure.header, figure.rows))
    raise KeyError(ending)
