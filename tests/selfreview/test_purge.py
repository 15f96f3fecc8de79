"""Abandoned reviews go after a year, and only then."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from selfreview.actions import start_review
from selfreview.models import Membership, Questionnaire, Review, Team
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def review_silent_for(days: int) -> Review:
    review, _, _ = start_review(questionnaire=Questionnaire.objects.get())
    then = timezone.now() - timedelta(days=days)
    Review.objects.filter(pk=review.pk).update(touched_at=then)
    Team.objects.filter(pk=review.team_id).update(created_at=then)
    return review


def test_purge_says_what_would_go_and_deletes_nothing(capsys: pytest.CaptureFixture[str]):
    review_silent_for(400)
    call_command("purge_abandoned")
    assert "1 abandoned reviews would be deleted" in capsys.readouterr().out
    assert Review.objects.count() == 1


def test_purge_deletes_the_silent_and_keeps_the_rest():
    review_silent_for(400)
    kept = review_silent_for(300)
    call_command("purge_abandoned", "--delete")
    assert list(Review.objects.all()) == [kept]
    assert list(Team.objects.all()) == [kept.team]


def test_purge_keeps_an_old_review_that_is_still_written_in():
    review = review_silent_for(400)
    Review.objects.filter(pk=review.pk).update(touched_at=timezone.now())
    call_command("purge_abandoned", "--delete")
    assert Review.objects.count() == 1


def test_purge_keeps_what_belongs_to_an_account():
    kept = review_silent_for(400)
    Membership.objects.filter(team=kept.team).update(user=make_user())
    call_command("purge_abandoned", "--delete")
    assert Review.objects.filter(pk=kept.pk).exists()


def test_purge_deletes_what_belongs_to_nobody_any_more():
    gone = review_silent_for(400)
    Membership.objects.filter(team=gone.team).update(user=make_user(), left_at=timezone.now())
    call_command("purge_abandoned", "--delete")
    assert not Review.objects.exists()
