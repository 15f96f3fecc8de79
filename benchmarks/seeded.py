"""A database with a synthetic study of the size asked for, on either engine, for the time of a benchmark.

`BENCH_SQLITE` and `BENCH_POSTGRESQL` name a database that holds one already (its address), and spare making it.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import with_postgres

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = "tests.settings"
ENGINES = ("sqlite", "postgresql")
SCALE = {False: (200, 40_000, 80_000), True: (5_000, 1_000_000, 2_000_000)}  # schools, quotes, codings: small and full


def site(url: str) -> dict[str, str]:
    """The environment of a process of the site on that database."""
    return os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": SETTINGS, "PYTHONPATH": str(ROOT)}


def manage(url: str, *command: str) -> None:
    """Run one of the site's commands on that database."""
    run = [sys.executable, "manage.py", *command]
    subprocess.run(run, env=site(url), cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def database(engine: str, schools: int, quotes: int, codings: int, *, named: bool = True) -> Iterator[str]:
    """The address of a database with the published study and, where schools are asked for, a synthetic one.

    `named`: the one that the environment names will do.
    """
    if named and schools and (url := os.environ.get(f"BENCH_{engine.upper()}")):
        yield url
        return
    with _empty(engine) as url:
        manage(url, "migrate", "--verbosity=0")
        manage(url, "load_study", "--verbosity=0")
        if schools:
            size = {"schools": schools, "quotes": quotes, "codings": codings}
            manage(url, "seed_scale", *(f"--{name}={number}" for name, number in size.items()))
        yield url


@contextmanager
def _empty(engine: str) -> Iterator[str]:
    if engine == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/bench.sqlite3"
        return
    programs = with_postgres.binaries()
    if programs is None:
        sys.exit(with_postgres.INSTALL)
    with with_postgres.server(programs) as url:
        yield url
