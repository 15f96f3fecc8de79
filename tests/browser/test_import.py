"""A researcher brings her Taguette project: sees it first, imports it, codes, takes it away, takes the import back."""

import io
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from findings.models import Coding, Import
from schools.models import Study
from tests.bench import Team
from tests.browser.bench import Enter, axe_faults
from tests.incoming.taguette_files import byte, taguette

pytestmark = pytest.mark.django_db(transaction=True)


def check(page: Page) -> None:
    """No rule of accessibility is broken, and nothing scrolls sideways."""
    assert axe_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_taguette_project_comes_in_and_goes_again(
    enter: Enter, team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "talks.sqlite3"
    made.write_bytes(taguette(tmp_path, [(byte("trust"), byte("trust", end=True), "trust")]))
    studies = Study.objects.count()
    page = enter("stranger", "../", width=390)
    page.get_by_role("link", name="Import a project or a file").click()
    expect(page.get_by_role("heading", name="Import", exact=True)).to_be_visible()
    check(page)
    page.set_input_files("input[type=file]", files={"name": "x.sqlite3", "mimeType": "", "buffer": b"MZ\x00\x00"})
    page.get_by_role("button", name="Show what it holds").click()
    expect(page.locator(".error-summary")).to_contain_text("This is a program for Windows")
    check(page)
    page.set_input_files("input[type=file]", str(made))
    page.get_by_role("button", name="Show what it holds").click()
    expect(page.get_by_role("heading", name="What would be imported")).to_be_visible()
    check(page)
    assert Study.objects.count() == studies
    page.get_by_label("Which of its coders are you?").select_option(label="admin")
    monkeypatch.setattr("exchange.views.importing.LONG", 0)  # so that it is told while it is done
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("log")).to_contain_text("Codings: 1 of 1.")
    expect(page.get_by_role("heading", name="“talks.sqlite3” is imported")).to_be_visible()
    page.wait_for_load_state()
    check(page)
    one = Import.objects.get()
    [codebook] = one.codebooks.all()
    page.get_by_role("link", name="Open “Talks”").click()
    expect(page.get_by_role("heading", name="Talks").first).to_be_visible()
    school = one.study.schools.get()
    page.goto(f"/workbench/{codebook.guid}/code/{school.slug}/")
    text = page.locator(f"#quote-{school.quotes.all()[1].guid} [data-text]")
    text.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_role("combobox", name="Code the passage as").press_sequentially("trust")
    page.keyboard.press("Enter")
    expect(page.locator("#bench-state")).to_contain_text("Coded as trust")
    assert Coding.objects.filter(code__codebook=codebook, coder__user=team.users["stranger"]).count() == 2
    page.goto(f"/workbench/{codebook.guid}/codings/")
    with page.expect_download() as download:
        page.get_by_role("link", name="study, codes and codings as a REFI-QDA project").click()
    assert "project.qde" in ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())).namelist()
    page.goto("/workbench/import/")
    page.get_by_role("link", name="Take talks.sqlite3 back").click()
    expect(page.get_by_text("You made 1 coding there since.")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("is taken back.")).to_be_visible()
    assert Study.objects.count() == studies
