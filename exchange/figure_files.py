"""A figure as a file: drawing, specification, or the numbers. Takes a figure and gives bytes; knows no request."""

import json
from dataclasses import dataclass

from exchange.origin import within_png, within_svg
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


def figure_file(figure: Figure, ending: str, theme: str, said: str) -> bytes:
    """The figure as one of FILES, which says where it is from: `said`. A table has no room for that.

    A theme makes no difference to the numbers. Raises KeyError for any other ending.
    """
    match ending:
        case "svg":
            return within_svg(svg(figure.spec, theme), said)
        case "png":
            return within_png(png(figure.spec, theme), said)
        case "json":
            spec = {"usermeta": {"from": said}, **themed(figure.spec, theme)}
            return json.dumps(spec, indent=1, ensure_ascii=False).encode()
        case "csv":
            return b"".join(csv_stream(figure.header, figure.rows))
    raise KeyError(ending)
