"""Earlier versions: saves of one sitting together, two compared word by word, one brought back."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfreview.models import Answer, AnswerRevision
from selfreview.revisions import Piece, difference, stretches
from tests.selfreview.cast import Cast

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def saves(*said: tuple[int, int]) -> list[SimpleNamespace]:
    """Revisions, newest first, by who saved them and at which minute after noon."""
    made = [
        SimpleNamespace(number=number, saved_by_id=who, saved_at=NOON + timedelta(minutes=minute))
        for number, (who, minute) in enumerate(said, start=1)
    ]
    return made[::-1]


def test_saves_of_one_sitting_are_one_stretch():
    found = stretches(saves((1, 0), (1, 5), (1, 15), (1, 26), (2, 27), (1, 28)))
    assert [[one.number for one in stretch.saves] for stretch in found] == [[6], [5], [4], [3, 2, 1]]
    assert [stretch.before for stretch in found] == [5, 4, 3, 1]
    assert (found[-1].first.number, found[-1].last.number) == (1, 3)
    assert stretches([]) == []


def test_difference_is_told_word_by_word():
    assert difference("We have a suite.", "We have two suites.") == [
        Piece("same", "We have "),
        Piece("gone", "a"),
        Piece("new", "two"),
        Piece("same", " "),
        Piece("gone", "suite."),
        Piece("new", "suites."),
    ]
    assert difference("", "") == []


@given(st.text(max_size=60), st.text(max_size=60))
def test_pieces_make_both_texts_again(before: str, after: str):
    pieces = difference(before, after)
    assert "".join(one.text for one in pieces if one.kind != "new") == before
    assert "".join(one.text for one in pieces if one.kind != "gone") == after


@pytest.mark.django_db
class TestPages:
    def test_versions_are_compared_and_brought_back(self):
        cast = Cast()
        cast.answer(cast.contributor, "We begin with <boards>.", "leading", 1)
        client, base = cast.client("lead"), f"/review/{cast.review.guid}/what/1/"
        page = client.get(f"{base}history/").content.decode()
        assert "What changed" in page
        compared = client.get(f"{base}history/1/").content.decode()
        assert "From version 1 to version 2" in compared
        assert "&lt;boards&gt;" in compared
        assert "<del>" in compared
        assert "<ins>" in compared
        assert "Make version 1 the answer again" in compared
        assert "Make version" not in client.get(f"{base}history/2/?with=1").content.decode()
        assert "Make version" not in cast.client("viewer").get(f"{base}history/1/").content.decode()
        client.post(f"{base}history/1/restore/")
        assert Answer.objects.get(review=cast.review).text == "We begin."

    def test_saves_of_one_sitting_stand_together_on_the_page(self):
        cast = Cast()
        for base in range(1, 6):
            cast.answer(cast.lead, f"We begin {base}.", "", base)
        page = cast.client("viewer").get(f"/review/{cast.review.guid}/what/1/history/").content.decode()
        assert "6 saves since" in page
        assert page.count("<strong>No level</strong>") == 1

    def test_every_version_can_be_reached(self):
        cast = Cast()
        answer = Answer.objects.get(review=cast.review)
        later = [{"number": number, "text": f"Text {number}", "save_id": f"{number:032x}"} for number in range(2, 251)]
        AnswerRevision.objects.bulk_create(AnswerRevision(answer=answer, saved_by=cast.lead, **one) for one in later)
        client, road = cast.client("lead"), f"/review/{cast.review.guid}/what/1/history/"
        assert "Page 1 of 3" in client.get(road).content.decode()
        assert f'href="{road}1/"' in client.get(f"{road}?page=3").content.decode()
        assert "We begin." in client.get(f"{road}1/?with=1").content.decode()
