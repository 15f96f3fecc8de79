"""Side by side with many passages: a quote is gone through in parts, and what is decided leads on."""

import re
from html import unescape

import pytest
from django.utils import timezone

from findings.models import Coding, Decision
from findings.side_by_side import CHOICES, PASSAGES
from tests.bench import Team, make_team

pytestmark = pytest.mark.django_db

LONG = "A computer in every room, and every room has its computer, said the head of the school to us. " * 3


@pytest.fixture
def team() -> Team:
    """One quote that Ann coded in 100 places with the same code, and another that she and Ben coded alike."""
    team = make_team(texts=[LONG, "We tried boards and kept one."], opened_at=timezone.now())
    now, ann = timezone.now(), team.coder("ann")
    Coding.objects.bulk_create(
        Coding(
            quote=team.quotes[0], code=team.codes[0], coder=ann, start=n, end=n + 30, coded_at=now, memo=f"Memo {n}."
        )
        for n in range(100)
    )
    for name in ("ann", "ben"):
        team.code(name, quote=1)
    return team


def test_of_many_passages_the_first_are_shown_and_a_page_goes_through_all(team: Team):
    client, road = team.client("lead"), f"{team.road}side-by-side/"
    html = unescape(client.get(road).content.decode())
    assert f"The first {PASSAGES} of 100 passages." in html
    assert "Memo 39." in html
    assert "Memo 40." not in html
    [through] = re.findall(r'href="(\?quote=[^"]+)">Go through all', html)
    seen: list[int] = []
    for number in (1, 2, 3):
        answer = client.get(f"{road}{through}&page={number}")
        [side] = answer.context["sides"]
        seen += [row.start for row in side.rows]
        assert f"Page {number} of 3" in answer.content.decode()
        assert "One quote: 100 passages" in answer.content.decode()
    assert seen == list(range(100))
    assert client.get(f"{road}{through}&show=decided").context["sides"] == []


def test_what_a_passage_may_become_is_near_it_and_not_without_end(team: Team):
    [side, _] = team.client("lead").get(f"{team.road}side-by-side/").context["sides"]
    places = [tuple(map(int, value.split("-"))) for value, _ in side.rows[20].choices]
    meeting, whole = places[:-1], places[-1]
    assert whole == (0, len(LONG))
    assert len(places) <= CHOICES + 3
    assert all(start < 50 and end > 20 for start, end in meeting)


def test_deciding_the_last_passage_of_a_filter_leads_to_what_is_left(team: Team):
    client, quote = team.client("lead"), team.quotes[0]
    query = f"show=undecided&quote={quote.guid}&page=3"
    for n in range(80, 99):
        Coding.objects.filter(quote=quote, start=n).delete()
    data = {"code": team.codes[0].guid, "start": "99", "end": "129", "verdict": "reject", "reason": "It is not."}
    answer = client.post(f"{team.road}quotes/{quote.guid}/decide/?{query}", data, follow=True)
    assert answer.status_code == 200
    assert Decision.objects.get(quote=quote).verdict == "reject"
    assert "Page 2 of 2" in answer.content.decode()


def test_an_error_keeps_the_filters_and_its_answer_can_be_loaded_again(team: Team):
    client, quote = team.client("lead"), team.quotes[0]
    road = f"{team.road}quotes/{quote.guid}/decide/?quote={quote.guid}&page=2"
    data = {"code": team.codes[0].guid, "start": "50", "end": "80", "verdict": "reject", "reason": ""}
    answer = client.post(road, data)
    assert answer.status_code == 400
    assert "Page 2 of 3" in answer.content.decode()
    assert client.get(road)["Location"] == f"{team.road}side-by-side/?quote={quote.guid}&page=2#quote-{quote.guid}"
    assert client.get(f"{team.road}side-by-side/?quote=nonsense").status_code == 400


def test_as_many_queries_for_few_passages_and_for_many(team: Team, django_assert_max_num_queries):
    client, road = team.client("lead"), f"{team.road}side-by-side/?quote="
    client.get(road)
    counts = []
    for quote in team.quotes[1::-1]:
        with django_assert_max_num_queries(20) as asked:
            client.get(f"{road}{quote.guid}")
        counts.append(len(asked))
    assert len(set(counts)) == 1


def test_what_was_adjusted_is_said_in_words_and_beside_the_passage_that_it_became(team: Team):
    ann, ben = (team.code(name, quote=1, end=end, code=1) for name, end in (("ann", 8), ("ben", 15)))
    client, road = team.client("lead"), f"{team.road}quotes/{team.quotes[1].guid}/decide/"
    data = {"code": team.codes[1].guid, "start": ann.start, "end": ann.end, "reason": "The boards, too."}
    assert client.post(road, data | {"verdict": "adjust", "to": f"0-{ben.end}"}).status_code == 302
    html = " ".join(client.get(f"{team.road}side-by-side/?code={team.codes[1].guid}").content.decode().split())
    assert "<strong>Adjusted</strong> to “We tried boards”" in html
    assert "Undecided; in the agreed set already, by another decision" in html
