"""A co-ordinator makes an account, comes back by code, forgets the password, moves to another address, and leaves."""

from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import Page, expect

from tests.accounts.people import PASSWORD, code_sent, link_sent, make_person
from tests.browser.bench import axe_faults, faults_of, follow
from tests.browser.conftest import PageMaker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_limits_used() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def press(page: Page, name: str) -> None:
    follow(page.get_by_role("button", name=name, exact=True))


def see(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible()


def enter_code(page: Page) -> None:
    page.get_by_label("Code").fill(code_sent())
    press(page, "Go on")


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_life_of_an_account(make_page: PageMaker, javascript: bool):
    page = make_page(javascript=javascript)
    page.goto("/")
    page.get_by_role("link", name="Account", exact=True).click()
    see(page, "Sign in")
    page.get_by_role("link", name="Make an account").click()
    page.get_by_label("E-mail address").fill("ann@school.example")
    page.get_by_label("New password").fill(PASSWORD)
    press(page, "Make the account")
    see(page, "Is this your address?")
    enter_code(page)
    see(page, "Your account")
    expect(page.get_by_text("ann@school.example is your address now.")).to_be_visible()

    press(page, "Sign out")
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.get_by_role("link", name="Have a code sent to your address").click()
    page.get_by_label("E-mail address").fill("ann@school.example")
    press(page, "Send the code")
    see(page, "Enter the code")
    enter_code(page)
    see(page, "Your account")

    press(page, "Sign out")
    page.get_by_role("link", name="Choose a new password").click()
    page.get_by_label("E-mail address").fill("ann@school.example")
    press(page, "Send the link")
    see(page, "A message is on its way")
    page.goto(link_sent())
    for label in ("New password", "New password again"):
        page.get_by_label(label, exact=True).fill("another fine horse")
    press(page, "Keep this password")
    see(page, "Your password is changed")
    page.locator("main").get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail address").fill("ann@school.example")
    page.get_by_label("Password").fill("another fine horse")
    press(page, "Sign in")

    page.get_by_role("link", name="Change your e-mail address").click()
    page.get_by_label("E-mail address").fill("ann@new.example")
    press(page, "Send a code there")
    see(page, "Is it you?")
    page.get_by_label("Password").fill("another fine horse")
    press(page, "Go on")
    see(page, "Is this your address?")
    assert mail.outbox[-1].to == ["ann@new.example"]
    enter_code(page)
    expect(page.get_by_text("You are signed in as ann@new.example.")).to_be_visible()

    page.get_by_role("link", name="Delete your account").click()
    page.get_by_label("Password").fill("another fine horse")
    press(page, "Delete my account")
    see(page, "Your account is deleted")
    assert not get_user_model().objects.exists()


def test_axe_finds_nothing_in_an_account(make_page: PageMaker):
    make_person("ann@school.example")
    page = make_page()
    found: list[str] = []

    def look(title: str) -> None:
        expect(page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible()
        found.extend(faults_of(page, page.url))

    def go(road: str, title: str) -> None:
        page.goto(road)
        look(title)

    def wrong(title: str, button: str, **filled: str) -> None:
        """Send the form with this in it, and look at what is said of it."""
        page.evaluate("for (const form of document.forms) form.noValidate = true")
        for name, text in filled.items():
            page.locator(f"[name={name}]").fill(text)
        press(page, button)
        expect(page.get_by_text("There is a problem")).to_be_visible()
        look(title)

    go("/account/login/", "Sign in")
    wrong("Sign in", "Sign in", login="ann@school.example", password="wrong")
    go("/account/signup/", "Make an account")
    wrong("Make an account", "Make the account", email="ann", password1="12345")
    go("/account/login/code/", "Sign in with a code")
    wrong("Sign in with a code", "Send the code", email="")
    go("/account/password/reset/", "Choose a new password")
    page.get_by_label("E-mail address").fill("ann@school.example")
    press(page, "Send the link")
    look("A message is on its way")
    go(link_sent(), "Choose a new password")
    wrong("Choose a new password", "Keep this password", password1="a", password2="b")
    go("/account/password/reset/key/1-abc/", "This link works no more")
    go("/account/password/reset/key/done/", "Your password is changed")
    go("/account/inactive/", "This account is closed")
    go("/account/deleted/", "Your account is deleted")
    page.goto("/account/signup/")
    page.get_by_label("E-mail address").fill("new@school.example")
    page.get_by_label("New password").fill(PASSWORD)
    press(page, "Make the account")
    look("Is this your address?")
    wrong("Is this your address?", "Go on", code="nonsense")
    press(page, "Begin again")
    page.goto("/account/login/code/")
    page.get_by_label("E-mail address").fill("ann@school.example")
    press(page, "Send the code")
    look("Enter the code")
    wrong("Enter the code", "Go on", code="nonsense")
    enter_code(page)
    look("Your account")
    go("/account/email/", "Change your e-mail address")
    wrong("Change your e-mail address", "Send a code there", email="ann@school.example")
    go("/account/password/change/", "Change your password")
    wrong("Change your password", "Change the password", oldpassword="x", password1="1", password2="2")
    go("/account/reauthenticate/", "Is it you?")
    go("/account/logout/", "Sign out?")
    go("/account/delete/", "Delete your account?")
    wrong("Delete your account?", "Delete my account", password="wrong")
    assert not found, "\n".join(found)


def test_pages_that_shut_somebody_out(make_page: PageMaker):
    page = make_page(width=390)
    page.goto("/admin/login/")
    for _ in range(5):
        page.locator("[name=username]").fill("editor")
        page.locator("[name=password]").fill("wrong")
        page.locator("[type=submit]").click()
    expect(page.get_by_role("heading", name="Too many tries")).to_be_visible()
    assert axe_faults(page) == []
