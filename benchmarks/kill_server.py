"""Is every acknowledged save there after the server was killed? python -m benchmarks.kill_server

Ten times, on SQLite and on PostgreSQL, 50 writers begin 500 autosaves; in the middle of them the server
and all its processes get SIGKILL. Afterwards every text that the server said it had saved must be among the answer's
revisions. Ends with an error where one is missing. Prints a table for docs/kill-test.md.
"""

import os
import random
import signal
import sys
import tempfile
import threading
from http.client import HTTPConnection, HTTPException
from pathlib import Path

ROUNDS, WRITERS, SAVES = 10, 50, 10  # 500 saves a round


def prepare(database_url: str) -> None:
    """This process on a fresh database with the study in it, set up as the tests are."""
    os.environ |= {"DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from ictlead.loading import load_study

    load_study(settings.BASE_DIR / "fixtures")


def one_round(database_url: str, seed: int) -> tuple[int, int, int]:
    """Kill a server in the middle of 500 saves: how many it acknowledged, how many are there, how many are missing."""
    from django.db import connection

    from benchmarks.saving import Writer, writers
    from benchmarks.servers import start, stop
    from selfreview.actions import start_review
    from selfreview.models import AnswerRevision, Questionnaire

    review, lead, _ = start_review(questionnaire=Questionnaire.objects.get())
    everyone = list(writers(review, lead, WRITERS))
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
    for _ in range(random.Random(seed).randint(100, 400)):  # somewhere in the middle
        done.acquire()
    stop(server, signal.SIGKILL)
    for thread in threads:
        thread.join()
    acknowledged = {text for writer in everyone for text in writer.stored}
    there = set(AnswerRevision.objects.filter(answer__review=review).values_list("text", flat=True))
    return len(acknowledged), len(there), len(acknowledged - there)


def measure(engine: str, database_url: str) -> int:
    """All rounds on one engine; how many saves are missing."""
    prepare(database_url)
    results = [one_round(database_url, seed) for seed in range(ROUNDS)]
    acknowledged, there, missing = (sum(column) for column in zip(*results, strict=True))
    print(f"| {engine} | {ROUNDS} | {acknowledged:,} | {there:,} | {missing} |", flush=True)
    return missing


def main(engine: str = "") -> int:
    """Both engines, each in a process of its own: Django is set up once a process."""
    if engine == "SQLite":
        with tempfile.TemporaryDirectory(prefix="ictlead-kill-") as folder:
            return measure(engine, f"sqlite:///{Path(folder) / 'site.sqlite3'}")
    if engine == "PostgreSQL":
        return measure(engine, os.environ["DATABASE_URL"])
    import subprocess

    from tests import with_postgres

    print(
        "| engine | kills | saves acknowledged | saves stored | acknowledged and missing |\n|---|---:|---:|---:|---:|",
        flush=True,
    )
    again = [sys.executable, "-m", "benchmarks.kill_server"]
    codes = [subprocess.run([*again, "SQLite"], check=False).returncode]
    programs = with_postgres.binaries()
    if programs is None:
        print("PostgreSQL is not installed: not measured.")
        return 1
    with with_postgres.server(programs) as url:
        environment = os.environ | {"DATABASE_URL": url}
        codes.append(subprocess.run([*again, "PostgreSQL"], env=environment, check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(bool(main(*sys.argv[1:])))
