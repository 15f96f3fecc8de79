"""How fast a school with 10,000 codings opens in the coding page: `python benchmarks/coding_page.py`.

Builds its own SQLite database in a temporary folder. Prints a Markdown table: opening the coding page, listing codings,
and saving one coding where the school has 100 codings and where it has 10,000. The school is measured twice: long (500
quotes with 20 codings each) and dense (56 quotes with about 180 each). A quote is read as 60 words.
Exits 1 when a page takes longer than LIMIT, or a save at 10,000 codings more than SLOWER times as long as at 100.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DATABASE_URL"] = ""
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.conf import settings  # noqa: E402 - only now is Django ready
from django.core.management import call_command  # noqa: E402 - as above

from ictlead.loading import load_study  # noqa: E402 - as above
from tests.bench import Team, make_team  # noqa: E402 - as above
from tests.workbench.scale import add_codes, add_codings, add_quotes  # noqa: E402 - as above

LIMIT = 0.47  # seconds: a tenth of what Taguette 1.5.2 needs for a document with 10,000 highlights
SLOWER = 1.5
TIMES = 9


def median(action: Callable[[int], None]) -> float:
    """Seconds that an action takes, the median of several times; `action` gets the number of the time."""
    action(0)  # templates and routes are read once
    took = []
    for number in range(1, TIMES + 1):
        begun = time.perf_counter()
        action(number)
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


def school(quotes: int, each: int) -> Team:
    """A team whose coder Ann has so many codings on each of so many quotes of one school, under 100 codes."""
    team = make_team(texts=["The first quote of the school, which is coded while it is measured. " * 6])
    codes = [*team.codes, *add_codes(team.codebook, 98)]
    rows = add_quotes(team.quotes[0].school, quotes)
    add_codings(rows, codes, team.coder("ann"), each)
    return team


def measure(name: str, team: Team) -> tuple[float, float, float]:
    """Seconds for opening the page, listing codings and saving one coding."""
    client = team.client("ann")
    page = f"{team.road}code/{team.quotes[0].school.slug}/"
    save = f"{team.road}quotes/{team.quotes[0].guid}/code/"

    def get(address: str) -> None:
        response = client.get(address)
        assert response.status_code == 200, response.status_code

    def code(number: int) -> None:
        data = {"start": number, "end": number + 10, "code": team.codes[0].guid}
        response = client.post(save, data, headers={"HX-Request": "true"})
        assert response.status_code == 200, response.status_code

    saving = median(code)
    opening = median(lambda number: get(page + "?page=2"))
    listing = median(lambda number: get(f"{team.road}codings/"))
    print(f"| {name} | {opening * 1000:.0f} | {listing * 1000:.0f} | {saving * 1000:.1f} |", flush=True)
    return opening, listing, saving


def main() -> int:
    """Measure; the exit status."""
    call_command("migrate", verbosity=0)
    load_study(settings.BASE_DIR / "fixtures")
    print("| school | opening the page (ms) | listing codings (ms) | saving one coding (ms) |\n|---|---:|---:|---:|")
    _, _, few = measure("100 codings on 50 quotes", school(50, 2))
    slow = False
    for name, quotes, each in (("10,000 codings, long", 500, 20), ("10,000 codings, dense", 56, 180)):
        opening, listing, many = measure(name, school(quotes, each))
        slow |= max(opening, listing) > LIMIT or many > few * SLOWER
        print(f"|   limit {LIMIT * 1000:.0f} ms, save ×{SLOWER} | | | ×{many / few:.2f} |")
    print("Too slow." if slow else "Within the limits.")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
