"""Everyone's own view: private until opened, then side by side, then agreed."""

import json
from uuid import uuid4

import pytest
from django.test import Client

from selfreview.accord import Accord
from selfreview.actions import (
    ClosedError,
    Content,
    WrongStateError,
    close_round,
    gather_views,
    open_views,
    remove_member,
    save_view,
)
from selfreview.models import Answer, Question, Review, View
from tests.factories import make_colleague
from tests.selfreview.cast import MEMBERS, Cast
from tests.selfreview.test_roads import ANSWER, ROADS, SURE, ask

pytestmark = pytest.mark.django_db
SECRET = "What only Con thinks"


@pytest.fixture
def cast() -> Cast:
    """Views are being written, and the contributor has one of every question."""
    cast = Cast()
    gather_views(review=cast.review)
    for question in Question.objects.filter(section__questionnaire=cast.review.questionnaire_id):
        write(cast, cast.contributor, "leading", SECRET, question)
    return cast


def write(cast: Cast, member, level: str, text: str, question: Question | None = None, save_id=None) -> View:
    saved = save_view(
        review=cast.review,
        question=question or Question.objects.first(),
        member=member,
        content=Content(level=level, text=text),
        save_id=save_id or uuid4(),
    )
    assert isinstance(saved.written, View)
    return saved.written


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize("role", [role for role in MEMBERS if role != "contributor"])
def test_no_page_and_no_download_tells_another_members_view(cast: Cast, role: str):
    view = View.objects.filter(member=cast.contributor).first()
    client = cast.client(role)
    seen = []
    for method, road, _, _ in ROADS:
        if method == "GET":
            road = road.format(
                viewer=cast.viewer.guid, lead=view.guid, action=cast.action.guid, link=cast.link.guid, invitation="x"
            )
            response = client.get(f"/review/{cast.review.guid}/{road}")
            said = body(response).replace(road.encode(), b"")
            if SECRET.encode() in said or str(view.guid).encode() in said:
                seen.append(road)
    assert seen == []
    assert SECRET not in Client().get(f"/review/shared/{cast.share_secret}/").content.decode()


def test_profile_and_task_list_are_of_ones_own_view(cast: Cast):
    client = cast.client("contributor")
    assert "This is the profile of your own view" in client.get(f"/review/{cast.review.guid}/profile/").content.decode()
    lead = cast.client("lead").get(f"/review/{cast.review.guid}/profile/").content.decode()
    assert "Leading 9" in client.get(f"/review/{cast.review.guid}/profile/").content.decode()
    assert "Leading 9" not in lead


def test_a_view_is_saved_and_its_author_alone_reads_it(cast: Cast):
    client, road = cast.client("contributor"), f"/review/{cast.review.guid}/what/1/"
    page = client.get(road).content.decode()
    assert SECRET in page
    assert f'action="{road}view/"' in page
    data = ANSWER | {"text": "Mine alone.", "save_id": str(uuid4())}
    assert client.post(f"{road}view/", data)["Location"] == f"/review/{cast.review.guid}/what/2/"
    assert "Mine alone." in client.get(road).content.decode()
    assert [one.text for one in View.objects.get(member=cast.contributor, question__position=1,
            question__section__slug="what").revisions.all()] == ["Mine alone.", SECRET]  # fmt: skip
    history = client.get(f"{road}history/").content.decode()
    assert "Mine alone." in history
    assert SECRET in history
    assert "Mine alone." not in cast.client("lead").get(f"{road}history/").content.decode()


def test_a_view_repeated_by_the_network_has_no_second_effect(cast: Cast):
    once = uuid4()
    write(cast, cast.lead, "emerging", "First.", save_id=once)
    write(cast, cast.lead, "leading", "Second.")
    again = write(cast, cast.lead, "emerging", "First.", save_id=once)
    assert again.text == "Second."


def test_views_of_those_who_wrote_before_begin_from_their_answers(cast: Cast):
    begun = View.objects.get(member=cast.lead)
    assert (begun.text, begun.version, begun.revisions.count()) == ("We begin.", 1, 1)
    assert Answer.objects.get(review=cast.review).text == "We begin."


def test_the_schools_answer_waits_while_views_are_written(cast: Cast):
    road = f"/review/{cast.review.guid}/what/1/"
    response = cast.client("lead").post(road, ANSWER | {"text": "Too early."})
    assert response.status_code == 409
    assert "Too early." in response.content.decode()
    assert "view of their own first" in response.content.decode()
    response = cast.client("lead").post(road, ANSWER, headers={"Accept": "application/json"})
    assert list(response.json()) == ["reason"]
    assert Answer.objects.get(review=cast.review).text == "We begin."


def test_opened_views_stand_side_by_side_and_change_no_more(cast: Cast):
    write(cast, cast.lead, "emerging", "What the lead thinks")
    open_views(review=cast.review)
    for role in MEMBERS:
        page = cast.client(role).get(f"/review/{cast.review.guid}/what/1/").content.decode()
        assert SECRET in page
        assert "What the lead thinks" in page
        assert "3 levels apart." in page
        assert "1 Emerging, 1 Leading" in page
        overview = cast.client(role).get(f"/review/{cast.review.guid}/views/").content.decode()
        assert overview.index("<strong>1.1</strong>") < overview.index("<strong>1.2</strong>")  # furthest apart first
    late = cast.client("contributor").post(f"/review/{cast.review.guid}/what/1/view/", ANSWER | {"text": "Late."})
    assert late.status_code == 409
    assert "Late." in late.content.decode()
    with pytest.raises(ClosedError):
        write(cast, cast.contributor, "leading", "Late.")


def test_an_answer_can_begin_from_any_view_and_is_not_saved_by_looking(cast: Cast):
    open_views(review=cast.review)
    view = View.objects.get(member=cast.contributor, question=Question.objects.first())
    road = f"/review/{cast.review.guid}/what/1/"
    page = cast.client("lead").get(f"{road}?from={view.guid}").content.decode()
    assert f"\n{SECRET}</textarea>" in page
    assert "Not saved: this begins from what Con wrote, and replaces the answer that stands" in page
    assert 'data-autosave="held"' in page
    assert Answer.objects.get(review=cast.review).text == "We begin."
    assert "</textarea>" not in cast.client("viewer").get(f"{road}?from={view.guid}").content.decode()


def test_after_views_the_leads_write_until_the_pen_is_passed(cast: Cast):
    open_views(review=cast.review)
    base, data = f"/review/{cast.review.guid}/", ANSWER | {"save_id": str(uuid4())}
    contributor, lead = cast.client("contributor"), cast.client("lead")
    refused = contributor.post(f"{base}what/2/", data | {"base": "0", "text": "Con's answer"})
    assert refused.status_code == 409
    assert "written by others now" in refused.content.decode()
    assert "Con&#x27;s answer" in refused.content.decode()
    assert "written by the leads" in contributor.get(f"{base}what/2/").content.decode()
    lead.post(f"{base}views/pen/", {"pen": str(cast.contributor.guid)})
    assert contributor.post(f"{base}what/2/", data | {"base": "0"}).status_code == 302
    lead.post(f"{base}views/pen/", {"pen": ""})
    assert contributor.post(f"{base}what/3/", data | {"base": "0"}).status_code == 409
    lead.post(f"{base}views/pen/", {"pen": "everyone"})
    assert contributor.post(f"{base}what/3/", data | {"base": "0"}).status_code == 302
    assert cast.client("viewer").post(f"{base}what/4/", data | {"base": "0"}).status_code == 403


def test_the_pen_is_passed_to_members_only(cast: Cast):
    open_views(review=cast.review)
    for wrong in (str(cast.viewer.guid), str(uuid4()), "nonsense"):
        response = cast.client("lead").post(f"/review/{cast.review.guid}/views/pen/", {"pen": wrong}, follow=True)
        assert "Choose who writes from the list." in response.content.decode()
    assert Review.objects.get(pk=cast.review.pk).pen is None


def test_a_round_is_not_closed_over_private_views(cast: Cast):
    response = cast.client("lead").post(f"/review/{cast.review.guid}/rounds/close/", follow=True)
    assert "Open them first" in response.content.decode()
    with pytest.raises(WrongStateError):
        close_round(review=cast.review)
    assert Review.objects.get(pk=cast.review.pk).state == "views"


def test_steps_taken_twice_or_out_of_turn_do_nothing(cast: Cast):
    lead, base = cast.client("lead"), f"/review/{cast.review.guid}/views/"
    assert "moved on" in lead.post(f"{base}gather/", SURE, follow=True).content.decode()
    lead.post(f"{base}open/", SURE)
    opened = Review.objects.get(pk=cast.review.pk).views_opened_at
    assert "moved on" in lead.post(f"{base}open/", SURE, follow=True).content.decode()
    assert Review.objects.get(pk=cast.review.pk).views_opened_at == opened


def test_views_can_be_closed_again_and_are_private_again(cast: Cast):
    open_views(review=cast.review)
    gather_views(review=cast.review)
    assert SECRET not in cast.client("lead").get(f"/review/{cast.review.guid}/what/1/").content.decode()
    assert View.objects.filter(member=cast.lead).count() == 1  # not begun anew


def test_view_of_who_leaves_before_the_opening_goes_unread(cast: Cast):
    remove_member(member=cast.contributor)
    open_views(review=cast.review)
    for road in ("what/1/", "views/", "everything.json"):
        assert SECRET not in cast.client("lead").get(f"/review/{cast.review.guid}/{road}").content.decode()
    assert not View.objects.filter(member=cast.contributor).exists()


def test_open_view_of_who_leaves_stays(cast: Cast):
    open_views(review=cast.review)
    remove_member(member=cast.contributor)
    assert SECRET in cast.client("lead").get(f"/review/{cast.review.guid}/what/1/").content.decode()


def test_no_view_is_begun_for_who_has_left_or_only_reads(cast: Cast):
    open_views(review=cast.review)
    Answer.objects.update(updated_by=cast.viewer)
    View.objects.all().delete()
    gather_views(review=cast.review)
    assert not View.objects.exists()


def test_exports_hold_ones_own_views_and_all_once_they_are_open(cast: Cast):
    road = f"/review/{cast.review.guid}/everything.json"
    said = json.loads(cast.client("contributor").get(road).content)
    assert said["rounds"][0]["answers"][0]["views"][0]["text"] == SECRET
    open_views(review=cast.review)
    said = json.loads(cast.client("viewer").get(road).content)
    assert {one["text"] for one in said["rounds"][0]["answers"][0]["views"]} == {SECRET, "We begin."}


def test_the_next_round_begins_with_views_where_the_last_had_them(cast: Cast):
    open_views(review=cast.review)
    close_round(review=cast.review)
    following = cast.client("lead").post(f"/review/{cast.review.guid}/rounds/next/", follow=True)
    assert "Your own view: 0 of 33 questions completed" in following.content.decode()


def test_a_member_alone_needs_no_views():
    cast = Cast()
    page = cast.client("stranger").get("/review/", follow=True).content.decode()
    road = page.split('href="/review/')[1].split('"')[0]
    client = cast.client("stranger")
    assert ">Views<" not in client.get(f"/review/{road}").content.decode()
    assert "your own view" not in client.get(f"/review/{road}what/1/").content.decode().lower()


@pytest.mark.parametrize(
    ("levels", "words", "split"),
    [
        ([], "Nobody has a view of this.", ""),
        (["leading"], "Too few levels to compare.", "1 Leading"),
        (["leading", "not-sure", ""], "Too few levels to compare.", "1 Leading, 1 Not sure"),
        (["leading", "leading"], "The same level.", "2 Leading"),
        (["leading", "established"], "1 level apart.", "1 Established, 1 Leading"),
        (["leading", "not-started", "emerging"], "4 levels apart.", "1 Not started, 1 Emerging, 1 Leading"),
    ],
)
def test_accord_in_words(levels: list[str], words: str, split: str):
    accord = Accord.of(levels)
    assert (accord.words, accord.split) == (words, split)


@pytest.mark.parametrize("road", ["views/", "what/1/", "", "profile/", "answers/", "everything.json"])
def test_pages_ask_as_often_for_many_views(
    cast: Cast, road: str, django_assert_num_queries, django_assert_max_num_queries
):

    open_views(review=cast.review)
    client, address = cast.client("lead"), f"/review/{cast.review.guid}/{road}"
    client.get(address)  # the first visit of a day is noted in the session
    with django_assert_max_num_queries(15) as few:
        client.get(address)
    for place in range(30):
        member, _ = make_colleague(cast.lead, f"Colleague {place}")
        for question in Question.objects.all()[:5]:
            View.objects.create(review=cast.review, question=question, member=member, level="emerging", version=1)
    with django_assert_num_queries(len(few)):
        assert client.get(address).status_code == 200


def test_roads_of_answers_know_the_pen(cast: Cast):
    open_views(review=cast.review)
    refused = ask(cast, cast.client("contributor"), "POST", "what/1/history/1/restore/", {})
    assert refused == 409
    assert ask(cast, cast.client("lead"), "POST", "what/1/history/1/restore/", {}) == 302
