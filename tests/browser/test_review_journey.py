"""From the first question to the second round: a co-ordinator, a colleague, and a plan."""

import re
from collections.abc import Iterator

import pytest
from django.core import mail
from django.core.cache import cache
from docx import Document
from playwright.sync_api import Page, expect

from tests.accounts.people import PASSWORD, code_sent
from tests.browser.bench import axe_faults, follow
from tests.browser.conftest import PageMaker
from tests.browser.test_review import QUESTION, begin

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_limits_used() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def look(page: Page) -> None:
    """axe finds nothing here, and the page does not scroll sideways."""
    assert axe_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def press(page: Page, name: str) -> None:
    follow(page.get_by_role("button", name=name, exact=True))


def answer(page: Page, level: str, text: str) -> None:
    """Answer the question that is open and go on to the next."""
    page.get_by_role("radio", name=level).check()
    page.locator("#id_text").fill(text)
    press(page, "Save and continue")


def make_account(page: Page, email: str) -> None:
    page.get_by_role("link", name="Make an account").or_(page.get_by_role("link", name="make an account")).first.click()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("New password").fill(PASSWORD)
    press(page, "Make the account")
    page.get_by_label("Code").fill(code_sent())
    press(page, "Go on")


def test_co_ordinator_goes_from_the_first_question_to_the_second_round(make_page: PageMaker):
    ann = make_page()
    # Five questions without an account; the connection is gone for one of them.
    address = begin(ann)
    ann.get_by_role("link", name=re.compile("^1.1 ")).click()
    for place in range(4):
        answer(ann, "Emerging", f"Answer {place + 1}.")
        expect(ann.get_by_text(f"question {place + 2} of 33")).to_be_visible()
    ann.context.set_offline(True)
    ann.locator("#id_text").fill("Written on the train.")
    expect(ann.locator("[data-save-state]")).to_contain_text("kept in this browser")
    look(ann)
    ann.context.set_offline(False)
    expect(ann.locator("[data-save-state]")).to_contain_text("Saved at")

    # On another device by the link; there she makes an account, and the review is tied to it.
    ann = make_page(width=390, height=844)
    ann.goto(address)
    ann.get_by_role("link", name=re.compile("^1.5 ")).click()
    expect(ann.locator("#id_text")).to_have_value("Written on the train.")
    ann.goto("/account/")
    make_account(ann, "ann@school.example")
    ann.goto("/review/")
    look(ann)
    follow(ann.get_by_role("link", name="Your school, round 1"))
    look(ann)
    press(ann, "Tie it to my account")
    look(ann)

    # She names herself, invites a colleague by e-mail and asks for everyone's own view.
    ann.get_by_role("link", name="People", exact=True).click()
    ann.get_by_label("Your name").fill("Ann")
    ann.get_by_role("button", name="Save", exact=True).first.click()
    ann.get_by_label("Colleague’s name").fill("Ben")
    ann.get_by_label("E-mail address").fill("ben@school.example")
    press(ann, "Invite them")
    expect(ann.get_by_text("It is on its way to ben@school.example.")).to_be_visible()
    look(ann)
    [link] = re.findall(r"http\S+/review/invitation/\S+", str(mail.outbox[-1].body))
    follow(ann.get_by_role("link", name="People", exact=True))
    look(ann)
    ann.get_by_role("link", name="How views work").click()
    press(ann, "Collect private views")
    look(ann)
    press(ann, "Collect views")
    look(ann)

    # Ben joins with an account of his own; both write a view of the second question, and see only their own.
    ben = make_page()
    ben.goto(link)
    look(ben)
    make_account(ben, "ben@school.example")
    press(ben, "Join as ben@school.example")
    ben.get_by_role("link", name=QUESTION).click()
    expect(ben.get_by_text("Nobody else can see it")).to_be_visible()
    look(ben)
    ben.locator("#id_text").fill("Ben's view.")
    ben.get_by_role("radio", name="Established").check()
    expect(ben.locator("[data-save-state]")).to_contain_text("Saved at")
    ann.get_by_role("link", name="Task list", exact=True).click()
    ann.get_by_role("link", name=QUESTION).click()
    expect(ann.locator("#id_text")).to_have_value("Answer 2.")
    expect(ann.get_by_text("Ben's view.")).to_have_count(0)
    answer(ann, "Emerging", "Ann's view.")

    # They reconcile: Ann opens the views and begins the school's answer from Ben's.
    ann.get_by_role("link", name="Views").click()
    press(ann, "Open the views to everyone")
    press(ann, "Open the views")
    look(ann)
    ann.get_by_role("link", name=QUESTION).click()
    expect(ann.get_by_text("2 levels apart.")).to_be_visible()
    look(ann)
    ann.get_by_role("link", name="Begin the school’s answer from this view by Ben").click()
    expect(ann.locator("#id_text")).to_have_value("Ben's view.")
    ann.get_by_role("link", name="Views").click()
    ann.get_by_label("Who writes the school’s answer").select_option(label="The leads and every contributor")
    press(ann, "Save who writes")

    # Both write the answer at once: the later one sees both texts, and puts them together.
    for one in (ann, ben):
        one.get_by_role("link", name="Task list", exact=True).click()
        one.get_by_role("link", name=QUESTION).click()
    answer(ben, "Established", "Agreed by Ben.")
    expect(ben.get_by_text("question 3 of 33")).to_be_visible()
    answer(ann, "Developing", "Agreed by Ann.")
    expect(ann.get_by_role("heading", name="While you wrote, Ben saved another answer")).to_be_visible()
    look(ann)
    press(ann, "Save this together")
    ann.get_by_role("link", name="Question 1.2").click()
    expect(ann.locator("#id_text")).to_have_value("Agreed by Ben.\n\nAgreed by Ann.")

    # An action follows from the question; the round is closed; the report opens in Word.
    ann.get_by_role("link", name="Add an action").click()
    ann.get_by_label("What is to be done").fill("Move the suite")
    ann.get_by_label("Who does it").select_option(label="Ben")
    ann.get_by_label("By when").fill("2027-03-31")
    press(ann, "Add the action")
    expect(ann.get_by_text("From question 1.2").first).to_be_visible()
    look(ann)
    ann.get_by_role("link", name="Rounds and sharing").click()
    follow(ann.get_by_role("link", name="Close round 1"))
    look(ann)
    press(ann, "Close the round")
    follow(ann.get_by_role("link", name="Report"))
    look(ann)
    with ann.expect_download() as download:
        ann.get_by_role("link", name="Word document").click()
    document = Document(str(download.value.path()))
    said = [one.text for one in document.paragraphs]
    assert "Agreed by Ann." in said
    assert document.tables[1].rows[1].cells[0].text == "Move the suite"
    assert document.tables[1].rows[1].cells[1].text == "Ben"

    # The second round stands beside the first.
    ann.get_by_role("link", name="Rounds and sharing").click()
    press(ann, "Go to the next round")
    ann.get_by_role("link", name="Views").click()
    press(ann, "Open the views to everyone")
    press(ann, "Open the views")
    ann.get_by_role("link", name="Task list", exact=True).click()
    ann.get_by_role("link", name=QUESTION).click()
    expect(ann.get_by_text("Last time (round 1): Developing")).to_be_visible()
    answer(ann, "Leading", "Done.")
    ann.get_by_role("link", name="Rounds and sharing").click()
    ann.get_by_role("link", name="Compare with round 2").click()
    row = ann.get_by_role("row", name=re.compile(QUESTION))
    expect(row).to_contain_text("up 2 levels")
    look(ann)
    follow(ann.get_by_role("link", name="Other schools"))
    look(ann)


def test_core_of_it_without_javascript(make_page: PageMaker):
    ann, ben = make_page(javascript=False), make_page(javascript=False)
    begin(ann)
    ann.get_by_role("link", name=re.compile("^1.1 ")).click()
    answer(ann, "Emerging", "Ann before.")
    ann.get_by_role("link", name="People", exact=True).click()
    ann.get_by_label("Colleague’s name").fill("Ben")
    press(ann, "Invite them")
    ben.goto(ann.get_by_label("Invitation link for Ben").input_value())
    press(ben, "Join without an account")
    ben.get_by_role("link", name="Go to the questions").click()
    ann.get_by_role("link", name="People", exact=True).click()
    ann.get_by_role("link", name="How views work").click()
    press(ann, "Collect private views")
    press(ann, "Collect views")
    ben.get_by_role("link", name=re.compile("^1.1 ")).click()
    answer(ben, "Leading", "Ben's view.")
    expect(ben.get_by_text("question 2 of 33")).to_be_visible()
    ann.get_by_role("link", name="Views").click()
    press(ann, "Open the views to everyone")
    press(ann, "Open the views")
    # Too late: the page that Ben still has open shows him his text again.
    ben.locator("#id_text").fill("Too late.")
    press(ben, "Save and continue")
    expect(ben.get_by_role("heading", name="This was not saved")).to_be_visible()
    expect(ben.get_by_label("What you wrote")).to_have_value("Too late.")
    ann.get_by_role("link", name=re.compile("^1.1 ")).click()
    ann.get_by_role("link", name="Begin the school’s answer from this view by Ben").click()
    press(ann, "Save and return to the task list")
    ann.get_by_role("link", name="Rounds and sharing").click()
    ann.get_by_role("link", name="Close round 1").click()
    press(ann, "Close the round")
    ann.get_by_role("link", name="Report").click()
    expect(ann.get_by_text("Ben's view.")).to_be_visible()
    with ann.expect_download() as download:
        ann.get_by_role("link", name="Word document").click()
    assert "Ben's view." in [one.text for one in Document(str(download.value.path())).paragraphs]


def tab_to(page: Page, name: str) -> None:
    """Go on with Tab until what has this accessible name has the focus, and see that the focus shows."""
    for _ in range(120):
        page.keyboard.press("Tab")
        text = page.evaluate(
            "const at = document.activeElement; (at.labels?.[0] ?? at).innerText?.trim() || at.ariaLabel || ''"
        )
        if name in text:
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            return
    raise AssertionError(f"The keyboard does not reach “{name}” on {page.url}")


def follow_with_enter(page: Page, name: str) -> None:
    """Go to what has this name with Tab, and on to where it leads with Enter."""
    tab_to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_core_of_it_by_keyboard_alone(page: Page):
    page.goto("/review/")
    follow_with_enter(page, "Start a review")
    follow_with_enter(page, "Go to the questions")
    follow_with_enter(page, "1.1")
    tab_to(page, "Not started")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Emerging")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("By keyboard.")
    expect(page.locator("[data-save-state]")).to_contain_text("Saved at")
    tab_to(page, "We have completed this question")
    page.keyboard.press("Space")
    follow_with_enter(page, "Save and return to the task list")
    expect(page.get_by_text("1 of 33 questions completed")).to_be_visible()
    follow_with_enter(page, "Rounds and sharing")
    follow_with_enter(page, "Close round 1")
    follow_with_enter(page, "Close the round")
    follow_with_enter(page, "Go to the next round")
    follow_with_enter(page, "1.1")
    expect(page.get_by_text("Last time (round 1): Emerging")).to_be_visible()
