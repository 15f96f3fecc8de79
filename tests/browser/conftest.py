"""A real browser on a real server: Chromium, driven by Playwright, before Django's live server.

The live server needs real transactions, so every test here ends with a flush; tests/conftest.py puts the study back.
Static files come from their own folders under their own names; tests/test_run.py serves the collected, hashed ones.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.bench import Team, make_team
from tests.browser.bench import TEXTS, Enter
from tests.needed import missing

ARGUMENTS = [
    "--no-sandbox",  # Chromium refuses to run as root with its sandbox on, and containers are root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",  # no page reaches a network
]
WAIT = 10_000  # milliseconds

PageMaker = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(os.path.dirname(__file__)):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: that of CHROMIUM, else the one in the path. Without one its tests are skipped, or fail when CI=true."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        reason = "There is no Chromium for the browser tests: install chromium, or name one with CHROMIUM=/path/to/it."
        missing(reason)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, where Django would refuse to reach the database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        chromium = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def make_page(browser: Browser, live_server: LiveServer) -> Iterator[PageMaker]:
    """make_page(width=390, dark=True, javascript=False): a page of its own context, to open with page.goto("/").

    A script that fails, and anything that the content security policy stops, fails the test.
    """
    contexts = []
    faults: list[str] = []

    def make(
        *, width: int = 1280, height: int = 900, dark: bool = False, javascript: bool = True, **options: Any
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            **options,
        )
        context.set_default_timeout(WAIT)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on("console", lambda message: faults.append(message.text) if _is_stopped(message.text) else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


def _is_stopped(message: str) -> bool:
    return "Content Security Policy" in message or "Content-Security-Policy" in message


@pytest.fixture
def page(make_page: PageMaker) -> Page:
    """A page of 1280 × 900, light, with JavaScript."""
    return make_page()


@pytest.fixture
def team() -> Team:
    """A team at the workbench, who work blind."""
    return make_team(texts=TEXTS)


@pytest.fixture
def enter(make_page: PageMaker, live_server: LiveServer, team: Team) -> Enter:
    """enter("ann", width=390): a page of a member who is signed in, at the coding page or another road."""

    def go(name: str, road: str = "", **options: Any) -> Page:
        page = make_page(**options)
        cookie = team.client(name).cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        page.goto(f"{team.road}{road or f'code/{team.quotes[0].school.slug}/'}")
        return page

    return go
