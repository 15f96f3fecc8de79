"""Run the benchmarks and write their table: `python -m benchmarks.run [--scale full] [--write] [name …]`.

Each is a script of its own that prints a line of JSON for each figure (benchmarks/figures.py). What all of them need is
made once; those that are named make it themselves. With `--write` the table goes to benchmarks/RESULTS.md, with
machine, date and commit. Limits are meant for full size. Exits 1 where one is not reached or a script fails.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.figures import shown
from benchmarks.programs import program
from benchmarks.seeded import ENGINES, ROOT, SCALE, SQLITE, database, study_alone
from benchmarks.servers import prepared_site

RESULTS = ROOT / "benchmarks" / "RESULTS.md"
SCRIPTS = [
    "csv_export",
    "cold_pages",
    "search_words",
    "tenfold",
    "published_page",
    "save_at_once",
    "start",
    "big_steps",
    "export_memory",
    "coding_page",
    "agreement",
    "import_memory",
    "import_writing",
    "page_weights",
    "taguette",
    "server_kinds",
    "kill_server",
    "knee",
]
SHARING = {"csv_export", "cold_pages", "search_words", "tenfold"}  # a database of the same size
PROGRAMS = {"taguette": "taguette", "knee": "locust"}  # installed before the clock runs
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


@contextmanager
def site_folder() -> Iterator[str]:
    """The folder of a site that is ready to be served."""
    with prepared_site() as site:
        yield site["DATA_DIR"]


def make(stack: ExitStack, wanted: dict[str, AbstractContextManager[str]]) -> None:
    """Make several things at once, which live as long as the stack, and name them in the environment."""
    with ThreadPoolExecutor() as pool:
        made = {name: pool.submit(stack.enter_context, one) for name, one in wanted.items()}
    os.environ |= {name: one.result() for name, one in made.items()}


def main() -> int:
    """Run them; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", choices=["small", "full"], default="small")
    parser.add_argument("--write", action="store_true", help="write the table to benchmarks/RESULTS.md")
    parser.add_argument("names", nargs="*", metavar="name", help=" ".join(SCRIPTS))
    asked = parser.parse_args()
    names = asked.names or SCRIPTS
    rows, well = [], True
    for name in PROGRAMS.keys() & set(names):
        program(PROGRAMS[name])
    begun = time.monotonic()
    with ExitStack() as stack:
        if not asked.names:
            make(stack, {"BENCH_SITE": site_folder(), "BENCH_STUDY_POSTGRESQL": study_alone("postgresql")})
            os.environ["BENCH_STUDY_SQLITE"] = f"{SQLITE}{os.environ['BENCH_SITE']}/ictlead.sqlite3"
        size = SCALE[asked.scale == "full"]
        if SHARING & set(names):
            make(stack, {f"BENCH_{engine.upper()}": database(engine, *size) for engine in ENGINES})
        print(f"what they stand on took {time.monotonic() - begun:.0f} s", flush=True)
        for name in names:
            figures, ended_well = measured(name, asked.scale)
            rows += [row(figure) for figure in figures] or [f"| {name} | | | | | **failed** |"]
            well &= ended_well
    took = f"{time.monotonic() - begun:.0f} s"
    said = f"{machine()}; {datetime.now(UTC):%d %B %Y}; commit {commit()}; scale {asked.scale}; {took}."
    if asked.scale == "small":
        said += " Limits are those of full size: where little is asked for, many are missed."
    table = "\n".join(
        ["# Benchmarks", "", f"`python -m benchmarks.run --scale {asked.scale}`. {said}", "", *HEAD, *rows]
    )
    print(table)
    if asked.write:
        RESULTS.write_text(f"{table}\n")
    return int(not well)


if __name__ == "__main__":
    sys.exit(main())
