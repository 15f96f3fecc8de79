"""What tests of the API share: a team with tokens, and asking as one of its members."""

from typing import Any

from django.test import Client

from findings.actions import make_token
from tests.bench import Team, make_team

ROAD = "/api/v1/"


def token_for(user: Any, **options: Any) -> dict[str, str]:
    """The header that a new token of this person is sent in."""
    _, secret = make_token(user=user, name="Test", **options)
    return {"Authorization": f"Bearer {secret}"}


def tokens_of(team: Team) -> dict[str, dict[str, str]]:
    """A token's header for each of a team, by name; none for anonymous."""
    return {name: token_for(user) for name, user in team.users.items()} | {"anonymous": {}}


def blind_team() -> Team:
    """A team that works blind: ann and ben coded."""
    team = make_team()
    team.code("ann", memo="Ann’s reason.")
    team.code("ben", quote=1, code=1, memo="aardvark")
    return team


def ask(road: str, headers: dict[str, str], **asked: Any) -> Any:
    """An answer of the API, by a client without a session."""
    return Client().get(ROAD + road, asked, headers=headers)
