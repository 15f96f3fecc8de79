"""What memory each download takes for 5 and for 5,000 schools: `python benchmarks/export_memory.py`.

Each is measured in a process of its own on a scratch database (SQLite), from before the request to its last byte: the
growth of the process's largest resident size. Prints a table, and exits 1 where the growth for 5,000 schools is above
LIMIT, or above RATIO times that for 5 and beyond SLACK: a thousand times the schools may not take a multiple of memory.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCHOOLS = (5, 5000)
LIMIT = 64 * 1024  # kB
RATIO, SLACK = 2.0, 24 * 1024  # kB: chunks of rows, buffers of the database, and what the allocator keeps
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

FILL = """
import sys, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("load_study", verbosity=0, stdout=open("/dev/null", "w"))
from tests.reading.scale import add_schools
left = int(sys.argv[1]) - 5
while left > 0:
    add_schools(min(left, 500), quotes_each=4)
    left -= 500
from schools.actions import publish_change
publish_change()
"""
ASK = """
import sys, django
django.setup()
from django.test import Client
client = Client()
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
from django.db import connection
connection.cursor().execute("PRAGMA mmap_size=0")  # pages of a mapped file would count, and are not the program's
open("/proc/self/clear_refs", "w").write("5")  # the largest size is counted from here
before = status("VmRSS")
size = ask(sys.argv[1])
print(size, max(status("VmHWM") - before, 0))
"""


def run(code: str, folder: str, *arguments: str) -> str:
    """Run a program of the site on the database in `folder`; what it prints."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",  # the site's own, with plain static files
        "DATABASE_URL": f"sqlite:///{folder}/scratch.sqlite3",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True, cwd=ROOT).stdout


def measured(schools: int) -> dict[str, tuple[int, int]]:
    """Bytes of each file, and kB by which memory grew for it."""
    with tempfile.TemporaryDirectory() as folder:
        run(FILL, folder, str(schools))
        found = {}
        for road in ROADS:
            size, grown = run(ASK, folder, road).split()
            found[road] = int(size), int(grown)
    return found


def main() -> int:
    """Measure every download; the exit status."""
    few, many = map(measured, SCHOOLS)
    failed = False
    one, other = (f"{number:,} schools" for number in SCHOOLS)
    print(f"| download | {one}: size (kB) | memory (kB) | {other}: size (kB) | memory (kB) | ratio of memory |")
    print("|---|---:|---:|---:|---:|---:|")
    for road in ROADS:
        (size, grown), (larger, more) = few[road], many[road]
        wrong = more > LIMIT or (more > RATIO * grown and more - grown > SLACK)
        failed |= wrong
        ratio = f"{more / max(grown, 1):.1f}{' TOO MUCH' if wrong else ''}"
        print(f"| `{road}` | {size // 1024:,} | {grown:,} | {larger // 1024:,} | {more:,} | {ratio} |")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
