"""50 people save answers at once on PostgreSQL: `python -m benchmarks.save_at_once [--scale full]`.

Each writes a question again and again over HTTP, as the autosave does, to the server of `make serve`: first as soon as
they can, which shows what the machine can do; then at the pace of people who type, which shows what they wait. The
reference is pgbench with as many clients, each transaction updating one row, on the same PostgreSQL (which waits for
its disk, as a real one does). Besides, the least that a save can be in Django (benchmarks/one_update.py) is measured in
the same way. Counts what was acknowledged and is not there. Exits 1 where a limit is not reached.
"""

import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import unquote

from benchmarks.figures import say, scale
from benchmarks.seeded import load, site
from tests import with_postgres

if TYPE_CHECKING:
    from benchmarks.saving import Writer

WRITERS = 50
PACE = 1.0  # seconds between two saves of one person: the autosave waits longer
LEAST, LEAST_OF_DJANGO, MOST_MILLISECONDS = 0.25, 0.25, 150.0
BARE = (
    "-c",
    "import sys; sys.argv[0] = 'serve'; from deploy import serve; serve.main('benchmarks.one_update:application')",
)
TABLE = "CREATE TABLE bench AS SELECT id, 0 AS n FROM generate_series(1, 50) AS id; CREATE INDEX ON bench (id);"
UPDATE = "\\set id random(1, 50)\nUPDATE bench SET n = n + 1 WHERE id = :id;\n"


def pgbench(database_url: str, seconds: float) -> float:
    """Transactions a second of pgbench, 50 clients."""
    host = unquote(found(r"@([^/]+)/", database_url))
    said = ["-h", host, "-U", "ictlead"]
    subprocess.run(
        ["psql", *said, "-qc", "DROP TABLE IF EXISTS bench", "postgres"], check=True, stderr=subprocess.DEVNULL
    )
    subprocess.run(["psql", *said, "-qc", TABLE, "postgres"], check=True)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(UPDATE)
        script.flush()
        command = ["pgbench", *said, "-n", "-c", str(WRITERS), "-j", "2", "-T", str(round(seconds)), "-f", script.name]
        ran = subprocess.run([*command, "postgres"], check=True, capture_output=True, text=True)
    return float(found(r"tps = ([\d.]+)", ran.stdout))


def found(pattern: str, text: str) -> str:
    """The group of a pattern in a text. Raises RuntimeError where it is not there."""
    match = re.search(pattern, text)
    if match is None:
        raise RuntimeError(f"There is no {pattern} in this: {text[:500]}")
    return match[1]


def save_all(port: int, everyone: "list[Writer]", seconds: float, pace: float = 0) -> tuple[float, list[float]]:
    """Saves a second of all writers at once, and how long each took, in milliseconds.

    Each saves again as soon as it was answered, or after `pace` seconds.
    """
    took: list[float] = []
    begin = threading.Barrier(len(everyone) + 1)
    end = [0.0]

    def write(writer: "Writer") -> None:
        client = HTTPConnection("127.0.0.1", port, timeout=30)
        number = len(writer.stored)
        begin.wait()
        time.sleep(random.uniform(0, pace))
        while time.perf_counter() < end[0]:
            asked = time.perf_counter()
            writer.save(client, number)
            took.append((time.perf_counter() - asked) * 1000)
            number += 1
            time.sleep(max(asked + pace - time.perf_counter(), 0))

    threads = [threading.Thread(target=write, args=[writer]) for writer in everyone]
    for thread in threads:
        thread.start()
    end[0] = time.perf_counter() + seconds
    begin.wait()
    for thread in threads:
        thread.join()
    return len(took) / seconds, took


def percentile_95(took: list[float]) -> float:
    """The time within which 95 of 100 were answered."""
    return sorted(took)[int(len(took) * 0.95)]


def main() -> int:
    """Measure; the exit status."""
    full = scale(__doc__ or "")
    rounds, seconds = (7, 10.0) if full else (2, 1.5)
    folder = with_postgres.binaries()
    if folder is None:
        sys.exit(with_postgres.INSTALL)
    with_postgres.OPTIONS[:] = ["listen_addresses=", "max_connections=120"]  # a real one: it waits for its disk
    with with_postgres.server(folder) as url:
        return measure(url, rounds, seconds)


def measure(url: str, rounds: int, seconds: float) -> int:
    """All rounds on a running PostgreSQL; the exit status."""
    load(url)
    os.environ |= site(url)
    import django

    django.setup()
    from django.db import connection

    from benchmarks.saving import writers
    from benchmarks.servers import MANY, start, stop
    from selfreview.actions import start_review
    from selfreview.models import AnswerRevision, Questionnaire

    reviews = [start_review(questionnaire=Questionnaire.objects.get()) for _ in range(WRITERS // 5)]
    everyone = [one for review, lead, _ in reviews for one in writers(review, lead, 5, shared_by=1)]
    connection.close()
    for number, writer in enumerate(everyone):
        writer.name = f"Writer {number}"  # so that no two save the same text
    also = [replace(writer, statuses=[], stored=[]) for writer in everyone]
    rates, references, least, slowest, paced = [], [], [], [], []
    with ExitStack() as stack:
        running = []
        for command in (MANY, BARE):
            server, port = start(url, "ictlead.settings", command=command, DATABASE_MAX_AGE="60", LOG_LEVEL="WARNING")
            stack.callback(stop, server)
            running.append(port)
        pgbench(url, 1)  # makes its table
        for port, writing in zip(running, (everyone, also), strict=True):
            save_all(port, writing, seconds / 3)  # all have their connections, every answer its first save
        for _ in range(rounds):
            rate, took = save_all(running[0], everyone, seconds)
            rates.append(rate)
            slowest.append(percentile_95(took))
            _, took = save_all(running[0], everyone, seconds, pace=PACE)
            paced.append(percentile_95(took))
            references.append(pgbench(url, max(seconds / 2, 1)))
            least.append(save_all(running[1], also, seconds)[0])
    stored = {text for writer in everyone for text in writer.stored}
    there = set(AnswerRevision.objects.values_list("text", flat=True))
    wrong = [status for writer in everyone for status in writer.statuses if status != 200]
    print(f"{len(everyone)} writers: {len(stored):,} saves stored, {len(stored - there)} missing, {len(wrong)} refused")
    reached = say("saves at once, PostgreSQL", "transactions/s", rates, references, LEAST)
    reached &= say("the least save in Django, PostgreSQL", "transactions/s", least, references, 0)
    reached &= say("saves at once, beside the least save in Django", "saves/s", rates, least, LEAST_OF_DJANGO)
    reached &= say(
        "saves at once, each as soon as it can, 95th percentile", "ms", slowest, [], MOST_MILLISECONDS, least=False
    )
    reached &= say("saves at once, one a second each, 95th percentile", "ms", paced, [], MOST_MILLISECONDS, least=False)
    reached &= say("saves acknowledged and missing", "saves", [float(len(stored - there))], [], 0, least=False)
    return int(not reached or bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
