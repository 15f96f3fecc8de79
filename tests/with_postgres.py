"""Run a command with a PostgreSQL of its own: python tests/with_postgres.py pytest --database-tests

The server listens on a socket in a temporary folder and on no network; it is stopped and removed at the end, whatever
happens. Without PostgreSQL on this machine the command is skipped, or fails when CI=true.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

INSTALL = "Install PostgreSQL (on Debian: apt-get install postgresql) to run the tests on it."
# Nothing of this server is meant to outlive a crash.
OPTIONS = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses="]
START_SECONDS = 30


def binaries() -> Path | None:
    """The folder of initdb and postgres: of the path, else Debian's newest."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    return next((each for each in folders if (each / "initdb").exists() and (each / "postgres").exists()), None)


def _version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0.0


@contextlib.contextmanager
def server(folder: Path) -> Iterator[str]:
    """A running server; yields its DATABASE_URL."""
    # initdb refuses root, so root hands the folder and the server to an account without rights.
    account = _unprivileged() if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="ictlead-pg-") as name:
        home = Path(name)
        if account:
            os.chown(home, account.pw_uid, account.pw_gid)
        identity: dict[str, Any] = (
            {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
        )
        subprocess.run(
            [folder / "initdb", "-D", home / "data", "-U", "ictlead", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=home,
            **identity,
        )
        options = [part for option in OPTIONS for part in ("-c", option)]
        with (home / "log").open("w") as log:
            process = subprocess.Popen(
                [folder / "postgres", "-D", home / "data", "-k", home, *options],
                stdout=log,
                stderr=log,
                cwd=home,
                **identity,
            )
        try:
            _wait(process, home)
            yield f"postgresql://ictlead@{str(home).replace('/', '%2F')}/postgres"
        finally:
            process.send_signal(signal.SIGINT)  # "fast": ends the sessions, then the server
            try:
                process.wait(timeout=START_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    sys.exit("There is no account without rights (postgres, nobody) to run PostgreSQL as.")


def _wait(process: subprocess.Popen, home: Path) -> None:
    """Until the server says in its lock file that it is ready."""
    deadline = time.monotonic() + START_SECONDS
    lock = home / "data" / "postmaster.pid"
    while time.monotonic() < deadline and process.poll() is None:
        if lock.exists() and "ready" in lock.read_text():
            return
        time.sleep(0.05)
    sys.exit(f"PostgreSQL did not start:\n{(home / 'log').read_text()}")


def main(command: list[str]) -> int:
    """Run the command, and return its exit code."""
    if not command:
        sys.exit("Say which command to run: python tests/with_postgres.py pytest --database-tests")
    folder = binaries()
    if folder is None:
        if os.environ.get("CI") == "true":
            sys.exit(f"There is no PostgreSQL on this machine. {INSTALL}")
        print(f"The PostgreSQL tests were skipped: there is none on this machine. {INSTALL}")
        return 0
    # A stop from outside becomes an exit, so that the server is stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with server(folder) as url:
        return subprocess.run(command, env=os.environ | {"DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
