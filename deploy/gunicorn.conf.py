"""How gunicorn serves ICT Lead. Environment: HOST, PORT, WEB_CONCURRENCY, WEB_THREADS (docs/operations.md)."""

import logging
import os

from gunicorn.arbiter import Arbiter

from deploy.listening import BIND, SHOWN, check_free, number
from ictlead.logs import HideSecrets

bind = BIND
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
    check_free("run")


def when_ready(server: Arbiter) -> None:
    """Say where the site is, once it can answer."""
    print(f"ICT Lead is at {SHOWN}", flush=True)
