"""Every page of the workbench asks the database as often for many codes and codings as for few."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from findings import actions
from findings.models import Coding, QuoteNote
from tests.bench import Team, make_team
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


@pytest.mark.parametrize("name", ["ann", "lead"])
@pytest.mark.parametrize("road", PAGES)
def test_page_asks_as_often_for_many(
    team: Team, road: str, name: str, django_assert_max_num_queries: Any, django_assert_num_queries: Any
):
    client, address = team.client(name), team.road + filled(team, road)
    with django_assert_max_num_queries(22) as few:
        client.get(address)
    grow(team)
    with django_assert_num_queries(len(few)):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("verb", SAVES)
def test_save_asks_as_often_for_many(team: Team, verb: str, django_assert_num_queries: Any):
    road, data = SAVES[verb]
    data = {key: filled(team, value) for key, value in data.items()}

    def save(**options: Any) -> Any:
        return team.client("ann").post(team.road + filled(team, road), data, headers={"HX-Request": "true"})

    team.code("ann", 1)  # the step that is undone
    with CaptureQueriesContext(connection) as few:
        assert save().status_code == 200
    grow(team)
    if verb == "code":
        data["end"] = "4"
    if verb == "note":
        data["is_key"] = "0"
    with django_assert_num_queries(len(few)):
        assert save().status_code == 200
    assert len(few) < 45
