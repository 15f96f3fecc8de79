"""How gunicorn serves ICT Lead. Environment: HOST, PORT, WEB_CONCURRENCY, WEB_THREADS (docs/operations.md)."""

import logging
import os
import socket
import sys

from gunicorn.arbiter import Arbiter

from ictlead.logs import HideSecrets


def number(name: str, default: str, most: int) -> int:
    """A whole number from 1 to `most` from the environment; anything else stops the start and says why."""
    value = os.environ.get(name, default)
    if not (value.isascii() and value.isdecimal() and 1 <= int(value) <= most):
        sys.exit(f"{name}={value!r} is not a whole number from 1 to {most}.")
    return int(value)


HOST = os.environ.get("HOST", "127.0.0.1")
PORT = number("PORT", "8000", 65535)

bind = f"[{HOST}]:{PORT}" if ":" in HOST else f"{HOST}:{PORT}"
wsgi_app = "ictlead.wsgi"
workers = number("WEB_CONCURRENCY", "1", 256)
threads = number("WEB_THREADS", "8", 256)
# Nobody is believed about the protocol unless a proxy stands before the server; ictlead/settings.py reads it too.
forwarded_allow_ips = "*" if os.environ.get("TRUST_PROXY", "0").lower() in {"1", "true", "yes", "on"} else ""
preload_app = True  # a fault in the settings or the code stops the start, before the address is printed
loglevel = "warning"  # so that the address is the last line of the start
control_socket_disable = True  # nothing here is steered through it, and it would live outside the project


def on_starting(server: Arbiter) -> None:
    """Hide secrets in the server's own log, too; say plainly that the port is taken, instead of trying five times."""
    logging.getLogger("gunicorn.error").addFilter(HideSecrets())
    if server.LISTENERS or server.master_pid:
        return  # a new master takes its sockets over from the old one
    family = socket.AF_INET6 if ":" in HOST else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, PORT))
        except OSError as error:
            sys.exit(f"Cannot listen on {bind}: {error.strerror}. Free it, or choose another: make run PORT=8001")


def when_ready(server: Arbiter) -> None:
    """Say where the site is, once it can answer."""
    shown = "localhost" if HOST in {"0.0.0.0", "::"} else bind.rsplit(":", 1)[0]
    print(f"ICT Lead is at http://{shown}:{PORT}/", flush=True)
