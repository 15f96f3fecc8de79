"""What becomes of a person's work when the account ends, and what she can take away before."""

import pytest

from findings import account, actions
from findings.models import Codebook, CodebookMember, Coder, Coding, Step
from tests.bench import Team, make_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return make_team()


def test_everything_of_a_coder_is_taken_away(team: Team):
    team.code("ann", memo="Because.")
    actions.write_note(
        codebook=team.codebook, coder=team.coder("ann"), quote=team.quotes[0], memo="Look.", is_done=True
    )
    mine = account.export(team.users["ann"])
    assert (mine["name"], mine["codebooks"][0]["role"]) == ("Ann", "coder")
    assert [(one["passage"], one["memo"]) for one in mine["codings"]] == [("We tr", "Because.")]
    assert [(one["memo"], bool(one["done_at"])) for one in mine["notes"]] == [("Look.", True)]
    assert account.export(team.users["stranger"]) == dict.fromkeys(
        ("codebooks", "codings", "notes", "summaries", "queries", "imports", "studies", "api_tokens"), []
    ) | {"name": ""}


def test_work_with_colleagues_stays_and_the_lead_is_handed_on(team: Team):
    team.code("lead")
    coder = team.coder("lead")
    account.forget(user=team.users["lead"])
    team.users["lead"].delete()
    coder.refresh_from_db()
    assert (coder.user, coder.name, coder.codings.count()) == (None, "Lead", 1)
    assert CodebookMember.objects.get(codebook=team.codebook, role="lead").user == team.users["ann"]


def test_codebook_of_nobody_else_goes_whole(team: Team):
    user = team.users["stranger"]
    own = actions.start_codebook(user=user, study=team.codebook.study, name="Mine")
    coder = actions.coder_of(user=user)
    first, second = (actions.add_code(codebook=own, coder=coder, name=name) for name in ("A", "B"))
    options = {"codebook": own, "coder": coder}
    actions.code_passage(**options, quote=team.quotes[0], start=0, end=5, code=first)
    actions.merge_codes(**options, code=first, survivor=second)
    actions.open_codings(codebook=own)
    actions.decide(**options, quote=team.quotes[0], code=second, start=0, end=5, verdict="accept", reason="")
    published = actions.start_codebook(user=user, study=team.codebook.study, name="Public", description="D")
    actions.add_code(codebook=published, coder=coder, name="C", definition="D")
    actions.publish(codebook=published, version="1.0", authors="S", shows_agreed=False)
    account.forget(user=user)
    user.delete()
    assert not Codebook.objects.filter(pk=own.pk).exists()
    assert not Coding.history.filter(coder=coder).exists()
    assert not Step.objects.filter(codebook=own.pk).exists()
    assert Codebook.objects.filter(pk=published.pk, is_published=True).exists()
    assert not Coder.objects.filter(agreed_for=own.pk).exists()
