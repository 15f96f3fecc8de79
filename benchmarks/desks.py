"""Codebooks of a team with as many codings as asked for, and a coder's way in by HTTP.

Each has so many codings on each of so many quotes of one school, under 100 codes. A quote is read as 60 words.
"""

import http.client
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from benchmarks.seeded import ROOT, site


@dataclass(frozen=True)
class Desk:
    """Where a coder works: addresses below `road`, and the cookies that let the coder in."""

    road: str
    school: str
    quote: str
    code: str
    cookies: dict[str, str]

    def ask(self, port: int, road: str, data: dict[str, Any] | None = None) -> tuple[float, bytes]:
        """Get a page, or post to it as the coding page does: seconds, and what came back. Any status but 200 raises."""
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-CSRFToken": self.cookies["csrftoken"],
            "Content-Type": "application/x-www-form-urlencoded",
        }
        if data is not None:
            headers["HX-Request"] = "true"
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        begun = time.perf_counter()
        client.request("GET" if data is None else "POST", self.road + road, urlencode(data) if data else None, headers)
        response = client.getresponse()
        body = response.read()
        took = time.perf_counter() - begun
        client.close()
        if response.status != 200:
            raise RuntimeError(f"{road}: {response.status}")
        return took, body


def desks(url: str, sizes: list[tuple[int, int]]) -> list[Desk]:
    """A desk for each size, quotes and codings on each of them, in that database; it has none yet."""
    command = [sys.executable, "-m", "benchmarks.desks", json.dumps(sizes)]
    done = subprocess.run(command, env=site(url), cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return [Desk(**one) for one in json.loads(done.stdout.splitlines()[-1])]


def build(quotes: int, each: int) -> dict[str, Any]:
    """Make one in this process, which Django is set up in."""
    from tests.bench import make_team
    from tests.workbench.scale import add_codes, add_codings, add_quotes

    team = make_team(texts=["The first quote of the school, which is coded while it is measured. " * 6])
    rows = add_quotes(team.quotes[0].school, quotes)
    add_codings(rows, [*team.codes, *add_codes(team.codebook, 98)], team.coder("ann"), each)
    client = team.client("ann")
    client.get(f"{team.road}code/{team.quotes[0].school.slug}/")
    return {
        "road": team.road,
        "school": team.quotes[0].school.slug,
        "quote": str(team.quotes[0].guid),
        "code": str(team.codes[0].guid),
        "cookies": {name: morsel.value for name, morsel in client.cookies.items()},
    }


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps([build(*size) for size in json.loads(sys.argv[1])]))
