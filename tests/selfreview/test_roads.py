"""Every road of the self-review, tried as everyone."""

from io import BytesIO
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from selfreview.actions import Content, invite, remove_member, renew_link, revoke, save_answer, share, start_review
from selfreview.models import Answer, Membership, Question, Questionnaire, Review, ShareLink
from tests.factories import make_action

pytestmark = pytest.mark.django_db


class Cast:
    """A review with a lead, a contributor and a viewer, one answer in it; and another school's lead."""

    def __init__(self) -> None:
        questionnaire = Questionnaire.objects.get()
        self.review, self.lead, self.lead_secret = start_review(questionnaire=questionnaire)
        self.contributor, self.contributor_secret = invite(team=self.review.team, name="Con", role="contributor")
        self.viewer, self.viewer_secret = invite(team=self.review.team, name="Vic", role="viewer")
        _, _, self.stranger_secret = start_review(questionnaire=questionnaire)
        gone, self.gone_secret = invite(team=self.review.team, name="Gone", role="contributor")
        remove_member(member=gone)
        old = self.viewer_secret
        self.viewer_secret = renew_link(member=self.viewer)
        self.replaced_secret = old
        self.action = make_action(self.review.team)
        self.link, self.share_secret = share(review=self.review, note="Governors", days=30)
        save_answer(
            review=self.review,
            question=Question.objects.first(),
            member=self.lead,
            content=Content(text="We begin."),
            base=0,
            save_id=uuid4(),
        )

    def client(self, role: str) -> Client:
        client = Client()
        if role != "anonymous":
            client.get(f"/review/return/{getattr(self, f'{role}_secret')}/")
        return client


@pytest.fixture
def cast() -> Cast:
    return Cast()


ANSWER = {"level": "leading", "text": "New.", "base": "1", "save_id": "3f0a1d9e-6f0b-4b61-a1f3-0d8a1e6f1a11"}
OUTSIDERS = ["anonymous", "stranger", "gone", "replaced"]
MEMBERS = ["viewer", "contributor", "lead"]
# method, road below /review/<guid>/, what is sent, and what viewer, contributor and lead get
ROADS = [
    ("GET", "", {}, [200, 200, 200]),
    ("GET", "link/", {}, [200, 200, 200]),
    ("POST", "link/", {}, [200, 200, 200]),
    ("GET", "team/", {}, [200, 200, 200]),
    ("POST", "team/", {"name": "A school"}, [403, 403, 302]),
    ("POST", "team/", {"urn": "12"}, [403, 403, 400]),
    ("POST", "team/name/", {"own_name": "Ann"}, [302, 302, 302]),
    ("POST", "team/name/", {"own_name": " "}, [400, 400, 400]),
    ("POST", "team/invite/", {"name": "Dee", "role": "viewer"}, [403, 403, 200]),
    ("POST", "team/invite/", {"name": "", "role": "king"}, [403, 403, 400]),
    ("POST", "team/{viewer}/role/", {"role": "contributor"}, [403, 403, 302]),
    ("POST", "team/{lead}/remove/", {}, [403, 403, 302]),
    ("GET", "delete/", {}, [403, 403, 200]),
    ("POST", "delete/", {}, [403, 403, 302]),
    ("GET", "profile/", {}, [200, 200, 200]),
    ("GET", "actions/", {}, [200, 200, 200]),
    ("GET", "actions/?question=nonsense", {}, [200, 200, 200]),
    ("POST", "actions/", {"title": "Buy", "status": "to-do"}, [403, 302, 302]),
    ("POST", "actions/", {"title": "", "due": "31.02."}, [403, 400, 400]),
    ("GET", "actions/{action}/", {}, [403, 200, 200]),
    ("POST", "actions/{action}/", {"title": "Sell", "status": "done"}, [403, 302, 302]),
    ("POST", "actions/{action}/", {"title": "Sell", "status": "king"}, [403, 400, 400]),
    ("POST", "actions/{action}/delete/", {}, [403, 302, 302]),
    ("POST", "actions/{lead}/delete/", {}, [403, 404, 404]),
    ("GET", "rounds/", {}, [200, 200, 200]),
    ("GET", "rounds/close/", {}, [403, 403, 200]),
    ("POST", "rounds/close/", {}, [403, 403, 302]),
    ("POST", "rounds/next/", {}, [403, 403, 302]),
    ("GET", "rounds/1/", {}, [200, 200, 200]),
    ("GET", "rounds/9/", {}, [404, 404, 404]),
    ("POST", "share/", {"note": "Governors", "days": "30"}, [403, 403, 200]),
    ("POST", "share/", {"days": "9999"}, [403, 403, 400]),
    ("POST", "share/{link}/revoke/", {}, [403, 403, 302]),
    ("POST", "share/{lead}/revoke/", {}, [403, 403, 404]),
    ("GET", "report.docx", {}, [200, 200, 200]),
    ("GET", "answers/", {}, [200, 200, 200]),
    ("GET", "answers.csv", {}, [200, 200, 200]),
    ("GET", "answers.json", {}, [200, 200, 200]),
    ("GET", "what/1/", {}, [200, 200, 200]),
    ("POST", "what/1/", ANSWER, [403, 302, 302]),
    ("POST", "what/1/", ANSWER | {"base": "x"}, [403, 400, 400]),
    ("GET", "what/99/", {}, [404, 404, 404]),
    ("GET", "what/1/history/", {}, [200, 200, 200]),
    ("POST", "what/1/history/1/restore/", {}, [403, 302, 302]),
    ("POST", "what/1/history/99/restore/", {}, [403, 404, 404]),
]  # fmt: skip


def ask(cast: Cast, role: str, method: str, road: str, data: dict) -> int:
    road = road.format(viewer=cast.viewer.guid, lead=cast.lead.guid, action=cast.action.guid, link=cast.link.guid)
    client = cast.client(role)
    return getattr(client, method.lower())(f"/review/{cast.review.guid}/{road}", data).status_code


@pytest.mark.parametrize("role", OUTSIDERS)
@pytest.mark.parametrize(("method", "road", "data", "expected"), ROADS)
def test_road_is_hidden_from_outsiders(cast: Cast, role: str, method: str, road: str, data: dict, expected: list[int]):
    before = list(Answer.objects.values_list("version"))
    assert ask(cast, role, method, road, data) == 404
    assert list(Answer.objects.values_list("version")) == before
    assert Review.objects.filter(pk=cast.review.pk).exists()


@pytest.mark.parametrize("place", [0, 1, 2], ids=MEMBERS)
@pytest.mark.parametrize(("method", "road", "data", "expected"), ROADS)
def test_road_answers_members_by_their_role(
    cast: Cast, place: int, method: str, road: str, data: dict, expected: list[int]
):
    assert ask(cast, MEMBERS[place], method, road, data) == expected[place]


def test_every_road_of_a_round_is_tried():
    resolver = next(one for one in get_resolver("selfreview.urls").url_patterns if "<uuid:guid>" in str(one.pattern))
    names = {one.name for one in resolver.url_patterns if hasattr(one, "name")}
    nested = next(one for one in resolver.url_patterns if hasattr(one, "url_patterns"))
    names |= {one.name for one in nested.url_patterns}
    tried = {
        "": "task_list", "link/": "link", "team/": "team", "team/name/": "rename", "team/invite/": "invite",
        "team/{viewer}/role/": "change_role", "team/{lead}/remove/": "remove", "delete/": "delete",
        "profile/": "profile", "actions/": "actions", "actions/{action}/": "action",
        "actions/{action}/delete/": "delete_action", "rounds/": "rounds", "rounds/close/": "close",
        "rounds/next/": "begin_next", "rounds/1/": "compare_rounds", "share/": "share",
        "share/{link}/revoke/": "revoke", "report.docx": "report", "answers/": "answers", "answers.csv": "answers_csv",
        "answers.json": "answers_json", "what/1/": "question", "what/1/history/": "history",
        "what/1/history/1/restore/": "restore",
    }  # fmt: skip
    assert names == {tried[road] for _, road, _, _ in ROADS if road in tried}


def test_unknown_review_looks_like_a_foreign_one(cast: Cast):
    client = cast.client("stranger")
    foreign = client.get(f"/review/{cast.review.guid}/")
    unknown = client.get(f"/review/{uuid4()}/")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content == unknown.content


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
    response = client.post("/review/")
    assert response.status_code == 200
    text = response.content.decode()
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
    for road, data in ((f"team/{cast.lead.guid}/remove/", {}), (f"team/{cast.lead.guid}/role/", {"role": "viewer"})):
        response = client.post(f"/review/{cast.review.guid}/{road}", data, follow=True)
        assert "You are the only lead" in response.content.decode()
    cast.lead.refresh_from_db()
    assert (cast.lead.role, cast.lead.left_at) == ("lead", None)


def test_too_long_text_is_refused_and_kept(cast: Cast):
    response = cast.client("lead").post(f"/review/{cast.review.guid}/what/1/", ANSWER | {"text": "x" * 10_001})
    text = response.content.decode()
    assert response.status_code == 400
    assert "Shorten your answer to 10000 characters: it has 10001." in text
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
    assert saved.json()["version"] == 2
    cast.client("contributor").post(road, ANSWER | {"text": "Theirs.", "base": "2", "save_id": str(uuid4())})
    stale = client.post(
        road, ANSWER | {"text": "Mine.", "save_id": str(uuid4())}, headers={"Accept": "application/json"}
    )
    assert stale.status_code == 409
    assert stale.json() == {"conflict": True, "by": "Con"}
    wrong = client.post(road, ANSWER | {"text": "x" * 10_001}, headers={"Accept": "application/json"})
    assert wrong.status_code == 400


@pytest.mark.parametrize(
    "road",
    ["", "what/1/", "what/1/history/", "team/", "answers/", "answers.json", "profile/", "actions/", "report.docx"],
)
def test_page_asks_as_often_for_many_members_and_answers(
    cast: Cast, road: str, django_assert_max_num_queries, django_assert_num_queries
):
    client = cast.client("lead")
    road = f"/review/{cast.review.guid}/{road}"
    with django_assert_max_num_queries(15) as few:
        client.get(road)
    for place in range(30):
        invite(team=cast.review.team, name=f"Colleague {place}", role="contributor")
        make_action(cast.review.team, owner=cast.contributor, question=Question.objects.first())
    for place, question in enumerate(Question.objects.all()):
        for base in range(3):
            content = Content(level="emerging", text=f"{place} {base}")
            save_answer(
                review=cast.review, question=question, member=cast.lead, content=content, base=base, save_id=uuid4()
            )
    with django_assert_num_queries(len(few)):
        assert client.get(road).status_code == 200


def test_deleted_review_is_gone_whole(cast: Cast):
    cast.client("lead").post(f"/review/{cast.review.guid}/delete/")
    assert not Review.objects.filter(pk=cast.review.pk).exists()
    assert not Answer.objects.exists()
    assert not Membership.objects.filter(team=cast.review.team_id).exists()


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
    assert client.post(f"{base}what/1/", ANSWER).status_code == 403
    assert client.post(f"{base}what/1/history/1/restore/").status_code == 403
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
