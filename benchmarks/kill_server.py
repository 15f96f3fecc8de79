"""Is every acknowledged save there after the server was killed? `python -m benchmarks.kill_server [--scale full]`.

Ten times on SQLite and on PostgreSQL (small: once, on SQLite), 50 writers (small: 20) begin ten autosaves each; in the
middle of them the server and all its processes get SIGKILL. Afterwards every text that the server said it had saved
must be among the answer's revisions. Exits 1 where one is missing. Prints a table for docs/kill-test.md.
"""

import os
import random
import signal
import subprocess
import sys
import threading
from http.client import HTTPConnection, HTTPException

from benchmarks.figures import say, scale
from benchmarks.seeded import ENGINES, ROOT, site, study_alone

ROUNDS, WRITERS = {False: 1, True: 10}, {False: 20, True: 50}
SAVES = 10  # of each writer in a round


def one_round(database_url: str, count: int, seed: int) -> tuple[int, int, int]:
    """Kill a server while so many write: how many it acknowledged, how many are there, how many are missing."""
    from django.db import connection

    from benchmarks.saving import Writer, writers
    from benchmarks.servers import start, stop
    from selfreview.actions import start_review
    from selfreview.models import AnswerRevision, Questionnaire

    review, lead, _ = start_review(questionnaire=Questionnaire.objects.get())
    everyone = list(writers(review, lead, count))
    connection.close()
    server, port = start(database_url)
    done = threading.Semaphore(0)

    def write(writer: Writer) -> None:
        client = HTTPConnection("127.0.0.1", port, timeout=30)
        for number in range(SAVES):
            try:
                writer.save(client, number)
            except (OSError, HTTPException):
                return  # the server is gone: what it did not acknowledge, the browser keeps and sends again
            finally:
                done.release()

    threads = [threading.Thread(target=write, args=[writer]) for writer in everyone]
    for thread in threads:
        thread.start()
    for _ in range(random.Random(seed).randint(2 * count, 8 * count)):  # somewhere in the middle
        done.acquire()
    stop(server, signal.SIGKILL)
    for thread in threads:
        thread.join()
    acknowledged = {text for writer in everyone for text in writer.stored}
    there = set(AnswerRevision.objects.filter(answer__review=review).values_list("text", flat=True))
    return len(acknowledged), len(there), len(acknowledged - there)


def measure(engine: str, database_url: str, *, full: bool) -> bool:
    """All rounds on one engine; whether no save is missing."""
    import django

    django.setup()
    rounds = ROUNDS[full]
    results = [one_round(database_url, WRITERS[full], seed) for seed in range(rounds)]
    acknowledged, there, missing = (sum(column) for column in zip(*results, strict=True))
    print(
        "| engine | kills | saves acknowledged | saves stored | acknowledged and missing |\n|---|---:|---:|---:|---:|"
    )
    print(f"| {engine} | {rounds} | {acknowledged:,} | {there:,} | {missing} |")
    if acknowledged < rounds:
        raise RuntimeError("Hardly a save was acknowledged: nothing could have been lost.")
    name = f"saves missing after a server was killed, of {acknowledged:,} acknowledged, {engine}"
    return say(name, "saves", [missing], [], 0, least=False)


def main() -> int:
    """Each engine in a process of its own, as Django is set up once a process; the exit status."""
    if sys.argv[1:2] == ["measure"]:
        return int(not measure(sys.argv[2], os.environ["DATABASE_URL"], full=bool(sys.argv[3:])))
    full, status = scale(__doc__ or ""), 0
    for engine in ENGINES if full else ENGINES[:1]:
        with study_alone(engine) as url:
            again = [sys.executable, "-m", "benchmarks.kill_server", "measure", engine, *(["full"] if full else [])]
            status |= subprocess.run(again, env=site(url), cwd=ROOT, check=False).returncode
    return status


if __name__ == "__main__":
    sys.exit(main())
