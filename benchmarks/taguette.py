"""Beside Taguette, at the same work on the same machine: `python -m benchmarks.taguette [--scale full]`.

Taguette comes from PyPI into an environment of its own (benchmarks/programs.py), and a project is made through its HTTP
API: a document of 30,000 words with 10,000 highlights of two tags each (small: 500). Here the same: 500 quotes of 60
words with 20 passages each, under two codes each. Measured through HTTP, SQLite both:

- opening it, all that the page asks for: Taguette's document with its highlights, and the coding page;
- the CSV of all highlights, and of all codings.

Exits 1 where opening takes more than OPENING of Taguette's time, or the CSV less than FASTER times as fast. What a
browser then does with what it was sent is not counted: Taguette's has every highlight to draw, ours a page of them.
"""

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode

from benchmarks.desks import Desk, desks
from benchmarks.figures import say, scale
from benchmarks.programs import pin, program
from benchmarks.seeded import database
from benchmarks.servers import free_port, start, stop

OPENING, FASTER, TIMES = 0.1, 20, 5
START_SECONDS = 60
WORDS = [f"word{n % 10}" for n in range(60)]  # of a quote, as tests.workbench.scale makes them
EACH, LONG = 20, 17  # passages of a quote, and their characters


class Taguette:
    """A running Taguette, and a browser's session with it."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.cookies = port, {}  # type: int, dict[str, str]
        self.ask(f"/?token={token}")
        self.ask("/project/new")

    def ask(self, road: str, body: bytes | None = None, kind: str = "application/json") -> tuple[float, bytes, str]:
        """Get, or post: seconds, what came back, and where it leads. Raises RuntimeError for an error's status."""
        said = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": said, "X-XSRFToken": self.cookies.get("_xsrf", ""), "Content-Type": kind}
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        begun = time.perf_counter()
        client.request("GET" if body is None else "POST", road, body, headers)
        response = client.getresponse()
        answer = response.read()
        took = time.perf_counter() - begun
        client.close()
        if response.status >= 400:
            raise RuntimeError(f"Taguette: {road}: {response.status} {answer[:200]!r}")
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return took, answer, response.headers.get("Location", "")

    def send(self, road: str, **data: Any) -> Any:
        """Post JSON to the API; its answer."""
        return json.loads(self.ask(road, json.dumps(data).encode())[1])

    def make(self, quotes: int) -> str:
        """A project of one document with so many quotes as paragraphs, EACH highlights on each; its address."""
        form = urlencode({"name": "Large", "description": "", "_xsrf": self.cookies["_xsrf"]}).encode()
        project = self.ask("/project/new", form, "application/x-www-form-urlencoded")[2]
        api, text = f"/api{project}", " ".join(WORDS)
        tags = [self.send(f"{api}/tag/new", path=f"idea {n}", description="")["id"] for n in range(100)]
        html = f"<p>{text}</p>" * quotes
        document = json.loads(self.ask(f"{api}/document/new", *_upload(html))[1])["created"]
        for place in range(quotes * EACH):
            quote, n = divmod(place, EACH)
            begin = quote * len(text) + n * LONG
            some = [tags[place % 100], tags[(place + 1) % 100]]
            road = f"{api}/document/{document}/highlight/new"
            self.send(road, start_offset=begin, end_offset=begin + LONG, tags=some)
        return f"{project}/document/{document}"


def _upload(html: str) -> tuple[bytes, str]:
    mark = "benchmark-boundary"
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("name", "Large"), ("description", ""), ("text_direction", "LEFT_TO_RIGHT"))
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="large.html"\r\nContent-Type: text/html'
    return f"{''.join(parts)}{head}\r\n\r\n{html}\r\n--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


@contextmanager
def taguette() -> Iterator[Taguette]:
    """One of its own, on a new database, ended afterwards."""
    with tempfile.TemporaryDirectory(prefix="ictlead-taguette-") as name:
        folder, port = Path(name), free_port()
        kept = str(folder / "t.sqlite3")
        command = [str(program("taguette")), "--no-browser", "--port", str(port), "--database", kept]
        with (folder / "log").open("w+b") as log:
            server = subprocess.Popen(
                command, stdout=log, stderr=subprocess.STDOUT, env=os.environ | {"HOME": name}, start_new_session=True
            )
            try:
                yield Taguette(port, _token(server, log))
            finally:
                stop(server)


def _token(server: subprocess.Popen, log: IO[bytes]) -> str:
    """The secret that it prints once it is ready."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        log.seek(0)
        found = re.search(rb"\?token=([0-9a-zA-Z]+)", log.read())
        if found:
            return found[1].decode()
        time.sleep(0.1)
    log.seek(0)
    raise RuntimeError(f"Taguette did not start:\n{log.read().decode()}")


def measure(theirs: Taguette, ours: Desk, port: int, quotes: int) -> bool:
    """Both side by side, in turns; whether all was reached."""
    begun = time.monotonic()
    document = theirs.make(quotes)
    print(f"the project was made in {time.monotonic() - begun:.0f} s", flush=True)
    project = document.partition("/document/")[0]
    asked = [document, f"/api{document}", f"/api{document}/contents"]
    opened: list[list[float]] = [[], []]
    files: list[list[float]] = [[], []]
    for _ in range(TIMES + 1):
        opened[0].append(ours.ask(port, f"code/{ours.school}/?page=2")[0])
        opened[1].append(sum(theirs.ask(road)[0] for road in asked))
        took, here = ours.ask(port, "codings.csv")
        files[0].append(quotes * EACH / took)
        took, there, _ = theirs.ask(f"{project}/export/highlights/.csv")
        files[1].append(quotes * EACH / took)
    lines = [data.count(b"\n") for data in (here, there)]
    print(f"lines of the files: {lines[0]:,} here, {lines[1]:,} there")
    title = f"{quotes * EACH:,} highlights, two codes each, beside {pin('taguette').replace('==', ' ')}"
    reached = say(f"{title}: opening", "s", opened[0][1:], opened[1][1:], OPENING, least=False)
    return reached & say(f"{title}: CSV", "highlights/s", files[0][1:], files[1][1:], FASTER)


def main() -> int:
    """Make both, measure both; the exit status."""
    quotes = 500 if scale(__doc__ or "") else 25
    with database("sqlite", 0, 0, 0) as url, taguette() as theirs:
        [ours] = desks(url, [(quotes, 2 * EACH)])
        server, port = start(url)
        try:
            return int(not measure(theirs, ours, port, quotes))
        finally:
            stop(server)


if __name__ == "__main__":
    sys.exit(main())
