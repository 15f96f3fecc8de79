"""A quote's text as the coding page marks it: not one character more or less, and every passage legible."""

from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findings import actions
from findings.codebook_csv import read_codebook
from findings.coding_page import LANES, MARGIN, marked_text, marks_of, quote_desks
from findings.tree import tree_of
from tests.bench import make_team
from tests.workbench.scale import add_codings


class Texts(HTMLParser):
    """What stands between the tags, as a browser would read it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.said: list[str] = []

    def handle_data(self, data: str) -> None:
        assert "\r" not in data  # a browser would make LF of it
        self.said.append(data)

    def handle_entityref(self, name: str) -> None:
        self.said.append({"amp": "&", "lt": "<", "gt": ">", "quot": '"'}[name])

    def handle_charref(self, name: str) -> None:
        self.said.append(chr(int(name[1:], 16) if name[0] in "xX" else int(name)))


def read(html: str) -> str:
    texts = Texts()
    texts.feed(html)
    texts.close()
    return "".join(texts.said)


def coding(start: int, end: int, code: int = 1, pk: int = 0) -> Any:
    return SimpleNamespace(
        pk=pk or start * 1000 + end,
        start=start,
        end=end,
        quote_id=1,
        code_id=code,
        coder_id=1,
        code=SimpleNamespace(colour=code % 8 + 1, name=f"Idea {code}"),
    )


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=60),
    st.lists(st.tuples(st.integers(0, 59), st.integers(1, 60)), max_size=9),
)
def test_marked_text_is_the_text(text: str, places: list[tuple[int, int]]):
    codings = [coding(min(a, b), max(a, b)) for a, b in places if a != b and max(a, b) <= len(text)]
    assert read(marked_text(text, marks_of(text, sorted(codings, key=lambda one: one.start)))) == text


def test_text_that_is_no_html_stays_text():
    html = marked_text('<b>&amp; "so"</b>', marks_of("", []))
    assert "<b>" not in html
    assert read(html) == '<b>&amp; "so"</b>'


def test_passages_that_meet_have_lanes_of_their_own():
    marks = marks_of("x" * 40, [coding(0, 10), coding(2, 8), coding(3, 20), coding(10, 12), coding(21, 30)])
    assert [mark.lane for mark in marks] == [1, 2, 3, 1, 1]
    assert [mark.number for mark in marks] == [1, 2, 3, 4, 5]
    many = marks_of("x" * 40, [coding(0, 20 + place) for place in range(6)])
    assert max(mark.lane for mark in many) == LANES
    assert [mark.crowded for mark in many] == [False] * 4 + [True] * 2


def test_last_stretch_of_a_passage_carries_its_number():
    html = marked_text("abcdef", marks_of("abcdef", [coding(0, 4), coding(2, 6, code=2)]))
    assert html.count('data-mark="1"') == 2
    assert html.count('data-end="1"') == 1
    assert html.index('data-end="2"') > html.index('data-end="1"')


def test_overlaps_are_of_the_same_code_alone():
    marks = marks_of("x" * 20, [coding(0, 6), coding(4, 9), coding(5, 9, code=2), coding(9, 12)])
    assert [mark.overlaps for mark in marks] == [1, 1, 0, 0]


@pytest.mark.django_db
def test_of_many_codings_those_near_the_last_one_are_shown():
    team = make_team(texts=["word " * 200])
    add_codings(team.quotes, team.codes, team.coder("ann"), 150)
    made = team.code("ann", start=500, end=505)
    [one] = quote_desks(team.quotes, team.codebook, team.coder("ann"), near=made.pk)
    assert len(one.marks) == MARGIN
    assert one.count == 151
    assert made in [mark.coding for mark in one.marks]
    [whole] = quote_desks(team.quotes, team.codebook, team.coder("ann"), whole=True)
    assert whole.is_whole
    assert read(one.text) == team.quotes[0].text


@pytest.mark.django_db
def test_tree_puts_each_code_after_its_parent():
    team = make_team(codes=3)
    actions.move_code(codebook=team.codebook, coder=team.coder("lead"), code=team.codes[2], parent=team.codes[0])
    nodes = tree_of(team.codebook.codes.all())
    assert [(node.path, node.depth) for node in nodes] == [("Idea 1", 0), ("Idea 1 › Idea 3", 1), ("Idea 2", 0)]


def test_codebook_is_read_from_csv():
    reading = read_codebook("Code;Definition;Colour\nLeading > Vision;What is wanted;3\n\n Leading ;\n")
    assert reading.faults == []
    assert [(one.path, one.definition, one.colour) for one in reading.codes] == [
        (("Leading", "Vision"), "What is wanted", 3),
        (("Leading",), "", None),
    ]


@pytest.mark.parametrize(
    ("text", "paths", "notes"),
    [
        (
            "name,parent\nVision,Leading\nGoals,Leading > Vision\nFar,goals",
            ["Leading > Vision", "Leading > Vision > Goals", "Leading > Vision > Goals > Far"],
            [],
        ),
        (
            "tag,description,number of highlights\nschool.budget,Money,3\nDr. Who 1.5,,0",
            ["school > budget", "Dr. Who 1.5"],
            ["Not read: “number of highlights”.", "“school.budget” is read as “school › budget”."],
        ),
        ("code,color,weight\nA,#f40,9", ["A"], ["Not read: “weight”.", "Row 2: the colour #f40 becomes rust."]),
        (
            "Codebook for x\n========\nCategory: Leading, catid:1\nMemo: Top\n--Code: Vision, far, cid:2, Frq: 1",
            ["Leading", "Leading > Vision, far"],
            [],
        ),
    ],
)
def test_files_of_other_programs_are_read_and_what_is_not_read_is_named(text: str, paths: list[str], notes: list[str]):
    reading = read_codebook(text)
    assert reading.faults == []
    assert [" > ".join(one.path) for one in reading.codes] == paths
    assert reading.notes == notes


def test_memo_of_several_lines_becomes_the_definition():
    [_, code] = read_codebook(
        "Category: A, catid:1, Owner: a\nMemo: Top\n--Code: B, cid:2, Frq: 1\n--Memo: One\ntwo"
    ).codes
    assert code.definition == "One\ntwo"


def test_parents_that_go_in_circles_are_a_fault():
    reading = read_codebook("name,parent\nA,B\nB,A")
    assert [row for row, _ in reading.faults] == [2, 3]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", [(1, "There is no column “path”. Name the column that holds the codes “path”.")]),
        ("path\n", [(1, "There is no code below the heading.")]),
        ("path,colour\nA,9", [(2, "The colour “9” is none of 1 to 8, and not written like #3366cc.")]),
        ("name,parent\nX,A\nX,B\nC,X", [(4, "The parent “X” could be “A > X” or “B > X”. Write the whole path.")]),
        ("path\nA,oops", [(2, "The row has more cells than the heading: put texts with commas in quotes.")]),
        ("path\nA\na", [(3, "“a” stands in row 2 already.")]),
        ("path\nA > ", [(2, "The path has an empty name.")]),
        ("path\n" + "x" * 121, [(2, f"The name “{'x' * 40}…” is longer than 120 characters.")]),
        ("path,definition\nA," + "x" * 5001, [(2, "“definition” has 5,001 characters: at most 5,000 are kept.")]),
        ('path\n"A', [(1, "This is no CSV: unexpected end of data.")]),
        ("path\nA\x00", [(2, "The path has a character that no text has.")]),
    ],
)
def test_faults_of_a_codebook_name_their_row(text: str, faults: list[tuple[int, str]]):
    assert read_codebook(text).faults == faults
