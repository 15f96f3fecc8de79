"""What memory each download takes, for few and for many: `python -m benchmarks.export_memory [--scale full]`.

Each is measured in a process of its own, forked from one that has answered other pages, on a scratch database (SQLite),
from before the request to its last byte: the growth of the process's largest resident size. Published files for 5
schools and for 5,000 (small: 500); a team's files for 20,000 codings and for 200,000 (small: 2,000 and 20,000), whose
time is to grow no faster than they do. Prints a table, and exits 1 where the growth for many is above LIMIT, or above
RATIO times that for few and beyond SLACK, or where a coding of many takes more than SLOWER times as long as one of few.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.figures import say, scale

ROOT = Path(__file__).resolve().parent.parent
NAME = "scratch.sqlite3"
SCHOOLS = {False: (5, 500), True: (5, 5000)}
CODINGS = {False: (2_000, 20_000), True: (20_000, 200_000)}
LIMIT = 64 * 1024  # kB
TEAM_LIMIT = 150 * 1024  # kB
SLOWER = 1.5  # times as long for a coding
RATIO, SLACK = 2.0, 24 * 1024  # kB: chunks of rows, buffers of the database, and what the allocator keeps
Measured = tuple[int, int, float]
ROADS = [
    "/quotes.csv",
    "/quotes.csv?layout=wide",
    "/schools.csv",
    "/findings.csv",
    "/codebooks/gateways.csv",
    "/codebooks/gateways.qdc",
    "/quotes.xlsx",
    "/study/gill-2007.qdpx",
    "/study/gill-2007/datapackage.zip",
    "/downloads/",
]

TEAM_ROADS = ["project.qdpx", "workbook.xlsx", "codings.csv", "notes.csv", "codebook.csv", "codebook.qdc", "cases.csv"]

EMPTY = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("load_study", verbosity=0, stdout=open("/dev/null", "w"))
from django.db import connection
connection.close()  # all of it is in the one file then, which is copied
"""
FILL = """
import sys, django
django.setup()
from tests.reading.scale import add_schools
left = int(sys.argv[1]) - 5
while left > 0:
    add_schools(min(left, 500), quotes_each=4)
    left -= 500
from schools.actions import publish_change
publish_change()
"""
FILL_TEAM = """
import sys, django
django.setup()
from tests.bench import make_team
from tests.factories import make_school
from tests.workbench.scale import add_codes, add_codings, add_quotes
team, each = make_team(), 100
codes = add_codes(team.codebook, each)
for _ in range(20):
    quotes = add_quotes(make_school(team.codebook.study), int(sys.argv[1]) // each // 20)
    add_codings(quotes, codes, team.coder("lead"), each)
print(team.users["lead"].pk, team.codebook.guid)
"""
ASK = """
import os, sys, time, django
django.setup()
from django.db import connection
from django.test import Client
client = Client()
if sys.argv[1:]:
    from django.contrib.auth import get_user_model
    client.force_login(get_user_model().objects.get(pk=sys.argv[1]))
def ask(road):
    response = client.get(road, SERVER_NAME="localhost")
    assert response.status_code == 200, (road, response.status_code)
    if not response.streaming:
        return len(response.content)
    size = sum(map(len, response.streaming_content))
    response.close()
    return size
def status(name):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(name))
ask("/healthz")
ask("/data-dictionary/")  # what every request loads once
connection.close()  # no process goes on with another's
for line in sys.stdin:
    if child := os.fork():
        if os.waitpid(child, 0)[1]:
            sys.exit(f"{line.strip()} failed.")
        continue
    ask("/data-dictionary/")  # what a fork maps only as it comes to it would count
    connection.cursor().execute("PRAGMA mmap_size=0")  # pages of a mapped file would count, and are not the program's
    open("/proc/self/clear_refs", "w").write("5")  # the largest size is counted from here
    before, began = status("VmRSS"), time.perf_counter()
    size = ask(line.strip())
    print(size, max(status("VmHWM") - before, 0), time.perf_counter() - began, flush=True)
    os._exit(0)
"""


def site(folder: str) -> dict[str, str]:
    """The environment of the site on the database in `folder`."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",  # the site's own, with plain static files
        "DATABASE_URL": f"sqlite:///{folder}/{NAME}",
        "PYTHONPATH": str(ROOT),
    }


def run(code: str, folder: str, *arguments: str) -> str:
    """Run a program of the site on the database in `folder`; what it prints."""
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, env=site(folder), check=True, capture_output=True, text=True, cwd=ROOT).stdout


def measured(empty: Path, sizes: tuple[int, int], roads: list[str], *, is_team: bool) -> list[dict[str, Measured]]:
    """Each download for few and for many, in turns, so that both are measured on a machine as busy."""
    found: list[dict[str, Measured]] = [{}, {}]
    with ExitStack() as stack:
        asked, before = [], []
        for size in sizes:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            shutil.copy(empty, folder)
            said = run(FILL_TEAM if is_team else FILL, folder, str(size)).split()  # of a team: its lead and codebook
            asked.append(stack.enter_context(_asking(folder, *said[:1])))
            before.append(f"/workbench/{said[1]}/" if said else "")
        for road in roads:
            once, many, again = (asked[of](before[of] + road) for of in (0, 1, 0))
            found[0][road] = once[0], once[1], (once[2] + again[2]) / 2  # before and after the other
            found[1][road] = many
    return found


@contextmanager
def _asking(folder: str, *lead: str) -> Iterator[Callable[[str], Measured]]:
    """What says of a road: bytes of the file, kB by which memory grew for it, and seconds."""
    command = [sys.executable, "-c", ASK, *lead]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=site(folder), cwd=ROOT, **pipes) as process:
        assert process.stdin
        assert process.stdout
        told, heard = process.stdin, process.stdout

        def ask(road: str) -> Measured:
            print(road, file=told, flush=True)
            size, grown, took = heard.readline().split()
            return int(size), int(grown), float(took)

        yield ask
        told.close()


def compared(found: list[dict[str, Measured]], sizes: tuple[int, int], unit: str, limit: int) -> bool:
    """Print the table of few and many, and the figures; whether all limits are reached."""
    few, many = found
    one, other = (f"{number:,} {unit}" for number in sizes)
    print(
        f"| download | {one}: size (kB) | memory (kB) | {other}: size (kB) | memory (kB) | ratio of memory | seconds |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|")
    for road, (larger, more, took) in many.items():
        size, grown, _ = few[road]
        ratio = f"{more / max(grown, 1):.1f}"
        print(f"| `{road}` | {size // 1024:,} | {grown:,} | {larger // 1024:,} | {more:,} | {ratio} | {took:.1f} |")
    reached = True
    for road, (_, more, _) in many.items():
        most = limit if unit == "codings" else min(limit, max(RATIO * few[road][1], few[road][1] + SLACK))
        reached &= say(f"{road} of {other}: memory", "MB more", [more / 1024], [], most / 1024, least=False)
    return reached


def main() -> int:
    """Measure every download; the exit status."""
    is_full = scale(__doc__ or "")
    with tempfile.TemporaryDirectory() as folder:
        run(EMPTY, folder)
        empty, sizes = Path(folder, NAME), SCHOOLS[is_full]
        reached = compared(measured(empty, sizes, ROADS, is_team=False), sizes, "schools", LIMIT)
        sizes = CODINGS[is_full]
        found = measured(empty, sizes, TEAM_ROADS, is_team=True)
    reached &= compared(found, sizes, "codings", TEAM_LIMIT)
    for road in ("project.qdpx", "workbook.xlsx", "codings.csv"):
        each = [[1000 * of[road][2] / size] for of, size in zip(found, sizes, strict=True)]
        name = f"{road}: a coding of {sizes[1]:,} beside one of {sizes[0]:,}"
        reached &= say(name, "ms", each[1], each[0], SLOWER, least=False)
    return int(not reached)


if __name__ == "__main__":
    sys.exit(main())
