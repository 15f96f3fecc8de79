"""How fast a school with 10,000 codings opens in the coding page: `python benchmarks/coding_page.py`.

Builds its own SQLite database in a temporary folder. Prints a Markdown table: opening the coding page, listing codings,
and saving one coding where the school has 100 codings and where it has 10,000. The school is measured twice: long (500
quotes with 20 codings each) and dense (56 quotes with about 180 each). A quote is read as 60 words.
Exits 1 when a page takes longer than LIMIT, or a save at 10,000 codings more than SLOWER times as long as at 100.
"""

import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.kill_server import prepare

if TYPE_CHECKING:
    from tests.bench import Team

LIMIT = 0.47  # seconds: a tenth of what Taguette 1.5.2 needs for a document with 10,000 highlights
SLOWER = 1.5
TIMES = 9
SAVES = 41


def school(quotes: int, each: int) -> "Team":
    """A team whose coder Ann has so many codings on each of so many quotes of one school, under 100 codes."""
    from tests.bench import make_team
    from tests.workbench.scale import add_codes, add_codings, add_quotes

    team = make_team(texts=["The first quote of the school, which is coded while it is measured. " * 6])
    codes = [*team.codes, *add_codes(team.codebook, 98)]
    rows = add_quotes(team.quotes[0].school, quotes)
    add_codings(rows, codes, team.coder("ann"), each)
    return team


def saves(teams: "list[Team]") -> list[float]:
    """Seconds that saving one coding takes each team, the median; they take turns, so that other work weighs on all."""
    clients = [team.client("ann") for team in teams]
    took: list[list[float]] = [[] for _ in teams]
    for number in range(SAVES):
        for place, team in enumerate(teams):
            road = f"{team.road}quotes/{team.quotes[0].guid}/code/"
            data = {"start": number, "end": number + 10, "code": team.codes[0].guid}
            begun = time.perf_counter()
            response = clients[place].post(road, data, headers={"HX-Request": "true"})
            took[place].append(time.perf_counter() - begun)
            assert response.status_code == 200, response.status_code
    return [statistics.median(each[1:]) for each in took]


def opens(team: "Team", road: str) -> float:
    """Seconds that a page takes, the median of several times; once before that, templates and routes are read."""
    client = team.client("ann")
    took = []
    for _ in range(TIMES + 1):
        begun = time.perf_counter()
        response = client.get(team.road + road.format(school=team.quotes[0].school.slug))
        took.append(time.perf_counter() - begun)
        assert response.status_code == 200, response.status_code
    return statistics.median(took[1:])


def main() -> int:
    """Measure; the exit status."""
    prepare("")
    schools = {
        "100 codings on 50 quotes": school(50, 2),
        "10,000 codings, long": school(500, 20),
        "10,000 codings, dense": school(56, 180),
    }
    saving = saves(list(schools.values()))
    slow = max(saving[1:]) > saving[0] * SLOWER
    print("| school | opening the page (ms) | listing codings (ms) | saving one coding (ms) | of the first |")
    print("|---|---:|---:|---:|---:|")
    for (name, team), save in zip(schools.items(), saving, strict=True):
        opening, listing = opens(team, "code/{school}/?page=2"), opens(team, "codings/")
        slow |= max(opening, listing) > LIMIT
        figures = f"{opening * 1000:.0f} | {listing * 1000:.0f} | {save * 1000:.1f} | ×{save / saving[0]:.2f}"
        print(f"| {name} | {figures} |", flush=True)
    print(f"\n{'Too slow' if slow else 'Within the limits'}: {LIMIT * 1000:.0f} ms a page, ×{SLOWER} a save.")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
