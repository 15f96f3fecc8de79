"""Transcripts in text, Word and CSV: each turn a quote with its speaker; and what is said where it cannot come in."""

import io
from zipfile import ZipFile

import pytest

from exchange.imports.undoing import take_back
from exchange.incoming import transcripts
from exchange.incoming.recognise import read
from exchange.incoming.records import Incoming, Limits, Unreadable
from findings import actions
from findings.models import Import
from schools.models import Quote, Study
from tests.factories import make_user
from tests.incoming.bring import bring

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
