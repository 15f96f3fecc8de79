"""Every page of the workbench asks the database as often for many codes and codings as for few."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from findings import actions
from findings.models import Coding, QuoteNote
from tests.bench import Team, make_team
from tests.undone import undone
from tests.workbench.scale import add_codes, add_codings, add_quotes

pytestmark = pytest.mark.django_db

PAGES = [
    "",
    "code/{school}/",
    "codes/{code}/",
    "codings/",
    "progress/",
    "steps/",
    "side-by-side/",
    "codes/{code}/history/",
]
SAVES = {
    "code": ("quotes/{quote}/code/", {"start": "1", "end": "2", "code": "{code}"}),
    "note": ("quotes/{quote}/note/", {"is_key": "1"}),
    "undo": ("undo/", {}),
}


@pytest.fixture
def team() -> Team:
    team = make_team(codes=2)
    for name in ("ann", "ben"):
        team.code(name)
        actions.write_note(codebook=team.codebook, coder=team.coder(name), quote=team.quotes[0], memo="M", is_done=True)
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    return team


def grow(team: Team) -> None:
    """200 codes and 5,000 codings, more quotes than a page shows, and a step for many of them."""
    codes = [*team.codes, *add_codes(team.codebook, 198)]
    quotes = add_quotes(team.quotes[0].school, 60)
    for name in ("ann", "ben"):
        add_codings(quotes, codes, team.coder(name), 42)
        QuoteNote.objects.bulk_create(
            QuoteNote(codebook=team.codebook, quote=quote, coder=team.coder(name), memo="M") for quote in quotes
        )
    assert Coding.objects.filter(code__codebook=team.codebook).count() > 5000
    for place in range(30):
        team.code("ann", 1, place % 9, place % 9 + 2)


def filled(team: Team, said: str) -> str:
    return said.format(school=team.quotes[0].school.slug, code=team.codes[0].guid, quote=team.quotes[0].guid)


def queries_of(ask: Callable[[], Any]) -> int:
    """How often an answer asks the database; it leaves nothing behind."""
    with undone(), CaptureQueriesContext(connection) as queries:
        assert ask().status_code == 200
    return len(queries)


def test_pages_ask_as_often_for_many(team: Team):
    clients = {name: team.client(name) for name in ("ann", "lead")}

    def counted() -> dict[tuple[str, str], int]:
        return {
            (name, road): queries_of(partial(client.get, team.road + filled(team, road)))
            for name, client in clients.items()
            for road in PAGES
        }

    few = counted()
    grow(team)
    assert counted() == few
    assert max(few.values()) <= 22


def test_saves_ask_as_often_for_many(team: Team):
    client = team.client("ann")

    def counted() -> dict[str, int]:
        found = {}
        for verb, (road, data) in SAVES.items():
            sent = {key: filled(team, value) for key, value in data.items()}
            address = team.road + filled(team, road)
            found[verb] = queries_of(partial(client.post, address, sent, headers={"HX-Request": "true"}))
        return found

    team.code("ann", 1, 6, 9)
    team.code("ann", 1)  # the step that is undone; the other coding of the quote stays
    few = counted()
    grow(team)
    assert counted() == few
    assert max(few.values()) < 45
