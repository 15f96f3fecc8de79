"""How a benchmark says what it measured: a line for people, and one of JSON for the table of all of them."""

import argparse
import json
from statistics import median


def scale(description: str) -> bool:
    """Whether the benchmark was asked for at full size (`--scale full`); small is what `make bench` runs."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", choices=["small", "full"], default="small")
    return parser.parse_args().scale == "full"


def shown(number: float) -> str:
    """A number as people read it: 136,900, 64.83, 0.0103."""
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.4g}"


def say(
    name: str, unit: str, figures: list[float], references: list[float], limit: float, *, least: bool = True
) -> bool:
    """Print medians of paired runs, and their ratio, which has to be at least (or at most) `limit`; whether it is.

    Without references the figure itself is held against the limit.
    """
    figure = median(figures)
    reference = median(references) if references else None
    pairs = zip(figures, references, strict=True)
    held = median(one / other for one, other in pairs) if references else figure
    reached = held >= limit if least else held <= limit
    print(
        f"{name}: {shown(figure)} {unit}"
        + (f"; reference {shown(reference)} {unit}; ratio {held:.2f}" if reference is not None else "")
        + f"; {'at least' if least else 'at most'} {limit:g}: {'reached' if reached else 'NOT REACHED'}"
    )
    result = {
        "name": name,
        "unit": unit,
        "figure": round(figure, 4),
        "reference": None if reference is None else round(reference, 4),
        "ratio": round(held, 3) if references else None,
        "limit": limit,
        "least": least,
        "reached": reached,
    }
    print(json.dumps(result), flush=True)
    return reached
