"""The short way of an autosave: taken where it may be, and never with another outcome than the long way."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from selfreview import quick
from selfreview.actions import TOUCHED_EVERY, change_role, close_round, pass_pen, remove_member
from selfreview.models import Answer, AnswerRevision, Question, Review
from tests.selfreview.cast import MEMBERS, OUTSIDERS, Cast

pytestmark = pytest.mark.django_db

SENT = {"text": "We go on.", "level": "emerging", "base": "1"}
STATES: dict[str, Callable[[Cast], object]] = {
    "open": lambda cast: None,
    "views": lambda cast: Review.objects.filter(pk=cast.review.pk).update(state=Review.State.VIEWS),
    "closed": lambda cast: close_round(review=cast.review),
    "pen of nobody": lambda cast: pass_pen(review=cast.review, member=None),
    "pen of the contributor": lambda cast: pass_pen(review=cast.review, member=cast.contributor),
}

# What may be under way when a contributor saves, and how the save is answered once it is done.
STEPS: dict[str, tuple[Callable[[Cast], object], int]] = {
    "closing": (lambda cast: close_round(review=cast.review), 409),
    "another role": (lambda cast: change_role(member=cast.contributor, role="viewer"), 403),
    "removal": (lambda cast: remove_member(member=cast.contributor), 404),
}


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each autosave whether it went the short way."""
    taken: list[bool] = []
    save = quick.save

    def watched(*args: Any, **options: Any) -> Any:
        saved = save(*args, **options)
        taken.append(saved is not None)
        return saved

    monkeypatch.setattr(quick, "save", watched)
    return taken


def autosave(cast: Cast, client: Client, **changes: str) -> Any:
    data = SENT | {"save_id": str(uuid4())} | changes
    return client.post(f"/review/{cast.review.guid}/what/1/", data, headers={"Accept": "application/json"})


def stored(cast: Cast) -> tuple[Any, ...]:
    """The answer and its newest revision, without what differs from save to save."""
    answer = Answer.objects.get(review=cast.review)
    kept = answer.revisions.first()
    assert kept is not None
    columns = ("number", "level", "text", "is_complete", "evidence", "is_priority", "saved_by_id")
    wrote = answer.updated_by and answer.updated_by.guid
    return (answer.version, answer.level, answer.text, wrote, *(getattr(kept, name) for name in columns))


def test_autosave_takes_six_statements(cast: Cast, ways: list[bool]):
    client = cast.client("contributor")
    assert autosave(cast, client).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        said = autosave(cast, client, base="2", text="We go further.").json()
    assert ways == [True, True]
    assert said.keys() == {"version", "saved_at"}
    assert said["version"] == 3
    assert len(asked) == 6, [query["sql"][:60] for query in asked]  # two of them begin and end the transaction


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", [*OUTSIDERS, *MEMBERS])
def test_both_ways_come_to_the_same(cast: Cast, ways: list[bool], role: str, state: str, monkeypatch):
    STATES[state](cast)
    client, before = cast.client(role), stored(cast)
    answered = autosave(cast, client)
    short = (answered.status_code, stored(cast))
    assert ways == [] or ways[0] is (short[1] != before)
    Answer.objects.filter(review=cast.review).update(version=1, text="We begin.", level="", updated_by=cast.lead)
    AnswerRevision.objects.filter(answer__review=cast.review, number__gt=1).delete()
    monkeypatch.setattr(quick, "save", lambda *args, **options: None)
    answered = autosave(cast, client)
    assert (answered.status_code, stored(cast)) == short


def test_account_and_link_in_one_browser_act_alike_on_both_ways(cast: Cast, ways: list[bool]):
    client = cast.client("viewer_by_account")
    client.get(f"/review/return/{cast.lead_secret}/")  # the account's own place counts, and that reads only
    assert autosave(cast, client).status_code == 403
    assert ways == [False]


def test_long_way_is_taken_where_there_is_more_to_it(cast: Cast, ways: list[bool]):
    client = cast.client("lead")
    name = str(uuid4())
    assert autosave(cast, client, save_id=name).json()["version"] == 2
    assert autosave(cast, client, save_id=name).json()["version"] == 2  # the network repeated it
    assert autosave(cast, client, base="2").json()["version"] == 2  # nothing is other than it stands
    assert autosave(cast, client, base="2", save_id=name, text="Again.").json()["version"] == 3  # a name used before
    assert autosave(cast, client, base="2", text="From an older one.").json()["version"] == 4  # one's own, since
    assert ways == [True, False, False, False, False]
    assert list(AnswerRevision.objects.values_list("number", flat=True)) == [4, 3, 2, 1]


def test_first_save_of_an_answer_goes_the_long_way(cast: Cast, ways: list[bool]):
    road = f"/review/{cast.review.guid}/what/2/"
    data = SENT | {"base": "0", "save_id": str(uuid4())}
    said = cast.client("lead").post(road, data, headers={"Accept": "application/json"})
    assert (said.status_code, said.json()["version"], ways) == (200, 1, [False])
    assert Answer.objects.get(question=Question.objects.all()[1]).text == "We go on."


def test_place_that_no_question_has_is_not_found(cast: Cast):
    for place in ("0", "99", "32768", "9" * 40):
        road = f"/review/{cast.review.guid}/what/{place}/"
        data = SENT | {"save_id": str(uuid4())}
        assert cast.client("lead").post(road, data, headers={"Accept": "application/json"}).status_code == 404, place


def test_it_is_noted_to_the_hour_that_somebody_works_here(cast: Cast, ways: list[bool]):
    client = cast.client("lead")
    just_now = timezone.now() - TOUCHED_EVERY + timedelta(minutes=1)
    Review.objects.filter(pk=cast.review.pk).update(touched_at=just_now)
    autosave(cast, client)
    assert Review.objects.get(pk=cast.review.pk).touched_at == just_now
    Review.objects.filter(pk=cast.review.pk).update(touched_at=just_now - timedelta(minutes=2))
    autosave(cast, client, base="2", text="Later.")
    assert Review.objects.get(pk=cast.review.pk).touched_at > just_now
    assert ways == [True, False]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", STEPS)
def test_save_waits_for_what_is_under_way(cast: Cast, step: str):
    client, before = cast.client("contributor"), stored(cast)
    take, status = STEPS[step]

    def save() -> Any:
        try:
            return autosave(cast, client)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            take(cast)
            saving = pool.submit(save)
            with pytest.raises(TimeoutError):
                saving.result(timeout=0.3)
        assert saving.result(timeout=20).status_code == status
    assert stored(cast) == before
