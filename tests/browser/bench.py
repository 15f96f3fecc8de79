"""What browser tests of the workbench share: the quotes that a team codes, and where they stand on the page."""

import re
from collections.abc import Callable
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.bench import Team

Enter = Callable[..., Page]

# Emoji of one, two and many code points, combining marks, a letter beyond the first plane, blanks, and both line ends.
STRANGE = "A 👍🏽 from 👩‍👩‍👧 in Zu\u0308rich: 𝒳 and e\u0301te\u0301 <b>&amp; “so”.\r\nNext  line \t here. 🎉"
TEXTS = ["We tried boards and kept one. Then we bought more.", STRANGE, "A computer in every room."]


RULES = {
    "resultTypes": ["violations"],  # what passes is not written out, node by node
    "preload": False,  # no rule chosen here reads style sheets
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
}


def follow(locator: Locator) -> None:
    """Click a link or a button, and wait until the page that it leads to is there: until then the old page, or one
    that has not begun, would be looked at."""
    with locator.page.expect_navigation():
        locator.click()


def axe_faults(page: Page) -> list[str]:
    """What axe finds wrong with a page that has come; whatever led to it went by `follow`, or waited for its words.

    A page's words may be there before its style sheets, so the sheets are waited for.
    """
    page.wait_for_load_state("load")
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


# Wide in light colours and narrow in dark ones: between them every layout and every colour is seen.
VIEWS: dict[int, Literal["light", "dark"]] = {1280: "light", 390: "dark"}
NARROWEST = 320  # CSS pixels


def faults_of(page: Page, state: str) -> list[str]:
    """What is wrong with a page as it stands: what axe finds in every view, and where it scrolls sideways."""
    found = []
    for width in (*VIEWS, NARROWEST):
        page.set_viewport_size({"width": width, "height": 900})
        if width in VIEWS:
            page.emulate_media(color_scheme=VIEWS[width])
            found += [f"{state}, {width}: {fault}" for fault in axe_faults(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{state}, {width}: scrolls sideways")
    page.set_viewport_size({"width": max(VIEWS), "height": 900})
    return found


def text_of(page: Page, team: Team, place: int) -> Locator:
    return page.locator(f"#quote-{team.quotes[place].guid} [data-text]")


def quote_of(page: Page, team: Team, place: int) -> Locator:
    return page.locator(f"#quote-{team.quotes[place].guid}")


def saved(page: Page, words: str) -> None:
    """Wait until the page says so."""
    expect(page.locator("#bench-state")).to_have_text(re.compile("^" + re.escape(words)))
