"""manage.py load_study FOLDER: checked whole, loaded once, changed where it changed, never over another's work."""

import io
import shutil
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from exchange.datapackage import write_package
from exchange.material import Material
from exchange.study_folder import FolderError, read_folder
from findings import actions
from findings.models import Code, Codebook, CodebookMember, Coding, Evidence, Uncoded
from ictlead.study_loading import load_folder
from schools.actions import data_version
from schools.models import Advice, Fact, Quote, School, Study
from tests.factories import loaded_study, make_code, make_coder, make_coding, make_school, make_study, make_user

EXAMPLE = settings.BASE_DIR / "docs/examples/study"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the example, to change."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "study"))


def change(folder: Path, name: str, old: str, new: str) -> None:
    """Put other words into a file of the folder."""
    path = folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def faults(folder: Path, **options: Any) -> list[str]:
    with pytest.raises(FolderError) as raised:
        load_folder(folder, **options) if options else read_folder(folder)
    return raised.value.faults


def unpack(study: Study, folder: Path) -> Path:
    """The study's data package, unpacked."""
    file = io.BytesIO()
    write_package(file, Material.published(study))
    with ZipFile(file) as archive:
        archive.extractall(folder)
    return folder


def command(*args: Any, **options: Any) -> str:
    output = io.StringIO()
    call_command("load_study", *args, stdout=output, **options)
    return output.getvalue()


# ── Without a database ──────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        ("study.toml", 'slug = "two-ponds"', "", "study.toml: “slug” is missing."),
        ("study.toml", "year = 2026", "year = 2026\nyeer = 1", "study.toml, line 8: “yeer” is nothing that"),
        ("study.toml", "year = 2026", "year = [2026]", "study.toml, line 7: “year” is neither text nor"),
        ("study.toml", "slug =", "slug", "study.toml: it is no TOML"),
        ("data/schools.csv", "school,name", "school,nom", "data/schools.csv, line 1: there is no column “name”."),
        ("data/schools.csv", ",84,", ",many,", "data/schools.csv, line 2: “pupils”: “many” value must be an integer."),
        ("data/schools.csv", ",84,", ",0,", "data/schools.csv, line 2: “pupils” is 0; it lies between 1 and"),
        ("data/schools.csv", "primary", "nursery", "data/schools.csv, line 2: “phase”: “nursery” is none of: infant,"),
        ("data/schools.csv", "School,M,", "School,R,", "data/schools.csv, line 3: another school has the letter “R”."),
        ("data/schools.csv", "mill-pond,", "reed-pond,", "line 3: this says again what stands in data/schools"),
        ("data/sections.csv", "mill-pond", "pond", "line 12: there is no school “pond” in data/schools.csv."),
        ("data/facts.csv", "camera on a pole,1,L5", "camera on a pole,1,", "line 2: “locator” is empty: say on which"),
        ("data/quotes.csv", "lessons,teacher", "lessons,witch", "line 3: “speaker_role”: “witch” is none of: head"),
        ("data/quotes.csv", "L12", "page 12", "data/quotes.csv, line 3: “locator”: Write a locator like L137"),
        ("data/quotes.csv", "L12", "L99", "data/quotes.csv, line 3: “locator”: L99 lies beyond the source's 60 lines."),
        ("data/quotes.csv", "mill-pond,lessons,teacher", "mill-pond,lessons", "the row has 7 cells, the heading 8."),
        ("data/codes.csv", ",pupils-lead,A", ",nothing,A", "line 3: there is no code “nothing” of this codebook above"),
        ("data/codings.csv", "reed-pond/L6", "reed-pond/L7", "line 2: there is no quote “reed-pond/L7”."),
        ("data/codings.csv", "put it beside October", "put it", "has other words"),
        ("data/codings.csv", "put it beside", "lay it beside", "line 5: “passage” does not stand in its quote."),
        ("data/codings.csv", "memo,coded_at\n", "coder,coded_at\n", "line 2: there is no coder “The question takes"),
        ("data/evidence.csv", "two-ponds-choose", "two-ponds", "line 2: there is no finding “two-ponds” in data/find"),
        ("data/glossary.csv", "PIR,", '"PIR,', "data/glossary.csv, line 2: this is no CSV"),
    ],
)  # fmt: skip
def test_a_fault_names_file_and_line(folder: Path, name: str, old: str, new: str, fault: str):
    if new == "put it":
        change(folder, "data/codings.csv", "passage,memo", "passage,memo,start,end")
        lines = (folder / name).read_text().splitlines()
        lines[1:] = [line + (",0,5" if old in line else ",,") for line in lines[1:]]
        (folder / name).write_text("\n".join(lines).replace("memo,start,end,coded_at", "memo,coded_at,start,end"))
    else:
        change(folder, name, old, new)
    assert [one for one in faults(folder) if fault in one]


def test_a_school_without_letter_gets_one_that_none_before_it_has(folder: Path):
    """The first sign is A, which the first school has here, by its row."""
    change(folder, "data/schools.csv", "Reed Pond School,R,", "Reed Pond School,A,")
    change(folder, "data/schools.csv", "Mill Pond School,M,", "Mill Pond School,,")
    letters = [one.fields["letter"] for one in read_folder(folder).entries if one.table == "schools"]
    assert letters == ["A", "B"]


def test_no_character_before_a_text_is_taken_for_a_mark(folder: Path):
    change(folder, "data/quotes.csv", '"It sat in its box', '"\ufeffIt sat in its box')
    texts = [one.fields["text"] for one in read_folder(folder).entries if one.table == "quotes"]
    assert texts[0].startswith("\ufeffIt sat")


def test_all_faults_are_found_at_once(folder: Path):
    change(folder, "data/schools.csv", ",84,", ",many,")
    change(folder, "data/quotes.csv", "lessons,teacher", "lessons,witch")
    change(folder, "data/glossary.csv", "passive infra-red", "")
    assert {fault.partition(",")[0] for fault in faults(folder)} >= {
        "data/schools.csv", "data/quotes.csv", "data/glossary.csv",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "data", "fault"),
    [
        ("study.toml", b"\xff\xfe\x00", "not in UTF-8"),
        ("study.toml", b"slug = 'x'\x00", "it is no TOML"),
        ("study.toml", b"slug = 'x'\ntitle = '" + b"y" * 300 + b"'\nauthor = 'z'", "line 2: “title”: Ensure this"),
        ("data/quotes.csv", b"\x80abc", "data/quotes.csv, line 1: The text is not in UTF-8"),
        ("data/quotes.csv", b"", "data/quotes.csv, line 1: there is no column “school”."),
        ("data/quotes.csv", b"MZ\x00\x01\n\x00,\x00", "data/quotes.csv, line 1: there is no column “school”."),
    ],
)  # fmt: skip
def test_a_broken_file_is_named(folder: Path, name: str, data: bytes, fault: str):
    (folder / name).write_bytes(data)
    assert [one for one in faults(folder) if fault in one]


def test_no_folder_and_an_empty_one(tmp_path: Path):
    assert "is no folder" in faults(tmp_path / "nowhere")[0]
    assert faults(tmp_path) == ["study.toml is missing."]
    shutil.copy(EXAMPLE / "study.toml", tmp_path)
    assert faults(tmp_path) == ["There is no file of a study in data/, not even data/schools.csv."]


def test_a_file_that_is_no_table_of_a_study_is_told(folder: Path):
    (folder / "data/budget.csv").write_text("a,b\n")
    assert read_folder(folder).notes == ["Not read: data/budget.csv."]


def test_the_example_can_be_taken_away_and_read(client: Client, tmp_path: Path):
    response = client.get("/study-folder.zip")
    assert (response.status_code, response["Content-Type"]) == (200, "application/zip")
    with ZipFile(io.BytesIO(response.content)) as archive:
        archive.extractall(tmp_path)
    assert len(read_folder(tmp_path / "two-ponds").entries) == 43
    assert (tmp_path / "README.md").read_text().startswith("# Loading a study")
    assert client.get("/study-folder.zip", {"x": "1"}).status_code == 400


# ── With one ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_the_example_is_loaded_whole_and_once(folder: Path):
    before = data_version().number
    text = command(folder)
    assert "43 records made, 0 changed, 0 unchanged" in text
    assert "It is not published: editors alone see it, at their desk." in text
    study = Study.objects.get(slug="two-ponds")
    assert (study.is_editorial, study.is_published, study.made_by) == (True, False, None)
    assert (study.schools.count(), Quote.objects.filter(school__study=study).count()) == (2, 6)
    coding = Coding.objects.get(quote__school__study=study, quote__locator="L40")
    assert (coding.passage, coding.coder.slug) == ("put it beside October", "editors")
    assert Code.objects.get(slug="pupils-ask").parent.slug == "pupils-lead"
    assert Advice.objects.get(school__slug="mill-pond", position=1).quote.locator == "L44"
    assert not Fact.objects.get(school__slug="mill-pond", indicator__slug="helpers").value
    assert Uncoded.objects.filter(codebook__study=study).count() == 1
    assert data_version().number == before  # nothing published changed
    assert "0 records made, 0 changed, 43 unchanged" in command(folder)


@pytest.mark.django_db
@pytest.mark.parametrize("of_site", [False, True])
def test_what_is_exported_is_loaded_again_without_difference(tmp_path: Path, of_site: bool):
    if not of_site:
        load_folder(EXAMPLE)
    study = loaded_study() if of_site else Study.objects.get(slug="two-ponds")
    Study.objects.filter(pk=study.pk).update(is_published=True)
    brought = load_folder(unpack(study, tmp_path))
    assert (brought.made, brought.changed, brought.kept) == (0, [], [])
    assert brought.unchanged > 40


@pytest.mark.django_db
def test_a_changed_cell_is_told_and_published_data_get_a_new_version(folder: Path):
    load_folder(folder)
    change(folder, "data/schools.csv", ",84,", ",90,")
    assert load_folder(folder, only_check=True).changed == ["data/schools.csv, line 2: pupils “84” is now “90”"]
    assert School.objects.get(slug="reed-pond").pupils == 84
    Study.objects.filter(slug="two-ponds").update(is_published=True)
    before = data_version().number
    assert "data/schools.csv, line 2: pupils “84” is now “90”" in command(folder)
    assert (School.objects.get(slug="reed-pond").pupils, data_version().number) == (90, before + 1)


@pytest.mark.django_db
def test_what_was_edited_here_stays(folder: Path):
    load_folder(folder)
    school = School.objects.get(slug="reed-pond")
    school.pupils = 85
    school.save()
    change(folder, "data/schools.csv", ",84,", ",90,")
    assert "edited here and stays as it is" in load_folder(folder).kept[0]
    load_folder(folder, overwrite=True)
    assert School.objects.get(slug="reed-pond").pupils == 90


@pytest.mark.django_db
def test_a_check_leaves_nothing(folder: Path):
    assert "Nothing was loaded, for this was a check. It would be: “Two ponds”" in command(folder, check=True)
    assert not Study.objects.filter(slug="two-ponds").exists()


@pytest.mark.django_db
def test_another_study_is_never_touched(folder: Path):
    taken = make_school(slug="reed-pond", name="Theirs")
    assert faults(folder, only_check=False) == [
        "data/schools.csv, line 2: “reed-pond” is the short name of a school of another study. Choose another."
    ]
    change(folder, "data/schools.csv", "school,name", "school_id,school,name")
    text = (folder / "data/schools.csv").read_text().replace("\nreed-pond", f"\n{taken.guid},reed-pond-2")
    (folder / "data/schools.csv").write_text(text.replace("\nmill-pond", "\n,mill-pond"))
    for path in (folder / "data").glob("*.csv"):
        if path.name != "schools.csv":
            path.write_text(path.read_text().replace("reed-pond", "reed-pond-2"))
    assert "its identity is that of a record of another study" in faults(folder, only_check=False)[0]
    taken.refresh_from_db()
    assert taken.name == "Theirs"
    assert not Study.objects.filter(slug="two-ponds").exists()


@pytest.mark.django_db
def test_somebody_s_own(folder: Path):
    user = make_user()
    EmailAddress.objects.create(user=user, email="maker@example.org", verified=True)
    assert "MAKER@example.org alone sees it" in command(folder, owner="MAKER@example.org")
    study = Study.objects.get(slug="two-ponds")
    assert (study.is_editorial, study.is_published, study.made_by) == (False, False, user)
    codebook = Codebook.objects.get(study=study)
    assert (codebook.is_editorial, codebook.is_published, codebook.slug) == (False, False, codebook.guid.hex)
    assert CodebookMember.objects.get(codebook=codebook).role == "lead"
    assert Coding.objects.visible_to(user, codebook).filter(coder__user=user).count() == 5
    assert Evidence.objects.filter(finding__theme__study=study, coder__user=user).count() == 3
    assert "0 records made, 0 changed" in command(folder, owner="maker@example.org")
    assert "is another’s" in faults(folder, only_check=False)[0]
    with pytest.raises(CommandError, match="There is no account"):
        command(folder, owner="nobody@example.org")
    with pytest.raises(CommandError, match="go with a folder"):
        command(check=True)


@pytest.mark.django_db
def test_other_coders_of_somebody_s_own_are_names(folder: Path):
    user = make_user()
    (folder / "data/coders.csv").write_text("coder,name\nsecond,The second coder\n")
    change(folder, "data/codings.csv", "quote_id,", "coder,quote_id,")
    text = (folder / "data/codings.csv").read_text().replace("\nreed", "\nsecond,reed").replace("\nmill", "\n,mill")
    (folder / "data/codings.csv").write_text(text)
    load_folder(folder, owner=user)
    codebook = Codebook.objects.get(study__slug="two-ponds")
    assert codebook.opened_at is not None
    seen = Coding.objects.visible_to(user, codebook)
    assert sorted(seen.values_list("coder__name", "coder__is_person").distinct())[-1] == ("The second coder", False)
    blind = actions.start_codebook(user=user, study=codebook.study, name="Begun here")
    make_coding(
        Quote.objects.filter(school__study=codebook.study)[0], make_code(blind), coder=make_coder(slug="name-1")
    )
    assert load_folder(folder, owner=user).made == 0
    blind.refresh_from_db()
    assert blind.opened_at is None  # what did not come from the folder stays as its members have it
    codebook.is_published, codebook.published_at = True, codebook.opened_at
    codebook.save()
    change(folder, "data/codes.csv", "Pupils lead", "Pupils decide")
    assert "is published and stays as it is" in load_folder(folder, owner=user).kept[0]
    change(folder, "data/codebooks.csv", codebook.name, "Another name")
    load_folder(folder, owner=user, overwrite=True)
    assert Code.objects.filter(name="Pupils lead").exists()
    assert Codebook.objects.filter(name=codebook.name).exists()


@pytest.mark.django_db
def test_an_identity_of_another_study_is_refused(folder: Path):
    other = make_study()
    change(folder, "study.toml", 'slug = "two-ponds"', f'slug = "two-ponds"\nguid = "{other.guid}"')
    assert "its identity is that of another study" in faults(folder, only_check=False)[0]
