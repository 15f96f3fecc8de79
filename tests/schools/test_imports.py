"""Quotes and facts from a CSV file: the preview with its faults, and all of the file or nothing."""

import random
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile

from schools import uploads
from schools.actions import data_version
from schools.history import AS_LOADED
from schools.models import Fact, Quote, School
from tests.desk import INLINE, make_editor, road
from tests.factories import (
    editors,
    make_coding,
    make_fact,
    make_indicator,
    make_quote,
    make_school,
    make_topic,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    """A signed-in editor."""
    editor = make_editor()
    client.force_login(editor)
    return editor


@pytest.fixture
def school():
    """A school with a topic and a quote."""
    school = make_school(slug="moss")
    make_quote(school, make_topic(school.study, slug="use"), locator="L5", text="As it was.", position=1)
    return school


def preview(client: Any, model: type, text: str | bytes) -> Any:
    """The page that shows what a file would do."""
    data = text if isinstance(text, bytes) else text.encode()
    sent = {"import_file": SimpleUploadedFile("quotes.csv", data, "text/csv"), "format": "0", "resource": ""}
    response = client.post(road(model, "import"), sent)
    assert response.status_code == 200
    assert INLINE.findall(response.content.decode()) == []
    return response


def confirm(client: Any, model: type, response: Any) -> Any:
    """Import what a preview shows."""
    return client.post(road(model, "process_import"), response.context["confirm_form"].initial)


def faults(response: Any) -> dict[int, dict[str, list[str]]]:
    """What a preview finds wrong: {row of the spreadsheet: {column: messages}}."""
    assert "confirm_form" not in response.context
    return {row.number + 1: row.error_dict for row in response.context["result"].invalid_rows}


def quotes_file(school: School, *rows: str) -> str:
    """A file of quotes of one school."""
    lines = [f"{school.study.slug},{school.slug},{row}" for row in rows]
    return "\r\n".join(["study,school,locator,topic,speaker_role,quote,position", *lines, ""])


def test_import_page_names_the_columns(client, editor):
    page = client.get(road(Quote, "import")).content.decode()
    for column in ("study", "school", "locator", "topic", "speaker_role", "quote", "position", "is_fragment", "note"):
        assert f"<code>{column}</code>" in page
    assert INLINE.findall(page) == []


def test_import_is_previewed_and_then_imported(client, editor, school):
    before = data_version().number
    shown = preview(
        client,
        Quote,
        quotes_file(
            school, "L5,use,headteacher,As it is.,1", 'L6,use,teacher,"New, with ""marks"" & <b>tags</b>\n\nin it",2'
        ),
    )
    assert [row.import_type for row in shown.context["result"].rows] == ["update", "new"]
    page = shown.content.decode()
    assert "<del>wa</del><ins>i</ins>" in page
    assert "&lt;b&gt;tags" in page
    assert (school.quotes.count(), data_version().number) == (1, before)

    assert confirm(client, Quote, shown).status_code == 302
    assert data_version().number == before + 1
    changed, new = school.quotes.order_by("locator")
    assert (changed.text, new.text) == ("As it is.", 'New, with "marks" & <b>tags</b>\n\nin it')
    assert (new.topic.slug, new.speaker_role, new.position, new.is_fragment, new.note) == (
        "use",
        "teacher",
        2,
        False,
        "",
    )
    last = changed.history.first()
    assert (last.history_user, last.history_change_reason) == (editor, "Imported from quotes.csv")


def test_import_keeps_what_a_loaded_record_was(client, editor):
    quote = Quote.objects.get(school__slug="a", locator="L137")
    text = "study,school,locator,note\ngill-2007,a,L137,Looked at again.\n"
    confirm(client, Quote, preview(client, Quote, text))
    last, first = quote.history.all()
    assert (last.note, first.note) == ("Looked at again.", quote.note)
    assert (first.history_user, first.history_change_reason) == (None, AS_LOADED)


def test_import_with_faults_shows_them_row_by_row_and_imports_nothing(client, editor, school):
    study = school.study.slug
    before = data_version().number
    text = quotes_file(
        school, "L7,use,headteacher,Fine.,7", "L7,use,teacher,Again.,8", "8,use,cook,No.,x", "L9,zz,teacher,,9"
    )
    response = preview(client, Quote, text + f"{study},nowhere,L9,use,teacher,No.,9\r\n,moss,L9,use,teacher,No.,9\r\n")
    assert faults(response) == {
        3: {"__all__": ["Row 2 is about the same quote."]},
        4: {
            "position": ["“x” is not a whole number."],
            "speaker_role": ["Value 'cook' is not a valid choice."],
            "locator": ["Write a locator like L137, L404+L406 or L129-L133."],
        },
        5: {"topic": [f"There is no topic “zz” in a study “{study}”."], "quote": ["This field cannot be blank."]},
        6: {"school": [f"There is no school “nowhere” in a study “{study}”."]},
        7: {
            "school": ["There is no school “moss” in a study “”."],
            "topic": ["There is no topic “use” in a study “”."],
        },
    }
    page = response.content.decode()
    assert "Nothing can be imported until these rows are right" in page
    assert "school: There is no school “nowhere”" in page
    assert (school.quotes.count(), data_version().number) == (1, before)


def test_import_that_would_cut_off_a_coded_passage(client, editor, school):
    make_coding(school.quotes.get(), coder=editors())
    assert faults(preview(client, Quote, quotes_file(school, "L5,use,headteacher,As.,1"))) == {
        2: {"quote": ["Coded passages reach beyond the end of this text: 1. Move them first."]}
    }


@pytest.mark.parametrize("cell", ["yes", "2", "-1"])
def test_import_of_a_flag_that_is_none(client, editor, school, cell):
    text = f"study,school,locator,is_fragment\n{school.study.slug},moss,L5,{cell}\n"
    assert faults(preview(client, Quote, text)) == {2: {"is_fragment": [f"“{cell}” is neither 1 nor 0."]}}


def test_import_without_the_columns_of_the_key(client, editor):
    response = preview(client, Quote, "study;school;locator\na;b;c\n")
    assert "The file has no column study, school, locator." in response.content.decode()
    assert "confirm_form" not in response.context


@pytest.mark.parametrize("data", [b"", b"study,school,locator\n", b"\xff\xfe\x00", b"a,b\n1,2,3,4\n"])
def test_import_of_no_csv(client, editor, data):
    response = preview(client, Quote, data)
    assert response.context["form"].errors["import_file"]
    assert "<code>locator</code>" in response.content.decode()


def test_import_of_a_file_with_a_byte_order_mark(client, editor, school):
    shown = preview(client, Quote, "\ufeff" + quotes_file(school, "L6,use,teacher,New.,2"))
    assert [row.import_type for row in shown.context["result"].rows] == ["new"]


def test_import_of_a_large_file_is_refused(client, editor):
    response = preview(client, Quote, b"x" * (uploads.LARGEST + 1))
    assert response.context["form"].errors == {"import_file": ["The file is larger than 1 MB. Upload it in parts."]}


def test_import_of_the_largest_file_passes_through_the_form(client, editor, school):
    """Of text that compresses badly, too."""
    drawn = random.Random(7)  # the same text in every run
    rows = [f"L{row},use,teacher,{drawn.randbytes(25_000).hex()},{row}" for row in range(10, 30)]
    text = quotes_file(school, *rows)
    assert 0.9 * uploads.LARGEST < len(text) < uploads.LARGEST
    assert confirm(client, Quote, preview(client, Quote, text)).status_code == 302
    assert school.quotes.count() == 1 + len(rows)


@pytest.mark.parametrize("parameters", [{}, {"bom": "1"}, {"formulas": "keep"}])
def test_download_comes_back_unchanged(client, editor, school, parameters):
    """What the site gives away as CSV can be uploaded again, guarded formulas and all."""
    make_quote(school, school.quotes.get().topic, text="=1+1, they said", locator="L8")
    download = client.get("/quotes.csv", {"layout": "quotes"} | parameters)
    shown = preview(client, Quote, b"".join(download.streaming_content))
    assert {row.import_type for row in shown.context["result"].rows} == {"skip"}
    before = data_version().number
    confirm(client, Quote, shown)
    assert data_version().number == before


def test_facts_are_imported(client, editor):
    fact = make_fact(value="Two", number=2)
    school, new = fact.school, make_indicator(fact.school.study)
    silent = make_indicator(school.study)
    key = f"{school.study.slug},{school.slug}"
    text = (
        "study,school,indicator,value,number,locator,note\n"
        f"{key},{fact.indicator.slug},'=Three,3,{fact.locator},\n{key},{new.slug},Half,0.50,L9,Said twice.\n"
        f"{key},{silent.slug},,,,\n"
    )
    shown = preview(client, Fact, text)
    assert confirm(client, Fact, shown).status_code == 302
    fact.refresh_from_db()
    assert (fact.value, fact.number) == ("=Three", 3)
    assert str(school.facts.get(indicator=new).number) == "0.50"
    assert school.facts.get(indicator=silent).value == ""
    again = preview(client, Fact, text)
    assert {row.import_type for row in again.context["result"].rows} == {"skip"}


def test_facts_with_faults(client, editor):
    fact = make_fact()
    key = f"{fact.school.study.slug},{fact.school.slug}"
    text = (
        f"study,school,indicator,value,number,locator\n{key},{fact.indicator.slug},Two,many,L5\n"
        f"{key},nothing,Two,,L5\n{key},{make_indicator(fact.school.study).slug},Two,,\n"
        f"{key},{make_indicator(fact.school.study).slug},,2,\n"
    )
    assert faults(preview(client, Fact, text)) == {
        2: {"number": ["“many” is not a number."]},
        3: {"indicator": [f"There is no indicator “nothing” in a study “{fact.school.study.slug}”."]},
        4: {"locator": ["Say where the source states it, or note why no line is named."]},
        5: {"value": ["Without a value the fact is “not stated”: empty the locator and the number too."]},
    }


def test_import_is_whole_or_not_at_all(client, editor, school):
    """A record that changed between preview and confirmation takes the whole file with it."""
    shown = preview(client, Quote, quotes_file(school, "L6,use,teacher,New.,2", "L7,use,teacher,New.,3"))
    before = data_version().number
    school.study.topics.update(slug="renamed")
    response = client.post(road(Quote, "process_import"), shown.context["confirm_form"].initial, follow=True)
    assert "Nothing was imported: records changed since the preview." in response.content.decode()
    assert (school.quotes.count(), data_version().number) == (1, before)


@pytest.mark.parametrize(
    "file",
    ["", "/etc/passwd", "forged", signing.dumps("study\na", salt="another")],
    ids=["empty", "a path", "forged", "signed for another use"],  # a token's text changes with the second
)
def test_import_takes_no_file_but_the_one_it_previewed(client, editor, file):
    sent = {"import_file_name": file, "original_file_name": "x.csv", "format": "0", "resource": ""}
    response = client.post(road(Quote, "process_import"), sent)
    assert response.status_code == 200
    assert response.context["confirm_form"].errors["import_file_name"]


def test_import_of_an_old_preview(client, editor, school, monkeypatch):
    shown = preview(client, Quote, quotes_file(school, "L6,use,teacher,New.,2"))
    monkeypatch.setattr(uploads, "LONGEST", -1)
    response = confirm(client, Quote, shown)
    assert "This preview is too old. Upload the file again." in response.content.decode()


@pytest.mark.parametrize("model", [Quote, Fact])
def test_import_takes_both_permissions(client, model):
    noun = model._meta.model_name
    half = make_user(is_staff=True)
    half.user_permissions.set(Permission.objects.filter(codename__in=[f"view_{noun}", f"add_{noun}"]))
    client.force_login(half)
    assert client.get(road(model, "import")).status_code == 403
    assert client.post(road(model, "import"), {}).status_code == 403
    assert client.post(road(model, "process_import"), {}).status_code == 403
    assert "import_link" not in client.get(road(model, "changelist")).content.decode()
