"""Every kind of page in every state: accessibility rules, no sideways scrolling, and what a first visit weighs."""

import pytest
from playwright.sync_api import Page

from tests.browser.bench import faults_of
from tests.browser.conftest import PageMaker
from tests.reading.test_pages import roads

pytestmark = pytest.mark.django_db(transaction=True)

STATES = {
    "data dictionary": "/data-dictionary/",
    "downloads": "/downloads/",
    "api": "/api/v1/docs/",
    "quotes, none found": "/quotes/?q=zebra&school=a",
    "quotes, only common words": "/quotes/?q=the",
    "quotes, wrong filter": "/quotes/?school=zzz",
    "quotes, second page": "/quotes/?page=2",
    "quotes, words marked": "/quotes/?q=children",
    "schools, none found": "/schools/?q=zebra",
    "schools, wrong filter": "/schools/?size=huge",
    "like mine, empty": "/schools/like-mine/",
    "like mine, wrong": "/schools/like-mine/?pupils=x&fsm=999",
    "compare, nothing": "/compare/",
    "compare, one": "/compare/?school=a",
    "compare, five, equal rows hidden": "/compare/?school=a&school=b&school=c&school=d&school=e&hide=equal",
    "compare, wrong": "/compare/?school=zzz",
    "not found": "/nowhere/",
    "no such page": "/quotes/?page=99",
}


def every_state() -> dict[str, str]:
    return roads() | STATES


def settle(page: Page, road: str) -> None:
    page.goto(road, wait_until="load")


def test_axe_finds_nothing_and_no_page_scrolls_sideways(make_page: PageMaker):
    page = make_page()
    found = []
    for name, road in every_state().items():
        settle(page, road)
        page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
        found += faults_of(page, name)
    assert not found, "\n".join(found)


def test_no_page_scrolls_sideways_at_320_without_javascript(make_page: PageMaker):
    page = make_page(width=320, height=640, javascript=False)
    wide = []
    for name, road in every_state().items():
        settle(page, road)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 320:
            wide.append(f"{name}: {width}")
    assert not wide


def test_no_page_asks_a_third_party(make_page: PageMaker, live_server):
    page = make_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for road in every_state().values():
        settle(page, road)
    assert asked
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []


def test_less_motion_is_respected(make_page: PageMaker):
    page = make_page(reduced_motion="reduce")
    settle(page, "/")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_a_case_prints_on_paper_without_furniture(make_page: PageMaker):
    page = make_page()
    settle(page, "/schools/a/")
    page.emulate_media(media="print")
    for selector in (".site-header", ".site-footer", ".toc", ".neighbours"):
        assert not page.locator(selector).first.is_visible()
    assert page.locator(".quote").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
