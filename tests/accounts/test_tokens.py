"""Tokens for the API on the page of the account: made, shown once, revoked, taken away, forgotten."""

import json
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.test import Client
from django.utils import timezone

from findings import actions
from findings.models import ApiToken
from ictlead.accounts.belongings import export_account, forget_account
from tests.factories import make_user

pytestmark = pytest.mark.django_db
ROAD = "/account/tokens/"


@pytest.fixture
def user() -> AbstractBaseUser:
    return make_user()


@pytest.fixture
def mine(user: AbstractBaseUser) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_token_is_made_shown_once_and_stored_as_a_hash(mine: Client, user: AbstractBaseUser):
    response = mine.post(ROAD, {"name": "Laptop", "note": "R at home", "days": "30"})
    secret = response.context["secret"]
    assert secret.startswith("ictlead_")
    assert secret in response.content.decode()
    assert response["Cache-Control"] == "no-store, private"
    token = ApiToken.objects.get(user=user)
    assert token.secret_hash == sha256(secret.encode()).hexdigest()
    assert (token.expires_at - token.made_at, token.note) == (timedelta(days=30), "R at home")
    again = mine.get(ROAD).content.decode()
    assert "Laptop" in again
    assert "not used yet" in again
    assert secret not in again
    assert secret not in json.dumps([list(row.values()) for row in ApiToken.objects.values()], default=str)
    assert secret not in str(dict(mine.session))


def test_its_last_use_is_known_by_day(mine: Client, user: AbstractBaseUser):
    _, secret = actions.make_token(user=user, name="Laptop")
    answer = Client().get("/api/v1/", headers={"Authorization": f"Bearer {secret}"})
    assert answer.json()["signed_in"] is True
    assert ApiToken.objects.get(user=user).last_used_on == timezone.localdate()
    assert "last used on" in mine.get(ROAD).content.decode()


@pytest.mark.parametrize(
    "sent", [{"name": "", "days": "90"}, {"name": "x" * 81, "days": "90"}, {"name": "a\nb", "days": "90"},
             {"name": "Kept", "days": "9999"}, {"name": "Kept", "days": ""}]
)  # fmt: skip
def test_wrong_input_makes_nothing_and_is_kept(mine: Client, sent: dict[str, str]):
    response = mine.post(ROAD, sent)
    assert response.status_code == 400
    page = response.content.decode()
    assert "<title>Error: " in page
    assert sent["name"].strip() in page.replace("&#x27;", "'")
    assert not ApiToken.objects.exists()


def test_nobody_has_more_than_ten(mine: Client, user: AbstractBaseUser):
    for number in range(actions.MOST_TOKENS):
        actions.make_token(user=user, name=str(number))
    response = mine.post(ROAD, {"name": "One more", "days": "90"})
    assert response.status_code == 400
    assert "Revoke one that you do not need any more." in response.content.decode()
    assert ApiToken.objects.count() == actions.MOST_TOKENS


def test_a_token_is_revoked_by_its_owner_alone(mine: Client, user: AbstractBaseUser):
    token, secret = actions.make_token(user=user, name="Laptop")
    other = Client()
    other.force_login(make_user())
    for client, guid, status in ((other, token.guid, 404), (mine, uuid4(), 404), (Client(), token.guid, 302)):
        assert client.post(f"{ROAD}{guid}/revoke/").status_code == status
    assert mine.get(f"{ROAD}{token.guid}/revoke/").status_code == 405
    assert actions.token_of(secret=secret)
    response = mine.post(f"{ROAD}{token.guid}/revoke/", follow=True)
    assert "“Laptop” is revoked" in response.content.decode()
    assert actions.token_of(secret=secret) is None


def test_the_page_is_for_who_is_signed_in_and_shows_nobody_elses(mine: Client):
    actions.make_token(user=make_user(), name="Somebody else’s")
    assert "Somebody else’s" not in mine.get(ROAD).content.decode()
    assert Client().get(ROAD).status_code == 302
    assert 'href="/account/tokens/"' in mine.get("/account/").content.decode()


def test_an_expired_token_says_so(mine: Client, user: AbstractBaseUser):
    token, secret = actions.make_token(user=user, name="Laptop")
    past = timezone.now() - timedelta(days=1)
    ApiToken.objects.filter(pk=token.pk).update(made_at=past - timedelta(days=1), expires_at=past)
    assert "expired on" in mine.get(ROAD).content.decode()
    assert actions.token_of(secret=secret) is None


def test_tokens_are_taken_away_without_their_secret_and_end_with_the_account(user: AbstractBaseUser):
    token, secret = actions.make_token(user=user, name="Laptop", note="R")
    [kept] = export_account(user)["workbench"]["api_tokens"]
    assert (kept["name"], kept["note"], kept["last_used_on"]) == ("Laptop", "R", None)
    assert secret not in str(kept)
    assert token.secret_hash not in str(kept)
    forget_account(user=user)
    assert not ApiToken.objects.exists()
