"""Into an account and out of it."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.cache import cache
from django.test import Client

from ictlead.accounts import adapter
from selfreview.access import SEATS
from tests.accounts.people import PASSWORD, code_sent, link_sent, make_person, sign_in, sign_up

pytestmark = pytest.mark.django_db


def who(client: Client) -> str | None:
    """The primary key of whoever is signed in."""
    return client.session.get("_auth_user_id")


def test_sign_up_works_once_the_code_is_entered(client: Client):
    response = sign_up(client, "Ann@School.example")
    assert response["Location"] == "/account/confirm-email/"
    assert who(client) is None
    assert mail.outbox[0].to == ["ann@school.example"]
    assert mail.outbox[0].subject == "Your code for ICT Lead"
    response = client.post("/account/confirm-email/", {"code": code_sent()})
    assert response["Location"] == "/account/"
    user = get_user_model().objects.get(email="ann@school.example")
    assert who(client) == str(user.pk)
    assert "ann" not in user.username
    assert EmailAddress.objects.get(user=user).verified


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"email": "", "password1": PASSWORD}, "Enter your e-mail address."),
        ({"email": "ann", "password1": PASSWORD}, "Enter an e-mail address in full, like name@school.example."),
        ({"email": "a@b.example", "password1": ""}, "Choose a password."),
        ({"email": "a@b.example", "password1": "short"}, "This password is too short."),
        ({"email": "a@b.example", "password1": "password"}, "This password is too common."),
    ],
)
def test_sign_up_says_what_is_wrong_and_keeps_the_address(client: Client, sent: dict[str, str], words: str):
    text = client.post("/account/signup/", sent).content.decode()
    assert text.count(words) == 2  # first of all, and beside the field
    assert "<title>Error: " in text
    assert f'value="{sent["email"]}"' in text or not sent["email"]
    assert mail.outbox == []


def test_sign_in_works(client: Client):
    user = make_person("ann@school.example")
    assert sign_in(client, "ANN@school.example")["Location"] == "/account/"
    assert who(client) == str(user.pk)


def test_sign_in_with_a_wrong_password_tells_nothing_of_the_address(client: Client):
    make_person("ann@school.example")
    known = sign_in(client, "ann@school.example", "wrong")
    unknown = sign_in(client, "ben@school.example", "wrong")
    assert "The e-mail address or the password is not right." in known.content.decode()
    assert alike(known) == alike(unknown)


def test_sign_in_asks_for_the_code_where_the_address_is_not_verified(client: Client):
    sign_up(client, "ann@school.example")
    other = Client()
    make_room()
    assert sign_in(other, "ann@school.example")["Location"] == "/account/confirm-email/"
    assert who(other) is None
    other.post("/account/confirm-email/", {"code": code_sent()})
    assert who(other) is not None


def test_sign_in_by_code_works(client: Client):
    user = make_person("ann@school.example")
    response = client.post("/account/login/code/", {"email": "ann@school.example"})
    assert response["Location"] == "/account/login/code/confirm/"
    assert client.post("/account/login/code/confirm/", {"code": code_sent()})["Location"] == "/account/"
    assert who(client) == str(user.pk)


def test_code_is_refused_three_times_and_then_dead(client: Client):
    make_person("ann@school.example")
    client.post("/account/login/code/", {"email": "ann@school.example"})
    for _ in range(2):
        response = client.post("/account/login/code/confirm/", {"code": "WRONG-1"})
        assert "This is not the code." in response.content.decode()
    assert client.post("/account/login/code/confirm/", {"code": "WRONG-1"}).status_code == 302
    client.post("/account/login/code/confirm/", {"code": code_sent()})
    assert who(client) is None


def test_new_code_replaces_the_old_one(client: Client):
    sign_up(client, "ann@school.example")
    old = code_sent()
    make_room()
    assert client.post("/account/confirm-email/", {"action": "resend"}).status_code == 302
    assert code_sent() != old
    client.post("/account/confirm-email/", {"code": old})
    assert who(client) is None
    client.post("/account/confirm-email/", {"code": code_sent()})
    assert who(client) is not None


def test_password_is_chosen_anew(client: Client):
    make_person("ann@school.example")
    assert client.post("/account/password/reset/", {"email": "ann@school.example"}).status_code == 302
    link = link_sent()
    assert "/account/password/reset/key/" in link
    form = client.get(link)["Location"]
    response = client.post(form, {"password1": "another fine horse", "password2": "another fine horse"})
    assert response["Location"] == "/account/password/reset/key/done/"
    assert "Your password at ICT Lead is changed" in mail.outbox[-1].subject
    assert "This link works no more" in Client().get(link).content.decode()
    assert sign_in(client, "ann@school.example", "another fine horse").status_code == 302
    assert who(client) is not None


def test_address_is_changed_with_password_and_code(client: Client):
    user = make_person("ann@school.example")
    sign_in(client, "ann@school.example")
    asked = client.post("/account/email/", {"email": "ann@new.example", "action_add": "1"})
    assert asked["Location"] == "/account/reauthenticate/?next=%2Faccount%2Femail%2F"
    response = client.post("/account/reauthenticate/", {"password": PASSWORD, "next": "/account/email/"})
    assert response["Location"] == "/account/confirm-email/"
    assert mail.outbox[-1].to == ["ann@new.example"]
    client.post("/account/confirm-email/", {"code": code_sent()})
    assert list(EmailAddress.objects.filter(user=user).values_list("email", "verified")) == [("ann@new.example", True)]
    user.refresh_from_db()
    assert user.email == "ann@new.example"
    assert mail.outbox[-1].to == ["ann@school.example"]


def test_address_of_somebody_else_is_not_taken_over(client: Client):
    make_person("ben@school.example")
    user = make_person("ann@school.example")
    sign_in(client, "ann@school.example")
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    client.post("/account/email/", {"email": "ben@school.example", "action_add": "1"})
    response = client.post("/account/confirm-email/", {"code": code_sent()})
    assert "This address belongs to another account." in response.content.decode()
    assert EmailAddress.objects.get(user=user).email == "ann@school.example"


@pytest.mark.parametrize(
    ("address", "goes_to"),
    [("/review/", "/review/"), ("https://evil.example/", "/account/"), ("//evil.example/", "/account/")],
)
def test_next_leads_on_within_the_site_only(client: Client, address: str, goes_to: str):
    make_person("ann@school.example")
    assert sign_in(client, "ann@school.example", next=address)["Location"] == goes_to


# ── What a visitor brought along ────────────────────────────────────────────────────────────────
def with_seat(client: Client) -> Client:
    client.post("/review/")
    assert client.session[SEATS]
    return client


def test_seats_survive_every_way_in(client: Client):
    make_person("ann@school.example")
    seats = with_seat(client).session[SEATS]
    sign_in(client, "ann@school.example")
    assert who(client)
    assert client.session[SEATS] == seats

    client = Client()
    seats = with_seat(client).session[SEATS]
    client.post("/account/login/code/", {"email": "ann@school.example"})
    client.post("/account/login/code/confirm/", {"code": code_sent()})
    assert who(client)
    assert client.session[SEATS] == seats

    client = Client()
    seats = with_seat(client).session[SEATS]
    sign_up(client, "cat@school.example")
    client.post("/account/confirm-email/", {"code": code_sent()})
    assert who(client)
    assert client.session[SEATS] == seats


def test_seats_do_not_pass_from_one_person_to_another(client: Client):
    make_person("ann@school.example")
    sign_in(with_seat(client), "ann@school.example")
    client.post("/account/logout/")
    assert who(client) is None
    assert SEATS not in client.session


def test_session_has_another_key_after_signing_in(client: Client):
    make_person("ann@school.example")
    before = with_seat(client).session.session_key
    sign_in(client, "ann@school.example")
    assert client.session.session_key != before


def test_hooks_run_after_every_way_in(client: Client, monkeypatch: pytest.MonkeyPatch):
    seen: list[tuple[str, bool]] = []

    def hook(request: Any, user: Any) -> None:
        seen.append((user.email, request.user == user))

    monkeypatch.setattr(adapter, "AFTER_SIGN_IN", (hook,))
    make_person("ann@school.example")
    sign_in(client, "ann@school.example")
    other = Client()
    other.post("/account/login/code/", {"email": "ann@school.example"})
    other.post("/account/login/code/confirm/", {"code": code_sent()})
    new = Client()
    sign_up(new, "cat@school.example")
    assert len(seen) == 2
    new.post("/account/confirm-email/", {"code": code_sent()})
    assert seen == [("ann@school.example", True), ("ann@school.example", True), ("cat@school.example", True)]


# ── Who has an account is nobody's business ─────────────────────────────────────────────────────
def make_room() -> None:
    """As if time had passed: the limits are forgotten."""
    cache.clear()


def alike(response: Any) -> tuple[int, str, str]:
    """What a response shows, without what is random in it."""
    text = response.content.decode()
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)
    return response.status_code, response.get("Location", ""), re.sub(r"\b(ann|ben)@school\.example", "ADDRESS", text)


@pytest.mark.parametrize(
    ("road", "field", "more"),
    [
        ("/account/signup/", "email", {"password1": PASSWORD}),
        ("/account/login/code/", "email", {}),
        ("/account/password/reset/", "email", {}),
    ],
)
def test_known_and_unknown_addresses_are_answered_alike(road: str, field: str, more: dict[str, str]):
    make_person("ann@school.example")
    steps: list[list[Any]] = []
    for address in ("ann@school.example", "ben@school.example"):
        make_room()
        client = Client()
        asked = client.post(road, {field: address} | more)
        shown = client.get(asked["Location"])
        wrong = client.post(asked["Location"], {"code": "WRONG-1"})
        make_room()
        again = client.post(asked["Location"], {"action": "resend"})
        after = client.get(asked["Location"])
        steps.append([alike(step) for step in (asked, shown, wrong, again, after)])
        assert mail.outbox[-1].to == [address]
    assert steps[0] == steps[1]


# ── Limits ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("road", "sent", "tries"),
    [
        ("/account/login/", {"login": "a@b.example", "password": ""}, 30),
        ("/account/signup/", {"email": "a", "password1": ""}, 20),
        ("/account/password/reset/", {"email": "ann@school.example"}, 5),
    ],
)
def test_limits_answer_429_with_a_page_of_this_site(client: Client, road: str, sent: dict[str, str], tries: int):
    for _ in range(tries):
        assert client.post(road, sent).status_code in {200, 302}
    response = client.post(road, sent)
    text = response.content.decode()
    assert response.status_code == 429
    assert "<h1>Too many tries</h1>" in text
    assert 'class="site-header"' in text
    assert client.get(road).status_code == 200


def test_sixth_wrong_password_for_an_address_is_not_even_tried(client: Client):
    make_person("ann@school.example")
    for _ in range(5):
        sign_in(client, "ann@school.example", "wrong")
    assert "Wait five minutes" in sign_in(client, "ann@school.example").content.decode()
    assert who(client) is None
