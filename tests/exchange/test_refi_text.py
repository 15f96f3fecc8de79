"""Positions in a source as it is written, and descriptions that come apart again. No database."""

from hypothesis import given
from hypothesis import strategies as st

from exchange.characters import encodable, xml_text
from exchange.refi_study import about_finding, finding_fields, said_of_finding
from exchange.refi_text import PARTS, SchoolText, joined, lines, parted, passage, plain
from findings.models import Finding, Theme
from schools.models import Quote, School, Topic

HARD = [
    "👩🏽‍🏫",
    "e\u0301",
    "\r\n",
    "\r",
    "\n",
    "\ufeff",
    "שלום",
    "\u202e",
    "\u2028",
    "\x00",
    "\x0b",
    "\ud800",
    "\uffff",
    "a",
]
texts = st.lists(st.one_of(st.sampled_from(HARD), st.characters())).map("".join)


@given(texts, st.integers(0, 40), st.integers(0, 40))
def test_passage_cuts_the_words_it_names(text: str, one: int, other: int):
    start, end = sorted((one, other))
    first, last = passage(text, start, end)
    assert plain(text)[first:last] == plain(text[start:end])


def test_passage_between_cr_and_lf_takes_in_the_line_end():
    assert plain("a\r\nb") == "a\nb"
    assert passage("a\r\nb", 2, 4) == (1, 3)
    assert passage("a\r\nb", 0, 2) == (0, 2)
    assert passage("a\r\nb", 3, 99) == (2, 3)
    assert passage("a\r\nb", 2, 2) == (2, 2), "a passage of nothing stays one"


@given(st.lists(st.tuples(texts, st.integers(1, 2)), max_size=6), texts)
def test_school_text_says_where_each_quote_stands(quotes: list[tuple[str, int]], name: str):
    school = School(name=name)
    topics = {number: Topic(pk=number, name=f"Topic {number}") for number in (1, 2)}
    said = [
        Quote(text=text, topic=topics[number], locator=f"L{place}", speaker_role="teacher")
        for place, (text, number) in enumerate(quotes, start=1)
    ]
    written = "".join(lines(school, said)).encode().decode("utf-8-sig")
    assert "\r" not in written
    grown = SchoolText(school)
    for quote in said:
        one = grown.add(quote)
        assert written[one.start : one.end] == plain(quote.text)
        assert written[: one.start].endswith(f"\nTeacher, line {quote.locator[1:]}\n")
    assert grown.length == len(written)


def test_school_text_names_a_topic_where_it_begins():
    topic = Topic(pk=1, name="How is ICT used?")
    quotes = [Quote(text=text, topic=topic, locator="L7+L9", speaker_role="headteacher") for text in ("One.", "Two.")]
    assert "".join(lines(School(name="School A"), quotes)) == (
        "School A\n\nHow is ICT used?\n\nHeadteacher, lines 7 and 9\nOne.\n\nHeadteacher, lines 7 and 9\nTwo.\n"
    )


MARKED = st.one_of(texts, st.lists(st.sampled_from([*PARTS.values(), "\\", "\n", "\n\n", "x"])).map("".join))


@given(MARKED, st.dictionaries(st.sampled_from(list(PARTS)), MARKED))
def test_description_comes_apart_again(text: str, given: dict[str, str]):
    parts = {name: plain(part) for name, part in given.items() if part}
    assert parted(joined(text, **given)) == {"text": plain(text)} | parts


def test_description_reads_well():
    assert joined("What it is.", include="When so.", exclude="", locator="L5") == (
        "What it is.\n\nINCLUDE WHEN:\nWhen so.\n\nIN THE SOURCE:\nL5"
    )
    assert parted("Any other text") == {"text": "Any other text"}


@given(texts)
def test_characters_are_replaced_one_for_one(text: str):
    assert len(xml_text(text)) == len(encodable(text)) == len(text)
    encodable(text).encode()
    assert encodable("a\ud800b\U0001f600") == "a\ufffdb\U0001f600"
    assert xml_text("\x00\x0b\t\ufffe😀") == "\ufffd\ufffd\t\ufffd😀"


def test_a_finding_comes_back_whatever_blanks_its_words_have():
    theme = Theme(name="Staff  and\npupils", question="Who?", locator="L1")
    finding = Finding(theme=theme, title="T", statement="They share.", note="As one\nsaid,  twice.", locator="L2")
    text = said_of_finding(finding.statement, finding.note, theme.name, finding.locator)
    fields = finding_fields(about_finding(finding), text)
    assert fields is not None
    assert (fields["statement"], fields["note"], fields["theme"]) == (
        "They share.", "As one said, twice.", "Staff and pupils",
    )  # fmt: skip
