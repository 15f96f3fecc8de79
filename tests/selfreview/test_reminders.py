"""Reminders: to who asked, of what is due, each once."""

from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from selfreview.models import Action, Membership, Reminder
from selfreview.reminders import due_reminders, remind
from tests.accounts.people import make_person
from tests.factories import make_action, make_member, make_review

pytestmark = pytest.mark.django_db


def owner(*, wants: bool = True, **fields) -> Membership:
    """A member with an account and a confirmed address, who wishes to be reminded."""
    review = make_review()
    return make_member(review.team, name="Ben", user=make_person("ben@school.example"), wants_reminders=wants, **fields)


def action(member: Membership, days: int, **fields) -> Action:
    """An action of a member that is due in so many days."""
    return make_action(member.team, owner=member, due=timezone.localdate() + timedelta(days=days), **fields)


def sent() -> list[str]:
    """Run the command; the texts that it sent."""
    mail.outbox.clear()
    call_command("send_reminders")
    return [str(message.body) for message in mail.outbox]


def test_reminds_once_of_what_is_due_and_again_when_it_is_overdue(capsys):
    ben = owner()
    soon = action(ben, 3, title="Buy boards")
    [text] = sent()
    assert "Hello Ben" in text
    assert "- Buy boards: is due on" in text
    assert f"https://ict.example.org/review/{ben.team.reviews.get().guid}/actions/" in text
    assert mail.outbox[0].to == ["ben@school.example"]
    assert mail.outbox[0].subject == "1 action of yours in your school’s self-review"
    assert "Reminded 1 members of 1 actions." in capsys.readouterr().out
    assert sent() == []
    Action.objects.filter(pk=soon.pk).update(due=timezone.localdate() - timedelta(days=1))
    [text] = sent()
    assert "- Buy boards: was due on" in text
    assert sent() == []


def test_new_date_is_reminded_of_anew():
    ben = owner()
    soon = action(ben, 3)
    assert len(sent()) == 1
    Action.objects.filter(pk=soon.pk).update(due=timezone.localdate() + timedelta(days=5))
    assert len(sent()) == 1


def test_one_message_tells_of_all():
    ben = owner()
    action(ben, 3, title="One")
    action(ben, -3, title="Two")
    [text] = sent()
    assert "One: is due" in text
    assert "Two: was due" in text


@pytest.mark.parametrize(("days", "fields"), [(8, {}), (3, {"status": "dropped"}), (-3, {"status": "done"})])
def test_tells_of_nothing_that_is_far_off_or_over(days: int, fields: dict):
    if fields.get("status") == "done":
        fields["done_at"] = timezone.now()
    action(owner(), days, **fields)
    assert sent() == []


def test_writes_to_nobody_who_did_not_ask():
    action(owner(wants=False), 3)
    assert sent() == []


def test_writes_to_nobody_who_has_left():
    action(owner(left_at=timezone.now()), 3)
    assert sent() == []


def test_writes_to_no_address_that_is_not_confirmed():
    action(owner(), 3)
    EmailAddress.objects.update(verified=False)
    assert sent() == []


def test_dry_run_sends_and_notes_nothing(capsys):
    action(owner(), 3)
    call_command("send_reminders", "--dry-run")
    assert mail.outbox == []
    assert not Reminder.objects.exists()
    assert "1 members have actions due soon or overdue. Nothing was sent." in capsys.readouterr().out


def test_what_could_not_be_sent_is_tried_again(settings):
    action(owner(), 3)
    settings.EMAIL_BACKEND = "tests.selfreview.test_invitations.NoBackend"
    with pytest.raises(CommandError, match="1 messages could not be sent"):
        call_command("send_reminders")
    assert not Reminder.objects.exists()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert len(sent()) == 1


def test_two_runs_at_once_tell_the_same_thing_once():
    action(owner(), 3)
    first, second = list(due_reminders(date.today())), list(due_reminders(date.today()))
    assert sum(remind(member, due) for member, due in first) == 1
    assert sum(remind(member, due) for member, due in second) == 0
    assert len(mail.outbox) == 1
