"""What each public page weighs over the wire: `python -m benchmarks.page_weights [http://127.0.0.1:8000]`.

Of the site at that address, else of one of its own.

Prints a Markdown table of compressed bytes: the page itself, and with all it loads on a first visit, against the limit.
On the next visit nothing but the page is sent, for the rest is marked immutable; the script checks that.
Exits 1 when a first visit is above the limit.
"""

import gzip
import re
import sys
from html import unescape
from urllib.parse import urljoin
from urllib.request import Request, urlopen

import brotli

from benchmarks.figures import say
from benchmarks.servers import prepared_site, serving

LIMIT = 60 * 1024  # bytes of a first visit
PAGES = [
    "/",
    "/schools/",
    "/schools/b/",
    "/schools/like-mine/?pupils=200",
    "/compare/?school=a&school=c",
    "/compare/?school=a&school=b&school=c&school=d&school=e",
    "/quotes/",
    "/gateways/",
    "/gateways/new-technologies/",
    "/codebooks/",
    "/findings/",
    "/questionnaire/",
    "/about/",
    "/review/",
    "/questionnaire/paper/",
    "/glossary/",
    "/data-dictionary/",
    "/downloads/",
    "/api/v1/docs/",
]


def fetch(address: str) -> tuple[bytes, str, bool]:
    """The body as sent (compressed), its encoding, and whether a browser may keep it for good."""
    request = Request(address, headers={"Accept-Encoding": "br, gzip"})  # an address given by hand
    with urlopen(request) as response:
        kept = "immutable" in response.headers.get("Cache-Control", "")
        return response.read(), response.headers.get("Content-Encoding", ""), kept


def readable(body: bytes, encoding: str) -> str:
    """A body as text."""
    unpack = {"gzip": gzip.decompress, "br": brotli.decompress}.get(encoding, bytes)
    return unpack(body).decode()


def main(site: str) -> int:
    """Measure every page; the exit status."""
    heavy, most = 0, 0
    assets: dict[str, int] = {}
    print("| page | next visit (kB) | first visit (kB) | of the limit |\n|---|---:|---:|---:|")
    for page in PAGES:
        body, encoding, _ = fetch(urljoin(site, page))
        links = re.findall(r'<link rel="(?:stylesheet|icon)" href="([^"]+)"', text := readable(body, encoding))
        links += re.findall(r'<(?:script|img)\s[^>]*src="([^"]+)"', text)  # drawings in one theme: nobody loads both
        loaded = {urljoin(site, unescape(link)) for link in links}
        for address in loaded - assets.keys():
            sent, _, kept = fetch(address)
            if not kept:
                print(f"{address} is not marked immutable", file=sys.stderr)
                heavy = 1
            assets[address] = len(sent)
        first = len(body) + sum(assets[address] for address in loaded)
        most = max(most, first)
        print(f"| `{page}` | {len(body) / 1024:.1f} | {first / 1024:.1f} | {first / LIMIT:.2f} |")
    print("\n| loaded once | kB |\n|---|---:|")
    for address, size in sorted(assets.items(), key=lambda item: -item[1]):
        name = re.sub(r"\.[0-9a-f]{12}\.", ".", address.rpartition("/")[2].partition("?")[0])
        print(f"| `{name}` | {size / 1024:.1f} |")
    return int(not say("heaviest first visit", "kB", [most / 1024], [], LIMIT / 1024, least=False) or heavy)


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1].startswith("http"):
        sys.exit(main(sys.argv[1]))
    with prepared_site() as site, serving(site) as port:
        sys.exit(main(f"http://127.0.0.1:{port}"))
