"""Every page of the workbench in every state: accessibility rules, and no sideways scrolling."""

import pytest
from playwright.sync_api import Page, expect

from findings import actions
from tests.bench import Team
from tests.browser.bench import Enter, faults_of, follow, quote_of, saved, text_of

pytestmark = pytest.mark.django_db(transaction=True)

STATES = {
    "ann": [
        "",
        "code/{school}/",
        "codes/",
        "codes/{code}/",
        "codes/{code}/history/",
        "codings/",
        "downloads/",
        "progress/",
        "steps/",
    ],
    "lead": ["codes/{code}/", "settings/", "people/", "import/", "side-by-side/", "side-by-side/?show=disputed"],
    "viewer": ["", "codings/", "downloads/", "progress/", "side-by-side/"],
}


@pytest.mark.parametrize("is_open", [False, True], ids=["blind", "open"])
def test_axe_finds_nothing_in_any_state(enter: Enter, team: Team, is_open: bool):
    for name in ("ann", "ben"):
        team.code(name, memo="Because.")
        team.code(name, 0, 3, 11, code=1)
        team.code(name, 0, 3, 20)
        actions.write_note(codebook=team.codebook, coder=team.coder(name), quote=team.quotes[0], memo="N", is_key=True)
    if is_open:
        actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    found: list[str] = []

    def check(page: Page, state: str) -> None:
        found.extend(faults_of(page, state))

    for name, roads in STATES.items():
        page = enter(name)
        for road in roads:
            page.goto(
                team.road
                + road.format(school=team.quotes[0].school.slug, code=team.codes[0].guid, quote=team.quotes[0].guid)
            )
            page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
            check(page, f"{name} {road}")
    page = enter("ann")
    text_of(page, team, 0).focus()
    page.keyboard.press("ArrowRight")
    check(page, "a passage selected")
    page.keyboard.press("Enter")
    check(page, "the palette")
    page.keyboard.type("zebra")
    check(page, "the palette, nothing found")
    page.keyboard.press("Escape")
    quote_of(page, team, 0).locator("summary", has_text="Code the whole quote").click()
    quote_of(page, team, 0).get_by_label("Code the whole quote as").fill("zebra")
    quote_of(page, team, 0).get_by_role("button", name="Code it").click()
    saved(page, "Not saved.")
    check(page, "a save refused")
    page.context.set_offline(True)
    quote_of(page, team, 0).get_by_role("button", name="Done with this quote").click()
    saved(page, "Not saved: “Done")
    check(page, "no connection")
    page.context.set_offline(False)
    page = enter("lead", "import/")
    page.get_by_label("Or its text").fill("path,colour\nA > B,3\nC,2")
    follow(page.get_by_role("button", name="Show what will be made"))
    check(page, "a preview")
    page.get_by_label("Or its text").fill("path,colour\nA > B,99")
    page.get_by_role("button", name="Show what will be made").click()
    expect(page.get_by_text("Row 2: The colour “99” is none of 1 to 8, and not written like #3366cc.")).to_be_visible()
    check(page, "a faulty file")
    lead_codes = f"{team.road}codes/{team.codes[0].guid}/"
    team.code("lead")
    page.goto(lead_codes)
    page.get_by_label("Name of the new code").fill("Idea 2")
    page.get_by_role("button", name="Split off").click()
    expect(page.get_by_role("link", name="Tick at least one coding")).to_be_visible()
    check(page, "nothing to split off")
    page.get_by_label("Split this one off").first.check()
    page.get_by_role("button", name="Split off").click()
    expect(page.get_by_role("link", name="There is a code “Idea 2” here already.")).to_be_visible()
    check(page, "a split refused")
    page.get_by_label("Name of the new code").fill("Part")
    page.get_by_role("button", name="Split off").click()
    expect(page.get_by_text("The new code “Part” is split off.")).to_be_visible()
    page.get_by_label("Colour").select_option("green")
    page.get_by_role("button", name="Save the code").click()
    page.goto(f"{lead_codes}history/")
    expect(page.get_by_text("green")).to_be_visible()
    check(page, "a history")
    page.goto("/workbench/")
    check(page, "codebooks")
    assert not found, "\n".join(found)
