"""What an attack on the workbench found: rows that are gone, names that mislead, files that go too deep."""

import pytest

from findings import actions
from findings.codebook_csv import read_codebook
from findings.models import Coding, QuoteNote, Step
from tests.bench import Team, make_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return make_team()


def test_coding_that_another_tab_took_away_is_refused_and_makes_no_step(team: Team):
    coding = team.code("ann")
    options = {"codebook": team.codebook, "coder": team.coder("ann")}
    stale = Coding.objects.select_related("quote", "code").get(pk=coding.pk)
    actions.uncode(**options, coding=coding)
    steps = Step.objects.count()
    for again in (
        lambda: actions.uncode(**options, coding=stale),
        lambda: actions.write_memo(**options, coding=stale, memo="Because."),
        lambda: actions.merge_overlapping(**options, coding=stale),
    ):
        with pytest.raises(actions.Refused, match="not there any more"):
            again()
    assert Step.objects.count() == steps


def test_coding_of_somebody_else_is_refused(team: Team):
    coding = team.code("ann")
    with pytest.raises(actions.Refused, match="somebody else"):
        actions.uncode(codebook=team.codebook, coder=team.coder("ben"), coding=coding)


def test_memo_of_a_quote_is_told_by_no_name_of_it(team: Team):
    actions.write_note(codebook=team.codebook, coder=team.coder("ann"), quote=team.quotes[0], memo="Secret.")
    assert "Secret" not in str(QuoteNote.objects.get())


@pytest.mark.parametrize("levels", [11, 4_000])
def test_path_that_goes_too_deep_is_named_and_read_no_further(levels: int):
    [(row, words)] = read_codebook("path\n" + " > ".join("a" * levels)).faults
    assert row == 2
    assert words == f"The path has {levels:,} levels: at most 10 are kept."
    assert read_codebook("path\n" + " > ".join("abcdefghij")).faults == []


def test_sign_between_codes_is_no_part_of_a_name(team: Team):
    with pytest.raises(actions.Refused, match="no “›” in it"):
        actions.add_code(codebook=team.codebook, coder=team.coder("lead"), name="A › B")
    assert read_codebook("path\nA › B > C").faults != []
