"""How fast a school with 10,000 codings opens in the coding page: `python -m benchmarks.coding_page [--scale full]`.

Through HTTP from a server of the site, both engines (small: SQLite): opening the coding page of a school with 10,000
codings, long (500 quotes with 20 each) and dense (56 quotes with about 180 each), and listing the codings; at small
size 2,000, with 91 on a quote where it is dense. Saving one coding where there are 100 codings, and where there are
many (at full size 100,000), in turns. Exits 1 where a page takes longer than LIMIT, or a save among many more than
SLOWER times as long as among few.
"""

import sys
from statistics import median

from benchmarks.desks import Desk, desks
from benchmarks.figures import say, scale
from benchmarks.seeded import ENGINES, database
from benchmarks.servers import start, stop

LIMIT = 0.47  # seconds: a tenth of what Taguette 1.5.2 needs for a document with 10,000 highlights
SLOWER = 1.5
TIMES, SAVES = {False: 5, True: 9}, {False: 11, True: 41}
FEW = (50, 2)  # quotes, and codings on each
PAGES = {False: {"dense": (22, 91), "long": (100, 20)}, True: {"dense": (56, 180), "long": (500, 20)}}
MANY = (5_000, 20)


def opens(at: Desk, port: int, road: str, times: int) -> list[float]:
    """Seconds that a page takes, so many times; once before that, templates and routes are read."""
    return [at.ask(port, road)[0] for _ in range(times + 1)][1:]


def saves(port: int, desks: list[Desk], times: int) -> list[list[float]]:
    """Milliseconds that saving one coding takes at each desk; they take turns, so that other work weighs on all."""
    took: list[list[float]] = [[] for _ in desks]
    for number in range(times):
        for place, at in enumerate(desks):
            data = {"start": number, "end": number + 10, "code": at.code}
            took[place].append(1000 * at.ask(port, f"quotes/{at.quote}/code/", data)[0])
    return [each[1:] for each in took]


def measure(engine: str, url: str, *, full: bool) -> bool:
    """All figures of one engine; whether all were reached."""
    pages = PAGES[full]
    few, *made = desks(url, [FEW, *pages.values(), *([MANY] if full else [])])
    large, many = dict(zip(pages, made, strict=False)), made[-1]
    codings, most = (10_000, 100_000) if full else (2_000, 2_000)
    server, port = start(url)
    reached = True
    try:
        for name, at in large.items():
            for said, road in (("coding page", f"code/{at.school}/?page=2"), ("list of codings", "codings/")):
                title = f"{said}, {codings:,} codings, {name}, {engine}"
                reached &= say(title, "s", opens(at, port, road, TIMES[full]), [], LIMIT, least=False)
        among_few, among_many = saves(port, [few, many], SAVES[full])
        title = f"saving among {most:,} codings, {engine}"
        return reached & say(title, "ms", [median(among_many)], [median(among_few)], SLOWER, least=False)
    finally:
        stop(server)


def main() -> int:
    """Measure both engines; the exit status."""
    full, reached = scale(__doc__ or ""), True
    for engine in ENGINES if full else ENGINES[:1]:
        with database(engine, 0, 0, 0) as url:
            reached &= measure(engine, url, full=full)
    return int(not reached)


if __name__ == "__main__":
    sys.exit(main())
