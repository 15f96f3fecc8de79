"""A process of the site on a database, asked for one page after another: two of them can be asked in turns.

A machine is not as quick at one moment as at the next; what is measured in turns is slow together.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from benchmarks.seeded import ROOT, site

PROGRAM = """
import json, sys, time
import ictlead.wsgi  # as a server of the site is set up
from django.core.cache import cache
from django.db import connection
from django.db.models import Count, F, Func
from django.test import Client
from django.test.utils import CaptureQueriesContext
from schools.models import School
client = Client(SERVER_NAME="localhost")
near = Func(F("n") - 200, function="ABS")  # a case with about as many quotes, however many schools there are
school = School.objects.filter(study__is_front=True).annotate(n=Count("quotes")).order_by(near, "pk").first()
quote = school.quotes.order_by("position")[3]
named = {"a case": school.get_absolute_url(), "a quote": quote.get_absolute_url()}
for line in sys.stdin:
    what, road = json.loads(line)
    cache.clear()
    with CaptureQueriesContext(connection) if what == "queries" else open("/dev/null") as asked:
        begun = time.perf_counter()
        response = client.get(named.get(road, road))
        lines = sum(chunk.count(b"\\n") for chunk in response.streaming_content) if response.streaming else 0
        took = time.perf_counter() - begun
    assert response.status_code == 200, (road, response.status_code)
    said = {"ms": 1000 * took, "rate": lines / took}
    print(json.dumps(said[what] if what in said else len(asked)), flush=True)
"""


class Asked:
    """The process."""

    def __init__(self, process: subprocess.Popen) -> None:
        self.process = process

    def __call__(self, *what: str) -> Any:
        """What it says of that, by its program. Raises RuntimeError where it says nothing.

        PROGRAM is asked for the `ms` of a page, its `queries`, or a file's lines a second (`rate`), and then the road,
        of which two have names there. Each page is made anew: its cache is emptied first.
        """
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline()
        if not said:
            raise RuntimeError(f"{what[-1]} was not answered.")
        return json.loads(said)


@contextmanager
def asking(url: str, program: str = PROGRAM, *arguments: str) -> Iterator[Asked]:
    """One on the database of that address, ended afterwards."""
    command = [sys.executable, "-c", program, *arguments]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=site(url), cwd=ROOT, **pipes) as process:
        yield Asked(process)
        assert process.stdin
        process.stdin.close()


@contextmanager
def asking_both(few: AbstractContextManager[str], many: AbstractContextManager[str]) -> Iterator[tuple[Asked, Asked]]:
    """One on the database with many rows and one on that with few, whose addresses these give."""
    with few as small, many as large, asking(large) as one, asking(small) as other:
        yield one, other


def in_turns(one: Asked, other: Asked, what: str, road: str, times: int) -> tuple[list[float], list[float]]:
    """What both say of a road, asked in turns so many times, after one time that does not count."""
    pairs = [(one(what, road), other(what, road)) for _ in range(times + 1)][1:]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]
