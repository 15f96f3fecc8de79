"""The analysis in a browser: from a number to its quotes, from opening to agreement, by keyboard, and on a phone."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from findings import actions
from tests.bench import Team
from tests.browser.bench import VIEWS, Enter, faults_of, follow

pytestmark = pytest.mark.django_db(transaction=True)


def code_a_school(team: Team) -> None:
    """Two coders, mostly of one mind, who are done with every quote."""
    for name, quote, start, end, code in [
        ("ann", 0, 0, 8, 0), ("ben", 0, 0, 8, 0), ("ann", 0, 4, 12, 1),
        ("ann", 1, 2, 9, 0), ("ben", 2, 0, 10, 1), ("lead", 2, 0, 10, 0),
    ]:  # fmt: skip
        team.code(name, quote, start, end, code, memo="Because.")
    for name in ("ann", "ben"):
        for quote in team.quotes:
            actions.write_note(codebook=team.codebook, coder=team.coder(name), quote=quote, is_done=True)


@pytest.mark.parametrize("width", VIEWS)
def test_matrix_cell_leads_to_the_right_quotes(enter: Enter, team: Team, width: int):
    code_a_school(team)
    page = enter("ann", "matrix/", width=width)
    row = page.get_by_role("row", name=re.compile("Idea 1"))
    row.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=2)).to_have_text("2 quotes, with 2 codings with the codes asked for")
    expect(page.locator(".lede")).to_contain_text("Quotes coded “Idea 1” and of “School")
    shown = page.locator(".bench-quote")
    assert [one.get_attribute("id") for one in shown.all()] == [f"quote-{one.guid}" for one in team.quotes[:2]]
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    page.goto(f"{team.road}matrix/")
    row.get_by_role("link").first.click()
    expect(shown).to_have_count(3)


@pytest.mark.parametrize("width", VIEWS)
def test_lead_opens_and_sees_agreement(enter: Enter, team: Team, width: int):
    code_a_school(team)
    page = enter("lead", "agreement/", width=width)
    expect(page.get_by_text("Agreement can be computed once a lead opens the codings.")).to_be_visible()
    expect(page.locator("table")).to_have_count(0)
    page.get_by_role("link", name="settings", exact=True).click()
    page.locator('input[name="sure"]').check()
    page.locator('form[action$="/open/"] button').click()
    page.get_by_role("link", name="Agreement").click()
    page.get_by_text("Coders (all)").click()
    page.get_by_role("checkbox", name="Ann").check()
    page.get_by_role("checkbox", name="Ben").check()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("columnheader", name="Cohen’s kappa")).to_be_visible()
    row = page.get_by_role("row", name=re.compile("^Idea 1"))
    expect(row.get_by_role("cell").nth(1)).to_contain_text("0.667")  # of three quotes two alike
    row.get_by_role("link", name=re.compile("Ann alone")).click()
    expect(page.locator(".bench-quote")).to_have_attribute("id", f"quote-{team.quotes[1].guid}")


def test_query_is_built_by_keyboard_alone(enter: Enter, team: Team):
    code_a_school(team)
    page = enter("ann", "query/")

    def press(name: str, role: Any = "button", key: str = "Enter") -> None:
        page.get_by_role(role, name=name, exact=True).first.focus()
        page.keyboard.press(key)

    press("Add: Code")
    expect(page.get_by_text("Fill in the new condition, then choose Find.")).to_be_visible()
    press("Idea 1", "checkbox", "Space")
    press("Find")
    expect(page.locator(".bench-quote")).to_have_count(2)
    press("Add: Code")
    second = page.get_by_role("group", name=re.compile("condition 2"))
    second.get_by_role("checkbox", name="Idea 2").focus()
    page.keyboard.press("Space")
    second.get_by_label("The quote").focus()
    page.keyboard.press("ArrowDown")
    press("Find")
    expect(page.locator(".said")).to_contain_text("coded “Idea 1” and not coded “Idea 2”")
    expect(page.locator(".bench-quote")).to_have_count(1)
    page.get_by_label("Name").focus()
    page.keyboard.type("First alone")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The query “First alone” is saved.")).to_be_visible()


def test_query_is_built_without_javascript(enter: Enter, team: Team):
    code_a_school(team)
    page = enter("ann", "query/", javascript=False)
    page.get_by_role("button", name="Add: Words of the quote").click()
    page.get_by_label("Words", exact=True).fill("computer")
    page.get_by_role("button", name="Find", exact=True).click()
    expect(page.locator(f"#quote-{team.quotes[2].guid}")).to_be_visible()
    page.get_by_role("button", name=re.compile("Take this condition away")).click()
    expect(page.get_by_text("No conditions yet: all quotes of the study.")).to_be_visible()


def test_summary_is_written_beside_the_quotes_and_never_lost(enter: Enter, team: Team):
    code_a_school(team)
    road = f"framework/{team.quotes[0].school.slug}/{team.codes[0].guid}/"
    first, second = enter("ann", road), enter("ann", road)
    expect(first.locator(".bench-quote")).to_have_count(2)
    for page, words in ((first, "Here."), (second, "There.")):
        page.get_by_label("Your summary").fill(words)
        page.get_by_role("button", name="Save the summary").click()
    expect(second.get_by_role("heading", level=1)).to_contain_text("you saved another summary")
    second.get_by_role("button", name="Save this together").click()
    expect(second.get_by_label("Your summary")).to_have_value("Here.\n\nThere.")


STATES = [
    "agreement/", "agreement/?coder={ann}&coder={ben}", "agreement/?unit=words",
    "matrix/", "matrix/?columns=findings", "matrix/?columns=role&percent=row", "matrix/?columns=role&bands=many",
    "together/", "together/?kind=near", "together/?reach=99",
    "framework/", "framework/{school}/{code}/",
    "words/", "words/?q=boards", "words/?q=zebra", "words/?q=*", "words/frequencies/?group=school-a",
    "query/", "query/?kind1=code&value1={code}&kind2=text&value2=boards&join2=or", "query/?kind1=code&fresh=1",
    "query/?kind1=code", "query/?kind1=text&value1=zebra", "quotes/?kind1=code&value1={code}", "quotes/?kind1=so",
    "codes/{code}/report/", "progress/", "codings/",
]  # fmt: skip


@pytest.mark.parametrize("is_open", [False, True], ids=["blind", "open"])
def test_axe_finds_nothing_on_any_page_of_the_analysis(enter: Enter, team: Team, is_open: bool):
    code_a_school(team)
    query = f"kind1=code&value1={team.codes[0].guid}"
    kept = actions.save_query(codebook=team.codebook, owner=team.coder("ann"), name="Kept", asked=query)
    actions.save_summary(
        coder=team.coder("ann"), school=team.quotes[0].school, code=team.codes[0], text="So " * 60, base=0
    )
    if is_open:
        actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    names = {"ann": team.coder("ann").guid, "ben": team.coder("ben").guid, "code": team.codes[0].guid}
    found: list[str] = []

    def check(page: Page, state: str) -> None:
        page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
        found.extend(faults_of(page, state))

    page = enter("ann")
    for road in [*STATES, f"query/{kept.guid}/delete/"]:
        page.goto(team.road + road.format(school=team.quotes[0].school.slug, **names))
        check(page, road)
    page.goto(f"{team.road}framework/{team.quotes[0].school.slug}/{team.codes[0].guid}/")
    page.locator('input[name="base"]').evaluate("base => { base.value = 0; }")
    page.get_by_label("Your summary").fill("Another.")
    follow(page.get_by_role("button", name="Save the summary"))
    check(page, "two summaries")
    viewer = enter("viewer", "matrix/")
    for road in ("agreement/", "matrix/", "together/", "framework/", "query/", "codes/{code}/report/"):
        viewer.goto(team.road + road.format(**names))
        check(viewer, f"viewer {road}")
    assert not found, "\n".join(found)
