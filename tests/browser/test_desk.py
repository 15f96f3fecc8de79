"""The editors' desk in a browser: Django's own scripts and those of its packages under the site's policy."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from findings.models import Finding
from schools.models import Fact, Quote, School
from tests.desk import make_editor, road


@pytest.fixture
def desk(page: Page) -> Page:
    """The desk's first page, with an editor signed in."""
    editor = make_editor()
    page.goto("/admin/")
    page.fill("#id_username", editor.get_username())
    page.fill("#id_password", "correct horse battery")
    page.click("text=Log in")
    page.wait_for_selector("text=What the site publishes")
    return page


@pytest.fixture
def quote() -> Quote:
    return Quote.objects.get(school__slug="a", locator="L137")


@pytest.mark.parametrize("model", [School, Fact, Finding])
def test_desk_pages_keep_to_the_policy(desk: Page, model: Any) -> None:
    """`make_page` fails for whatever the policy stops."""
    record = model.objects.first()
    for url in (road(model, "changelist"), road(model, "add"), road(model, "change", record.pk)):
        desk.goto(url)
        assert desk.locator("h1").count() == 1
    for fold in desk.locator("details summary").all():
        fold.click()


def test_desk_adds_evidence_by_searching_for_its_finding(desk: Page, quote: Quote) -> None:
    desk.goto(road(Quote, "change", quote.pk))
    desk.click("text=Add another Coding")
    desk.locator(".date-icon:visible").last.click()
    desk.locator(".calendarbox:visible td a").first.click()
    desk.locator("#codings-group .inline-deletelink:visible").last.click()
    desk.click("text=Add another Evidence")
    place = int(desk.input_value("#id_evidence-TOTAL_FORMS")) - 1
    finding = Finding.objects.exclude(evidence__quote=quote).last()
    assert finding
    desk.locator("#evidence-group .select2-selection:visible").last.click()
    desk.fill(".select2-search__field", finding.title)
    desk.locator(".select2-results__option", has_text=finding.title).click()
    desk.select_option(f"#id_evidence-{place}-coder", label="Editors")
    desk.fill(f"#id_evidence-{place}-reason", "It says so.")
    desk.click("text=Save and continue editing")
    desk.wait_for_selector(".messagelist .success")
    assert quote.evidence.get(finding=finding).reason == "It says so."


def test_desk_shows_who_changed_what(desk: Page, quote: Quote) -> None:
    desk.goto(road(Quote, "change", quote.pk))
    desk.fill("#id_note", "Looked at again.")
    desk.click("text=Save and continue editing")
    desk.click(".historylink")
    assert desk.locator("#change-history ins").inner_text() == "Looked at again."
    desk.locator("#change-history tbody a").last.click()
    assert desk.input_value("#id_note") == quote.note


def test_desk_imports_a_file(desk: Page, quote: Quote, tmp_path: Path) -> None:
    file = tmp_path / "quotes.csv"

    def preview(rows: str) -> None:
        file.write_text(f"study,school,locator,note\n{rows}", encoding="utf-8")
        desk.set_input_files("#id_import_file", file)
        desk.click("text=Preview")

    desk.goto(road(Quote, "import"))
    preview("gill-2007,a,L137,Changed.\ngill-2007,zz,L137,Wrong.\n")
    assert "There is no school “zz”" in desk.inner_text(".preview")
    preview("gill-2007,a,L137,Changed.\n")
    assert desk.locator(".preview ins").inner_text() == "Changed."
    desk.click("text=Import these rows")
    assert "0 new, 1 updated" in desk.inner_text(".messagelist")
    quote.refresh_from_db()
    assert quote.note == "Changed."
