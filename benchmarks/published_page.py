"""How near published pages come to an empty Django view: `python -m benchmarks.published_page [--scale full]`.

The site and Django with one view, no middleware and the same bytes (benchmarks/empty.py) stand side by side on the
server of `make serve`, with the same processes and threads, and are asked in turns by one client over eight open
connections: for the home page as a browser gets it, and for the same page with the ETag that it has (304 from both).
Prints medians; exits 1 where a limit is not reached.
"""

import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.figures import say, scale
from benchmarks.load import ask, load
from benchmarks.servers import MANY, prepared_site, serving

LEAST_PAGE, LEAST_UNCHANGED = 0.7, 0.9  # of the empty view's requests a second
EMPTY = (
    "-c",
    "import sys; sys.argv[0] = 'serve'; from deploy import serve; serve.main('benchmarks.empty:application')",
)
BROWSER = {"Accept-Encoding": "gzip, deflate, br"}
OWN = {"connection", "date", "server", "transfer-encoding"}  # headers that the server sets


def main() -> int:
    """Measure both; the exit status."""
    full = scale(__doc__ or "")
    rounds, seconds = (9, 4.0) if full else (3, 0.5)
    reached = True
    with prepared_site() as site, serving(site, MANY) as port, tempfile.TemporaryDirectory() as folder:
        tag = ask(port, "/", BROWSER)[1]["etag"]
        for name, more, least in (
            ("published page, kept", {}, LEAST_PAGE),
            ("published page, 304", {"If-None-Match": tag}, LEAST_UNCHANGED),
        ):
            headers = BROWSER | more
            load(port, "/", seconds / 2, headers=headers)  # every process has made the page
            status, said, body = ask(port, "/", headers)
            page = Path(folder, "page")
            kept = {key: value for key, value in said.items() if key not in OWN}
            page.write_bytes(json.dumps([status, kept]).encode() + b"\n" + body)
            figures, references = [], []
            with ExitStack() as stack:
                empty = stack.enter_context(serving(site | {"EMPTY_PAGE": str(page)}, EMPTY))
                load(empty, "/", seconds / 2, headers=headers)
                for _ in range(rounds):
                    figures.append(load(port, "/", seconds, headers=headers).rate)
                    references.append(load(empty, "/", seconds, headers=headers).rate)
            reached &= say(f"{name} ({status}, {len(body):,} bytes)", "requests/s", figures, references, least)
    return int(not reached)


if __name__ == "__main__":
    sys.exit(main())
