"""A client that asks for one page again and again over open connections, and takes little of the machine for itself."""

import socket
import time
from dataclasses import dataclass

from benchmarks.servers import START_SECONDS


@dataclass
class Heard:
    """What a run of requests came to."""

    requests: int
    seconds: float
    status: int
    size: int  # bytes of the last body

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


class Connection:
    """One connection, which asks again where the server closed it."""

    def __init__(self, port: int, path: str, headers: dict[str, str] | None = None) -> None:
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.port, self.request = port, ("\r\n".join(lines) + "\r\n\r\n").encode()
        self.socket: socket.socket | None = None

    def send(self) -> None:
        """Ask."""
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=START_SECONDS)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(self.request)

    def read(self) -> tuple[bytes, bytes]:
        """Head and body of the answer. Raises ConnectionError where there is none."""
        assert self.socket is not None, "send() comes first"
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        lower = head.lower()
        _, _, length_on = lower.partition(b"\r\ncontent-length:")
        length = int(length_on.split(b"\r\n")[0]) if length_on else 0  # after a 304 nothing follows
        while len(body) < length:
            body += self._more()
        if b"\r\nconnection: close" in lower:
            self.close()
        return head, body

    def _more(self) -> bytes:
        assert self.socket is not None
        got = self.socket.recv(1 << 18)
        if not got:
            raise ConnectionError("The server closed the connection before its answer was whole.")
        return got

    def close(self) -> None:
        """Let go of the connection."""
        if self.socket is not None:
            self.socket.close()
        self.socket = None


def ask(port: int, path: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
    """One answer: its status, its headers by lower-case name, its body."""
    connection = Connection(port, path, headers)
    connection.send()
    head, body = connection.read()
    connection.close()
    lines = head.decode("latin-1").split("\r\n")
    pairs = (line.split(":", 1) for line in lines[1:])
    return int(lines[0].split()[1]), {name.strip().lower(): value.strip() for name, value in pairs}, body


def load(port: int, path: str, seconds: float, *, connections: int = 8, headers: dict[str, str] | None = None) -> Heard:
    """Ask for `path` over so many connections for so long, each again as soon as it was answered.

    Raises RuntimeError where an answer has another status than the first.
    """
    talks = [Connection(port, path, headers) for _ in range(connections)]
    for each in talks:
        each.send()
    count, status, body, started = 0, b"", b"", time.perf_counter()
    while time.perf_counter() - started < seconds:
        for each in talks:
            head, body = each.read()
            status = status or head[9:12]
            if head[9:12] != status:
                raise RuntimeError(f"{path} was answered with {head[:12]!r} after {status!r}")
            each.send()
            count += 1
    spent = time.perf_counter() - started
    for each in talks:
        each.close()
    return Heard(count, spent, int(status), len(body))
