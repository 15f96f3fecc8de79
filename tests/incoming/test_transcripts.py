"""Transcripts in text, Word and CSV: each turn a quote with its speaker; and what is said where it cannot come in."""

import io
import re
from html import unescape
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from exchange.imports.undoing import done_since, take_back
from exchange.imports.writing import carry_out
from exchange.incoming import transcripts
from exchange.incoming.recognise import read
from exchange.incoming.records import Incoming, Limits, Unreadable
from findings import actions
from findings.models import Import
from schools import studies
from schools.models import Quote, Study
from tests.factories import loaded_study, make_coder, make_coding, make_user
from tests.incoming.bring import bring, planned

TALK = (
    "Talk of 3 May\r\n\r\nMs Bird (teacher): We began.\r\nIt was 10:30 then.\r\n\r\n"
    "Headteacher: Yes 🎉.\r\nZoë O’Neil:\r\nI left.\r\nAnn:\r\n"
)


def turns(held: Incoming) -> list[tuple[str, str, str, str]]:
    return [
        (source.name, one.speaker, one.speaker_role, source.text[one.start : one.end])
        for source in held.sources
        for one in source.quotes
    ]


def read_in(data: bytes) -> Incoming:
    return read(io.BytesIO(data), Limits())


def word(*paragraphs: str) -> bytes:
    body = "".join(f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>" for one in paragraphs)
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>')
    return file.getvalue()


@pytest.mark.parametrize("data", [TALK.encode(), b"\xef\xbb\xbf" + TALK.encode(), TALK.encode("utf-16")])
def test_text_is_cut_at_its_speakers(data: bytes):
    held = read_in(data)
    assert turns(held) == [
        ("Transcript", "Ms Bird", "teacher", "We began.\nIt was 10:30 then."),
        ("Transcript", "", "headteacher", "Yes 🎉."),
        ("Transcript", "Zoë O’Neil", "other", "I left."),
    ]
    assert held.losses == {transcripts.BEFORE: len("Talk of 3 May"), "Turns without words.": 1}


def test_word_and_text_say_the_same():
    lines = ["Ms Bird (caretaker): We began.", "And ended.", "ICT co-ordinator: So, yes."]
    wanted = [
        ("Transcript", "Ms Bird (caretaker)", "other", "We began.\nAnd ended."),
        ("Transcript", "", "ict-coordinator", "So, yes."),
    ]
    assert turns(read_in(word(*lines))) == turns(read_in("\n".join(lines).encode())) == wanted


def test_a_table_has_a_turn_in_each_row_and_several_cases():
    table = "case;speaker;role;text\nHill;Ms Bird;Teacher;We began; \nVale;;pupil;Yes.\nHill;Ben;;No.\n"
    assert turns(read_in(table.replace("began; ", "began.").encode())) == [
        ("Hill", "Ms Bird", "teacher", "We began."),
        ("Hill", "Ben", "other", "No."),
        ("Vale", "", "pupil", "Yes."),
    ]


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        (word("Nobody speaks here."), "line 1", "No line names a speaker. Begin each turn"),
        (b"Nobody speaks here.", "row 1", "a transcript (.txt, .docx)"),
        (b"Ann: \xff", "The file", "its byte 6 fits no character"),
        (b"speaker,text\nAnn,Yes.\nAnn,\n", "row 3", "“text” is empty"),
        (b"speaker,text,role\nAnn,Yes.,king\n", "row 2", "“king” is no role. Use one of: headteacher, teacher"),
        (b"speaker,text\n", "row 2", "no turn below its heading"),
        (b"speaker,text\nAnn\n", "row 2", "The row has 1 cells; the heading has 2"),
    ],
)
def test_a_fault_names_its_place(data: bytes, place: str, words: str):
    with pytest.raises(Unreadable) as raised:
        read_in(data)
    assert raised.value.place == place
    assert words in raised.value.words


def test_too_many_turns_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(transcripts, "MOST_TURNS", 2)
    for data, place in ((b"Ann: a\n" * 3, "line 3"), (b"speaker,text\n" + b"Ann,a\n" * 3, "row 4")):
        with pytest.raises(Unreadable, match="more than 2 turns") as raised:
            read_in(data)
        assert raised.value.place == place


@pytest.mark.django_db
def test_a_transcript_becomes_a_private_study_once_and_is_taken_back():
    user = make_user()
    one = bring(TALK.encode(), user)
    study = one.study
    assert (study.made_by, study.is_editorial, study.is_published) == (user, False, False)
    said = (
        Quote.objects.filter(school__study=study).order_by("position").values_list("speaker", "speaker_role", "locator")
    )
    assert list(said) == [("Ms Bird", "teacher", "L3-L4"), ("", "headteacher", "L6"), ("Zoë O’Neil", "other", "L8")]
    bring(TALK.encode(), user)
    assert Study.objects.filter(made_by=user).count() == 1
    assert Quote.objects.filter(school__study=study).count() == 3
    take_back(imported=Import.objects.get(pk=one.pk), mine=actions.coder_of(user=user), with_own=True)
    assert not Study.objects.filter(made_by=user).exists()


# ── Into a study that is here ───────────────────────────────────────────────────────────────────
TABLE = "case,speaker,role,text\nHill,Ms Bird,teacher,We began.\nVale,,pupil,Yes.\nHill,Ben,,No.\n"


def own_study(user: Any) -> Study:
    """A study of one's own with one case, in which one thing was said."""
    study = studies.start_study(user=user, title="Talks", author="Mia", summary="Of boards.")
    actions.add_quote(school=studies.add_school(study=study, name="Hill"), text="Before.", role="teacher")
    return study


def said_in(study: Study) -> list[tuple]:
    rows = Quote.objects.filter(school__study=study).order_by("school__position", "position")
    return list(rows.values_list("school__name", "text", "position", "locator"))


@pytest.mark.django_db
def test_transcripts_go_into_a_study_of_one_s_own_once_and_are_taken_back():
    """To the end of the case of that name, or into a new one."""
    user = make_user()
    study = own_study(user)
    before = said_in(study)
    plan = planned(TABLE.encode(), user, study=study)
    assert plan.new() == {"texts": 1, "quotes": 3}
    one = bring(TABLE.encode(), user, study=study)
    assert said_in(study) == [
        ("Hill", "Before.", 1, "Q1"),
        ("Hill", "We began.", 2, "L1"),
        ("Hill", "No.", 3, "L3"),
        ("Vale", "Yes.", 1, "L1"),
    ]
    assert sorted(study.schools.values_list("letter", flat=True)) == ["A", "B"]
    assert (one.study, one.into, len(one.brought)) == (None, study, 4)
    assert planned(TABLE.encode(), user, study=study).new() == {}
    assert planned(TABLE.encode(), user).new() == {}, "the file is known again"
    take_back(imported=one, mine=actions.coder_of(user=user), with_own=True)
    assert said_in(study) == before
    assert list(study.schools.values_list("name", flat=True)) == ["Hill"]


@pytest.mark.django_db
def test_the_same_transcript_can_stand_in_two_studies():
    user, other = make_user(), make_user()
    first, second, theirs = own_study(user), own_study(user), own_study(other)
    for study, whose in ((first, user), (second, user), (theirs, other), (second, user)):
        plan = planned(TABLE.encode(), whose, study=study)
        if plan.new():
            bring(TABLE.encode(), whose, study=study)
    assert [len(said_in(study)) for study in (first, second, theirs)] == [4, 4, 4]


@pytest.mark.django_db
def test_a_transcript_goes_into_no_other_study():
    user = make_user()
    study = own_study(user)
    for foreign in (own_study(make_user()), loaded_study()):
        with pytest.raises(actions.Refused, match="a study of your own"):
            planned(TABLE.encode(), user, study=foreign)
    plan = planned(TABLE.encode(), user, study=study)
    actions.offer_study(study=study, user=user)
    imported = Import.objects.create(user=user, kind="k", name="n", digest="d", data=b"x")
    with pytest.raises(actions.Refused, match="offered or published"):
        planned(TABLE.encode(), user, study=study)
    with pytest.raises(actions.Refused, match="offered or published"), transaction.atomic():
        carry_out(plan=plan, imported=imported)
    assert len(said_in(study)) == 1


@pytest.mark.django_db
def test_what_others_coded_of_a_transcript_stays():
    user = make_user()
    study = own_study(user)
    one = bring(TABLE.encode(), user, study=study)
    codebook = actions.start_codebook(user=user, study=study, name="Ideas")
    mine, quote = actions.coder_of(user=user), Quote.objects.get(text="Yes.")
    code = actions.add_code(codebook=codebook, coder=mine, name="A")
    actions.open_codings(codebook=codebook, coder=mine)
    made = make_coding(quote, code, coder=make_coder())
    assert done_since(one, mine).others
    with pytest.raises(actions.Refused, match="Others coded"):
        take_back(imported=one, mine=mine, with_own=True)
    made.delete()
    make_coding(quote, code, coder=mine)
    assert done_since(one, mine).own_codings == 1
    take_back(imported=one, mine=mine, with_own=True)
    assert len(said_in(study)) == 1


@pytest.mark.django_db
def test_the_page_brings_a_transcript_into_a_study_and_names_its_case_after_the_file(client: Client):
    user = make_user()
    study = own_study(user)
    client.force_login(user)
    page = client.get(f"/workbench/import/?study={study.slug}").content.decode()
    assert re.search(rf'value="{study.slug}"[^>]* selected', page)
    sent = {"file": SimpleUploadedFile("Dale School.txt", TALK.encode()), "study": study.slug}
    preview = client.post("/workbench/import/", sent).url
    seen = client.get(preview).content.decode()
    for words in (
        "a new case “Dale School”", "<li>Ms Bird (Teacher): 1 quote</li>", "<li>Headteacher: 1 quote</li>",
        "<li>Zoë O’Neil (Other speaker): 1 quote</li>", "<dt>Ms Bird</dt>", "<dd>We began. It was 10:30 then.</dd>",
    ):  # fmt: skip
        assert words in " ".join(unescape(seen).split()).replace("<dd> ", "<dd>").replace(" </dd>", "</dd>")
    client.post(preview)
    assert [one for one, *_ in said_in(study)] == ["Hill", "Dale School", "Dale School", "Dale School"]
    assert "Open “Talks”" in client.get("/workbench/import/").content.decode()
    other = own_study(make_user())
    sent = {"file": SimpleUploadedFile("x.txt", TALK.encode()), "study": other.slug}
    assert client.post("/workbench/import/", sent).status_code == 400


@pytest.mark.django_db
def test_a_broken_word_document_is_not_read_as_a_table(client: Client):
    client.force_login(make_user())
    for name, words in (("talk.docx", "This is no Word document"), ("team.QDPX", "This is no REFI-QDA project")):
        answer = client.post("/workbench/import/", {"file": SimpleUploadedFile(name, b"half of a file, and no zip")})
        assert answer.status_code == 400
        assert words in answer.content.decode()


@pytest.mark.django_db
def test_taking_back_says_what_was_changed_since_and_what_is_gone_already(client: Client):
    user = make_user()
    client.force_login(user)
    done = bring(TALK.encode(), user)
    road = f"/workbench/import/{done.guid}/undo/"
    assert "of its quotes since" not in client.get(road).content.decode()
    quote = Quote.objects.filter(school__study=done.study).order_by("position")[0]
    actions.edit_quote(quote=quote, text="We began, so to say.")
    assert "You changed 1 of its quotes since." in client.get(road).content.decode()
    actions.remove_study(study=done.study, user=user)
    html = client.get(road).content.decode()
    assert "What it made is not here any more." in html
    assert "Take it back</button>" not in html


def test_roles_are_known_as_people_write_them():
    held = read_in(b"Head: Yes.\n\nMr Low (ICT coordinator): No.\n\nHead Teacher: So.\n")
    assert [(speaker, role) for _, speaker, role, _ in turns(held)] == [
        ("", "headteacher"),
        ("Mr Low", "ict-coordinator"),
        ("", "headteacher"),
    ]
