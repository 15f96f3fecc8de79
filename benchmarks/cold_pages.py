"""Published pages with 5 schools and with 5,000 and a million quotes: `python -m benchmarks.cold_pages [--scale full]`.

Each page is made anew each time (the cache is emptied), by the test client, in a process of its own for each database;
both engines. Prints the median time at the larger size, that with five schools, and their ratio; exits 1
above LIMIT or where a page asks the database more often than with five.
"""

import json
import subprocess
import sys

from benchmarks.figures import say, scale
from benchmarks.seeded import ENGINES, ROOT, SCALE, database, site

LIMIT = 1.5  # times as long
TIMES = 7
ROADS = [
    "/",
    "/about/",
    "/schools/",
    "/schools/?sort=most-fsm",
    "/quotes/",
    "/quotes/?sort=longest",
    "/quotes/?topic=use",
]
ASK = """
import json, sys, time
import ictlead.wsgi  # as a server of the site is set up
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
client, found = Client(SERVER_NAME="localhost"), {}
for road in json.loads(sys.argv[1]):
    took = []
    for _ in range(int(sys.argv[2]) + 1):
        cache.clear()
        begun = time.perf_counter()
        response = client.get(road)
        took.append(1000 * (time.perf_counter() - begun))
        assert response.status_code == 200, (road, response.status_code)
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        client.get(road)
    found[road] = took[1:], len(asked)
print(json.dumps(found))
"""


def measured(url: str) -> dict[str, tuple[list[float], int]]:
    """Milliseconds of each page, and how often it asked the database."""
    command = [sys.executable, "-c", ASK, json.dumps(ROADS), str(TIMES)]
    done = subprocess.run(command, env=site(url), cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def main() -> int:
    """Measure both sizes on both engines; the exit status."""
    size = SCALE[scale(__doc__ or "")]
    reached = True
    for engine in ENGINES:
        with database(engine, 0, 0, 0) as few, database(engine, *size) as many:
            small, large = measured(few), measured(many)
        for road in ROADS:
            reached &= say(f"page {road}, {engine}", "ms", large[road][0], small[road][0], LIMIT, least=False)
            if large[road][1] > small[road][1]:
                print(f"{road} asks {large[road][1]} times, with five schools {small[road][1]}")
                reached = False
    return int(not reached)


if __name__ == "__main__":
    sys.exit(main())
