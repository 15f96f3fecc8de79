"""What is left when others went on: decisions without codings, and steps that can no longer be redone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from findings import actions
from findings.actions import Refused
from findings.models import Coding, Decision, Step
from tests.bench import Team, make_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return make_team(opened_at=timezone.now())


def decide(team: Team, coding: Coding) -> Decision:
    return actions.decide(
        codebook=team.codebook,
        coder=team.coder("lead"),
        quote=coding.quote,
        code=coding.code,
        start=coding.start,
        end=coding.end,
        verdict="accept",
        reason="It is plain.",
    )


def left_without_coding(team: Team, end: int) -> Decision:
    coding = team.code("ann", end=end)
    made = decide(team, coding)
    actions.uncode(codebook=team.codebook, coder=team.coder("ann"), coding=coding)
    return made


def test_decision_whose_coding_was_removed_is_seen_and_taken_back(team: Team):
    decide(team, team.code("ben", quote=1))
    left = left_without_coding(team, end=8)
    lead, road = team.client("lead"), f"{team.road}side-by-side/"
    page = lead.get(road).content.decode()
    for words in ("Decisions without codings", "We tried", "It is plain.", "Take it back", "1 of 1 passages decided"):
        assert words in page
    assert "Take it back" not in team.client("ann").get(road).content.decode()
    assert Coding.objects.filter(coder__agreed_for=team.codebook).count() == 2
    lead.post(f"{team.road}decisions/{left.guid}/take-back/")
    assert "Decisions without codings" not in lead.get(road).content.decode()
    assert Coding.objects.filter(coder__agreed_for=team.codebook).count() == 1
    assert Step.objects.first().verb == "take-back"
    actions.undo(codebook=team.codebook, coder=team.coder("lead"))
    assert Decision.objects.filter(guid=left.guid).exists()


def test_decisions_left_are_narrowed_by_the_filters_of_the_page(team: Team):
    for code, quote in ((0, 0), (1, 1)):
        coding = team.code("ann", quote=quote, code=code)
        decide(team, coding)
        actions.uncode(codebook=team.codebook, coder=team.coder("ann"), coding=coding)
    elsewhere = team.codebook.study.schools.exclude(pk=team.quotes[0].school_id)[0].slug
    here, one = team.quotes[0].school.slug, team.codes[0].guid
    client = team.client("lead")
    for asked, wanted in {
        "": 2, "show=decided": 2, "show=undecided": 0, "show=disputed": 0, f"code={one}": 1, f"school={here}": 2,
        f"school={elsewhere}": 0, f"code={one}&school={here}&show=decided": 1,
    }.items():  # fmt: skip
        context = client.get(f"{team.road}side-by-side/?{asked}").context
        assert (context["left_count"], len(context["left"])) == (wanted, wanted), asked
        assert context["decided"] == 0, asked  # of the passages that are coded, whatever is shown


def test_decisions_left_take_the_same_queries_however_many(team: Team):
    client, counts = team.client("lead"), []
    for ends in (range(3, 4), range(4, 24)):
        for end in ends:
            left_without_coding(team, end)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(f"{team.road}side-by-side/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_step_that_cannot_be_redone_is_passed_over(team: Team):
    options = {"codebook": team.codebook, "coder": team.coder("ann")}
    actions.add_code(name="Early", **options)
    team.code("ann", quote=1)
    for _ in range(2):
        actions.undo(**options)
    actions.add_code(codebook=team.codebook, coder=team.coder("lead"), name="Early")
    with pytest.raises(Refused, match="can no longer be redone"):
        actions.redo(**options)
    client = team.client("ann")
    assert "Leave it undone: Code “Early” added" in client.get(f"{team.road}steps/").content.decode()
    said = client.post(f"{team.road}leave/", {"which": "redo"}, follow=True).content.decode()
    assert "The step stays undone" in said
    assert "Set aside" in said
    actions.redo(**options)
    assert Coding.objects.filter(coder=team.coder("ann"), quote=team.quotes[1]).count() == 1
