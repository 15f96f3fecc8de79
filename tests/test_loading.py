"""Loading the study: whole or not at all, again at no cost, and never over what people changed on the site."""

import json
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from findings.models import Code, Coding, Evidence
from ictlead.loading import OVERWRITTEN, load_study
from schools.actions import data_version
from schools.models import Advice, Fact, Quote, Reference, School, Study
from selfreview.models import QuestionCode
from tests.factories import make_quote

pytestmark = pytest.mark.django_db
FIXTURES = settings.BASE_DIR / "fixtures"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the fixtures, to change."""
    return Path(shutil.copytree(FIXTURES, tmp_path / "fixtures"))


def change(folder: Path, name: str, edit: Callable[[list[dict]], Any]) -> None:
    """Edit the entries of a fixture file in place."""
    path = folder / f"{name}.json"
    entries = json.loads(path.read_text())
    edit(entries)
    path.write_text(json.dumps(entries))


def set_field(field: str, value: Any, entry: int = 0) -> Callable[[list[dict]], None]:
    """An edit that sets a field of one entry."""
    return lambda entries: entries[entry]["fields"].update({field: value})


def load(folder: Path, **options: Any) -> str:
    """The command's output."""
    output = StringIO()
    call_command("load_study", fixtures=folder, stdout=output, **options)
    return output.getvalue()


# ── Again ───────────────────────────────────────────────────────────────────────────────────────
def test_loading_again_asks_one_question_and_does_nothing(folder: Path, django_assert_num_queries) -> None:
    before = data_version()
    with django_assert_num_queries(1):
        assert load(folder) == f"Study: up to date (data version {before.number})\n"
    assert data_version().changed_at == before.changed_at


def test_loading_writes_no_history() -> None:
    assert Quote.objects.count() == 56
    assert not Quote.history.exists()


def test_loading_the_same_in_other_words_of_json_publishes_nothing(folder: Path) -> None:
    before = data_version()
    change(folder, "quotes", lambda entries: None)  # written anew, without indentation
    assert "Study: 0 records written" in load(folder)
    after = data_version()
    assert (after.number, after.changed_at) == (before.number, before.changed_at)
    assert "up to date" in load(folder)


def test_loading_writes_what_differs_and_publishes_it_once(folder: Path) -> None:
    before = data_version()
    change(folder, "quotes", set_field("note", "Corrected."))
    change(folder, "facts", set_field("note", "Corrected too."))
    loaded = load_study(folder)
    assert (loaded.written, loaded.kept) == (2, [])
    assert loaded.version == data_version().number == before.number + 1
    assert Quote.objects.get(note="Corrected.")
    assert Fact.objects.get(note="Corrected too.")


def test_loading_finds_a_record_by_guid_when_its_natural_key_was_corrected(folder: Path) -> None:
    quote = Quote.objects.get(school__slug="a", locator="L137")

    def move(entries: list[dict]) -> None:
        for entry in entries:
            for name, value in entry["fields"].items():
                if value == ["gill-2007", "a", "L137"]:
                    entry["fields"][name] = ["gill-2007", "a", "L138"]
                if entry["model"] == "schools.quote" and (name, value) == ("locator", "L137"):
                    entry["fields"][name] = "L138"

    for name in ("quotes", "advice", "codes", "codings", "uncoded", "evidence"):
        change(folder, name, move)
    assert load_study(folder).written == 1
    quote.refresh_from_db()
    assert quote.locator == "L138"


def test_loading_never_changes_the_guid_of_a_record(folder: Path) -> None:
    first = Quote.objects.get(school__slug="a", position=1)
    change(folder, "quotes", set_field("guid", "00000000-0000-4000-8000-000000000001"))
    load(folder)
    assert Quote.objects.get(school__slug="a", position=1).guid == first.guid
    assert Quote.objects.count() == 56


# ── What people changed on the site ─────────────────────────────────────────────────────────────
def test_loading_keeps_an_edited_record_and_names_it(folder: Path) -> None:
    quote = Quote.objects.get(school__slug="a", position=1)
    quote.note = "Ours."
    quote.save()
    change(folder, "quotes", set_field("note", "Theirs."))
    output = load(folder)
    assert f"quote gill-2007 a {quote.locator} was edited here and stays as it is (--overwrite replaces it)" in output
    quote.refresh_from_db()
    assert quote.note == "Ours."


def test_loading_does_not_name_an_edit_that_the_release_agrees_with(folder: Path) -> None:
    quote = Quote.objects.get(school__slug="a", position=1)
    quote.note = "The same."
    quote.save()
    change(folder, "quotes", set_field("note", "The same."))
    assert load_study(folder).kept == []


def test_loading_keeps_a_deleted_record_away_with_all_that_hangs_on_it(folder: Path) -> None:
    quote = Quote.objects.get(school__slug="a", locator="L173")
    hanging = Coding.objects.filter(quote=quote).count() + Evidence.objects.filter(quote=quote).count()
    quote.delete()
    change(folder, "study", set_field("series", "Another series"))
    loaded = load_study(folder)
    assert "quote gill-2007 a L173 was deleted here and stays away" in loaded.kept
    assert len(loaded.kept) >= 1 + hanging
    assert not Quote.objects.filter(school__slug="a", locator="L173").exists()
    assert Advice.objects.get(school__slug="a", position=1).quote is None  # the advice stays, without its quote
    assert Study.objects.get().series == "Another series"


def test_loading_leaves_out_what_has_no_history_but_hangs_on_a_deleted_record(folder: Path) -> None:
    code = Code.objects.get(codebook__slug="gateways", slug="new-technologies")
    Coding.objects.filter(code=code).delete()
    links = QuestionCode.objects.filter(code=code).count()
    code.delete()
    change(folder, "study", set_field("series", "Another series"))
    kept = load_study(folder).kept
    assert len([line for line in kept if "is left out, because its code was deleted here" in line]) >= links > 0
    assert not QuestionCode.objects.filter(code__slug="new-technologies").exists()


def test_loading_keeps_a_deleted_record_without_a_guid_away(folder: Path) -> None:
    Reference.objects.get(slug="hm-treasury-2006").delete()
    change(folder, "study", set_field("series", "Another series"))
    assert load_study(folder).kept == ["reference gill-2007 hm-treasury-2006 was deleted here and stays away"]


def test_loading_hangs_new_records_on_a_school_that_was_renamed_here(folder: Path) -> None:
    school = School.objects.get(slug="a")
    school.slug = "fellside"
    school.save()
    change(folder, "quotes", set_field("note", "New."))
    load(folder)
    assert School.objects.count() == 5
    assert Quote.objects.get(note="New.").school == school


def test_loading_with_overwrite_replaces_edits_and_says_so_in_the_history(folder: Path) -> None:
    quote = Quote.objects.get(school__slug="a", position=1)
    old = quote.note
    quote.note = "Ours."
    quote.save()
    assert load_study(folder, overwrite=True).written == 1
    quote.refresh_from_db()
    assert quote.note == old
    assert [record.history_change_reason for record in quote.history.all()] == [OVERWRITTEN, None]
    change(folder, "quotes", set_field("note", "Theirs."))  # from now on it counts as unedited
    assert load_study(folder).kept == []
    quote.refresh_from_db()
    assert quote.note == "Theirs."


def test_loading_with_overwrite_brings_deleted_records_back(folder: Path) -> None:
    quote = Quote.objects.get(school__slug="a", locator="L173")
    counts = Coding.objects.count(), Evidence.objects.count()
    quote.delete()
    load(folder, overwrite=True)
    back = Quote.objects.get(school__slug="a", locator="L173")
    assert (back.guid, back.text) == (quote.guid, quote.text)
    assert (Coding.objects.count(), Evidence.objects.count()) == counts
    assert Advice.objects.get(school__slug="a", position=1).quote == back


def test_loading_leaves_what_the_site_added(folder: Path) -> None:
    own = make_quote(School.objects.get(slug="a"))
    change(folder, "study", set_field("series", "Another series"))
    load(folder)
    own.refresh_from_db()


# ── Broken fixtures ─────────────────────────────────────────────────────────────────────────────
def drop_quote(entries: list[dict]) -> None:
    del entries[0]


@pytest.mark.parametrize(
    ("name", "edit", "message"),
    [
        ("quotes", set_field("school", ["gill-2007", "z"]), "quotes.json, entry 1 (L133): school refers to"),
        ("quotes", drop_quote, "refers to ['gill-2007', 'a', 'L133'], which no earlier entry is"),
        ("quotes", set_field("colour", 1), "quotes.json, entry 1 (L133): Quote has no field named 'colour'"),
        ("quotes", set_field("text", ""), "quotes.json, entry 1 (L133): text: This field cannot be blank."),
        ("quotes", set_field("speaker_role", "cook"), "speaker_role: Value 'cook' is not a valid choice."),
        ("quotes", set_field("position", "first"), "quotes.json, entry 1 (L133): "),
        ("quotes", set_field("locator", "line 7"), "quotes.json, entry 1 (line 7): locator: Write a locator like L137"),
        ("quotes", lambda entries: entries[1].pop("fields"), "quotes.json, entry 2: fields is missing"),
        ("quotes", lambda entries: entries[1]["fields"].pop("locator"), "locator is missing"),
        ("quotes", lambda entries: entries[2].update(model="schools.song"), "quotes.json, entry 3 ("),
        ("quotes", lambda entries: entries.insert(0, "quote"), "quotes.json, entry 1: "),
        ("schools", set_field("fsm_percent", "101"), "school_fsm_percent_0_to_100"),
        ("schools", set_field("known_for", "x" * 161), "known_for: Ensure this value has at most 160 characters"),
        ("facts", set_field("locator", ""), "fact_stated_has_locator_or_note"),
        ("codings", set_field("start", 5000), "coding_start_before_end"),
    ],
)
def test_loading_a_broken_entry_names_it_and_loads_nothing(
    folder: Path, name: str, edit: Callable[[list[dict]], Any], message: str
) -> None:
    change(folder, "study", set_field("series", "Another series"))
    change(folder, name, edit)
    with pytest.raises(CommandError) as caught:
        load(folder)
    assert "Nothing was loaded." in str(caught.value)
    assert message in str(caught.value)
    assert not Study.objects.filter(series="Another series").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[", "quotes.json is not JSON"),
        ("{}", "quotes.json is not a list of entries"),
        (None, "quotes.json cannot be read: No such file or directory"),
    ],
)
def test_loading_a_broken_file_names_it(folder: Path, content: str | None, message: str) -> None:
    path = folder / "quotes.json"
    path.unlink() if content is None else path.write_text(content)
    with pytest.raises(CommandError) as caught:
        load(folder)
    assert message in str(caught.value)


# ── The fixtures themselves ─────────────────────────────────────────────────────────────────────
def test_fixtures_every_coding_shows_the_words_it_codes() -> None:
    entries = json.loads((FIXTURES / "codings.json").read_text())
    codings = {str(coding.guid): coding.passage for coding in Coding.objects.select_related("quote")}
    assert {entry["fields"]["guid"]: entry["fields"]["passage"] for entry in entries} == codings


def test_fixtures_are_all_loaded() -> None:
    from ictlead.loading import FIXTURES as LOADED

    assert {path.stem for path in FIXTURES.glob("*.json")} == set(LOADED)
