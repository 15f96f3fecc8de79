"""A researcher begins a study of her own on a phone, fills it, goes wrong on the way, offers it, deletes it again."""

import pytest
from playwright.sync_api import Page, expect

from schools.models import Study
from tests.browser.bench import Enter, axe_faults

pytestmark = pytest.mark.django_db(transaction=True)


def check(page: Page) -> None:
    """No rule of accessibility is broken, in light or dark, and nothing scrolls sideways, not at 320 px either."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        assert axe_faults(page) == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 390, "height": 800})


def test_a_study_of_ones_own(enter: Enter) -> None:
    page = enter("stranger", "../", width=390)
    page.get_by_role("link", name="Your studies").click()
    expect(page.get_by_role("heading", name="Your studies")).to_be_visible()
    check(page)
    page.get_by_label("Title").fill("Talks in the staff room")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", name="Talks in the staff room")).to_be_visible()
    check(page)
    page.get_by_label("Name of the case").fill("Hill Primary School")
    page.get_by_role("button", name="Add the case").click()
    page.get_by_role("link", name="Hill Primary School").click()
    expect(page.get_by_text("The case has no quote yet.")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Facts").click()
    page.get_by_label("Something else: what it is").fill("Boards")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".error-summary")).to_contain_text("Say what is known of it")
    check(page)
    page.get_by_label("Something else: what is known of it").fill("six")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Hill Primary School")).to_be_visible()
    for words, line in (("We began with one board in the hall.", "L1"), ("Nobody minded the noise.", "")):
        page.get_by_label("Words").fill(words)
        page.get_by_label("Line of your transcript").fill(line)
        page.get_by_label("Speaker").fill("Ms Bird")
        page.get_by_label("Role").select_option(label="Teacher")
        page.get_by_role("button", name="Add the quote").click()
        expect(page.locator("blockquote").last).to_contain_text(words)
    expect(page.get_by_text("Ms Bird, teacher").first).to_be_visible()
    check(page)
    page.get_by_role("link", name="Edit the quote at quote 1").click()
    page.get_by_label("Line of your transcript").fill("L1")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".error-summary")).to_contain_text("stands at L1")
    check(page)
    page.get_by_role("link", name="Talks in the staff room").click()
    page.get_by_role("link", name="Say what the study is").click()
    expect(page.get_by_role("heading", name="What the study is")).to_be_visible()
    check(page)
    page.get_by_label("Authors").fill("Mia Moss")
    page.get_by_label("Summary").fill("What one school says about its board.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Offer it for publication").click()
    expect(page.get_by_role("heading", name="What everybody would see")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Offer it to the editors").click()
    expect(page.get_by_role("heading", name="is offered")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Take the offer back").click()
    expect(page.get_by_text("The offer is taken back.")).to_be_visible()
    page.get_by_role("link", name="Talks in the staff room").click()
    page.get_by_role("link", name="Delete the study").click()
    expect(page.get_by_text("2 quotes")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("is deleted.")).to_be_visible()
    assert not Study.objects.filter(title="Talks in the staff room").exists()
