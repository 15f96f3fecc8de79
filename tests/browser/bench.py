"""What browser tests of the workbench share: the quotes that a team codes, and where they stand on the page."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.bench import Team

Enter = Callable[..., Page]

# Emoji of one, two and many code points, combining marks, a letter beyond the first plane, blanks, and both line ends.
STRANGE = "A 👍🏽 from 👩‍👩‍👧 in Zu\u0308rich: 𝒳 and e\u0301te\u0301 <b>&amp; “so”.\r\nNext  line \t here. 🎉"
TEXTS = ["We tried boards and kept one. Then we bought more.", STRANGE, "A computer in every room."]


def text_of(page: Page, team: Team, place: int) -> Locator:
    return page.locator(f"#quote-{team.quotes[place].guid} [data-text]")


def quote_of(page: Page, team: Team, place: int) -> Locator:
    return page.locator(f"#quote-{team.quotes[place].guid}")


def saved(page: Page, words: str) -> None:
    """Wait until the page says so."""
    expect(page.locator("#bench-state")).to_have_text(re.compile("^" + re.escape(words)))
