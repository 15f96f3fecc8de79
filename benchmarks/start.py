"""How long the second `make run` takes to the first byte of the home page: `python -m benchmarks.start [--scale full]`.

The first finds the database and the static files made; from the second on nothing at all is new. The reference is
Python starting and importing Django alone. Prints medians; exits 1 above the limit.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from benchmarks.figures import say, scale
from benchmarks.load import ask
from benchmarks.servers import ROOT, START_SECONDS, free_port, prepared_site

MOST = 3.0  # seconds
MAKE = [
    "make",
    "--no-print-directory",
    "--old-file=.venv/run.stamp",
    "run",
]  # the environment is there: nothing to install


def first_byte(folder: str) -> float:
    """Seconds from `make run` to the first answer."""
    port = free_port()
    started = time.perf_counter()
    server = subprocess.Popen(
        MAKE,
        cwd=ROOT,
        env=os.environ | {"DATA_DIR": folder, "PORT": str(port), "HTTPS": "0"},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while time.perf_counter() - started < START_SECONDS:
            with suppress(OSError):
                assert ask(port, "/")[0] == 200
                return time.perf_counter() - started
            time.sleep(0.01)
        raise RuntimeError("make run did not answer.")
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def django_alone() -> float:
    """Seconds for Python to import Django and end."""
    return timed(lambda: subprocess.run([sys.executable, "-c", "import django.core.handlers.wsgi"], check=True))


def timed(work: Callable[[], object]) -> float:
    """Seconds that something takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> int:
    """Measure; the exit status."""
    rounds = 9 if scale(__doc__ or "") else 2
    with prepared_site() as site:
        first_byte(site["DATA_DIR"])
        seconds = [first_byte(site["DATA_DIR"]) for _ in range(rounds)]
    print(f"Python with Django alone: {min(django_alone() for _ in range(3)):.2f} s")
    return int(not say("second make run to first byte", "s", seconds, [], MOST, least=False))


if __name__ == "__main__":
    sys.exit(main())
