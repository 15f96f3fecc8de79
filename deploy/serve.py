"""How granian serves ICT Lead to many: `make serve`. Why granian, in figures: docs/adr/0014.

Environment: HOST, PORT, WEB_CONCURRENCY (processes; one for each processor), WEB_THREADS (in each).
SIGHUP replaces the processes one by one, each when it has answered what it was asked. SIGTERM ends them
in the same way.
"""

import os
import socket
import time
from contextlib import suppress
from threading import Thread

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from deploy.listening import HOST, PORT, SHOWN, check_free, number

# Within which the next request's head has to be here, or the connection is closed. Longer than the 60 seconds that
# proxies keep idle connections, so that none is closed just when it is used again; it holds no thread.
HEAD_MILLISECONDS = 75_000
HEAD_BYTES = 64 * 1024  # of a request's head
WAITING = 512  # requests that a process takes on at a time; the next wait in the system's queue
LIFE_SECONDS = 24 * 3600  # then a process is replaced, so that nothing piles up in it for weeks
MEMORY_MB = 768  # the same, where a process has grown beyond it
FINISH_SECONDS = 30  # that a process has to end what it has begun


def main(application: str = "ictlead.wsgi:application") -> None:
    """Serve until a signal ends it."""
    check_free("serve")
    workers = number("WEB_CONCURRENCY", str(os.cpu_count() or 1), 256)
    server = Granian(
        application,
        address=HOST,
        port=PORT,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_MILLISECONDS, max_buffer_size=HEAD_BYTES),
        websockets=False,
        workers=workers,
        blocking_threads=number("WEB_THREADS", "4", 256),
        backpressure=WAITING,
        respawn_failed_workers=True,
        workers_lifetime=LIFE_SECONDS,
        workers_max_rss=MEMORY_MB,
        workers_kill_timeout=FINISH_SECONDS,
        log_level=LogLevels.warning,
    )
    Thread(target=say_when_ready, args=[workers], daemon=True).start()
    server.serve()


def say_when_ready(workers: int) -> None:
    """Say where the site is, once it can answer. The port is held from then on, so whoever connects is answered."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(HOST, HOST)
    while True:
        with suppress(OSError), socket.create_connection((host, PORT), timeout=1):
            print(f"ICT Lead is at {SHOWN} ({workers} {'process' if workers == 1 else 'processes'})", flush=True)
            return
        time.sleep(0.05)


if __name__ == "__main__":
    main()
