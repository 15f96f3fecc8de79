"""Servers of the site on a database of the caller's, for what only real processes can show."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
MANY = ("-m", "deploy.serve")
GUNICORN = ("-m", "gunicorn", "-c", "deploy/gunicorn.conf.py")


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(
    database_url: str, settings: str = "tests.settings", *, command: Sequence[str] = GUNICORN, **environment: str
) -> tuple[subprocess.Popen, int]:
    """One server in a process group of its own, ready to answer; and its port. Raises RuntimeError if it is not.

    `command` is what Python runs, with {port} for the port; `environment` is added to that of this process.
    """
    port = free_port()
    said = {"DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": settings, "PORT": str(port)}
    # Its output goes into a file and no pipe: a server whose log nobody reads would stand still.
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(
            [sys.executable, *(part.format(port=port) for part in command)],
            cwd=ROOT,
            env=os.environ | said | environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        _wait(server, port, log)
    return server, port


def _wait(server: subprocess.Popen, port: int, log: IO[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            log.seek(0)
            raise RuntimeError(f"The server did not start:\n{log.read().decode()}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    stop(server, signal.SIGKILL)
    raise RuntimeError("The server did not answer.")


def stop(server: subprocess.Popen, how: signal.Signals = signal.SIGTERM) -> None:
    """End a server with all its processes."""
    if server.poll() is None:
        os.killpg(server.pid, how)
    server.wait(timeout=START_SECONDS)


@contextmanager
def servers(database_url: str, count: int) -> Iterator[list[int]]:
    """The ports of so many servers on one database. They are stopped at the end, whatever happens."""
    running = []
    try:
        for _ in range(count):
            running.append(start(database_url))
        yield [port for _, port in running]
    finally:
        for server, _ in running:
            stop(server)


@contextmanager
def prepared_site(database_url: str = "") -> Iterator[dict[str, str]]:
    """The environment of a site of its own in a temporary folder: migrated, with the study and hashed static files.

    `BENCH_SITE` names the folder of one that is ready; its copy spares making another.
    """
    with tempfile.TemporaryDirectory(prefix="ictlead-bench-") as folder:
        environment = {
            "DATABASE_URL": database_url or f"sqlite:///{folder}/ictlead.sqlite3",
            "DATA_DIR": folder,
            "DEBUG": "0",
            "DJANGO_SETTINGS_MODULE": "ictlead.settings",
            "HTTPS": "0",
            "LOG_LEVEL": "WARNING",
            "SECRET_KEY": "for-benchmarks-only-" + "0123456789" * 4,
        }
        if kept := os.environ.get("BENCH_SITE"):
            shutil.copytree(kept, folder, dirs_exist_ok=True)
        if database_url or not kept:
            prepare = [sys.executable, "manage.py", "prepare"]
            subprocess.run(prepare, cwd=ROOT, env=os.environ | environment, check=True, stdout=subprocess.DEVNULL)
        yield environment


@contextmanager
def serving(environment: dict[str, str], command: Sequence[str] = MANY) -> Iterator[int]:
    """The port of a server of that site."""
    given = {
        name: value for name, value in environment.items() if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    }
    server, port = start(environment["DATABASE_URL"], environment["DJANGO_SETTINGS_MODULE"], command=command, **given)
    try:
        yield port
    finally:
        stop(server)
