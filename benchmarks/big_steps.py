"""Undo and redo of steps that touch many rows: `python -m benchmarks.big_steps [--scale full]`.

An import of 50 codes and 20,000 codings (small: 2,000), and a merge of a code that has them all; on both engines, by
the actions of the workbench. Each is held against doing it the first time, in the same process and run: SLOWER times
that long at most. Also how many statements it takes: MOST a thousand rows. Exits 1 where a limit is not reached.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.figures import say, scale
from benchmarks.seeded import ROOT, database, site

SLOWER, MOST = 3, 60  # times as long; statements for each thousand rows
CODES = 50
SIZES = {False: 2_000, True: 20_000}  # codings; the most that an import may bring into one step is 20,000


def timed(act: Callable[[], Any]) -> tuple[float, int]:
    """Seconds and statements of an action."""
    from django.db import connection

    asked = 0

    def count(execute: Callable[..., Any], *about: Any) -> Any:
        nonlocal asked
        asked += 1
        return execute(*about)

    begun = time.perf_counter()
    with connection.execute_wrapper(count):
        act()
    return time.perf_counter() - begun, asked


def bring_in(team: Any, number: int) -> None:
    """A step that brings in codes and codings, as an import into a codebook that is here does."""
    from django.db import transaction
    from django.utils import timezone

    from findings.actions.base import Changes, hold, record
    from findings.models import Code, Coding

    with transaction.atomic():
        held, changes, now = hold(team.codebook), Changes(), timezone.now()
        codes = changes.create_all(
            [Code(codebook=held, slug=f"new-{n}", name=f"New {n}", position=n) for n in range(CODES)], Code
        )
        each, coder = number // len(team.quotes), team.coder("lead")
        rows = [
            Coding(quote=quote, code=codes[n % CODES], coder=coder, start=n, end=n + 9, coded_at=now)
            for quote in team.quotes
            for n in range(each)
        ]
        changes.create_all(rows, Coding)
        record(codebook=held, coder=coder, verb="import-file", words="Brought in", changes=changes)


def measure(engine: str, number: int) -> bool:
    """All of it, once; whether every limit was reached."""
    import django

    django.setup()
    from findings import actions
    from findings.models import Code, Coding
    from tests.bench import make_team

    team = make_team(texts=["word " * 60] * 100)
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    by: dict[str, Any] = {"codebook": team.codebook, "coder": team.coder("lead")}

    def merge() -> None:
        """All codings to one of two codes, by hand, and then to the other by the action."""
        first, second, *_ = Code.objects.filter(codebook=team.codebook, retired_at=None).order_by("-pk")
        Coding.objects.filter(code__codebook=team.codebook).update(code=first)
        actions.merge_codes(code=first, survivor=second, **by)

    reached = True
    for name, act in (("import", lambda: bring_in(team, number)), ("merge", merge)):
        first, _ = timed(act)
        for verb in ("undo", "redo"):
            took, statements = timed(partial(getattr(actions, verb), **by))
            said = f"{verb} of {'an' if name == 'import' else 'a'} {name} of {number:,} codings, {engine}"
            reached &= say(said, "s", [took], [first], SLOWER, least=False)
            reached &= say(f"{said}: statements", "", [statements], [], MOST * number / 1000, least=False)
    return reached


def main() -> int:
    """Each engine in a process of its own; the exit status."""
    if "BIG_STEPS" in os.environ:
        return int(not measure(os.environ["BIG_STEPS"], int(os.environ["BIG_STEPS_NUMBER"])))
    number, status = SIZES[scale(__doc__ or "")], 0
    for engine in ("sqlite", "postgresql"):
        with database(engine, 0, 0, 0) as url:
            given = site(url) | {"BIG_STEPS": engine, "BIG_STEPS_NUMBER": str(number)}
            status |= subprocess.run([sys.executable, "-m", "benchmarks.big_steps"], env=given, cwd=ROOT).returncode
    return status


if __name__ == "__main__":
    sys.exit(main())
