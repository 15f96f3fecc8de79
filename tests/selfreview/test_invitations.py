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
from tests.factories import make_user
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
    client = cast.client("lead_by_account")
    return road_of(client.post(f"/review/{cast.review.guid}/team/invite/", sent, follow=True).content.decode())


def take_up(road: str, client: Client | None = None):
    """Open an invitation and join; the answer, after all that it leads on to."""
    client = client or Client()
    page = client.get(road, follow=True)
    return client.post(page.redirect_chain[-1][0], follow=True) if page.redirect_chain else page


def test_invitation_is_e_mailed_and_shown(cast: Cast):
    road = invite(cast, email="nell@school.example")
    [message] = mail.outbox
    assert message.to == ["nell@school.example"]
    assert message.subject == "An invitation to a self-review"
    assert road in message.body
    assert "Hello Nell" in message.body


def test_invitation_without_an_address_sends_nothing(cast: Cast):
    assert invite(cast)
    assert mail.outbox == []


def test_invitation_is_told_where_the_mail_server_is_away(cast: Cast, settings):
    settings.EMAIL_BACKEND = "tests.selfreview.test_invitations.NoBackend"
    data = {"name": "Nell", "role": "viewer", "email": "nell@school.example"}
    client = cast.client("lead_by_account")
    response = client.post(f"/review/{cast.review.guid}/team/invite/", data, follow=True)
    assert "It could not be sent to nell@school.example." in response.content.decode()
    assert road_of(response.content.decode())


class NoBackend:
    """A mail server that is away."""

    def __init__(self, **options: object) -> None:
        pass

    def send_messages(self, messages: list) -> int:
        raise ConnectionRefusedError


def test_who_has_no_account_has_nobody_written_to(cast: Cast):
    data = {"name": "Nell", "role": "viewer", "email": "nell@school.example"}
    response = cast.client("lead").post(f"/review/{cast.review.guid}/team/invite/", data, follow=True)
    assert mail.outbox == []
    assert road_of(response.content.decode())
    assert "writes e-mails for people with an account" in response.content.decode()


@pytest.mark.parametrize(
    "wrong", [{"name": "Two\nlines"}, {"email": "a@" + "é" * 60 + ".example"}, {"email": "x\ny@z.example"}]
)
def test_invitation_that_no_mail_can_carry_makes_no_500(cast: Cast, wrong: dict):
    data = {"name": "Nell", "role": "viewer", "email": "nell@school.example"} | wrong
    client = cast.client("lead_by_account")
    assert client.post(f"/review/{cast.review.guid}/team/invite/", data, follow=True).status_code in {200, 400}


def test_invitations_of_who_is_lead_no_more_end(cast: Cast):
    road = invite(cast)
    from selfreview.actions import remove_member

    remove_member(member=Membership.objects.get(user=cast.accounts["lead_by_account"]))
    assert take_up(road).status_code == 404


def test_only_the_hash_of_an_invitation_is_stored(cast: Cast):
    secret = invite(cast).split("/")[-2]
    assert not any(secret in str(row) for row in Invitation.objects.values())


def test_looking_at_an_invitation_takes_nothing(cast: Cast):
    road, before = invite(cast), Membership.objects.count()
    page = Client().get(road, follow=True).content.decode()
    assert "as contributor, under the name Nell" in page
    assert Membership.objects.count() == before


def test_invited_without_an_account_gets_a_private_link(cast: Cast):
    road, client = invite(cast), Client()
    page = take_up(road, client).content.decode()
    [address] = re.findall(r"http://testserver(/review/return/[\w-]+/)", page)[:1]
    assert client.get(f"/review/{cast.review.guid}/").status_code == 200
    assert Client().get(address, follow=True).status_code == 200
    member = Membership.objects.get(name="Nell")
    assert (member.role, member.user) == ("contributor", None)


def test_invited_with_an_account_joins_with_it(cast: Cast):
    road, client, user = invite(cast), Client(), make_user(email="nell@school.example")
    client.force_login(user)
    assert "Join as nell@school.example" in client.get(road, follow=True).content.decode()
    assert take_up(road, client).redirect_chain[-1][0] == f"/review/{cast.review.guid}/"
    member = Membership.objects.get(name="Nell")
    assert (member.user, member.return_hash) == (user, None)


def test_invitation_works_once(cast: Cast):
    road = invite(cast)
    waiting = Client()
    waiting.get(road)
    take_up(road)
    before = Membership.objects.count()
    invitation = Invitation.objects.get(name="Nell")
    assert waiting.post(f"/review/invited/{invitation.guid}/").status_code == 404
    again = take_up(road)
    assert again.status_code == 404
    assert "This link does not work" in again.content.decode()
    assert Membership.objects.count() == before


@pytest.mark.parametrize("end", ["expired", "revoked", "renewed", "unknown"])
def test_invitation_that_has_ended_looks_like_none(cast: Cast, end: str):
    road = invite(cast)
    invitation = Invitation.objects.get(name="Nell")
    early = Client()
    if end in {"expired", "revoked"}:
        early.get(road)  # opened in time, and taken up too late
    base = f"/review/{cast.review.guid}/team/invitations/{invitation.guid}/"
    if end == "expired":
        Invitation.objects.update(expires_at=timezone.now())
    elif end == "unknown":
        road = "/review/invitation/nothing/"
    else:
        cast.client("lead").post(base + ("revoke/" if end == "revoked" else "renew/"))
    opened = f"/review/invited/{invitation.guid}/"
    for response in (Client().get(road), early.get(opened), early.post(opened), Client().get(opened)):
        assert response.status_code == 404
        assert "Ask whoever sent it to you for a new one." in response.content.decode()
    assert not Membership.objects.filter(name="Nell").exists()


def test_address_is_forgotten_when_the_invitation_is_taken_up(cast: Cast):
    take_up(invite(cast, email="nell@school.example"))
    assert not any("nell@school.example" in str(row) for row in Invitation.objects.values())


def test_renewed_invitation_works_again(cast: Cast):
    invite(cast, email="nell@school.example")
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    invitation = Invitation.objects.get(name="Nell")
    client = cast.client("lead_by_account")
    response = client.post(f"/review/{cast.review.guid}/team/invitations/{invitation.guid}/renew/", follow=True)
    road = road_of(response.content.decode())
    assert road in mail.outbox[-1].body
    assert take_up(road).status_code == 200
    assert Membership.objects.filter(name="Nell").exists()


def test_member_who_is_invited_again_keeps_one_place_with_the_greater_role(cast: Cast):
    user = cast.accounts["viewer_by_account"]
    client = Client()
    client.force_login(user)
    take_up(invite(cast, role="contributor"), client)
    assert Membership.objects.get(user=user).role == "contributor"
    take_up(invite(cast, role="viewer"), client)
    assert Membership.objects.get(user=user).role == "contributor"


# ── Accounts ────────────────────────────────────────────────────────────────────────────────────
def sign_in(client: Client, email: str = "ann@school.example"):
    from tests.accounts.people import make_person
    from tests.accounts.people import sign_in as send

    user = make_person(email)
    assert send(client, email).status_code == 302
    return user


def test_review_of_this_browser_is_tied_to_an_account_where_its_holder_says_so():
    client = Client()
    client.post("/review/")
    review = Review.objects.get()
    user = sign_in(client)
    assert Membership.objects.get(team=review.team).user is None  # somebody else may have opened the link here
    assert "Tie it to my account" in client.get(f"/review/{review.guid}/").content.decode()
    client.post(f"/review/{review.guid}/claim/")
    assert Membership.objects.get(team=review.team).user == user
    elsewhere = Client()
    elsewhere.force_login(user)
    assert elsewhere.get(f"/review/{review.guid}/").status_code == 200
    assert "Your school, round 1" in elsewhere.get("/review/").content.decode()
    assert client.post(f"/review/{review.guid}/claim/").status_code == 404


def test_place_that_belongs_to_somebody_is_not_claimed(cast: Cast):
    member = Membership.objects.get(user=cast.accounts["lead_by_account"])
    client = Client()
    session = client.session
    session["seats"] = {str(member.guid): ""}
    session.save()
    sign_in(client)
    assert client.post(f"/review/{cast.review.guid}/claim/").status_code == 404
    member.refresh_from_db()
    assert member.user == cast.accounts["lead_by_account"]
    assert client.get(f"/review/{cast.review.guid}/").status_code == 404


def test_place_by_account_counts_and_not_a_link_that_somebody_opened_here(cast: Cast):
    client = cast.client("lead")  # on a computer that others use
    client.force_login(cast.accounts["viewer_by_account"])
    assert client.get(f"/review/{cast.review.guid}/").status_code == 200
    assert client.get(f"/review/{cast.review.guid}/rounds/close/").status_code == 403
    assert client.post(f"/review/{cast.review.guid}/claim/").status_code == 404
    assert Membership.objects.get(pk=cast.lead.pk).user is None


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
    page = client.post("/review/", follow=True).content.decode()
    [address] = re.findall(r"http://testserver(/review/return/[\w-]+/)", page)[:1]
    review = Review.objects.get()
    sign_in(client)
    client.post(f"/review/{review.guid}/claim/")
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
    here.post(f"/review/{cast.review.guid}/link/", {"sure": "1"})
    assert here.get(f"/review/{cast.review.guid}/").status_code == 200
    assert old.get(f"/review/{cast.review.guid}/").status_code == 404


def test_list_of_reviews_asks_as_often_for_many(django_assert_num_queries):
    user = make_user()
    start_review(questionnaire=Questionnaire.objects.get(), user=user)
    client = Client()
    client.force_login(user)
    with django_assert_num_queries(6):
        assert client.get("/review/").content.decode().count(", round 1</a>") == 1
    for _ in range(199):
        start_review(questionnaire=Questionnaire.objects.get(), user=user)
    with django_assert_num_queries(6):
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
        assert Client().post("/review/").status_code == 302
    refused = Client().post("/review/")
    assert refused.status_code == 429
    assert "Try again in an hour." in refused.content.decode()
    assert Review.objects.count() == STARTS_AN_HOUR
    assert Client(REMOTE_ADDR="10.0.0.9").post("/review/").status_code == 302


def test_too_many_invitations_wait(cast: Cast, monkeypatch):
    monkeypatch.setattr("selfreview.limits.INVITATIONS_AN_HOUR", 2)
    for _ in range(2):
        invite(cast)
    client, base = cast.client("lead"), f"/review/{cast.review.guid}/team/"
    assert client.post(f"{base}invite/", {"name": "Nell", "role": "viewer"}).status_code == 429
    assert client.post(f"{base}invitations/{cast.invitation.guid}/renew/").status_code == 429
