"""A co-ordinator answers the self-review, loses the connection, comes back elsewhere, and settles a conflict."""

import json
import re

import pytest
from playwright.sync_api import Page, Route, expect

from selfreview.models import Answer
from tests.browser.bench import axe_faults, faults_of, follow
from tests.browser.conftest import PageMaker

pytestmark = pytest.mark.django_db(transaction=True)

QUESTION = "Where do you want to put computers?"


def begin(page: Page) -> str:
    """Start a review and come to its task list; the private link."""
    page.goto("/review/")
    page.get_by_role("button", name="Start a review").click()
    address = page.get_by_label("Private link").input_value()
    page.get_by_role("link", name="Go to the questions").click()
    return address


def invite(page: Page, name: str) -> str:
    """Invite a colleague; the link to pass on."""
    page.get_by_role("link", name="People", exact=True).click()
    page.get_by_label("Colleague’s name").fill(name)
    page.get_by_role("button", name="Invite them").click()
    address = page.get_by_label(f"Invitation link for {name}").input_value()
    page.get_by_role("link", name="Task list", exact=True).click()
    return address


def join(page: Page, address: str) -> None:
    """Take up an invitation without an account, and come to the task list."""
    page.goto(address)
    page.get_by_role("button", name="Join without an account").click()
    page.get_by_role("link", name="Go to the questions").click()


def test_answer_is_saved_while_it_is_written_and_waits_for_the_connection(make_page: PageMaker):
    page = make_page()
    address = begin(page)
    page.get_by_role("link", name=QUESTION).click()
    text = page.get_by_role("textbox")
    text.fill("In every classroom.")
    expect(page.locator("[data-save-state]")).to_contain_text("Saved at")
    page.context.set_offline(True)
    text.fill("In every classroom, and a suite.")
    expect(page.locator("[data-save-state]")).to_contain_text("kept in this browser")
    page.context.set_offline(False)
    expect(page.locator("[data-save-state]")).to_contain_text("Saved at")
    other = make_page(width=390, dark=True)
    other.goto(address)
    expect(other.get_by_text("0 of 33 questions completed")).to_be_visible()
    other.get_by_role("link", name=QUESTION).click()
    expect(other.get_by_role("textbox")).to_have_value("In every classroom, and a suite.")


def test_text_that_could_not_be_sent_comes_back_after_a_reload(page: Page):
    begin(page)
    page.get_by_role("link", name=QUESTION).click()
    page.route("**/what/2/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.get_by_role("textbox").fill("Written without a connection.")
    expect(page.locator("[data-save-state]")).to_contain_text("kept in this browser")
    page.unroute("**/what/2/")
    page.reload()
    expect(page.get_by_role("textbox")).to_have_value("Written without a connection.")
    expect(page.locator("[data-save-state]")).to_contain_text("Saved at")


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_two_colleagues_settle_a_conflict(make_page: PageMaker, javascript: bool):
    ann, ben = make_page(javascript=javascript), make_page(javascript=javascript)
    begin(ann)
    join(ben, invite(ann, "Ben"))
    for one in (ann, ben):
        one.get_by_role("link", name=QUESTION).click()
    ben.get_by_label("Developing").check()
    ben.get_by_role("textbox").fill("Ben: a suite.")
    ben.get_by_role("button", name="Save and continue").click()
    expect(ben.get_by_text("question 3 of 33")).to_be_visible()
    ann.get_by_role("textbox").fill("Ann: classrooms.")
    ann.get_by_role("button", name="Save and continue").click()
    expect(ann.get_by_role("heading", name="While you wrote, Ben saved another answer")).to_be_visible()
    if javascript:
        assert axe_faults(ann) == []
    expect(ann.get_by_label("Answer")).to_have_value("Ben: a suite.\n\nAnn: classrooms.")
    ann.get_by_role("button", name="Save this together").click()
    expect(ann.get_by_text("question 3 of 33")).to_be_visible()
    ann.get_by_role("link", name="Question 1.2").click()
    expect(ann.get_by_role("textbox")).to_have_value("Ben: a suite.\n\nAnn: classrooms.")
    ann.get_by_role("link", name="Earlier versions of this answer").click()
    follow(ann.get_by_role("link", name="Compare with how it stands now").first)
    if javascript:
        assert axe_faults(ann) == []
    ann.get_by_role("button", name=re.compile("the answer again")).click()
    expect(ann.get_by_role("textbox")).to_have_value("Ben: a suite.")


def both_at(question: str, ann: Page, ben: Page) -> None:
    """Two members of one review, each at this question of it."""
    begin(ann)
    join(ben, invite(ann, "Ben"))
    for one in (ann, ben):
        one.get_by_role("link", name=question).click()


@pytest.mark.parametrize("is_conflict", [True, False], ids=["of a conflict", "of what changed elsewhere"])
def test_press_lands_although_the_answer_of_a_save_comes_between_its_down_and_its_up(
    make_page: PageMaker, is_conflict: bool
):
    ann, ben = make_page(width=390), make_page()
    both_at(QUESTION, ann, ben)
    if is_conflict:
        ben.get_by_label("Your answer").fill("Ben: a suite.")
    else:
        ben.get_by_text("Evidence", exact=True).click()
        ben.get_by_label("Links and documents").fill("Plan of the suite")
    ben.get_by_role("button", name="Save and continue").click()
    expect(ben.get_by_text("question 3 of 33")).to_be_visible()
    ann.get_by_label("Your answer").fill("Ann: classrooms.")
    button = ann.get_by_role("button", name="Save and continue")
    button.scroll_into_view_if_needed()
    where = button.bounding_box()
    assert where is not None
    ann.mouse.move(where["x"] + 20, where["y"] + 4)  # near its upper edge: any line more above it moves it away
    expect(ann.locator("[data-save-state]")).to_have_text("Not saved yet")
    with ann.expect_response("**/what/2/") as answered:
        ann.mouse.down()  # leaves the text, which saves it; the words of a conflict take three lines, evidence unfolds
    assert answered.value.status == (409 if is_conflict else 200)
    ann.wait_for_timeout(200)
    ann.mouse.up()
    if is_conflict:
        expect(ann.get_by_role("heading", name="While you wrote, Ben saved another answer")).to_be_visible()
        return
    expect(ann.get_by_text("question 3 of 33")).to_be_visible()
    answer = Answer.objects.get(question__text__startswith=QUESTION)
    assert (answer.text, answer.evidence) == ("Ann: classrooms.", "Plan of the suite")


def test_what_changed_elsewhere_stays_though_one_writes_on_while_a_save_is_under_way(make_page: PageMaker):
    ann, ben = make_page(), make_page()
    both_at(QUESTION, ann, ben)
    ben.get_by_label("Developing").check()
    ben.get_by_role("button", name="Save and continue").click()
    expect(ben.get_by_text("question 3 of 33")).to_be_visible()
    held: list[Route] = []
    ann.route("**/what/2/", lambda route: held.append(route), times=1)
    with ann.expect_request("**/what/2/"):
        ann.get_by_label("Your answer").fill("Ann: class")
    ann.get_by_label("Your answer").press_sequentially("rooms.")
    held[0].continue_()
    expect(ann.get_by_label("Developing")).to_be_checked()
    expect(ann.get_by_label("Your answer")).to_have_value("Ann: classrooms.")
    expect(ann.locator("[data-save-state]")).to_have_text(re.compile(r"^Saved at \d\d:\d\d$"))
    answer = Answer.objects.get(question__text__startswith=QUESTION)
    assert (answer.text, answer.level) == ("Ann: classrooms.", "developing")


def test_words_about_a_save_come_although_the_end_of_a_press_is_never_seen(page: Page):
    begin(page)
    follow(page.get_by_role("link", name=QUESTION))  # its script has run
    page.get_by_label("Your answer").fill("In every classroom.")
    expect(page.locator("[data-save-state]")).to_have_text("Not saved yet")
    page.dispatch_event("body", "pointerdown")  # as where a menu opens over the page, and takes the rest
    expect(page.locator("[data-save-state]")).to_contain_text("Saved at")


def test_answers_can_be_taken_away_and_deleted(page: Page):
    begin(page)
    page.get_by_role("link", name=QUESTION).click()
    page.get_by_label("We have completed this question").check()
    page.get_by_role("button", name="Save and return to the task list").click()
    expect(page.get_by_text("1 of 33 questions completed")).to_be_visible()
    page.get_by_role("link", name="Report").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="JSON, with every earlier state").click()
    with open(download.value.path(), encoding="utf-8") as file:
        answers = json.load(file)["answers"]
    assert len(answers) == 33
    assert [answer["number"] for answer in answers if answer["status"] == "Completed"] == ["1.2"]
    page.get_by_role("link", name="People", exact=True).click()
    page.get_by_role("link", name="Delete this review").click()
    page.get_by_role("button", name="Delete everything").click()
    expect(page.get_by_text("The review is deleted")).to_be_visible()


def test_axe_finds_nothing_in_a_review(make_page: PageMaker):
    page = make_page()
    begin(page)
    page.get_by_role("link", name=QUESTION).click()
    base = page.url.partition("what/")[0]
    page.get_by_role("textbox").fill("x" * 10_001)
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    page.goto(base + "actions/")
    page.get_by_label("What is to be done").fill("Buy boards")
    page.get_by_label("By when").fill("2020-01-31")
    page.get_by_role("button", name="Add the action").click()
    expect(page.get_by_text("overdue").first).to_be_visible()
    found = []
    page.goto(base + "team/")
    page.get_by_label("Colleague’s name").fill("Nell")
    follow(page.get_by_role("button", name="Invite them"))
    roads = [None, "", "what/1/", "what/2/history/", "team/", "link/", "answers/", "delete/", "profile/", "actions/"]
    roads += ["rounds/", "rounds/close/", "views/", "benchmark/", "../return/nothing/"]
    for road in roads:
        if road is not None:
            page.goto(base + road)
        found += faults_of(page, page.url)
    assert not found, "\n".join(found)
