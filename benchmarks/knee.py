"""How many people one machine serves at once: `python -m benchmarks.knee [--scale full]`.

Starts `make serve` (on the PostgreSQL of DATABASE_URL, else on SQLite) and lets more and more people spend a mixed day
on it (benchmarks/mixed_day.py). The knee is the last step at which 95 of 100 answers come within half a second and
none fails. Locust lives in an environment of its own (benchmarks/programs.py). Client and server share the machine.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.figures import say, scale
from benchmarks.programs import program
from benchmarks.servers import MANY, ROOT, prepared_site, serving

MOST_MILLISECONDS = 500
STANDS_FOR = 10  # people, each browser of benchmarks/mixed_day.py
STEPS = {"small": (1000,), "full": (500, 1000, 2000, 3000, 4000, 5000, 6000, 8000, 10_000, 12_000)}
SECONDS = {"small": 6, "full": 30}
WRITERS = {"small": 40, "full": 400}
SEATS = """
import django, json, sys
django.setup()
from django.conf import settings
settings.ALLOWED_HOSTS.append("testserver")
from benchmarks.saving import writers
from selfreview.actions import start_review
from selfreview.models import Questionnaire
seats = []
for _ in range(int(sys.argv[1]) // 20):
    review, lead, _ = start_review(questionnaire=Questionnaire.objects.get())
    seats += [{"road": one.road, "cookies": one.cookies} for one in writers(review, lead, 20, shared_by=1)]
json.dump(seats, sys.stdout)
"""


def step(locust: str, port: int, seats: Path, people: int, seconds: int) -> dict:
    """One step of the stairs: requests a second, the 95th percentile in milliseconds, failures."""
    command = [locust, "-f", "benchmarks/mixed_day.py", "--headless", "--json", "--only-summary", "--reset-stats"]
    command += [
        "-u",
        str(people // STANDS_FOR),
        "-r",
        str(max(people // STANDS_FOR // 5, 10)),
        "-t",
        f"{seconds}s",
        "-H",
        f"http://127.0.0.1:{port}",
    ]
    ran = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"SEATS": str(seats), "STANDS_FOR": str(STANDS_FOR)},
        capture_output=True,
        text=True,
    )
    rows = json.loads(ran.stdout[ran.stdout.index("[") :])
    times: dict[float, int] = {}
    for row in rows:
        for took, count in row["response_times"].items():
            times[float(took)] = times.get(float(took), 0) + count
    total, seen = sum(times.values()), 0
    for took in sorted(times):
        seen += times[took]
        if seen >= total * 0.95:
            break
    span = max(row["last_request_timestamp"] for row in rows) - min(row["start_time"] for row in rows)
    return {"rate": total / span, "p95": took, "failed": sum(row["num_failures"] for row in rows)}


def main() -> int:
    """Walk up the stairs; the exit status."""
    return walk(str(program("locust")), "full" if scale(__doc__ or "") else "small")


def walk(locust: str, size: str) -> int:
    """Step after step until the knee; the exit status."""
    knee = 0
    with prepared_site(os.environ.get("DATABASE_URL", "")) as site, tempfile.NamedTemporaryFile("w") as seats:
        made = subprocess.run(
            [sys.executable, "-c", SEATS, str(WRITERS[size])],
            cwd=ROOT,
            env=os.environ | site,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        seats.write(made.stdout)
        seats.flush()
        with serving(site, MANY) as port:
            print("| people | requests a second | 95 of 100 within (ms) | failed |\n|---:|---:|---:|---:|")
            for people in STEPS[size]:
                got = step(locust, port, Path(seats.name), people, SECONDS[size])
                print(f"| {people:,} | {got['rate']:.0f} | {got['p95']:.0f} | {got['failed']} |", flush=True)
                if got["p95"] > MOST_MILLISECONDS or got["failed"]:
                    break
                knee = people
    return int(not say("people at once on a mixed day", "people", [knee], [], STEPS[size][0]))


if __name__ == "__main__":
    sys.exit(main())
