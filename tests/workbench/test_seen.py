"""A page that has grown old: what is saved from it undoes nothing that was saved since, and loses nothing typed."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from findings import actions
from findings.models import Code, Coding, QuoteNote
from findings.seen import marks, merged
from schools import studies
from schools.models import Quote
from tests.bench import Team, make_team

OLD = {"name": "Vision", "memo": "First."}
NOW = "This was changed since you opened the page: now it says “{}”"


@pytest.mark.parametrize(
    ("sent", "now", "wanted", "others"),
    [
        (OLD | {"memo": "Mine."}, OLD, OLD | {"memo": "Mine."}, {}),
        (OLD | {"name": "Aim"}, OLD | {"memo": "Theirs."}, {"name": "Aim", "memo": "Theirs."}, {}),
        (OLD | {"memo": "Mine."}, OLD | {"memo": "Theirs."}, OLD | {"memo": "Mine."}, {"memo": "Theirs."}),
        (OLD | {"memo": "Same."}, OLD | {"memo": "Same."}, OLD | {"memo": "Same."}, {}),
        (OLD | {"memo": ""}, OLD | {"memo": None}, OLD | {"memo": ""}, {}),
    ],
)
def test_what_is_saved_of_what_was_sent(sent: dict, now: dict, wanted: dict, others: dict):
    assert merged(sent, now, marks(OLD)) == (wanted, others)
    assert merged(sent, now, "") == merged(sent, now, "nonsense") == (sent, {})


@pytest.fixture
def team(db: None) -> Team:
    return make_team()


def fields(client: Client, road: str) -> dict[str, Any]:
    """What the page's form would send as it is."""
    form = client.get(road).context["form"]
    return {name: "" if (value := form[name].value()) is None else value for name in form.fields}


def seen_in(html: str) -> str:
    return re.findall(r'name="seen" value="([^"]*)"', html)[0]


def test_two_who_change_different_things_of_a_code_keep_both(team: Team):
    ann, ben = team.client("ann"), team.client("ben")
    road = f"{team.road}codes/{team.codes[0].guid}/"
    old = fields(ben, road)
    assert ann.post(road, fields(ann, road) | {"memo": "Mind the gap.", "number_key": "5"}).status_code == 302
    assert (
        ben.post(road, old | {"include": "Always.", "example": f"{team.quotes[0].school.slug} L1"}).status_code == 302
    )
    code = Code.objects.get(pk=team.codes[0].pk)
    assert (code.memo, code.include, code.number_key, code.example) == ("Mind the gap.", "Always.", 5, team.quotes[0])


def test_two_who_change_the_same_of_a_code_are_told_and_the_second_decides(team: Team):
    ann, ben = team.client("ann"), team.client("ben")
    road = f"{team.road}codes/{team.codes[0].guid}/"
    old = fields(ben, road)
    ann.post(road, fields(ann, road) | {"definition": "It is hers."})
    answer = ben.post(road, old | {"definition": "It is his.", "memo": "His."})
    html = unescape(answer.content.decode())
    assert answer.status_code == 400
    assert NOW.format("It is hers.") in html
    assert 'href="#id_definition"' in html
    assert re.search(r"<textarea[^>]*definition[^>]*>\s*It is his\.", html)
    assert Code.objects.get(pk=team.codes[0].pk).memo == ""
    again = old | {"definition": "It is his.", "memo": "His.", "seen": seen_in(html)}
    assert ben.post(road, again).status_code == 302
    code = Code.objects.get(pk=team.codes[0].pk)
    assert (code.definition, code.memo) == ("It is his.", "His.")


def test_what_is_there_is_told_as_the_form_says_it(team: Team):
    ann, ben = team.client("ann"), team.client("ben")
    road = f"{team.road}codes/{team.codes[0].guid}/"
    old = fields(ben, road)
    ann.post(road, fields(ann, road) | {"colour": "6"})
    assert NOW.format("rose") in unescape(ben.post(road, old | {"colour": "7"}).content.decode())


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["form", "script"])
def test_memos_in_two_windows(team: Team, headers: dict[str, str]):
    """On a quote and on a coding."""
    client, quote, coding = team.client("ann"), team.quotes[0], team.code("ann")
    places = [
        (f"quotes/{quote.guid}/", "note/", lambda: QuoteNote.objects.get(quote=quote).memo),
        (f"codings/{coding.guid}/", "", lambda: Coding.objects.get(pk=coding.pk).memo),
    ]
    for page, more, memo in places:
        road = team.road + page + more
        old = seen_in(client.get(team.road + page).content.decode())
        assert client.post(road, {"memo": "One.", "seen": old}).status_code == 302
        late = client.post(road, {"memo": "Two.", "seen": old}, headers=headers)
        html = unescape(late.content.decode())
        assert late.status_code == 400
        assert NOW.format("One.") in html
        assert memo() == "One."
        [now] = re.findall(r'data-seen="([^"]*)"', html) if headers else [seen_in(html)]
        if not headers:
            assert re.search(r">\s*Two\.</textarea>", html)
        assert client.post(road, {"memo": "Two.", "seen": now}).status_code == 302
        assert memo() == "Two."


def test_the_words_of_a_quote_in_two_windows(db: None):
    study = studies.start_study(user=make_team().users["ann"], title="Talks", author="Ann")
    [hill] = studies.add_schools(study=study, rows=[{"name": "Hill"}])
    quote = actions.add_quote(school=hill, text="We tried boards.", role="teacher")
    client = Client()
    client.force_login(study.made_by)
    road = f"/workbench/studies/{study.guid}/quotes/{quote.guid}/"
    old = fields(client, road)
    assert client.post(road, old | {"text": "We tried tablets."}).status_code == 302
    assert client.post(road, old | {"speaker": "Ms Bird"}).status_code == 302
    quote = Quote.objects.get(pk=quote.pk)
    assert (quote.text, quote.speaker) == ("We tried tablets.", "Ms Bird")
    late = client.post(road, old | {"text": "We tried cameras."})
    assert late.status_code == 400
    assert NOW.format("We tried tablets.") in unescape(late.content.decode())
    assert "We tried cameras." in late.content.decode()
