"""What memory each download takes, for few and for many: `python -m benchmarks.export_memory [--scale full]`.

Each is measured in a process of its own, forked from one that has answered other pages, on a scratch database (SQLite),
from before the request to its last byte: the growth of the process's largest resident size. Published files for 5
schools and for 5,000 (small: 100); a team's files for 20,000 codings and for 200,000 (small: 1,000 and 5,000), whose
time is to grow no faster than they do. Prints a table, and exits 1 where the growth for many is above LIMIT, or above
RATIO times that for few and beyond SLACK, or where a coding of many takes more than SLOWER times as long as one of few.
"""

import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack

from benchmarks.asking import asking
from benchmarks.figures import say, scale
from benchmarks.seeded import ROOT, SQLITE, database, site

SCHOOLS = {False: (5, 100), True: (5, 5000)}
CODINGS = {False: (1_000, 5_000), True: (20_000, 200_000)}
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
import json, os, sys, time, django
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
    [road] = json.loads(line)
    if child := os.fork():
        if os.waitpid(child, 0)[1]:
            sys.exit(f"{road} failed.")
        continue
    ask("/data-dictionary/")  # what a fork maps only as it comes to it would count
    connection.cursor().execute("PRAGMA mmap_size=0")  # pages of a mapped file would count, and are not the program's
    open("/proc/self/clear_refs", "w").write("5")  # the largest size is counted from here
    before, began = status("VmRSS"), time.perf_counter()
    size = ask(road)
    print(json.dumps([size, max(status("VmHWM") - before, 0), time.perf_counter() - began]), flush=True)
    os._exit(0)
"""


def measured(empty: str, sizes: tuple[int, int], roads: list[str], *, is_team: bool) -> list[dict[str, Measured]]:
    """Each download for few and for many, in turns, so that both are measured on a machine as busy.

    `empty`: the database with the study alone; what is measured is done on copies of it.
    """
    found: list[dict[str, Measured]] = [{}, {}]
    with ExitStack() as stack:
        asked, before = [], []
        for size in sizes:
            url = f"{SQLITE}{stack.enter_context(tempfile.TemporaryDirectory())}/scratch.sqlite3"
            shutil.copy(empty.removeprefix(SQLITE), url.removeprefix(SQLITE))
            fill = [sys.executable, "-c", FILL_TEAM if is_team else FILL, str(size)]
            done = subprocess.run(fill, env=site(url), cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
            said = done.stdout.split()  # of a team: its lead and codebook
            asked.append(stack.enter_context(asking(url, ASK, *said[:1])))
            before.append(f"/workbench/{said[1]}/" if said else "")
        for road in roads:
            once, many, again = (asked[of](before[of] + road) for of in (0, 1, 0))
            found[0][road] = once[0], once[1], (once[2] + again[2]) / 2  # before and after the other
            found[1][road] = many
    return found


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
    with database("sqlite", 0, 0, 0) as empty:
        sizes = SCHOOLS[is_full]
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
