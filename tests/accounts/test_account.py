"""What one has in an account, taken away and deleted."""

import json
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from findings.account_export import KEPT
from ictlead.accounts import belongings, views
from ictlead.accounts.belongings import forget_account
from schools.models import School
from selfreview.actions import LastLeadError
from selfreview.models import Answer, Membership, Question, Team
from tests.accounts.people import PASSWORD, code_sent, make_person, sign_in
from tests.factories import make_answer, make_member, make_review, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> AbstractBaseUser:
    return make_person("ann@school.example")


@pytest.fixture
def client(ann: AbstractBaseUser) -> Client:
    """A browser in which Ann is signed in."""
    client = Client()
    sign_in(client, "ann@school.example")
    return client


def place(user: AbstractBaseUser, name: str, role: str = "lead", *, colleagues: tuple[str, ...] = ()) -> Membership:
    """A place in a team with a round, and colleagues in these roles."""
    team = make_team(name=name)
    make_review(team)
    for one in colleagues:
        make_member(team, role=one, name="Colleague")
    return make_member(team, user=user, role=role, name="Ann")


# ── The page ────────────────────────────────────────────────────────────────────────────────────
def test_account_names_the_address_and_the_reviews(client: Client, ann: AbstractBaseUser):
    mine = place(ann, "Hill School")
    place(make_user(), "Other School")
    gone = place(ann, "Left School")
    gone.left_at = timezone.now()
    gone.save()
    text = client.get("/account/").content.decode()
    assert "ann@school.example" in text
    assert "Hill School" in text
    assert mine.team.reviews.get().get_absolute_url() in text
    assert "Other School" not in text
    assert "Left School" not in text
    assert ann.get_username() not in text
    assert "desk" not in text


def test_account_without_reviews_says_so(client: Client):
    assert "None belongs to this account yet" in client.get("/account/").content.decode()


def test_account_of_an_editor_leads_to_the_desk(client: Client, ann: Any):
    ann.is_staff = True
    ann.save()
    assert '<a href="/admin/">' in client.get("/account/").content.decode()


@pytest.mark.parametrize("road", ["/account/", "/account/export.json", "/account/delete/"])
def test_account_asks_as_often_for_thirty_reviews_as_for_one(client: Client, ann: AbstractBaseUser, road: str):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            response = client.get(road)
            assert response.status_code == 200
            assert b"".join(response)
        return len(asked)

    place(ann, "School", colleagues=("lead", "viewer"))
    one = queries()
    for number in range(29):
        place(ann, f"School {number}", colleagues=("lead", "viewer"))
    assert queries() == one


# ── The export ──────────────────────────────────────────────────────────────────────────────────
def test_export_holds_what_is_kept(client: Client, ann: Any):
    mine = place(ann, "Hill School", "contributor", colleagues=("lead",))
    ann.refresh_from_db()
    response = client.get("/account/export.json")
    assert response["Content-Disposition"] == 'attachment; filename="ict-lead-account.json"'
    assert json.loads(b"".join(response)) == {
        "account": {
            "email": "ann@school.example",
            "since": ann.date_joined.isoformat(),
            "last_sign_in": ann.last_login.isoformat(),
            "has_password": True,
            "is_editor": False,
            "addresses": [{"email": "ann@school.example", "verified": True, "primary": True}],
        },
        "self_reviews": [
            {
                "school": "Hill School",
                "name": "Ann",
                "role": "contributor",
                "since": mine.joined_at.isoformat(),
                "until": None,
            }
        ],
        "workbench": {"name": ""} | {kind.name: [] for kind in KEPT},
    }


# ── The end ─────────────────────────────────────────────────────────────────────────────────────
def delete(client: Client, password: str = PASSWORD) -> Any:
    return client.post("/account/delete/", {"password": password})


def test_delete_says_beforehand_what_goes_and_what_stays(client: Client, ann: AbstractBaseUser):
    alone = place(ann, "Lone School")
    place(ann, "Big School", "contributor", colleagues=("lead",))
    text = client.get("/account/delete/").content.decode()
    assert "The self-review of Lone School, with all its answers and their history" in text
    assert f"/review/{alone.team.reviews.get().guid}/answers.json" in text
    assert "Your place in the self-review of Big School" in text
    assert "history, without your name" not in text
    assert get_user_model().objects.filter(pk=ann.pk).exists()


def test_delete_ends_the_account_and_signs_out(client: Client, ann: AbstractBaseUser):
    elsewhere = Client()
    sign_in(elsewhere, "ann@school.example")
    assert delete(client)["Location"] == "/account/deleted/"
    assert "Your account is deleted" in client.get("/account/deleted/").content.decode()
    assert not get_user_model().objects.filter(pk=ann.pk).exists()
    assert not EmailAddress.objects.exists()
    assert not client.session.keys()
    assert elsewhere.get("/account/").status_code == 302


@pytest.mark.parametrize(("password", "words"), [("wrong", "This is not your password."), ("", "Enter your password.")])
def test_delete_needs_the_password(client: Client, ann: AbstractBaseUser, password: str, words: str):
    response = delete(client, password)
    assert response.status_code == 400
    assert response.content.decode().count(words) == 2
    assert "<title>Error: " in response.content.decode()
    assert get_user_model().objects.filter(pk=ann.pk).exists()


def test_delete_keeps_what_colleagues_go_on_with(client: Client, ann: AbstractBaseUser):
    mine = place(ann, "Hill School", colleagues=("lead",))
    answer = make_answer(mine.team.reviews.get(), Question.objects.first(), text="We begin.", updated_by=mine)
    mine.return_hash = "a" * 64
    mine.save()
    delete(client)
    mine.refresh_from_db()
    assert (mine.user, mine.return_hash, mine.name) == (None, None, "Ann")
    assert mine.left_at is not None
    assert Answer.objects.get(pk=answer.pk).updated_by == mine


def test_delete_takes_a_team_of_one_with_it(client: Client, ann: AbstractBaseUser):
    alone = place(ann, "Lone School")
    make_answer(alone.team.reviews.get(), Question.objects.first(), text="We begin.", updated_by=alone)
    departed = make_member(alone.team)
    departed.left_at = timezone.now()
    departed.save()
    delete(client)
    assert not Team.objects.filter(pk=alone.team_id).exists()
    assert not Answer.objects.exists()


def test_only_lead_hands_over_first(client: Client, ann: AbstractBaseUser):
    alone = place(ann, "Lone School")
    mine = place(ann, "Hill School", colleagues=("contributor",))
    text = client.get("/account/delete/").content.decode()
    assert "First hand over" in text
    assert f"/review/{mine.team.reviews.get().guid}/team/" in text
    assert 'name="password"' not in text
    assert delete(client).status_code == 400
    assert Membership.objects.filter(user=ann, left_at=None).count() == 2
    with pytest.raises(LastLeadError):
        forget_account(user=ann)
    assert Team.objects.filter(pk=alone.team_id).exists()  # whole or not at all
    colleague = mine.team.members.exclude(pk=mine.pk).get()
    colleague.role = "lead"
    colleague.save()
    assert delete(client)["Location"] == "/account/deleted/"


def test_account_is_forgotten_whole_or_not_at_all(ann: AbstractBaseUser, monkeypatch):
    def fail(*, user: AbstractBaseUser) -> None:
        raise LastLeadError

    monkeypatch.setattr(belongings, "FORGET", (*belongings.FORGET, fail))
    alone = place(ann, "Lone School")
    with pytest.raises(LastLeadError):
        forget_account(user=ann)
    assert Team.objects.filter(pk=alone.team_id).exists()


def test_colleague_who_leaves_at_the_last_moment_is_no_fault(client: Client, ann: AbstractBaseUser, monkeypatch):
    def fail(*, user: AbstractBaseUser) -> None:
        raise LastLeadError

    monkeypatch.setattr(views, "forget_account", fail)
    assert delete(client)["Location"] == "/account/delete/"
    assert client.get("/account/").status_code == 200


def test_without_a_password_a_fresh_code_is_needed(client: Client, ann: Any):
    ann.set_unusable_password()
    ann.save()
    browser = Client()
    browser.post("/account/login/code/", {"email": "ann@school.example"})
    browser.post("/account/login/code/confirm/", {"code": code_sent()})
    session = browser.session
    session["signed_in_at"] -= 301
    session.save()
    text = browser.get("/account/delete/").content.decode()
    assert "Sign in once more" in text
    assert browser.post("/account/delete/").status_code == 400
    assert get_user_model().objects.filter(pk=ann.pk).exists()
    sent = {"next": "/account/login/code/?next=/account/delete/"}
    again = browser.post("/account/logout/", sent)["Location"]
    asked = browser.post(again, {"email": "ann@school.example"})["Location"]
    assert browser.post(asked, {"code": code_sent()})["Location"] == "/account/delete/"
    assert browser.post("/account/delete/")["Location"] == "/account/deleted/"
    assert not get_user_model().objects.filter(pk=ann.pk).exists()


def test_editor_goes_and_the_history_stays(client: Client, ann: Any):
    ann.is_staff = ann.is_superuser = True
    ann.save()
    school = School.objects.first()
    school.summary = "Another summary."
    school._history_user = ann
    school.save()
    assert school.history.first().history_user == ann
    LogEntry.objects.log_actions(ann.pk, [school], 2, change_message="Changed.")
    assert "history, without your name" in client.get("/account/delete/").content.decode()
    assert delete(client)["Location"] == "/account/deleted/"
    assert [one.history_user for one in school.history.all()] == [None]


def test_delete_sends_no_message(client: Client):
    delete(client)
    assert mail.outbox == []
