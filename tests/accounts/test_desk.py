"""Who guesses passwords at the editors' desk waits, and nobody else does."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.test import Client
from django.utils import timezone

from tests.accounts.people import PASSWORD, make_person, sign_in

pytestmark = pytest.mark.django_db


def knock(client: Client, name: str = "editor", password: str = "wrong", **more: str):
    """The answer of the desk's own sign-in page."""
    return client.post("/admin/login/", {"username": name, "password": password}, **more)


@pytest.fixture
def editor():
    return make_person("editor@school.example", username="editor", is_staff=True)


def lock(client: Client):
    """The answer to the fifth wrong password."""
    for _ in range(4):
        assert knock(client).status_code == 200
    return knock(client)


def test_fifth_wrong_password_locks_and_says_until_when(client: Client, editor):
    response = lock(client)
    text = response.content.decode()
    until = timezone.localtime(AccessAttempt.objects.get().attempt_time + timedelta(minutes=15))
    assert response.status_code == 429
    assert f"until {until:%H:%M}." in text
    assert 'class="site-header"' in text
    assert 800 < int(response["Retry-After"]) <= 900


def test_right_password_does_not_open_while_locked(client: Client, editor):
    lock(client)
    response = knock(client, password=PASSWORD)
    assert response.status_code == 429
    assert "_auth_user_id" not in client.session


def test_trying_on_does_not_put_the_time_off(client: Client, editor):
    lock(client)
    before = AccessAttempt.objects.get().attempt_time
    knock(client)
    assert AccessAttempt.objects.get().attempt_time == before


def test_desk_opens_again_after_the_time(client: Client, editor):
    lock(client)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))
    assert knock(client, password=PASSWORD).status_code == 302
    assert not AccessAttempt.objects.exists()


def test_other_addresses_are_not_locked(client: Client, editor):
    lock(client)
    assert knock(Client(), password=PASSWORD, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_right_password_forgets_the_wrong_ones(client: Client, editor):
    for _ in range(4):
        knock(client)
    assert knock(client, password=PASSWORD).status_code == 302
    assert not AccessAttempt.objects.exists()


def test_names_are_guessed_no_more_than_passwords(client: Client):
    for place in range(4):
        assert knock(client, f"name{place}").status_code == 200
    assert knock(client, "name4").status_code == 429


def test_lock_of_the_desk_leaves_the_account_pages_open(client: Client, editor):
    lock(client)
    assert sign_in(client, "editor@school.example").status_code == 302
    assert client.session["_auth_user_id"] == str(editor.pk)


def test_errors_at_the_account_pages_do_not_count_at_the_desk(client: Client, editor):
    for _ in range(5):
        assert sign_in(client, "editor@school.example", "wrong").status_code == 200
    assert not AccessAttempt.objects.exists()
    assert knock(client, password=PASSWORD).status_code == 302


def test_no_log_of_sign_ins_is_kept(client: Client, editor):
    knock(client)
    knock(client, password=PASSWORD)
    client.post("/admin/logout/")
    sign_in(client, "editor@school.example")
    client.post("/account/logout/")
    assert not AccessLog.objects.exists()
    assert not AccessFailureLog.objects.exists()


def test_record_of_a_wrong_password_holds_no_password(client: Client, editor):
    knock(client, password="nearly right")
    [attempt] = AccessAttempt.objects.values()
    assert "nearly right" not in str(attempt)


def test_behind_a_proxy_the_visitor_counts_and_not_the_proxy(client: Client, editor, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for place in range(4):
        knock(client, HTTP_X_FORWARDED_FOR=f"198.51.100.{place}, 192.0.2.7")
    assert knock(client, HTTP_X_FORWARDED_FOR="192.0.2.8").status_code == 200
    assert knock(client, HTTP_X_FORWARDED_FOR="198.51.100.9, 192.0.2.7").status_code == 429
