"""Run the benchmarks and write their table: `python -m benchmarks.run [--scale full] [--write] [name …]`.

Each is a script of its own that prints a line of JSON for each figure (benchmarks/figures.py). With `--write` the table
goes to benchmarks/RESULTS.md, with machine, date and commit. Exits 1 where a limit is not reached or a script fails.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.figures import shown
from benchmarks.seeded import ENGINES, SCALE, database

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
SCRIPTS = [
    "csv_export",
    "cold_pages",
    "search_words",
    "published_page",
    "save_at_once",
    "start",
    "big_steps",
    "export_memory",
]
# Beyond five minutes: at full size, or by name.
LONG = ["tenfold", "coding_page", "agreement", "import_writing", "page_weights", "taguette", "server_kinds", "knee"]
SHARING = {"csv_export", "cold_pages", "search_words", "tenfold"}  # a database of the same size
HEAD = ["| benchmark | figure | reference | ratio | limit | |", "|---|---:|---:|---:|---:|---|"]


def measured(script: str, size: str) -> tuple[list[dict[str, Any]], bool]:
    """The figures of a script, and whether it ended well."""
    command = [sys.executable, "-m", f"benchmarks.{script}", "--scale", size]
    begun = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    print(f"{done.stdout}{script} took {time.monotonic() - begun:.0f} s", flush=True)
    return [json.loads(line) for line in lines], done.returncode == 0


def row(figure: dict[str, Any]) -> str:
    """A figure as a row of the table."""
    reference = "" if figure["reference"] is None else shown(figure["reference"])
    ratio = "" if figure["ratio"] is None else f"{figure['ratio']:.2f}"
    limit = f"{'≥' if figure['least'] else '≤'} {shown(figure['limit'])}"
    reached = "reached" if figure["reached"] else "**not reached**"
    figured = f"{shown(figure['figure'])} {figure['unit']}"
    return f"| {figure['name']} | {figured} | {reference} | {ratio} | {limit} | {reached} |"


def machine() -> str:
    """What the figures were measured on."""
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    models = [line.split(":")[1].strip() for line in info.splitlines() if line.startswith("model name")]
    return f"{os.cpu_count()} × {models[0] if models else platform.machine()}, Python {platform.python_version()}"


def commit() -> str:
    """The commit that is checked out."""
    asked = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip() or "unknown"


def main() -> int:
    """Run them; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", choices=["small", "full"], default="small")
    parser.add_argument("--write", action="store_true", help="write the table to benchmarks/RESULTS.md")
    parser.add_argument("names", nargs="*", metavar="name", help=" ".join([*SCRIPTS, *LONG]))
    asked = parser.parse_args()
    names = asked.names or [*SCRIPTS, *(LONG if asked.scale == "full" else [])]
    rows, well = [], True
    begun = time.monotonic()
    with ExitStack() as stack:
        for engine in ENGINES if SHARING & set(names) else ():
            url = stack.enter_context(database(engine, *SCALE[asked.scale == "full"]))
            os.environ[f"BENCH_{engine.upper()}"] = url
        for name in names:
            figures, ended_well = measured(name, asked.scale)
            rows += [row(figure) for figure in figures] or [f"| {name} | | | | | **failed** |"]
            well &= ended_well
    took = f"{time.monotonic() - begun:.0f} s"
    said = f"{machine()}; {datetime.now(UTC):%d %B %Y}; commit {commit()}; scale {asked.scale}; {took}."
    table = "\n".join(
        ["# Benchmarks", "", f"`python -m benchmarks.run --scale {asked.scale}`. {said}", "", *HEAD, *rows]
    )
    print(table)
    if asked.write:
        RESULTS.write_text(f"{table}\n")
    return int(not well)


if __name__ == "__main__":
    sys.exit(main())
