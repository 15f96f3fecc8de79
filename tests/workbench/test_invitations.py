"""Who invites to a codebook, and what becomes of the invitations of one who leaves."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from findings import account, actions
from findings.actions import Refused
from findings.models import CodebookMember, DeskRole
from tests.bench import Team, make_team
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    team = make_team()
    CodebookMember.objects.filter(pk=team.member("ann").pk).update(role=DeskRole.LEAD)
    return team


def leave(team: Team) -> None:
    actions.remove_member(member=team.member("ann"), by=team.coder("lead"))


def step_down(team: Team) -> None:
    actions.change_role(member=team.member("ann"), role=DeskRole.CODER, by=team.coder("lead"))


def end_the_account(team: Team) -> None:
    account.forget(user=team.users["ann"])


@pytest.mark.parametrize("way", [leave, step_down, end_the_account])
def test_open_invitations_of_who_leads_no_longer_are_withdrawn(team: Team, way: Callable[[Team], None]):
    secrets = {}
    for name in ("lead", "ann"):
        coder = team.coder(name)
        _, secrets[name] = actions.invite(codebook=team.codebook, coder=coder, role="coder", note=f"By {name}")
        used, secret = actions.invite(codebook=team.codebook, coder=coder, role="viewer", note="")
        actions.join(secret=secret, user=make_user())
    way(team)
    with pytest.raises(Refused, match="does not work any more"):
        actions.join(secret=secrets["ann"], user=make_user())
    assert actions.join(secret=secrets["lead"], user=make_user()).role == "coder"
    used.refresh_from_db()
    assert used.expires_at > timezone.now()


def test_removing_and_leaving_are_asked_before_they_happen(team: Team):
    lead, ann = team.client("lead"), team.client("ann")
    road = f"{team.road}people/{team.member('ben').guid}/remove/"
    assert "Remove Ben?" in lead.get(road).content.decode()
    assert team.codebook.members.filter(user=team.users["ben"]).exists()
    assert "Ben is removed. Their codings stay." in lead.post(road, follow=True).content.decode()
    assert not team.codebook.members.filter(user=team.users["ben"]).exists()
    own = f"{team.road}people/{team.member('ann').guid}/remove/"
    assert f"Leave “{team.codebook.name}”?" in ann.get(own).content.decode()
    assert f"You left “{team.codebook.name}”." in ann.post(own, follow=True).content.decode()


def test_lead_sees_who_invited(team: Team):
    actions.invite(codebook=team.codebook, coder=team.coder("ann"), role="coder", note="Dee")
    assert "invited by Ann" in team.client("lead").get(team.road + "people/").content.decode()
