"""Accounts that nobody verified go after a month, and no others."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from tests.accounts.people import make_person, sign_in, sign_up
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def addresses() -> set[str]:
    return set(get_user_model().objects.values_list("email", flat=True))


@pytest.fixture
def _people() -> None:
    sign_up(Client(), "unverified@school.example")
    make_person("verified@school.example")
    make_user("editor", email="editor@school.example", is_staff=True)
    make_user("by-name", email="by-name@school.example")
    sign_in(Client(), "verified@school.example")
    get_user_model().objects.update(date_joined=timezone.now() - timedelta(days=31))
    get_user_model().objects.filter(username="by-name").update(last_login=timezone.now())
    sign_up(Client(), "new@school.example")


@pytest.mark.usefixtures("_people")
def test_purge_says_what_would_go_and_deletes_nothing(capsys: pytest.CaptureFixture[str]):
    before = addresses()
    call_command("purge_unverified")
    assert "1 unverified accounts would be deleted" in capsys.readouterr().out
    assert addresses() == before


@pytest.mark.usefixtures("_people")
def test_purge_deletes_the_unverified_and_keeps_the_rest():
    before = addresses()
    call_command("purge_unverified", "--delete")
    assert before - addresses() == {"unverified@school.example"}


def test_purge_refuses_no_days():
    with pytest.raises(CommandError, match="at least 1"):
        call_command("purge_unverified", "--days", "0")
