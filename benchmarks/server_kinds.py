"""Which server serves the site best: `python -m benchmarks.server_kinds [--scale full]`.

gunicorn with sync workers and with threads, and granian, in turns on one site (SQLite), each with two processes, asked
by one client over eight open connections: for a page that is kept, for one that the reader has (304), and for one that
is made anew for each reader. Prints requests a second, medians, as the table of docs/adr/0014; and granian, as it is
shipped, against gunicorn with threads; these two alone at small size.
"""

import sys
from collections import defaultdict
from statistics import median

from benchmarks.figures import say, scale
from benchmarks.load import ask, load
from benchmarks.servers import GUNICORN, MANY, prepared_site, serving

SHIPPED, BEFORE = "granian, 2 × 4 threads", "gunicorn gthread, 2 × 4 threads"
KINDS = {
    "gunicorn sync, 2": ((*GUNICORN, "-k", "sync", "--threads", "1"), "1"),
    "gunicorn sync, 5": ((*GUNICORN, "-k", "sync", "--threads", "1", "--workers", "5"), "1"),
    BEFORE: (GUNICORN, "4"),
    "granian, 2 × 1 thread": (MANY, "1"),
    SHIPPED: (MANY, "4"),
}
BROWSER = {"Accept-Encoding": "gzip, deflate, br"}


def main() -> int:
    """Measure all of them; the exit status."""
    full = scale(__doc__ or "")
    rounds, seconds = (7, 3.0) if full else (2, 0.5)
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with prepared_site() as site:
        for _ in range(rounds):
            for kind in KINDS if full else (BEFORE, SHIPPED):
                command, threads = KINDS[kind]
                with serving(site | {"WEB_CONCURRENCY": "2", "WEB_THREADS": threads}, command) as port:
                    load(port, "/", seconds / 5, headers=BROWSER)
                    load(port, "/account/login/", seconds / 5, headers=BROWSER)
                    has_it = BROWSER | {"If-None-Match": ask(port, "/", BROWSER)[1]["etag"]}
                    found[kind]["kept"].append(load(port, "/", seconds, headers=BROWSER).rate)
                    found[kind]["304"].append(load(port, "/", seconds, headers=has_it).rate)
                    found[kind]["made"].append(load(port, "/account/login/", seconds, headers=BROWSER).rate)
    print("| server | kept page | 304 | page made anew |\n|---|---:|---:|---:|")
    for kind, rates in found.items():
        print(f"| {kind} | {' | '.join(f'{median(rates[page]):,.0f}' for page in ('kept', '304', 'made'))} |")
    reached = [
        say(f"{SHIPPED}: {page}", "requests/s", found[SHIPPED][page], found[BEFORE][page], 0.9) for page in rates
    ]
    return int(not all(reached))


if __name__ == "__main__":
    sys.exit(main())
