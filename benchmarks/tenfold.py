"""What ten times the data costs: `python -m benchmarks.tenfold [--scale full]`.

Lists, single pages and searches at two sizes, one ten times the other, each page made anew, by the test client in a
process of its own for each database, both asked in turns; both engines (small: SQLite). A page may take LIMIT times as
long. Of the CSV of all codings the rows a second are compared, which must not fall below LINEAR of those of the
smaller. Exits 1 where a limit is not reached. `BENCH_SQLITE` and `BENCH_POSTGRESQL` name databases of the larger size.
"""

import sys

from benchmarks.asking import asking_both, in_turns
from benchmarks.figures import say, scale
from benchmarks.seeded import ENGINES, SCALE, database

LIMIT, LINEAR = 1.2, 1 / 1.2
TIMES, FILES = {False: 2, True: 9}, {False: 1, True: 2}
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
CSV = "/quotes.csv?layout=long"


def main() -> int:
    """Measure both sizes on both engines; the exit status."""
    full = scale(__doc__ or "")
    large = SCALE[full]
    small = (large[0] // 10, large[1] // 10, large[2] // 10)
    reached = True
    for engine in ENGINES if full else ENGINES[:1]:
        fewer, more = database(engine, *small, named=False), database(engine, *large)
        with asking_both(fewer, more) as (tenfold, before):
            for road in ROADS:
                times = in_turns(tenfold, before, "ms", road, TIMES[full])
                reached &= say(f"ten times the data: {road}, {engine}", "ms", *times, LIMIT, least=False)
            rates = in_turns(tenfold, before, "rate", CSV, FILES[full])
            reached &= say(f"ten times the data: CSV, {engine}", "rows/s", *rates, LINEAR)
    return int(not reached)


if __name__ == "__main__":
    sys.exit(main())
