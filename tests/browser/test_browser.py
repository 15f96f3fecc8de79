"""The browser fixtures themselves: they reach the server, and notice what goes wrong on a page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from schools.models import Quote
from tests.factories import make_quote

QUOTES = 56


def test_browser_reaches_the_server(page: Page) -> None:
    response = page.goto("/healthz")
    assert response is not None
    assert response.status == 200
    assert page.inner_text("body") == "ok"


@pytest.mark.parametrize("run", [1, 2])
def test_browser_every_test_begins_with_the_study(page: Page, run: int) -> None:
    assert Quote.objects.count() == QUOTES
    make_quote()
    assert Quote.objects.count() == QUOTES + 1


def test_browser_make_page_without_javascript(make_page: Callable[..., Page]) -> None:
    page = make_page(width=390, dark=True, javascript=False)
    page.goto("/healthz")
    assert page.viewport_size == {"width": 390, "height": 900}
    page.set_content("<noscript>no script</noscript>")
    assert page.inner_text("body") == "no script"
