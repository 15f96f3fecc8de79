"""Who may see which codings: blind until they are opened, and public only where the team published them."""

import pytest

from findings import actions
from findings.models import Codebook, Coding, QuoteNote
from tests.bench import Team, make_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.mark.parametrize("name", ["lead", "ann", "ben", "viewer", "stranger", "staff"])
def test_codings_are_visible_to_whom_they_should_be(team: Team, name: str):
    mine = {who: team.code(who) for who in ("lead", "ann", "ben")}
    for who in mine:
        actions.write_note(codebook=team.codebook, coder=team.coder(who), quote=team.quotes[0], memo=who)

    def seen() -> tuple[set, set]:
        user = team.users[name]
        codings = Coding.objects.visible_to(user, team.codebook).values_list("pk", flat=True)
        notes = QuoteNote.objects.visible_to(user, team.codebook).values_list("memo", flat=True)
        return set(codings), set(notes)

    own = ({mine[name].pk}, {name}) if name in mine else (set(), set())
    assert seen() == own
    team.codebook = actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    everybody = ({one.pk for one in mine.values()}, set(mine))
    assert seen() == (everybody if name in {"lead", "ann", "ben", "viewer"} else (set(), set()))


def test_published_codings_are_those_under_the_codebooks_of_their_study(team: Team):
    """However they are found: by their codes, which is quick, or by their quotes."""
    team.code("ann")
    study = team.codebook.study
    found = set(Coding.objects.published_under(study).values_list("pk", flat=True))
    assert found == set(Coding.objects.published().of(study).values_list("pk", flat=True))
    assert len(found) == Coding.objects.filter(coder__slug="editors").count() > 0


def test_agreed_set_is_readable_only_once_it_is_published(team: Team):
    team.code("ann")
    team.codebook = actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    actions.decide(
        codebook=team.codebook,
        coder=team.coder("lead"),
        quote=team.quotes[0],
        code=team.codes[0],
        start=0,
        end=5,
        verdict="accept",
        reason="",
    )
    mine = Coding.objects.readable().filter(code__codebook=team.codebook)
    assert not mine.all().exists()
    team.codebook = actions.publish(
        codebook=team.codebook, coder=team.coder("lead"), version="1.0", authors="A", shows_agreed=True
    )
    assert [one.coder.agreed_for for one in mine] == [team.codebook]
    assert not Coding.objects.published().filter(code__codebook=team.codebook).exists()
    Codebook.objects.filter(pk=team.codebook.pk).update(shows_agreed=False)
    assert not mine.all().exists()
