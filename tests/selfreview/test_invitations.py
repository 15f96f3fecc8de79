"""Invitations, places tied to accounts, and roles that are handed on when somebody has left."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from selfreview.actions import start_review
from selfreview.limits import STARTS_AN_HOUR
from selfreview.models import Invitation, Membership, Questionnaire, Review
from tests.factories import make_colleague, make_user
from tests.selfreview.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture(autouse=True)
def no_limits_yet():
    cache.clear()


def road_of(text: str) -> str:
    """The path of the one invitation link in a text."""
    [path] = set(re.findall(r"/review/invitation/[\w-]+/", text))
    return path


def invite(cast: Cast, **data: str) -> str:
    """The path of a new invitation's link."""
    sent = {"name": "Nell", "role": "contributor"} | data
    response = cast.client("lead").post(f"/review/{cast.review.guid}/team/invite/", sent)
    return road_of(response.content.decode())


def test_invitation_is_e_mailed_and_shown(cast: Cast):
    road = invite(cast, email="nell@school.example")
    [message] = mail.outbox
    assert message.to == ["nell@school.example"]
    assert message.subject == "Your school: ICT self-review"
    assert road in message.body
    assert "Hello Nell" in message.body


def test_invitation_without_an_address_sends_nothing(cast: Cast):
    assert invite(cast)
    assert mail.outbox == []


def test_invitation_is_told_where_the_mail_server_is_away(cast: Cast, settings):
    settings.EMAIL_BACKEND = "tests.selfreview.test_invitations.NoBackend"
    response = cast.client("lead").post(
        f"/review/{cast.review.guid}/team/invite/", {"name": "Nell", "role": "viewer", "email": "nell@school.example"}
    )
    assert response.status_code == 200
    assert "It could not be sent to nell@school.example." in response.content.decode()
    assert road_of(response.content.decode())


class NoBackend:
    """A mail server that is away."""

    def __init__(self, **options: object) -> None:
        pass

    def send_messages(self, messages: list) -> int:
        raise ConnectionRefusedError


def test_only_the_hash_of_an_invitation_is_stored(cast: Cast):
    secret = invite(cast).split("/")[-2]
    assert not any(secret in str(row) for row in Invitation.objects.values())


def test_looking_at_an_invitation_takes_nothing(cast: Cast):
    road, before = invite(cast), Membership.objects.count()
    page = Client().get(road).content.decode()
    assert "as contributor, under the name Nell" in page
    assert Membership.objects.count() == before


def test_invited_without_an_account_gets_a_private_link(cast: Cast):
    road, client = invite(cast), Client()
    page = client.post(road).content.decode()
    [address] = re.findall(r"http://testserver(/review/return/[\w-]+/)", page)[:1]
    assert client.get(f"/review/{cast.review.guid}/").status_code == 200
    assert Client().get(address, follow=True).status_code == 200
    member = Membership.objects.get(name="Nell")
    assert (member.role, member.user) == ("contributor", None)


def test_invited_with_an_account_joins_with_it(cast: Cast):
    road, client, user = invite(cast), Client(), make_user(email="nell@school.example")
    client.force_login(user)
    assert "Join as nell@school.example" in client.get(road).content.decode()
    assert client.post(road)["Location"] == f"/review/{cast.review.guid}/"
    member = Membership.objects.get(name="Nell")
    assert (member.user, member.return_hash) == (user, None)


def test_invitation_works_once(cast: Cast):
    road = invite(cast)
    Client().post(road)
    before = Membership.objects.count()
    again = Client().post(road)
    assert again.status_code == 404
    assert "This link does not work" in again.content.decode()
    assert Membership.objects.count() == before


@pytest.mark.parametrize("end", ["expired", "revoked", "renewed", "unknown"])
def test_invitation_that_has_ended_looks_like_none(cast: Cast, end: str):
    road = invite(cast)
    invitation = Invitation.objects.get(name="Nell")
    base = f"/review/{cast.review.guid}/team/invitations/{invitation.guid}/"
    if end == "expired":
        Invitation.objects.update(expires_at=timezone.now())
    elif end == "unknown":
        road = "/review/invitation/nothing/"
    else:
        cast.client("lead").post(base + ("revoke/" if end == "revoked" else "renew/"))
    for response in (Client().get(road), Client().post(road)):
        assert response.status_code == 404
        assert "Ask whoever sent it to you for a new one." in response.content.decode()
    assert not Membership.objects.filter(name="Nell").exists()


def test_address_is_forgotten_when_the_invitation_is_taken_up(cast: Cast):
    Client().post(invite(cast, email="nell@school.example"))
    assert not any("nell@school.example" in str(row) for row in Invitation.objects.values())


def test_renewed_invitation_works_again(cast: Cast):
    invite(cast, email="nell@school.example")
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    invitation = Invitation.objects.get(name="Nell")
    response = cast.client("lead").post(f"/review/{cast.review.guid}/team/invitations/{invitation.guid}/renew/")
    road = road_of(response.content.decode())
    assert road in mail.outbox[-1].body
    assert Client().post(road).status_code == 200


def test_member_who_is_invited_again_keeps_one_place_with_the_greater_role(cast: Cast):
    user = cast.accounts["viewer_by_account"]
    client = Client()
    client.force_login(user)
    client.post(invite(cast, role="contributor"))
    assert Membership.objects.get(user=user).role == "contributor"
    client.post(invite(cast, role="viewer"))
    assert Membership.objects.get(user=user).role == "contributor"


# ── Accounts ────────────────────────────────────────────────────────────────────────────────────
def sign_in(client: Client, email: str = "ann@school.example"):
    from tests.accounts.people import make_person
    from tests.accounts.people import sign_in as send

    user = make_person(email)
    assert send(client, email).status_code == 302
    return user


def test_signing_in_claims_the_review_of_this_browser():
    client = Client()
    client.post("/review/")
    review = Review.objects.get()
    user = sign_in(client)
    assert Membership.objects.get(team=review.team).user == user
    elsewhere = Client()
    elsewhere.force_login(user)
    assert elsewhere.get(f"/review/{review.guid}/").status_code == 200
    assert "Your school, round 1" in elsewhere.get("/review/").content.decode()


def test_signing_in_claims_no_place_that_belongs_to_somebody(cast: Cast):
    member = Membership.objects.get(user=cast.accounts["lead_by_account"])
    client = Client()
    session = client.session
    session["seats"] = {str(member.guid): ""}
    session.save()
    sign_in(client)
    member.refresh_from_db()
    assert member.user == cast.accounts["lead_by_account"]
    assert client.get(f"/review/{cast.review.guid}/").status_code == 404


def test_signing_in_keeps_the_place_that_the_account_has(cast: Cast):
    client = cast.client("contributor")
    user = sign_in(client)
    second, secret = make_colleague(cast.lead, "Second")
    client.get(f"/review/return/{secret}/")
    from selfreview.access import claim  # what signing in again does

    request = type("Request", (), {"session": client.session, "user": user})()
    claim(request, user)
    second.refresh_from_db()
    assert second.user is None


def test_review_begun_with_an_account_has_no_link(cast: Cast):
    client = Client()
    user = sign_in(client)
    response = client.post("/review/")
    review = Review.objects.latest("pk")
    assert response["Location"] == f"/review/{review.guid}/"
    member = Membership.objects.get(team=review.team)
    assert (member.user, member.return_hash, member.role) == (user, None, "lead")


def test_link_of_a_place_with_an_account_can_be_turned_off():
    client = Client()
    page = client.post("/review/").content.decode()
    [address] = re.findall(r"http://testserver(/review/return/[\w-]+/)", page)[:1]
    review = Review.objects.get()
    sign_in(client)
    assert "Turn the link off" in client.get(f"/review/{review.guid}/link/").content.decode()
    client.post(f"/review/{review.guid}/link/", {"off": "1"})
    assert Client().get(address).status_code == 404
    assert client.get(f"/review/{review.guid}/").status_code == 200


def test_link_of_a_place_without_an_account_cannot_be_turned_off(cast: Cast):
    client = cast.client("lead")
    client.post(f"/review/{cast.review.guid}/link/", {"off": "1"})
    cast.lead.refresh_from_db()
    assert cast.lead.return_hash


def test_new_link_ends_what_other_browsers_remember(cast: Cast):
    old, here = cast.client("contributor"), cast.client("contributor")
    here.post(f"/review/{cast.review.guid}/link/")
    assert here.get(f"/review/{cast.review.guid}/").status_code == 200
    assert old.get(f"/review/{cast.review.guid}/").status_code == 404


def test_list_of_reviews_asks_as_often_for_many(django_assert_num_queries):
    user = make_user()
    start_review(questionnaire=Questionnaire.objects.get(), user=user)
    client = Client()
    client.force_login(user)
    with django_assert_num_queries(5):
        assert client.get("/review/").content.decode().count(", round 1</a>") == 1
    for _ in range(199):
        start_review(questionnaire=Questionnaire.objects.get(), user=user)
    with django_assert_num_queries(5):
        assert client.get("/review/").content.decode().count(", round 1</a>") == 200


# ── Leads ───────────────────────────────────────────────────────────────────────────────────────
def test_contributor_takes_over_where_no_lead_answers(cast: Cast):
    client, base = cast.client("contributor"), f"/review/{cast.review.guid}/team/"
    client.post(f"{base}lead/")
    cast.contributor.refresh_from_db()
    assert cast.contributor.role == "contributor"
    client.post(f"{base}lead/")  # asking again brings nothing
    assert Membership.objects.get(pk=cast.contributor.pk).role == "contributor"
    Membership.objects.filter(pk=cast.contributor.pk).update(lead_asked_at=timezone.now() - timedelta(days=15))
    assert "you can take over" in client.get(base).content.decode()
    client.post(f"{base}lead/")
    assert Membership.objects.get(pk=cast.contributor.pk).role == "lead"


@pytest.mark.parametrize(("data", "role"), [({"grant": "1"}, "lead"), ({}, "contributor")])
def test_lead_answers_who_asked(cast: Cast, data: dict, role: str):
    base = f"/review/{cast.review.guid}/team/"
    cast.client("contributor").post(f"{base}lead/")
    assert "Con asked on" in cast.client("lead").get(base).content.decode()
    cast.client("lead").post(f"{base}{cast.contributor.guid}/lead/", data)
    cast.contributor.refresh_from_db()
    assert (cast.contributor.role, cast.contributor.lead_asked_at) == (role, None)
    Membership.objects.filter(pk=cast.contributor.pk).update(role="contributor")
    cast.client("contributor").post(f"{base}lead/")
    assert Membership.objects.get(pk=cast.contributor.pk).role == "contributor"  # a declined wish begins anew


def test_answer_to_nobody_who_asked_changes_nothing(cast: Cast):
    cast.client("lead").post(f"/review/{cast.review.guid}/team/{cast.viewer.guid}/lead/", {"grant": "1"})
    assert Membership.objects.get(pk=cast.viewer.pk).role == "viewer"


# ── Limits ──────────────────────────────────────────────────────────────────────────────────────
def test_too_many_reviews_from_one_address_wait():
    for _ in range(STARTS_AN_HOUR):
        assert Client().post("/review/").status_code == 200
    refused = Client().post("/review/")
    assert refused.status_code == 429
    assert "Try again in an hour." in refused.content.decode()
    assert Review.objects.count() == STARTS_AN_HOUR
    assert Client(REMOTE_ADDR="10.0.0.9").post("/review/").status_code == 200


def test_too_many_invitations_wait(cast: Cast, monkeypatch):
    monkeypatch.setattr("selfreview.limits.INVITATIONS_AN_HOUR", 2)
    for _ in range(2):
        invite(cast)
    client, base = cast.client("lead"), f"/review/{cast.review.guid}/team/"
    assert client.post(f"{base}invite/", {"name": "Nell", "role": "viewer"}).status_code == 429
    assert client.post(f"{base}invitations/{cast.invitation.guid}/renew/").status_code == 429
