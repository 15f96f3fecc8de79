"""What ten times the data costs: `python -m benchmarks.tenfold [--scale full]`.

Lists, single pages and searches are asked for at two sizes, one ten times the other, each page made anew, by the test
client in a process of its own for each database; both engines. A page may take LIMIT times as long. Of the CSV of all
codings the rows a second are compared, which must not fall below LINEAR of those of the smaller. Exits 1 where a limit
is not reached. `BENCH_SQLITE` and `BENCH_POSTGRESQL` name databases of the larger size.
"""

import json
import subprocess
import sys

from benchmarks.cold_pages import TIMES
from benchmarks.figures import say, scale
from benchmarks.seeded import ENGINES, ROOT, SCALE, database, site

LIMIT, LINEAR = 1.2, 1 / 1.2
ROADS = [
    "/",
    "/schools/",
    "/schools/?sort=smallest",
    "/quotes/",
    "/quotes/?sort=longest",
    "/quotes/?topic=use",
    "/quotes/?code=synthetic-1/idea-12",
    "a case",
    "a quote",
    "/codebooks/synthetic-1/",
    "/codebooks/synthetic-1/idea-12/",
    "/quotes/?q=pupils",
    "/quotes/?q=podcast",
    "/quotes/?q=camera+research",
    "/quotes/?q=zamsholat",
]
ASK = """
import json, sys, time
import ictlead.wsgi  # as a server of the site is set up
from django.core.cache import cache
from django.test import Client
from django.db.models import Count, F, Func
from schools.models import School
near = Func(F("n") - 200, function="ABS")  # as many quotes as there are for each school, in both
school = School.objects.filter(study__is_front=True).annotate(n=Count("quotes")).order_by(near, "pk").first()
quote = school.quotes.order_by("position")[3]
named = {"a case": quote.school.get_absolute_url(), "a quote": quote.get_absolute_url()}
client, found = Client(SERVER_NAME="localhost"), {}
for road in json.loads(sys.argv[1]):
    took = []
    for _ in range(int(sys.argv[2]) + 1):
        cache.clear()
        begun = time.perf_counter()
        response = client.get(named.get(road, road))
        took.append(1000 * (time.perf_counter() - begun))
        assert response.status_code == 200, (road, response.status_code)
    found[road] = took[1:]
rates = []
for _ in range(3):
    begun, lines = time.perf_counter(), 0
    for chunk in client.get("/quotes.csv?layout=long").streaming_content:
        lines += chunk.count(b"\\n")
    rates.append(lines / (time.perf_counter() - begun))
print(json.dumps([found, rates]))
"""


def measured(url: str) -> tuple[dict[str, list[float]], list[float]]:
    """Milliseconds of each page, and rows a second of the CSV."""
    command = [sys.executable, "-c", ASK, json.dumps(ROADS), str(TIMES)]
    done = subprocess.run(command, env=site(url), cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    pages, rates = json.loads(done.stdout)
    return pages, rates


def main() -> int:
    """Measure both sizes on both engines; the exit status."""
    large = SCALE[scale(__doc__ or "")]
    small = (large[0] // 10, large[1] // 10, large[2] // 10)
    reached = True
    for engine in ENGINES:
        with database(engine, *small, named=False) as few, database(engine, *large) as many:
            (pages, rates), (tenfold, tenfold_rates) = measured(few), measured(many)
        for road in ROADS:
            reached &= say(
                f"ten times the data: {road}, {engine}", "ms", tenfold[road], pages[road], LIMIT, least=False
            )
        reached &= say(f"ten times the data: CSV, {engine}", "rows/s", tenfold_rates, rates, LINEAR)
    return int(not reached)


if __name__ == "__main__":
    sys.exit(main())
