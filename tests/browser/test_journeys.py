"""What the three people do, in a real browser: with JavaScript and without."""

import csv
import io
import re
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PageMaker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def reader(request: pytest.FixtureRequest, make_page: PageMaker) -> Page:
    return make_page(javascript=request.param)


def test_headteacher_finds_a_school_like_hers_and_reaches_a_finding(reader: Page):
    reader.goto("/")
    reader.get_by_role("link", name="Find a school like mine").click()
    reader.get_by_label("Pupils").fill("520")
    reader.get_by_label("Free school meals (%)").fill("30")
    reader.get_by_label("Setting").select_option(label="City")
    reader.get_by_role("button", name="Find a school like mine").click()
    nearest = reader.locator(".ranking > li").first
    expect(nearest).to_contain_text("School E")
    expect(nearest).to_contain_text("the same setting (city)", ignore_case=True)
    reader.get_by_role("link", name="Compare the first three").click()
    expect(reader.get_by_role("heading", name="3 schools side by side")).to_be_visible()
    cell = reader.locator(".matrix td a").first
    count = cell.inner_text().split()[0]
    cell.click()
    expect(reader.locator("[data-result]")).to_have_text(f"{count} quote{'' if count == '1' else 's'}")
    reader.locator(".quote__link").first.click()
    expect(reader.get_by_role("heading", name="How it is coded")).to_be_visible()
    reader.locator("section[aria-labelledby=supports] a").first.click()
    expect(reader.get_by_role("heading", name="In their own words")).to_be_visible()
    assert "/findings/" in reader.url


def test_researcher_filters_and_takes_away_what_is_shown(reader: Page):
    reader.goto("/quotes/")
    reader.get_by_label("School B").check()
    if reader.locator("html").evaluate("() => 'htmx' in window"):
        expect(reader.locator("[data-result]")).to_have_text("14 quotes")
        assert reader.url.endswith("/quotes/?school=b")
    reader.get_by_label("Search the quotes").fill("kids")
    reader.get_by_role("button", name="Apply").click()
    expect(reader.locator(".chosen")).to_contain_text("“kids”")
    shown = reader.locator(".quote-list > li")
    count = shown.count()
    assert 0 < count < 14
    assert "school=b" in reader.url
    expect(reader.locator(".quote mark").first).to_be_visible()
    addresses = reader.locator(".quote-list .quote__link").evaluate_all("all => all.map(a => a.href)")
    reader.get_by_label("Layout").select_option("quotes")
    with reader.expect_download() as download:
        reader.get_by_role("button", name="Download CSV").click()
    assert download.value.suggested_filename.endswith(".csv")
    with open(download.value.path(), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(io.StringIO(file.read())))
    assert [row["quote_id"] for row in rows] == [address.rstrip("/").rsplit("/", 1)[1] for address in addresses]
    assert all("kid" in row["quote"].lower() for row in rows)
    with reader.expect_download() as download:
        reader.get_by_role("button", name="Download workbook (XLSX)").click()
    assert download.value.suggested_filename.startswith("gill-2007-quotes-selection-v")
    with open(download.value.path(), "rb") as workbook:
        assert load_workbook(workbook)["quotes"].max_row == count + 1


def test_researcher_cites_a_quote_and_takes_the_study_away(make_page: PageMaker):
    page = make_page(javascript=False, width=390)
    page.goto("/quotes/?q=VLE")
    page.locator(".quote__link").first.click()
    for name, ending in (("BibTeX", ".bib"), ("RIS", ".ris"), ("CSL-JSON", ".csl.json")):
        with page.expect_download() as download:
            page.get_by_role("link", name=f"{name} for this quote").click()
        assert download.value.suggested_filename.endswith(ending)
    page.get_by_role("link", name="Downloads").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="REFI-QDA project").click()
    assert download.value.suggested_filename.endswith(".qdpx")
    with ZipFile(download.value.path()) as archive:
        assert archive.namelist()[0] == "project.qde"


def test_filters_update_in_place_and_the_address_stays_true(page: Page):
    page.goto("/quotes/")
    page.evaluate("window.sameDocument = true")
    page.get_by_label("Teacher 2 quotes").check()
    expect(page.locator("[data-result]")).to_have_text("2 quotes")
    expect(page.locator("#announce")).to_have_text("2 quotes")
    assert page.evaluate("document.activeElement.value") == "teacher"
    page.get_by_role("link", name="Remove the filter Speaker: Teacher").click()
    expect(page.locator("[data-result]")).to_have_text("56 quotes")
    assert page.url.endswith("/quotes/") or page.url.endswith("/quotes/?")
    page.get_by_role("link", name="Next page").click()
    expect(page.get_by_text("Page 2 of 3")).to_be_visible()
    assert page.evaluate("window.sameDocument") is True
    page.go_back()
    expect(page.get_by_text("Page 1 of 3")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Page 1 of 3")).to_be_visible()


def test_comparison_updates_in_place(page: Page):
    page.goto("/compare/?school=a")
    page.evaluate("window.sameDocument = true")
    page.get_by_label("School C").check()
    expect(page.locator("[data-result]")).to_have_text("2 schools side by side")
    assert page.url.endswith("?school=a&school=c")
    page.get_by_label("Hide rows that are the same for all").check()
    expect(page.locator(".differs", has_text="same")).to_have_count(0)
    assert page.evaluate("window.sameDocument") is True


def test_wrong_filter_in_place_shows_its_error(page: Page):
    page.goto("/quotes/")
    page.get_by_label("Search the quotes").fill("x" * 501)
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    expect(page.get_by_label("Search the quotes")).to_have_value("x" * 501)


def test_quote_can_be_copied(make_page: PageMaker):
    page = make_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/quotes/?q=Cannes")
    page.get_by_role("button", name="Copy").first.click()
    expect(page.locator("#announce")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(
        "“One of my visions is for one of the kids to take their video to the Cannes Film Festival."
    )
    assert copied.endswith("(Headteacher, School B, line 214)")


def test_everything_is_reached_with_the_keyboard_alone(page: Page):
    page.goto("/quotes/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # the fold of the filters
    page.keyboard.press("Tab")
    expect(page.get_by_label("Search the quotes")).to_be_focused()
    page.keyboard.type("parents")
    page.keyboard.press("Enter")
    expect(page.locator(".chosen")).to_contain_text("“parents”")
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.quote a[href^=\"/quotes/\"]')"):
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="How it is coded")).to_be_visible()


def slow(page: Page, pattern: str, seconds: float = 1.0) -> None:
    """Let every answer that htmx asks for take its time."""

    def later(route: Route) -> None:
        if route.request.headers.get("hx-request"):
            page.wait_for_timeout(seconds * 1000)
        route.continue_()

    page.route(pattern, later)


def test_ticks_made_while_an_answer_is_under_way_all_count(page: Page):
    page.goto("/compare/")
    slow(page, "**/compare/**")
    for letter in "ACE":
        page.get_by_label(f"School {letter}").check(no_wait_after=True)
    expect(page.get_by_role("heading", name="3 schools side by side")).to_be_visible()
    assert page.url.endswith("?school=a&school=c&school=e")


def test_words_typed_while_an_answer_is_under_way_stay(page: Page):
    page.goto("/quotes/")
    slow(page, "**/quotes/**")
    page.get_by_label("School B").check(no_wait_after=True)
    page.get_by_label("Search the quotes").fill("training")
    expect(page.locator("[data-result]")).to_have_text("14 quotes")
    expect(page.get_by_label("Search the quotes")).to_have_value("training")


def test_lost_connection_is_said_to_everyone(page: Page):
    page.goto("/quotes/")
    page.context.set_offline(True)
    page.get_by_label("School B").check()
    expect(page.get_by_text("The site could not be reached").first).to_be_visible()


def test_reader_stays_where_she_is_when_she_ticks(page: Page):
    page.goto("/quotes/")
    box = page.get_by_label("Workforce development")
    box.scroll_into_view_if_needed()
    before = page.evaluate("window.scrollY")
    box.check()
    expect(page.locator(".chosen")).to_contain_text("Workforce development")
    assert abs(page.evaluate("window.scrollY") - before) < 200


def test_filters_stay_folded_on_a_phone(make_page: PageMaker):
    page = make_page(width=390, height=844)
    page.goto("/quotes/")
    expect(page.locator("#fold")).not_to_have_attribute("open", re.compile(""))
    page.get_by_role("link", name="Next page").click()
    expect(page.get_by_text("Page 2 of 3")).to_be_visible()
    expect(page.locator("#fold")).not_to_have_attribute("open", re.compile(""))
