"""Where the servers listen, read from the environment alike for `make run` and `make serve`: HOST, PORT."""

import os
import socket
import sys


def number(name: str, default: str, most: int) -> int:
    """A whole number from 1 to `most` from the environment; anything else stops the start and says why."""
    value = os.environ.get(name, default)
    if not (value.isascii() and value.isdecimal() and 1 <= int(value) <= most):
        sys.exit(f"{name}={value!r} is not a whole number from 1 to {most}.")
    return int(value)


HOST = os.environ.get("HOST", "127.0.0.1")
PORT = number("PORT", "8000", 65535)
BIND = f"[{HOST}]:{PORT}" if ":" in HOST else f"{HOST}:{PORT}"
SHOWN = f"http://{'localhost' if HOST in {'0.0.0.0', '::'} else BIND.rsplit(':', 1)[0]}:{PORT}/"


def check_free(target: str) -> None:
    """Say plainly that the port is taken, and stop; `target` is what was asked of make."""
    family = socket.AF_INET6 if ":" in HOST else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, PORT))
        except OSError as error:
            sys.exit(f"Cannot listen on {BIND}: {error.strerror}. Free it, or choose another: make {target} PORT=8001")
