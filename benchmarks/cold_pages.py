"""Published pages with 5 schools and with 5,000 and a million quotes: `python -m benchmarks.cold_pages [--scale full]`.

Each page is made anew each time, by the test client in a process of its own for each database, both asked in turns;
both engines. Prints the median time at the larger size, that with five schools, and the ratio in the same turn; exits 1
above LIMIT or where a page asks the database more often than with five.
"""

import sys

from benchmarks.asking import asking_both, in_turns
from benchmarks.figures import say, scale
from benchmarks.seeded import ENGINES, SCALE, database

LIMIT = 1.5  # times as long
TIMES = {False: 3, True: 11}
ROADS = [
    "/",
    "/about/",
    "/schools/",
    "/schools/?sort=most-fsm",
    "/quotes/",
    "/quotes/?sort=longest",
    "/quotes/?topic=use",
]


def main() -> int:
    """Measure both sizes on both engines; the exit status."""
    full = scale(__doc__ or "")
    reached = True
    for engine in ENGINES:
        with asking_both(database(engine, 0, 0, 0), database(engine, *SCALE[full])) as (large, small):
            for road in ROADS:
                times = in_turns(large, small, "ms", road, TIMES[full])
                reached &= say(f"page {road}, {engine}", "ms", *times, LIMIT, least=False)
                asked, before = large("queries", road), small("queries", road)
                if asked > before:
                    print(f"{road} asks {asked} times, with five schools {before}")
                    reached = False
    return int(not reached)


if __name__ == "__main__":
    sys.exit(main())
