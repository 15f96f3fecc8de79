"""What a page says of a file beside its link, against the file."""

import csv
import io
import re
from html import unescape

import pytest
from django.test import Client

from findings import actions
from tests.bench import Team, make_team

UNITS = {"bytes": 1, "byte": 1, "KB": 1024, "MB": 1024**2}
TOLD = re.compile(r"(?:at most )?([\d,]+) (?:row|passage)s?, about ([\d.]+)\s(bytes?|KB|MB)")


@pytest.fixture
def team() -> Team:
    team = make_team()
    for quote in range(3):
        team.code("ann", quote, 0, 6, quote % 2, memo="A reason for it.")
        team.code("ben", quote, 3, 9, 0)
        for name in ("ann", "ben"):
            actions.write_note(
                codebook=team.codebook, coder=team.coder(name), quote=team.quotes[quote], memo="", is_key=False,
                is_done=True,
            )  # fmt: skip
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    return team


def told_of(client: Client, road: str) -> list[tuple[int, float]]:
    page = unescape(client.get(road).content.decode()).replace("\xa0", " ")
    return [(int(rows.replace(",", "")), float(size) * UNITS[unit]) for rows, size, unit in TOLD.findall(page)]


def holds(client: Client, road: str) -> tuple[int, int]:
    response = client.get(road)
    data = b"".join(response) if response.streaming else response.content
    return len(list(csv.reader(io.StringIO(data.decode())))) - 1, len(data)


@pytest.mark.django_db
def test_pages_say_what_their_files_hold(team: Team) -> None:
    client, code = team.client("lead"), team.codes[0].guid
    pages = {
        "matrix/?columns=role": "matrix.csv?columns=role",
        "together/": "together.csv",
        "words/?q=the": "words.csv?q=the",
        "words/frequencies/": "frequencies.csv",
        "agreement/": "agreement.csv",
        f"codes/{code}/report/?by=all": f"codes/{code}/report.csv?by=all",
    }
    for page, file in pages.items():
        told = told_of(client, team.road + page)
        rows, size = holds(client, team.road + file)
        assert rows in {one for one, _ in told}, (page, told, rows)
        about = next(about for one, about in told if one == rows and ("report" not in page or about < 30_000))
        assert size / 2 < about < size * 2 + 200, (page, about, size)
    [(most, about)] = told_of(client, team.road + "framework/")
    rows, size = holds(client, team.road + "framework.csv")
    assert rows <= most
    assert about < size * 2 + most * 60
    for page, file in {
        "/compare/?school=a&school=c": "/compare.csv?school=a&school=c",
        "/compare/?school=a&school=c&hide=equal": "/compare.csv?school=a&school=c&hide=equal",
        "/codebooks/gateways/new-technologies/report/": "/codebooks/gateways/new-technologies/report.csv",
    }.items():
        rows, size = holds(client, file)
        assert any(one == rows and size / 2 < about < size * 2 for one, about in told_of(client, page)), page


@pytest.mark.django_db
def test_figures_say_their_rows_and_size_in_pixels(client: Client) -> None:
    page = client.get("/compare/?school=a&school=c").content.decode()
    [(width, height)] = re.findall(r"Drawing \(SVG\)</a>\s*<span class=\"quiet\">([\d,]+) × ([\d,]+)</span>", page)
    drawn = client.get("/figures/gateways.svg?school=a&school=c").content.decode()
    assert f'width="{width}" height="{height}"' in drawn
    rows, size = holds(client, "/figures/gateways.csv?school=a&school=c")
    assert any(
        one == rows and size / 2 < about < size * 2 for one, about in told_of(client, "/compare/?school=a&school=c")
    )
