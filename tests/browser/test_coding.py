"""A team codes a school: by mouse and by keyboard alone, blind, then opened and decided."""

import pytest
from django.conf import settings
from playwright.sync_api import Locator, Page, Route, expect

from findings.models import Coding, Decision, QuoteNote
from tests.bench import Team
from tests.browser.bench import TEXTS, VIEWS, Enter, quote_of, saved, text_of

pytestmark = pytest.mark.django_db(transaction=True)


def passages(team: Team, name: str) -> list[tuple[str, str]]:
    """What a member coded: passage and code, in the order of coding."""
    codings = Coding.objects.filter(coder=team.coder(name)).select_related("quote", "code").order_by("pk")
    return [(one.passage, one.code.name) for one in codings]


DRAG = """([text, start, end]) => {
  const walk = (units) => {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    let left = units;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (left <= node.length) return [node, left];
      left -= node.length;
    }
  };
  const range = document.createRange();
  range.setStart(...walk(start));
  range.setEnd(...walk(end));
  const boxes = [...range.getClientRects()];
  return { from: [boxes[0].left + 1, boxes[0].top + boxes[0].height / 2],
           to: [boxes.at(-1).right - 1, boxes.at(-1).top + boxes.at(-1).height / 2] };
}"""


def drag(page: Page, text: Locator, words: str, *, alt: bool = False) -> None:
    """Select words with the mouse. `alt`: with that key held down, by exact characters."""
    text.scroll_into_view_if_needed()
    start = text.evaluate("(text, words) => text.textContent.indexOf(words)", words)
    units = len(words.encode("utf-16-le")) // 2
    place = page.evaluate(DRAG, [text.element_handle(), start, start + units])
    if alt:
        page.keyboard.down("Alt")
    page.mouse.move(*place["from"])
    page.mouse.down()
    page.mouse.move(*place["to"], steps=4)
    page.mouse.up()
    if alt:
        page.keyboard.up("Alt")


def test_text_shown_is_the_text_stored_character_for_character(enter: Enter, team: Team):
    team.code("ann", 1, 2, 4)
    team.code("ann", 1, 3, 9, code=1)
    page = enter("ann")
    for place, quote in enumerate(team.quotes):
        assert text_of(page, team, place).evaluate("text => text.textContent") == quote.text
        assert text_of(page, team, place).locator("b").count() == 0


def test_passages_coded_by_mouse_are_the_passages_selected(enter: Enter, team: Team):
    page = enter("ann")
    strange = [
        "👍🏽",
        "👩‍👩‍👧",
        "Zu\u0308rich",
        "𝒳 and",
        "e\u0301te\u0301",
        "<b>&amp; “so”.",
        "Next  line \t here. 🎉",
        "from 👩‍👩‍👧 in Zu\u0308rich: 𝒳",
    ]
    for number, words in enumerate(strange, start=1):
        drag(page, text_of(page, team, 1), words)
        page.locator("#selection-bar").get_by_role("button", name="Idea 2").click()
        expect(quote_of(page, team, 1).locator(".margin__item")).to_have_count(number)
        page.keyboard.press("Escape")
    drag(page, text_of(page, team, 0), "ied boar")
    expect(page.locator("#selection-words")).to_have_text("“tried boards”")
    page.get_by_label("Exact characters").check()
    expect(page.locator("#selection-words")).to_have_text("“ied boar”")
    page.get_by_label("Exact characters").uncheck()
    expect(page.locator("#selection-words")).to_have_text("“tried boards”")
    page.keyboard.press("Escape")
    drag(page, text_of(page, team, 0), "ied boar", alt=True)
    page.locator("#selection-bar").get_by_role("button", name="Idea 1").click()
    saved(page, "Coded as Idea 1: “ied boar”")
    expect(page.locator("#selection-words")).to_have_text("“ied boar”")
    assert passages(team, "ann") == [*((words, "Idea 2") for words in strange), ("ied boar", "Idea 1")]


def test_no_character_is_cut_in_two(enter: Enter, team: Team):
    page = enter("ann")
    page.evaluate(
        """(id) => {
          const text = document.querySelector(`#quote-${id} [data-text]`);
          const node = text.firstChild, at = node.data.indexOf("𝒳");
          getSelection().setBaseAndExtent(node, at + 1, node, at + 4);  // from the middle of a surrogate pair
        }""",
        str(team.quotes[1].guid),
    )
    page.get_by_role("button", name="Idea 1").click()
    saved(page, "Coded as Idea 1")
    assert passages(team, "ann") == [("𝒳 a", "Idea 1")]


def test_whole_session_by_keyboard_alone(enter: Enter, team: Team):
    page = enter("ann")
    text_of(page, team, 0).focus()
    said = page.locator("#announce")
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text("We")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(said).to_have_text("tried boards")
    page.keyboard.press("1")
    saved(page, "Coded as Idea 1: “tried boards”")
    expect(text_of(page, team, 0)).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowLeft")
    expect(said).to_have_text("tried boards and, coded Idea 1")
    page.keyboard.press("Enter")
    box = page.get_by_role("combobox", name="Code the passage as")
    expect(box).to_be_focused()
    box.press_sequentially("idea 2")
    expect(box).to_have_attribute("aria-activedescendant", "option-2")
    page.keyboard.press("Enter")
    saved(page, "Coded as Idea 2")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text("kept")
    page.keyboard.press("ArrowUp")
    expect(said).to_contain_text("We tried boards and kept one.")
    page.keyboard.press("ArrowDown")
    expect(said).to_have_text("Then we bought more.")
    page.keyboard.press("Shift+Home")
    page.keyboard.press("Enter")
    page.keyboard.type("Buying")
    expect(page.get_by_role("option", name="Add a new code “Buying”")).to_be_visible()
    page.keyboard.press("Enter")
    saved(page, "Coded as Buying")
    assert [name for _, name in passages(team, "ann")] == ["Idea 1", "Idea 2", "Buying"]
    assert passages(team, "ann")[1][0] == "tried boards and"
    page.keyboard.press("Enter")  # what was made is in the list at once, and not offered as new again
    page.keyboard.type("buying")
    expect(page.get_by_role("option", name="Buying", exact=True)).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("option", name="Add a new code")).to_have_count(0)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+z")
    saved(page, "Undone")
    page.keyboard.press("Control+z")
    saved(page, "Undone: “tried boards and” coded as “Idea 2”")
    assert passages(team, "ann") == [("tried boards", "Idea 1")]
    page.keyboard.press("Control+Shift+z")
    saved(page, "Redone")
    assert len(passages(team, "ann")) == 2
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(text_of(page, team, 0)).to_be_focused()
    tools = quote_of(page, team, 0).locator(".margin__tools > *")
    page.keyboard.press("Tab")
    expect(tools.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(tools.nth(tools.count() // 2)).to_be_focused()
    page.keyboard.press("Tab")
    expect(quote_of(page, team, 0).get_by_role("button", name="Done with this quote")).to_be_focused()
    page.keyboard.press("n")
    expect(text_of(page, team, 1)).to_be_focused()
    page.keyboard.press("p")
    expect(text_of(page, team, 0)).to_be_focused()
    page.keyboard.press("d")
    saved(page, "Done with this quote")
    expect(page.locator("#bench-done")).to_contain_text("1 of 3 quotes done")
    assert QuoteNote.objects.get(coder=team.coder("ann")).done_at is not None


@pytest.mark.parametrize("width", VIEWS)
def test_undo_and_redo_go_on_after_a_reload(enter: Enter, team: Team, width: int):
    page = enter("ann", width=width)
    drag(page, text_of(page, team, 0), "tried boards")
    page.keyboard.press("1") if text_of(page, team, 0).evaluate(
        "t => t === document.activeElement"
    ) else page.get_by_role("button", name="Idea 1").click()
    saved(page, "Coded as Idea 1")
    page.reload()
    page.get_by_role("button", name="Undo").click()
    saved(page, "Undone")
    assert passages(team, "ann") == []
    page.reload()
    page.get_by_role("button", name="Redo").click()
    saved(page, "Redone")
    assert passages(team, "ann") == [("tried boards", "Idea 1")]


def test_press_lands_although_the_answer_of_a_save_comes_between_its_down_and_its_up(enter: Enter, team: Team):
    team.code("ann")
    page = enter("ann")
    waiting: list[Route] = []
    page.route("**/note/", lambda route: waiting.append(route), times=1)
    quote = quote_of(page, team, 0)
    quote.get_by_role("button", name="Mark as key quote").click()
    saved(page, "Saving")
    where = quote.get_by_role("button", name="Done with this quote").bounding_box()
    assert where is not None
    page.mouse.move(where["x"] + 9, where["y"] + 9)
    page.mouse.down()
    with page.expect_response("**/note/"):
        waiting[0].continue_()  # the answer puts the quote anew, with all its buttons
    page.wait_for_timeout(200)
    page.mouse.up()
    saved(page, "Done with this quote")
    note = QuoteNote.objects.get(coder=team.coder("ann"))
    assert note.is_key
    assert note.done_at is not None


@pytest.mark.parametrize("width", VIEWS)
def test_memo_key_quote_and_typed_text_are_kept(enter: Enter, team: Team, width: int):
    team.code("ann")
    page = enter("ann", width=width)
    quote = quote_of(page, team, 0)
    quote.locator("summary", has_text="Write a memo").click()
    quote.get_by_label("Memo on the quote").fill("Half a thought")
    quote.get_by_role("link", name="Add memo").click()
    quote.get_by_label("Memo: why").fill("Because they tried.")
    quote.locator(".memo-form").get_by_role("button", name="Save the memo").click()
    saved(page, "Memo on Idea 1 saved")
    assert Coding.objects.get(coder=team.coder("ann")).memo == "Because they tried."
    expect(quote.get_by_label("Memo on the quote")).to_have_value("Half a thought")
    quote.get_by_role("button", name="Mark as key quote").click()
    saved(page, "Marked as a key quote")
    expect(quote.get_by_label("Memo on the quote")).to_have_value("Half a thought")
    quote.locator(".bench-quote__foot").get_by_role("button", name="Save the memo").click()
    saved(page, "Memo on the quote saved")
    note = QuoteNote.objects.get(coder=team.coder("ann"))
    assert (note.memo, note.is_key) == ("Half a thought", True)
    quote.get_by_role("link", name="Memo on Idea 1").click()
    quote.get_by_label("Memo: why").fill("x" * 20_001)
    quote.locator(".memo-form").get_by_role("button", name="Save the memo").click()
    saved(page, "Not saved. Shorten this to 20,000 characters: it has 20,001.")
    expect(quote.get_by_label("Memo: why")).to_have_value("x" * 20_001)
    page.once("dialog", lambda dialog: dialog.accept())


def test_overlapping_passages_of_one_code_are_merged(enter: Enter, team: Team):
    team.code("ann", 0, 0, 8)
    team.code("ann", 0, 3, 15)
    page = enter("ann")
    quote_of(page, team, 0).get_by_role("button", name="Merge overlapping").first.click()
    saved(page, "Overlapping passages of Idea 1 merged")
    assert passages(team, "ann") == [("We tried boards", "Idea 1")]
    quote_of(page, team, 0).get_by_role("button", name="Remove Idea 1").click()
    saved(page, "Idea 1 removed")
    assert passages(team, "ann") == []


def test_what_could_not_be_sent_is_not_shown_as_saved(enter: Enter, team: Team):
    page = enter("ann")
    drag(page, text_of(page, team, 0), "tried boards")
    page.context.set_offline(True)
    page.get_by_role("button", name="Idea 1").click()
    saved(page, "Not saved: “tried boards” as Idea 1. There is no connection.")
    expect(quote_of(page, team, 0).locator(".margin__item")).to_have_count(0)
    assert passages(team, "ann") == []
    page.context.set_offline(False)
    saved(page, "Coded as Idea 1")
    expect(quote_of(page, team, 0).locator(".margin__item")).to_have_count(1)
    assert passages(team, "ann") == [("tried boards", "Idea 1")]


def test_who_was_signed_out_loses_nothing(enter: Enter, team: Team):
    page = enter("ann")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    drag(page, text_of(page, team, 0), "tried boards")
    page.get_by_role("button", name="Idea 1").click()
    saved(page, "Not saved: “tried boards” as Idea 1.")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_without_javascript_whole_quotes_are_coded(enter: Enter, team: Team):
    page = enter("ann", javascript=False)
    quote = quote_of(page, team, 0)
    quote.locator("summary", has_text="Code the whole quote").click()
    quote.get_by_label("Code the whole quote as").fill("idea 2")
    quote.get_by_role("button", name="Code it").click()
    expect(page.get_by_text("Coded as Idea 2")).to_be_visible()
    assert passages(team, "ann") == [(TEXTS[0], "Idea 2")]
    quote.locator("summary", has_text="Code the whole quote").click()
    quote.get_by_label("Code the whole quote as").fill("nonsense")
    quote.get_by_role("button", name="Code it").click()
    expect(page.get_by_text("There is no code “nonsense” in use.")).to_be_visible()
    expect(quote.get_by_label("Code the whole quote as")).to_have_value("nonsense")
    page.go_back()
    quote.get_by_role("link", name="Add memo").click()
    page.get_by_label("Memo: why").fill("So.")
    page.get_by_role("button", name="Save the memo").click()
    quote.get_by_role("button", name="Remove Idea 2").click()
    assert passages(team, "ann") == []
    page.get_by_role("button", name="Undo").click()
    assert passages(team, "ann") == [(TEXTS[0], "Idea 2")]
    quote.get_by_role("button", name="Done with this quote").click()
    expect(quote.get_by_role("button", name="Not done after all")).to_be_visible()


def test_touch_selection_gets_a_bar_on_a_narrow_screen(enter: Enter, team: Team):
    page = enter("ann", width=390, has_touch=True)
    text = text_of(page, team, 2)
    text.scroll_into_view_if_needed()
    text.evaluate("text => getSelection().setBaseAndExtent(text.firstChild, 2, text.firstChild, 10)")
    page.get_by_role("button", name="Choose a code").tap()
    page.get_by_role("option", name="Idea 2").tap()
    saved(page, "Coded as Idea 2")
    assert passages(team, "ann") == [("computer", "Idea 2")]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("width", VIEWS)
def test_two_code_blind_and_the_lead_opens_and_decides(enter: Enter, team: Team, width: int):
    ann, ben = enter("ann", width=width), enter("ben", width=width)
    drag(ann, text_of(ann, team, 0), "tried boards")
    ann.get_by_role("button", name="Idea 1").click()
    saved(ann, "Coded as Idea 1")
    quote_of(ann, team, 0).get_by_role("button", name="Done with this quote").click()
    saved(ann, "Done")
    text_of(ben, team, 0).focus()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "1"):
        ben.keyboard.press(key)
    saved(ben, "Coded as Idea 1: “tried boards and”")
    ben.reload()
    expect(ben.locator(".margin__item")).to_have_count(1)
    lead = enter("lead", "side-by-side/", width=width)
    expect(lead.get_by_text("The codings are not opened yet.")).to_be_visible()
    lead.goto(f"{team.road}progress/")
    expect(lead.get_by_role("row", name="All")).to_contain_text("1")
    lead.goto(f"{team.road}settings/")
    lead.get_by_label("I want to open the codings").check()
    lead.get_by_role("button", name="Open the codings").click()
    lead.get_by_label("Show").select_option("Only disagreements")
    lead.get_by_role("button", name="Apply").click()
    row = lead.locator("tr", has=lead.locator("th", has_text="tried boards and”"))
    row.locator("summary").click()
    row.get_by_label("Reason").fill("The word and adds nothing.")
    row.get_by_label("Another passage").select_option(index=0)
    row.get_by_role("button", name="Accept with this passage").click()
    expect(lead.get_by_text("Adjusted. You can undo it")).to_be_visible()
    made = Decision.objects.select_related("coding__quote").get()
    assert (made.coding.passage, made.reason) == ("tried boards", "The word and adds nothing.")
    lead.goto(f"{team.road}steps/")
    lead.get_by_role("button", name="Undo").click()
    expect(lead.get_by_text("Undone: Adjusted").first).to_be_visible()
    assert not Decision.objects.exists()
