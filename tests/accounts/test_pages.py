"""Every page under /account/, in every state, is one of this site's."""

import re

import pytest
from django.core.mail.backends import locmem
from django.test import Client
from django.urls import get_resolver

from tests.accounts.people import PASSWORD, make_person, sign_in, sign_up
from tests.desk import INLINE

pytestmark = pytest.mark.django_db

# Road by name, what it answers to whoever is not signed in, and to whoever is.
ROADS: dict[str, tuple[str, int, int]] = {
    "account": ("/account/", 302, 200),
    "account_change_password": ("/account/password/change/", 302, 200),
    "account_confirm_login_code": ("/account/login/code/confirm/", 302, 302),
    "account_delete": ("/account/delete/", 302, 200),
    "account_deleted": ("/account/deleted/", 200, 200),
    "account_email": ("/account/email/", 302, 200),
    "account_email_verification_sent": ("/account/confirm-email/", 302, 302),
    "account_export": ("/account/export.json", 302, 200),
    "account_inactive": ("/account/inactive/", 200, 200),
    "account_login": ("/account/login/", 200, 302),
    "account_logout": ("/account/logout/", 302, 200),
    "account_reauthenticate": ("/account/reauthenticate/", 302, 200),
    "account_request_login_code": ("/account/login/code/", 200, 302),
    "account_reset_password": ("/account/password/reset/", 200, 200),
    "account_reset_password_done": ("/account/password/reset/done/", 200, 200),
    "account_reset_password_from_key": ("/account/password/reset/key/1-abc/", 200, 200),
    "account_reset_password_from_key_done": ("/account/password/reset/key/done/", 200, 200),
    "account_set_password": ("/account/password/set/", 302, 302),
    "account_signup": ("/account/signup/", 200, 302),
    "account_token_revoke": ("/account/tokens/00000000-0000-4000-8000-000000000000/revoke/", 405, 405),
    "account_tokens": ("/account/tokens/", 302, 200),
}


def check(response) -> None:
    """A whole page in this site's look, that no cache keeps."""
    text = response.content.decode()
    assert 'class="site-header"' in text
    assert text.count("<h1") == 1
    assert INLINE.findall(text) == []
    assert " placeholder=" not in text
    ids = re.findall(r'\sid="([^"]*)"', text)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'href="#(\w+)"', text):
        assert target in ids
    assert text.count('method="post"') == text.count('name="csrfmiddlewaretoken"')
    assert response["Cache-Control"] == "no-store, private"
    assert response["Referrer-Policy"] == "same-origin"


def test_every_road_is_known_here():
    [account] = [one for one in get_resolver().url_patterns if str(one.pattern) == "account/"]
    names: set[str] = set()
    for one in account.url_patterns:
        names |= {inner.name for inner in one.url_patterns} if hasattr(one, "url_patterns") else {one.name}
    assert names == set(ROADS)


@pytest.mark.parametrize("name", ROADS)
@pytest.mark.parametrize("signed_in", [False, True], ids=["anonymous", "signed in"])
def test_road_answers_with_a_page_of_this_site(client: Client, name: str, signed_in: bool):
    if signed_in:
        client.force_login(make_person())
    road, *statuses = ROADS[name]
    response = client.get(road)
    assert response.status_code == statuses[signed_in]
    if statuses[signed_in] == 200 and not road.endswith(".json"):
        check(response)
    if statuses == [302, 200] and not signed_in and name != "account_logout":
        assert response["Location"] == f"/account/login/?next={road}"


@pytest.mark.parametrize("name", ROADS)
@pytest.mark.parametrize("signed_in", [False, True], ids=["anonymous", "signed in"])
def test_empty_form_is_answered_with_a_page_of_this_site(client: Client, name: str, signed_in: bool):
    if signed_in:
        client.force_login(make_person())
    response = client.post(ROADS[name][0], {"action_add": "1", "action": "nonsense"})
    assert response.status_code in {200, 302, 400, 404, 405}  # 404: nobody has a token of this identity
    if response.status_code in {200, 400}:
        check(response)
        if not response.context.get("token_fail") and response.context["form"] and response.context["form"].errors:
            text = response.content.decode()
            assert "<title>Error: " in text
            assert text.index("There is a problem") < text.index("<h1")
            assert "This field is required" not in text


def test_pages_on_the_way_are_pages_of_this_site(client: Client):
    make_person("ann@school.example")
    sign_up(client, "new@school.example")
    check(client.get("/account/confirm-email/"))
    check(client.post("/account/confirm-email/", {"code": ""}))
    client = Client()
    client.post("/account/login/code/", {"email": "ann@school.example"})
    check(client.get("/account/login/code/confirm/"))
    check(client.post("/account/login/code/confirm/", {"code": "x"}))
    check(sign_in(Client(), "ann@school.example", "wrong"))
    check(Client().post("/account/signup/", {"email": "a", "password1": "a"}))


def test_pages_of_somebody_without_a_password(client: Client):
    client.force_login(make_person(password=None))
    check(client.get("/account/"))
    check(client.get("/account/password/set/"))
    check(client.post("/account/password/set/", {"password1": "a", "password2": "b"}))
    check(client.get("/account/delete/"))
    assert client.get("/account/password/change/").status_code == 302
    assert client.get("/account/reauthenticate/").status_code == 403


def test_closed_account_cannot_sign_in(client: Client):
    make_person("ann@school.example", is_active=False)
    response = sign_in(client, "ann@school.example")
    assert response["Location"] == "/account/inactive/"
    check(client.get("/account/inactive/"))


@pytest.mark.parametrize(
    ("road", "fields"),
    [
        ("/account/login/", {"login": "email", "password": "current-password"}),
        ("/account/signup/", {"email": "email", "password1": "new-password"}),
        ("/account/login/code/", {"email": "email"}),
        ("/account/password/reset/", {"email": "email"}),
    ],
)
def test_browsers_know_what_to_fill_in(client: Client, road: str, fields: dict[str, str]):
    form = client.get(road).context["form"]
    assert {name: field.widget.attrs.get("autocomplete") for name, field in form.fields.items()} == fields


def test_code_is_offered_as_one(client: Client):
    sign_up(client, "new@school.example")
    assert 'autocomplete="one-time-code"' in client.get("/account/confirm-email/").content.decode()


IN_LOG = "This site sends no e-mail yet."


@pytest.mark.parametrize("road", ["/account/login/code/", "/account/password/reset/", "/account/password/reset/done/"])
def test_pages_say_when_messages_stand_in_the_log(client: Client, settings, road: str):
    assert IN_LOG not in client.get(road).content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert IN_LOG in client.get(road).content.decode()


def test_header_leads_to_the_account_without_a_look_at_the_session(client: Client):
    response = client.get("/about/")
    assert '<a href="/account/">Account</a>' in response.content.decode()
    assert response.cookies == {}
    assert "Cookie" not in response.get("Vary", "")
    client.force_login(make_person())
    assert "Cookie" not in client.get("/about/").get("Vary", "")


def test_form_without_its_token_is_answered_with_a_page_of_this_site():
    response = sign_in(Client(enforce_csrf_checks=True), "ann@school.example")
    assert response.status_code == 403
    check(response)


HOSTILE = ["\x00", "a\x00@b.example", "é" * 5000, "'\"<script>", "٣٣٣", "-1", "a@" + "b" * 400 + ".example", " "]


@pytest.mark.parametrize("signed_in", [False, True], ids=["anonymous", "signed in"])
@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_input_is_no_fault(client: Client, value: str, signed_in: bool):
    if signed_in:
        client.force_login(make_person())
    names = [
        "login",
        "email",
        "password",
        "password1",
        "password2",
        "oldpassword",
        "code",
        "next",
        "action",
        "remember",
    ]
    for road, *_ in ROADS.values():
        assert client.get(road, dict.fromkeys(names, value)).status_code < 500, road
        assert client.post(road, dict.fromkeys(names, value) | {"action_add": "1"}).status_code < 500, road
        assert client.post(road, {"email": value, "action_send": "1"}).status_code < 500, road
        assert client.post(road, {"email": value, "action_remove": "1"}).status_code < 500, road


@pytest.mark.parametrize(
    "key", ["z" * 40 + "-abc", "0-a", "1-" + "a" * 3000, "1-%00", "1-set-password", "zzzzzzzzzzzzz-1-2"]
)
def test_links_that_were_never_sent_are_no_fault(client: Client, key: str):
    response = client.get(f"/account/password/reset/key/{key}/")
    assert response.status_code == 200
    assert "This link works no more" in response.content.decode()


def test_mail_server_that_is_away_is_said_and_no_fault(client: Client, settings, monkeypatch):
    def fail(*args: object) -> None:
        raise ConnectionRefusedError

    make_person("ann@school.example")
    monkeypatch.setattr(locmem.EmailBackend, "send_messages", fail)
    for road in ("/account/login/code/", "/account/password/reset/"):
        response = client.post(road, {"email": "ann@school.example"})
        assert response.status_code == 503
        assert "The message could not be sent" in response.content.decode()
    assert sign_up(client, "new@school.example", PASSWORD).status_code == 503
