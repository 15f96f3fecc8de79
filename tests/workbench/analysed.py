"""What tests of the analysis share: a team whose coding is opened, and reading a page."""

from django.test import Client

from findings import actions
from tests.bench import Team, make_team

TEXTS = [
    f"We tried {what} and kept one. The teachers teach it now." for what in "boards tablets cameras robots".split()
]


def analysed_team() -> Team:
    """Idea 1: two quotes by both, a third by ann alone; idea 2: the third by ann, the fourth by ben. Opened."""
    team = make_team(texts=TEXTS)
    for name, quote, start, end, code in [
        ("ann", 0, 0, 8, 0), ("ben", 0, 0, 8, 0),
        ("ann", 1, 0, 8, 0), ("ben", 1, 4, 20, 0),
        ("ann", 2, 0, 8, 0), ("ann", 2, 4, 12, 1),
        ("ben", 3, 0, 8, 1),
    ]:  # fmt: skip
        team.code(name, quote, start, end, code)
    for name in ("ann", "ben"):
        done(team, name)
    team.codebook = actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    return team


def done(team: Team, name: str, *, but: int = -1) -> None:
    for place, quote in enumerate(team.quotes):
        if place != but:
            actions.write_note(codebook=team.codebook, coder=team.coder(name), quote=quote, is_done=True)


def page(client: Client, road: str, status: int = 200) -> str:
    response = client.get(road)
    assert response.status_code == status, road
    return response.content.decode()


def quotes_at(client: Client, road: str) -> int:
    return client.get(road).context["page"].paginator.count
