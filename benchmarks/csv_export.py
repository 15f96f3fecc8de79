"""How near /quotes.csv comes to the database's own writer: `python -m benchmarks.csv_export [--scale full]`.

PostgreSQL: against psql's COPY of the very query, with the same settings. SQLite: against `sqlite3 -csv` and a plain
join of the same rows. Both through HTTP from a server of the site, in turns. Also the time to the first byte, by how
much the server's memory grows, and how long other pages take (95th percentile) while a file is on its way and while
none is. Exits 1 where a limit is not reached.
"""

import http.client
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles

from benchmarks.figures import say, scale
from benchmarks.seeded import ROOT, SCALE, database, site
from benchmarks.servers import start, stop

ROAD = "/quotes.csv?layout=long"
LEAST = {"postgresql": 0.7, "sqlite": 0.5}  # of the reference's rows a second
FIRST_BYTE, MEMORY, OTHERS = 0.3, 64.0, 2.0  # seconds, MB, times as long
TIMES = {False: 3, True: 5}
PAGES = {False: 12, True: 60}  # while a file is on its way, and while none is
PLAIN = """SELECT q.guid, t.slug, s.slug, s.phase, s.setting, s.pupils, s.fsm_percent, o.slug, q.speaker_role, q.text,
 q.locator, b.slug, c.slug, c.guid, r.slug, g.start, g."end", substr(q.text, g.start + 1, g."end" - g.start), g.memo,
 g.coded_at
 FROM schools_quote q JOIN schools_school s ON s.id = q.school_id JOIN schools_study t ON t.id = s.study_id
 JOIN schools_topic o ON o.id = q.topic_id LEFT JOIN findings_coding g ON g.quote_id = q.id
 LEFT JOIN findings_code c ON c.id = g.code_id LEFT JOIN findings_codebook b ON b.id = c.codebook_id
 LEFT JOIN findings_coder r ON r.id = g.coder_id WHERE t.is_front
 ORDER BY s.position, s.id, q.position, q.id, g.start, g."end", b.position, c.position, g.id"""
STATEMENT = """
import django
django.setup()
from django.db import connection
from exchange import copying, quotes_stream
from findings.filters import QuoteFilter
from schools.actions import data_version
from schools.models import Quote, Study
def said(select, params):
    with connection.cursor() as cursor:
        print(";".join(f"SET {one}" for one in copying.PLAN) + ";")
        print(cursor.mogrify(f"COPY ({select}) TO STDOUT (FORMAT csv)", params).decode())
    return iter(())
quotes_stream.copy_out = said
study = Study.objects.front().get()
chosen = QuoteFilter({}, queryset=Quote.objects.published().of(study), study=study)
list(quotes_stream.quotes_stream(chosen.qs, "long", data_version(), study=study))
"""


def download(port: int) -> tuple[float, float, int]:
    """Seconds to the first byte and to the last, and lines."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    begun = time.perf_counter()
    client.request("GET", ROAD)
    response = client.getresponse()
    assert response.status == 200, response.status
    lines = response.read(1).count(b"\n")
    first = time.perf_counter() - begun
    while chunk := response.read(1 << 18):
        lines += chunk.count(b"\n")
    client.close()
    return first, time.perf_counter() - begun, lines


def reference(engine: str, url: str) -> list[str]:
    """The command that writes the same rows by the database's own means."""
    if engine == "sqlite":
        return ["sqlite3", "-csv", url.removeprefix("sqlite:///"), PLAIN]
    asked = [sys.executable, "-c", STATEMENT]
    done = subprocess.run(asked, env=site(url), cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return ["psql", "-q", "-X", url, "-c", done.stdout]


def timed(command: list[str]) -> float:
    """Seconds that a command takes, what it writes being read as the client reads a download."""
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        while chunk := process.stdout.read(1 << 18):
            chunk.count(b"\n")
    assert process.returncode == 0, command
    return time.perf_counter() - begun


def resident(group: int) -> float:
    """MB that the processes of a group hold."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int((folder / "stat").read_text().rsplit(")", 1)[1].split()[2]) == group:
                lines = (folder / "status").read_text().splitlines()
                total += sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))
        except (OSError, IndexError):
            continue
    return total / 1024


def meanwhile(work: Callable[[], object], watch: Callable[[], float]) -> list[float]:
    """What is seen, again and again, while a piece of work goes on in a thread."""
    thread = threading.Thread(target=work)
    thread.start()
    seen = [watch()]
    while thread.is_alive():
        time.sleep(0.02)
        seen.append(watch())
    thread.join()
    return seen


def page(port: int) -> float:
    """Seconds that another page takes."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    begun = time.perf_counter()
    client.request("GET", "/quotes/?page=2")
    client.getresponse().read()
    client.close()
    return time.perf_counter() - begun


def measure(engine: str, url: str, *, full: bool) -> bool:
    """All figures of one engine; whether all were reached."""
    server, port = start(url)
    try:
        page(port)
        download(port)
        before, command = resident(server.pid), reference(engine, url)
        runs, references = [], []
        for _ in range(TIMES[full]):
            runs.append(download(port))
            references.append(runs[-1][2] / timed(command))
        rates = [lines / took for _, took, lines in runs]
        name = f"CSV of {runs[0][2]:,} codings, {engine}"
        reached = say(name, "rows/s", rates, references, LEAST[engine])
        reached &= say(f"{name}: first byte", "s", [first for first, _, _ in runs], [], FIRST_BYTE, least=False)
        grown = max(meanwhile(lambda: download(port), lambda: resident(server.pid))) - before
        reached &= say(f"{name}: memory", "MB more", [grown], [], MEMORY, least=False)
        alone: list[float] = []
        beside: list[float] = []
        while len(beside) < PAGES[full]:  # in turns, as many of both
            beside += meanwhile(lambda: download(port), lambda: page(port))
            alone += [page(port) for _ in range(len(beside) - len(alone))]
        slowest = [quantiles(took, n=20)[-1] * 1000 for took in (beside, alone)]
        return reached & say(f"{name}: other pages", "ms", slowest[:1], slowest[1:], OTHERS, least=False)
    finally:
        stop(server)


def main() -> int:
    """Measure both engines; the exit status."""
    full = scale(__doc__ or "")
    sizes = {"postgresql": (5_000, 500_000, 1_000_000), "sqlite": (1_000, 100_000, 200_000)}
    reached = True
    for engine, size in sizes.items():
        with database(engine, *(size if full else SCALE[False]), named=not full) as url:
            reached &= measure(engine, url, full=full)
    return int(not reached)


if __name__ == "__main__":
    sys.exit(main())
