"""Saving answers: stale saves, repeats, one's own tabs, revisions."""

from uuid import uuid4

import pytest

from selfreview.actions import (
    ClosedError,
    Conflict,
    Content,
    Saved,
    pass_pen,
    remove_member,
    restore_revision,
    save_answer,
    start_review,
)
from selfreview.actions.writing import merged
from selfreview.models import Answer, Membership, Question, Questionnaire, Review
from tests.factories import make_colleague

pytestmark = pytest.mark.django_db


@pytest.fixture
def review() -> Review:
    return start_review(questionnaire=Questionnaire.objects.get())[0]


@pytest.fixture
def question() -> Question:
    return Question.objects.first()


@pytest.fixture
def ann(review: Review) -> Membership:
    return review.team.members.get()


@pytest.fixture
def ben(ann: Membership) -> Membership:
    return make_colleague(ann, "Ben")[0]


def save(review, question, member, text: str, base: int, save_id=None) -> Saved | Conflict:
    content = Content(level="emerging", text=text)
    return save_answer(
        review=review, question=question, member=member, content=content, base=base, save_id=save_id or uuid4()
    )


def texts(review: Review) -> list[str]:
    return list(Answer.objects.get(review=review).revisions.order_by("number").values_list("text", flat=True))


def test_first_save_is_version_1(review, question, ann):
    result = save(review, question, ann, "We begin.", 0)
    assert isinstance(result, Saved)
    assert result.is_new
    assert result.written.version == 1
    assert texts(review) == ["We begin."]


def test_stale_save_is_a_conflict_and_writes_nothing(review, question, ann, ben):
    save(review, question, ann, "Ann's.", 0)
    result = save(review, question, ben, "Ben's.", 0)
    assert isinstance(result, Conflict)
    assert result.theirs.text == "Ann's."
    assert result.theirs.updated_by == ann
    assert texts(review) == ["Ann's."]


def test_conflict_is_settled_by_saving_from_their_version(review, question, ann, ben):
    save(review, question, ann, "Ann's.", 0)
    stale = save(review, question, ben, "Ben's.", 0)
    assert isinstance(stale, Conflict)
    assert isinstance(save(review, question, ben, "Both.", stale.theirs.version), Saved)
    assert texts(review) == ["Ann's.", "Both."]


def test_ones_own_tabs_never_conflict(review, question, ann):
    save(review, question, ann, "In one tab.", 0)
    assert isinstance(save(review, question, ann, "In another.", 0), Saved)
    assert texts(review) == ["In one tab.", "In another."]


def test_own_stale_save_over_a_colleagues_is_a_conflict(review, question, ann, ben):
    save(review, question, ann, "One.", 0)
    save(review, question, ben, "Two.", 1)
    save(review, question, ann, "Three.", 2)
    assert isinstance(save(review, question, ann, "From the old tab.", 1), Conflict)


def test_stale_save_of_the_same_words_is_no_conflict(review, question, ann, ben):
    save(review, question, ann, "Agreed.", 0)
    result = save(review, question, ben, "Agreed.", 0)
    assert isinstance(result, Saved)
    assert not result.is_new


def write(review, question, member, base: int, **content) -> Saved | Conflict:
    return save_answer(
        review=review, question=question, member=member, content=Content(**content), base=base, save_id=uuid4()
    )


def test_a_box_ticked_on_a_page_left_open_changes_no_text(review, question, ann):
    write(review, question, ann, 0, text="Short.")
    write(review, question, ann, 1, text="Long, written on the phone.")
    result = write(review, question, ann, 1, text="Short.", is_priority=True)
    assert isinstance(result, Saved)
    answer = Answer.objects.get(review=review)
    assert (answer.text, answer.is_priority, answer.version) == ("Long, written on the phone.", True, 3)


def test_changes_of_two_people_in_different_fields_are_no_conflict(review, question, ann, ben):
    write(review, question, ann, 0, text="Ours.")
    write(review, question, ben, 1, text="Ours.", level="leading")
    result = write(review, question, ann, 1, text="Ours, and more.")
    assert isinstance(result, Saved)
    answer = Answer.objects.get(review=review)
    assert (answer.text, answer.level, answer.updated_by) == ("Ours, and more.", "leading", ann)


def test_changes_of_two_people_in_one_field_are_a_conflict_whatever_else_they_changed(review, question, ann, ben):
    write(review, question, ann, 0, text="Ours.")
    write(review, question, ben, 1, text="Ben's.", level="leading")
    assert isinstance(write(review, question, ann, 1, text="Ann's.", is_priority=True), Conflict)


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "together"),
    [
        ({}, {}, {"text": "a"}, {"text": "a"}),
        ({"text": "a"}, {"text": "b"}, {"text": "a"}, {"text": "b"}),
        ({"text": "a"}, {"text": "a", "level": "leading"}, {"text": "c"}, {"text": "c", "level": "leading"}),
        ({"text": "a"}, {"text": "b"}, {"text": "b"}, {"text": "b"}),
        ({"text": "a"}, {"text": "b"}, {"text": "c"}, None),
        ({"evidence": "a"}, {"evidence": ""}, {"evidence": "b"}, None),
    ],
)
def test_merged(base: dict, theirs: dict, mine: dict, together: dict | None):
    expected = None if together is None else Content(**together)
    assert merged(Content(**base), Content(**theirs), Content(**mine)) == expected


def test_repeated_save_has_no_second_effect(review, question, ann, ben):
    once = uuid4()
    save(review, question, ann, "Once.", 0, once)
    save(review, question, ben, "Then.", 1)
    result = save(review, question, ann, "Once.", 0, once)
    assert isinstance(result, Saved)
    assert not result.is_new
    assert texts(review) == ["Once.", "Then."]


def test_name_of_a_save_used_for_other_words_loses_nothing(review, question, ann):
    """What a browser sends once more on leaving a page, it may have written on since."""
    once = uuid4()
    save(review, question, ann, "First.", 0, once)
    result = save(review, question, ann, "First, and on.", 0, once)
    assert isinstance(result, Saved)
    assert result.is_new
    assert texts(review) == ["First.", "First, and on."]


def test_repeated_save_answers_with_its_own_version(review, question, ann, ben):
    once = uuid4()
    save(review, question, ann, "Ann's.", 0, once)
    save(review, question, ben, "Ben's.", 1)
    again = save(review, question, ann, "Ann's.", 0, once)
    assert isinstance(again, Saved)
    assert again.version == 1
    assert isinstance(save(review, question, ann, "Ann's, and on.", again.version), Conflict)


def test_who_lost_the_pen_or_left_since_the_page_was_opened_writes_nothing(review, question, ann, ben):
    """The role is read anew where the answer is written: it may have changed since the request began."""
    save(review, question, ann, "Ann's.", 0)
    pass_pen(review=review, member=None)
    with pytest.raises(ClosedError):
        save(review, question, ben, "Ben's.", 1)
    pass_pen(review=review, member=ben)
    assert isinstance(save(review, question, ben, "Ben's.", 1), Saved)
    remove_member(member=ben)
    with pytest.raises(ClosedError):
        save(review, question, ben, "Ben's again.", 2)
    assert texts(review) == ["Ann's.", "Ben's."]


def test_unchanged_save_makes_no_revision(review, question, ann):
    save(review, question, ann, "Same.", 0)
    again = save(review, question, ann, "Same.", 1)
    assert isinstance(again, Saved)
    assert not again.is_new
    assert texts(review) == ["Same."]


def test_restored_state_is_a_save_of_its_own(review, question, ann, ben):
    save(review, question, ann, "Old.", 0)
    save(review, question, ben, "New.", 1)
    answer = restore_revision(revision=Answer.objects.get(review=review).revisions.get(number=1), member=ben)
    assert (answer.text, answer.version, answer.updated_by) == ("Old.", 3, ben)
    assert texts(review) == ["Old.", "New.", "Old."]
