"""Databases for the time of a benchmark: with the published study alone, or with a synthetic one of some size besides.

An address in the environment spares making one. `BENCH_SQLITE` and `BENCH_POSTGRESQL` name a database that holds a
synthetic study of the size asked for; `BENCH_STUDY_SQLITE` and `BENCH_STUDY_POSTGRESQL` name one with the published
study alone, of which each benchmark gets a copy.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg2

from tests import with_postgres

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = "tests.settings"
ENGINES = ("sqlite", "postgresql")
SCALE = {False: (100, 20_000, 40_000), True: (5_000, 1_000_000, 2_000_000)}  # schools, quotes, codings: small and full
SQLITE = "sqlite:///"


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
    with study_alone(engine) as url:
        if schools:
            size = {"schools": schools, "quotes": quotes, "codings": codings}
            manage(url, "seed_scale", *(f"--{name}={number}" for name, number in size.items()))
        yield url


@contextmanager
def study_alone(engine: str) -> Iterator[str]:
    """The address of a database with the published study, to write in."""
    kept = os.environ.get(f"BENCH_STUDY_{engine.upper()}")
    if engine == "postgresql":
        with _copied(kept) if kept else _new_on_postgresql() as url:
            yield url
        return
    with tempfile.TemporaryDirectory(prefix="ictlead-bench-") as folder:
        url = f"{SQLITE}{folder}/bench.sqlite3"
        if kept:
            shutil.copy(kept.removeprefix(SQLITE), url.removeprefix(SQLITE))
        else:
            load(url)
        yield url


@contextmanager
def _new_on_postgresql() -> Iterator[str]:
    programs = with_postgres.binaries()
    if programs is None:
        sys.exit(with_postgres.INSTALL)
    with with_postgres.server(programs) as url:
        _sql(url, "CREATE DATABASE study")
        of_study = _beside(url, "study")
        load(of_study)
        yield of_study


@contextmanager
def _copied(kept: str) -> Iterator[str]:
    name = f"copy_{uuid4().hex}"
    _sql(_beside(kept, "postgres"), f"CREATE DATABASE {name} TEMPLATE {kept.rpartition('/')[2]}")
    try:
        yield _beside(kept, name)
    finally:
        _sql(_beside(kept, "postgres"), f"DROP DATABASE {name} WITH (FORCE)")


def load(url: str) -> None:
    """Put the tables and the published study into an empty database, from one that the environment names or anew."""
    if (kept := os.environ.get("BENCH_STUDY_POSTGRESQL")) and not url.startswith(SQLITE):
        with subprocess.Popen(["pg_dump", kept], stdout=subprocess.PIPE) as dump:
            restore = ["psql", "-qX", "-v", "ON_ERROR_STOP=1", url]
            subprocess.run(restore, stdin=dump.stdout, check=True, stdout=subprocess.DEVNULL)
        if dump.returncode:
            raise RuntimeError("pg_dump failed.")
        return
    manage(url, "migrate", "--verbosity=0")
    manage(url, "load_study", "--verbosity=0")


def _beside(url: str, name: str) -> str:
    """Another database of the same server."""
    return f"{url.rpartition('/')[0]}/{name}"


def _sql(url: str, statement: str) -> None:
    """Run a statement outside a transaction, as making and dropping databases asks for."""
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        connection.cursor().execute(statement)
