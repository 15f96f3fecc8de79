"""What the pages of a review say and do."""

import re
from io import BytesIO
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from selfreview.actions import invite, remove_member, revoke
from selfreview.models import Answer, Membership, Question, Review, ShareLink
from tests.factories import make_action, make_colleague, make_review
from tests.selfreview.cast import Cast
from tests.selfreview.test_roads import ANSWER, SURE

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def test_nothing_of_a_review_is_kept_by_a_cache(cast: Cast):
    client = cast.client("lead")
    for road in ("", "what/1/", "team/", "answers/", "answers.csv", "answers.json", "link/"):
        response = client.get(f"/review/{cast.review.guid}/{road}")
        assert response["Cache-Control"] == "no-store, private"
        assert response["Referrer-Policy"] == "same-origin"


def test_only_the_hash_of_a_link_is_stored(cast: Cast):
    stored = Membership.objects.values_list("return_hash", flat=True)
    assert cast.lead_secret not in stored
    assert not any(cast.lead_secret in str(row) for row in Membership.objects.values())


def test_start_makes_a_review_and_shows_its_link_once(client: Client):
    text = client.post("/review/", follow=True).content.decode()
    address = text.split('id="address"')[1].split('value="')[1].split('"')[0]
    secret = address.rstrip("/").rsplit("/", 1)[1]
    assert secret not in str(dict(client.session))
    again = client.get(f"/review/{Review.objects.get().guid}/link/").content.decode()
    assert 'id="address"' not in again
    other = Client()
    back = other.get(address.removeprefix("http://testserver"), follow=True)
    assert "0 of 33 questions completed" in back.content.decode()


def test_last_lead_cannot_leave_or_step_down(cast: Cast):
    client = cast.client("lead")
    remove_member(member=Membership.objects.get(user=cast.accounts["lead_by_account"]))
    for road, data in ((f"team/{cast.lead.guid}/remove/", {}), (f"team/{cast.lead.guid}/role/", {"role": "viewer"})):
        response = client.post(f"/review/{cast.review.guid}/{road}", data | SURE, follow=True)
        assert "You are the only lead" in response.content.decode()
    cast.lead.refresh_from_db()
    assert (cast.lead.role, cast.lead.left_at) == ("lead", None)


def test_too_long_text_is_refused_and_kept(cast: Cast):
    response = cast.client("lead").post(f"/review/{cast.review.guid}/what/1/", ANSWER | {"text": "x" * 10_001})
    text = response.content.decode()
    assert response.status_code == 400
    assert "Shorten your answer to 10,000 characters: it has 10,001." in text
    assert "x" * 10_001 in text
    assert "<title>Error: " in text


def test_stale_save_shows_both_texts(cast: Cast):
    road = f"/review/{cast.review.guid}/what/1/"
    cast.client("contributor").post(road, ANSWER | {"text": "Theirs."})
    response = cast.client("lead").post(road, ANSWER | {"text": "Mine.", "save_id": str(uuid4())})
    text = response.content.decode()
    assert response.status_code == 409
    for words in ("Theirs.", "Mine.", "Con saved another answer", "Keep mine", "Keep theirs", "Save this together"):
        assert words in text
    assert Answer.objects.get(review=cast.review).text == "Theirs."


def test_autosave_answers_in_json(cast: Cast):
    road = f"/review/{cast.review.guid}/what/1/"
    client = cast.client("lead")
    saved = client.post(road, ANSWER, headers={"Accept": "application/json"})
    assert saved.json().keys() == {"version", "saved_at"}
    assert saved.json()["version"] == 2
    cast.client("contributor").post(road, ANSWER | {"text": "Theirs.", "base": "2", "save_id": str(uuid4())})
    stale = client.post(
        road, ANSWER | {"text": "Mine.", "save_id": str(uuid4())}, headers={"Accept": "application/json"}
    )
    assert stale.status_code == 409
    assert stale.json() == {"conflict": True, "by": "Con", "version": 3}
    wrong = client.post(road, ANSWER | {"text": "x" * 10_001}, headers={"Accept": "application/json"})
    assert wrong.status_code == 400


PAGES = [
    *["", "what/1/", "what/1/history/", "team/", "answers/", "answers.json", "profile/", "actions/", "report.docx"],
    *["views/", "benchmark/", "rounds/", "answers.csv", "delete/", "link/"],
]


def test_pages_ask_as_often_for_many_members_and_answers(cast: Cast):
    client = cast.client("lead")
    client.get(f"/review/{cast.review.guid}/")  # the first visit of a day is noted in the session

    def counted() -> dict[str, int]:
        found = {}
        for road in PAGES:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"/review/{cast.review.guid}/{road}").status_code == 200, road
            found[road] = len(queries)
        return found

    few = counted()
    for place in range(30):
        make_colleague(cast.lead, f"Colleague {place}")
        invite(by=cast.lead, name=f"Invited {place}", role="viewer")
        make_action(cast.review.team, owner=cast.contributor, question=Question.objects.first())
    for place, question in enumerate(Question.objects.all()):
        for base in range(3):
            cast.answer(cast.lead, f"{place} {base}", "emerging", base, question)
    assert counted() == few
    assert max(few.values()) <= 15


def test_list_of_rounds_asks_as_often_for_many(cast: Cast, django_assert_num_queries, django_assert_max_num_queries):
    client, road = cast.client("lead"), f"/review/{cast.review.guid}/rounds/"
    client.get(road)
    with django_assert_max_num_queries(15) as few:
        client.get(road)
    for number in range(2, 201):
        make_review(cast.review.team, number=number)
    with django_assert_num_queries(len(few)):
        assert "Round 200" in client.get(road).content.decode()


@pytest.mark.parametrize("road", ["team/", "actions/", "what/1/", "rounds/", "views/"])
def test_no_id_stands_twice_on_a_page(cast: Cast, road: str):
    ids = re.findall(r'\sid="([^"]+)"', cast.client("lead").get(f"/review/{cast.review.guid}/{road}").content.decode())
    assert sorted(set(ids)) == sorted(ids)


def test_deleted_review_is_gone_whole(cast: Cast):
    cast.client("lead").post(f"/review/{cast.review.guid}/delete/")
    assert not Review.objects.filter(pk=cast.review.pk).exists()
    assert not Answer.objects.exists()
    assert not Membership.objects.filter(team=cast.review.team_id).exists()


def test_autosave_tells_what_stands_where_that_is_other_than_what_was_sent(cast: Cast):
    road = f"/review/{cast.review.guid}/what/1/"
    cast.client("contributor").post(road, ANSWER | {"text": "We begin.", "level": "leading"})
    data = {"text": "We begin, and go on.", "base": "1", "save_id": str(uuid4())}
    said = cast.client("lead").post(road, data, headers={"Accept": "application/json"}).json()
    assert said["stands"]["level"] == "leading"
    assert said["stands"]["text"] == "We begin, and go on."


def test_save_is_proved_on_the_page_that_follows(cast: Cast):
    page = cast.client("lead").post(f"/review/{cast.review.guid}/what/1/", ANSWER, follow=True).content.decode()
    assert "Question 1.1 is saved." in page
    question = Question.objects.first()
    assert f'data-saved="{cast.review.guid}/{question.guid}/{cast.lead.guid}/answer {ANSWER["save_id"]}"' in page


def test_form_that_has_expired_shows_what_was_written(cast: Cast):
    client = Client(enforce_csrf_checks=True)
    client.cookies = cast.client("lead").cookies
    response = client.post(
        f"/review/{cast.review.guid}/what/1/", ANSWER | {"text": "A <long> text.", "evidence": "A plan"}
    )
    page = response.content.decode()
    assert response.status_code == 403
    assert "A &lt;long&gt; text." in page
    assert "A plan" in page
    assert ANSWER["save_id"] not in page
    assert Answer.objects.get(review=cast.review).text == "We begin."


def test_shared_link_opens_one_round_to_read_and_nothing_else(cast: Cast):
    client = Client()
    text = client.get(f"/review/shared/{cast.share_secret}/").content.decode()
    assert "We begin." in text
    assert client.get(f"/review/{cast.review.guid}/").status_code == 404


@pytest.mark.parametrize("end", ["revoked", "expired", "unknown"])
def test_shared_link_that_has_ended_looks_like_none(cast: Cast, end: str):
    secret = cast.share_secret if end != "unknown" else "nothing"
    if end == "revoked":
        revoke(link=cast.link)
    if end == "expired":
        ShareLink.objects.update(expires_at=timezone.now())
    assert Client().get(f"/review/shared/{secret}/").status_code == 404


def test_closed_round_stays_as_it_was(cast: Cast):
    client, base = cast.client("lead"), f"/review/{cast.review.guid}/"
    client.post(f"{base}rounds/close/")
    before = client.get(f"{base}answers.csv").getvalue()
    for refused in (client.post(f"{base}what/1/", ANSWER), client.post(f"{base}what/1/history/1/restore/")):
        assert refused.status_code == 409
        assert "The round was closed meanwhile" in refused.content.decode()
    assert "New." in client.post(f"{base}what/1/", ANSWER).content.decode()
    assert "This round is closed." in client.get(f"{base}what/1/").content.decode()
    following = client.post(f"{base}rounds/next/", follow=True)
    assert "0 of 33 questions completed" in following.content.decode()
    road = following.redirect_chain[-1][0]
    assert "Last time (round 1)" in client.get(f"{road}what/1/").content.decode()
    client.post(f"{road}what/1/", ANSWER | {"base": "0", "save_id": str(uuid4())})
    assert client.get(f"{base}answers.csv").getvalue() == before
    compared = client.get(f"{road}rounds/1/").content.decode()
    assert "We begin." in compared
    assert "New." in compared
    assert client.post(f"{base}rounds/next/")["Location"] == road


def test_report_opens_in_word(cast: Cast):
    from docx import Document

    cast.review.answers.update(text="First line\x0b.\nSecond line.", is_priority=True, level="leading")
    response = cast.client("viewer").get(f"/review/{cast.review.guid}/report.docx")
    document = Document(BytesIO(response.content))
    text = [paragraph.text for paragraph in document.paragraphs]
    assert "Your school: self-review" in text
    assert {"First line.", "Second line.", "Leading, priority"} <= set(text)
    headings = [one.text for one in document.paragraphs if one.style and one.style.name == "Heading 2"]
    assert len(headings) == 33
    assert [len(table.rows) for table in document.tables] == [4, 2]


def test_overdue_action_is_marked_until_it_is_done(cast: Cast):
    client, base = cast.client("lead"), f"/review/{cast.review.guid}/actions/"
    data = {"title": "Buy boards", "status": "doing", "due": "2020-01-31"}
    client.post(f"{base}{cast.action.guid}/", data)
    assert "overdue" in client.get(base).content.decode()
    client.post(f"{base}{cast.action.guid}/", data | {"status": "done"})
    assert "overdue" not in client.get(base).content.decode()
    cast.action.refresh_from_db()
    assert cast.action.done_at is not None


def test_action_of_another_team_cannot_be_owned_by_a_stranger(cast: Cast):
    stranger = Membership.objects.exclude(team=cast.review.team).get()
    data = {"title": "Buy", "status": "to-do", "owner": stranger.pk}
    response = cast.client("lead").post(f"/review/{cast.review.guid}/actions/", data)
    assert response.status_code == 400


@pytest.mark.django_db
def test_questionnaire_on_paper_has_every_question(client: Client):
    assert client.get("/questionnaire/paper/").content.decode().count('class="paper-question"') == 33


def test_member_who_was_removed_is_out_at_once(cast: Cast):
    client = cast.client("contributor")
    assert client.get(f"/review/{cast.review.guid}/").status_code == 200
    remove_member(member=cast.contributor)
    assert client.get(f"/review/{cast.review.guid}/").status_code == 404
    assert client.get("/review/").content.decode().count("Go on with") == 0
