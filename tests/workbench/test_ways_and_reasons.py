"""The ways about a codebook, what is said to whom, and the reasons that decisions need."""

import re

import pytest
from django.utils import timezone

from findings import actions
from findings.actions import ReasonNeededError
from findings.models import Coding, Decision, QuoteNote
from findings.templatetags.bench import GROUPS, ends
from schools.models import Quote
from tests.bench import Team, make_team
from tests.workbench.analysed import analysed_team, done, page

pytestmark = pytest.mark.django_db

ROADS = {"side_by_side": "side-by-side/", "codebook": "", "exchange:desk_downloads": "downloads/"}
HERE = re.compile(r'href="([^"]+)"[^>]*aria-current="(page|true)"')


def verdict_on(team: Team, coding: Coding, verdict: str = "accept", reason: str = "") -> Decision:
    place = {"quote": coding.quote, "code": coding.code, "start": coding.start, "end": coding.end}
    return actions.decide(codebook=team.codebook, coder=team.coder("lead"), verdict=verdict, reason=reason, **place)


def test_each_page_says_where_one_is():
    team = analysed_team()
    for group in GROUPS.values():
        first = next(iter(group))
        for name in group:
            road = ROADS.get(name, f"{name}/")
            bar = page(team.client("lead"), f"{team.road}{road}").split('class="bench-bar"')[1].split("</nav>")[0]
            groups, pages = bar.split('class="bench-bar__pages"')
            assert [kind for _, kind in HERE.findall(groups)] == ["true"], name
            assert HERE.findall(pages) == [(f"{team.road}{road}", "page")], name
            assert HERE.findall(groups)[0][0] == (team.road if first == "codebook" else HERE.findall(groups)[0][0])


def test_settings_are_offered_to_leads_alone():
    team = make_team()
    assert f'href="{team.road}settings/"' in page(team.client("lead"), f"{team.road}people/")
    assert f'href="{team.road}settings/"' not in page(team.client("ann"), f"{team.road}people/")


def test_blind_is_not_said_to_somebody_alone():
    team = make_team()
    assert "coders work blind" in page(team.client("lead"), team.road)
    for name in ("ann", "ben"):
        team.member(name).delete()
    for road in ("", "codings/", "progress/", "matrix/", "downloads/", "settings/"):
        assert "blind" not in page(team.client("lead"), f"{team.road}{road}"), f"a viewer does not code: {road}"
    for road in ("agreement/", "side-by-side/"):
        assert "You code alone" in page(team.client("lead"), f"{team.road}{road}")
    assert "Coders work blind" not in page(team.client("lead"), "/workbench/")


def test_opening_says_who_is_not_done():
    team = make_team()
    road = f"{team.road}settings/"
    assert "Lead, Ann and Ben are not done yet" in page(team.client("lead"), road)
    quotes = Quote.objects.filter(school__study=team.codebook.study)
    for name in ("lead", "ann"):
        place = {"codebook": team.codebook, "coder": team.coder(name), "done_at": timezone.now()}
        QuoteNote.objects.bulk_create(QuoteNote(quote=quote, **place) for quote in quotes)
    words = page(team.client("lead"), road)
    assert "Ben is not done yet" in words
    assert "Everybody is done" not in words


def test_what_is_chosen_can_be_taken_away():
    team = analysed_team()
    words = page(team.client("lead"), f"{team.road}matrix/?unit=quotes&code={team.codes[0].guid}")
    chips = words.split('class="chosen"')[1].split("</ul>")[0] if 'class="chosen"' in words else ""
    assert chips.count("Remove ") >= 1
    assert "Clear all" in chips
    assert 'class="chosen"' not in page(team.client("lead"), f"{team.road}matrix/")


def test_decision_against_nobody_needs_no_reason():
    team = make_team(opened_at=timezone.now())
    coding = team.code("ann")
    team.code("ben")
    assert verdict_on(team, coding).reason == ""


@pytest.mark.parametrize("verdict", ["accept", "reject"])
def test_decision_against_a_coder_needs_a_reason(verdict: str):
    team = make_team(opened_at=timezone.now())
    coding = team.code("ann")
    done(team, "ben")
    with pytest.raises(ReasonNeededError):
        verdict_on(team, coding, verdict, reason=" \n")
    assert not Decision.objects.exists()
    assert verdict_on(team, coding, verdict, reason="The words say it.").reason == "The words say it."


def test_reason_is_asked_for_where_it_is_written_and_what_was_chosen_stays():
    team = make_team(opened_at=timezone.now())
    coding = team.code("ann")
    typed = {"code": coding.code.guid, "start": coding.start, "end": coding.end, "verdict": "reject", "reason": ""}
    answer = team.client("lead").post(f"{team.road}quotes/{coding.quote.guid}/decide/", typed)
    words = answer.content.decode()
    key = f"{coding.code.guid}-{coding.start}-{coding.end}"
    assert answer.status_code == 400
    assert f'id="error-{key}"' in words
    assert f'href="#reason-{key}"' in words
    assert "Say why" in words
    assert not Decision.objects.exists()


def test_unanimous_passages_are_accepted_at_once():
    team = analysed_team()
    team.client("lead").post(f"{team.road}accept/")
    assert [(one.coding.quote, one.reason) for one in Decision.objects.all()] == [(team.quotes[0], "All coders agree.")]


def test_agreement_is_between_those_who_are_done_with_a_quote():
    team = analysed_team()
    asked = team.client("lead").get(f"{team.road}agreement/").context["page"]
    assert [one.name for one in asked.coders] == ["Ann", "Ben"], "the lead coded nothing"
    chosen = "&".join(f"coder={team.coder(name).guid}" for name in ("lead", "ann"))
    asked = team.client("lead").get(f"{team.road}agreement/?{chosen}").context["page"]
    assert [one.name for one in asked.coders] == ["Lead", "Ann"]


def test_passages_in_short_can_be_told_apart():
    long = "one two three four five six seven eight nine ten"
    assert ends(long, 6) == "one two three four … nine ten"
    assert ends("one  two", 6) == "one  two"
