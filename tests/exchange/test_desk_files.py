"""A team's own files: codebook, notes and project, as far as each member may see, and as narrowed as asked."""

import csv
import html
import io
import re
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from exchange.desk_downloads import files_of
from exchange.desk_workbook import SHEETS
from findings import actions
from findings.access import Desk
from findings.models import Coding
from tests.bench import Team, make_team
from tests.exchange.refi import validate
from tests.exchange.test_workbook import book
from tests.factories import make_topic
from tests.workbench.scale import add_codes, add_codings, add_quotes

pytestmark = pytest.mark.django_db
PAGE = "downloads/"
NAMES = [
    PAGE, "codebook.csv", "codebook.qdc", "notes.csv", "cases.csv", "findings.csv",
    "project.qdpx", "project.qdpx?key=1", "project.qdpx?by=own", "workbook.xlsx", "workbook.xlsx?by=own",
    "datapackage.zip",
]  # fmt: skip
SECRET = "aardvark"


@pytest.fixture
def team() -> Team:
    """Ann and ben coded blind; ben marked his quote as a key quote. The first code has a memo."""
    return worked(make_team())


@pytest.fixture
def small() -> Team:
    """The same at a study of three quotes, for what does not depend on what a file holds."""
    return worked(make_team(study=make_topic().study))


def worked(team: Team) -> Team:
    team.code("ann", memo="Ann’s reason.")
    team.code("ben", quote=1, code=1, memo=SECRET)
    for name, quote, is_key in (("ann", 0, False), ("ben", 1, True)):
        actions.write_note(
            codebook=team.codebook, coder=team.coder(name), quote=team.quotes[quote], memo=f"{name}: {SECRET}"[-16:],
            is_key=is_key,
        )  # fmt: skip
    team.codes[0].memo = "Ask the schools."
    team.codes[0].save()
    return team


def taken(team: Team, name: str, file: str, status: int = 200) -> bytes:
    response = team.client(name).get(team.road + file)
    assert response.status_code == status, (name, file)
    if status == 200:
        assert response["Cache-Control"] == "no-store, private"
    return b"".join(response.streaming_content) if response.streaming else response.content


def rows(team: Team, name: str, file: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(taken(team, name, file).decode())))


def project(team: Team, name: str, more: str = "") -> str:
    with zipfile.ZipFile(io.BytesIO(taken(team, name, f"project.qdpx{more}"))) as archive:
        text = archive.read("project.qde")
        validate("Project", text)
        return text.decode()


def codings_in(text: str) -> int:
    return text.count("<Coding ")


@pytest.mark.parametrize("file", NAMES)
def test_files_are_for_members_alone(small: Team, file: str):
    for name in ("ann", "ben", "lead"):
        taken(small, name, file)
    taken(small, "viewer", file, 400 if "=own" in file else 200)  # a viewer has no codings to choose
    for name in ("stranger", "staff"):
        taken(small, name, file, 404)
    taken(small, "anonymous", file, 302)


def test_codebook_has_memos_and_counts_of_what_one_sees(team: Team):
    first, second = rows(team, "ann", "codebook.csv")
    assert (first["name"], first["memo"], first["codings"], second["codings"]) == (
        "Idea 1",
        "Ask the schools.",
        "1",
        "0",
    )
    assert [one["codings"] for one in rows(team, "lead", "codebook.csv")] == ["0", "0"]
    validate("Codebook", taken(team, "ann", "codebook.qdc"))
    assert b"Ask the schools." not in taken(team, "ann", "codebook.qdc")


@pytest.mark.parametrize("is_open", [False, True])
def test_downloads_say_the_rows_that_each_file_then_has(team: Team, is_open: bool):
    if is_open:
        actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    for name in ("viewer", "ann", "lead"):
        page = " ".join(taken(team, name, PAGE).decode().split())
        for file in ("codings", "notes", "codebook", "cases", "findings"):
            number = len(rows(team, name, f"{file}.csv"))
            said = f">{number} row{'' if number == 1 else 's'}, about "
            assert said in page.partition(f'{file}.csv"')[2].partition("</li>")[0], (name, file)
        number = codings_in(project(team, name))
        assert f">{number} coding{'' if number == 1 else 's'}, about " in page.partition('project.qdpx"')[2]


@pytest.mark.parametrize("more", [0, 60])
def test_downloads_say_sizes_within_a_factor_of_two(team: Team, more: int):
    if more:
        quotes = add_quotes(team.quotes[0].school, more)
        add_codings(quotes, add_codes(team.codebook, 20), team.coder("ann"), 3)
    desk = Desk(team.codebook, team.member("ann"), team.coder("ann"))
    found = {
        one.title: len(taken(team, "ann", one.address.removeprefix(team.road))) / one.size
        for one in files_of(desk, team.users["ann"])
    }
    assert len(found) == 9
    assert not {title: ratio for title, ratio in found.items() if not 0.5 < ratio < 2}


def test_workbook_holds_what_one_may_see_and_says_what_was_asked(team: Team):
    sheets = book(taken(team, "ann", "workbook.xlsx"))
    assert list(sheets) == ["README", *SHEETS]
    assert [row[sheets["codings"][0].index("coder_name")] for row in sheets["codings"][1:]] == ["Ann"]
    assert [row[4] for row in sheets["notes"][1:]] == ["ann: aardvark"]
    assert sheets["codes"][1][sheets["codes"][0].index("memo")] == "Ask the schools."
    assert (
        len(sheets["quotes"])
        == len(sheets["wide"])
        == 1 + team.codebook.study.schools.aggregate(n=Count("quotes"))["n"]
    )
    for name in ("cases", "findings"):
        assert len(sheets[name]) == 1 + len(rows(team, "ann", f"{name}.csv"))
    described = {tuple(row[:2]) for row in sheets["data dictionary"][1:]}
    for name in set(SHEETS) - {"wide", "data dictionary"}:
        assert {(name, column) for column in sheets[name][0]} <= described
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    asked = book(taken(team, "lead", "workbook.xlsx?by=all&key=1"))
    assert ("Codings and notes", "All quotes of the study. Codings of: all coders. Key quotes only.") in map(
        tuple, asked["README"]
    )
    assert [row[sheets["codings"][0].index("coder_name")] for row in asked["codings"][1:]] == ["Ben"]


def test_notes_are_ones_own_until_all_are_opened(team: Team):
    assert [one["coder_name"] for one in rows(team, "ann", "notes.csv")] == ["Ann"]
    assert rows(team, "viewer", "notes.csv") == rows(team, "lead", "notes.csv") == []
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    found = rows(team, "viewer", "notes.csv")
    assert [(one["coder_name"], one["is_key"], one["done_at"]) for one in found] == [("Ann", "0", ""), ("Ben", "1", "")]
    assert SECRET in found[1]["note"]


def test_project_holds_what_is_asked_of_what_one_may_see(team: Team):
    assert SECRET not in project(team, "ann").replace("ann: aardvark", "")
    assert codings_in(project(team, "ann")) == 1
    assert codings_in(project(team, "ann", "?key=1")) == 0
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    actions.decide(
        codebook=team.codebook, coder=team.coder("lead"), quote=team.quotes[0], code=team.codes[0], start=0, end=5,
        verdict="accept", reason="",
    )  # fmt: skip
    ben = team.coder("ben").guid
    for more, number in [
        ("", 3), ("?by=all", 2), ("?by=own", 1), ("?by=agreed", 1), (f"?by={ben}", 1), ("?key=1", 1),
        (f"?by=all&kind1=code&value1={team.codes[0].guid}", 1), ("?by=agreed&key=1", 0),
    ]:  # fmt: skip
        assert codings_in(project(team, "ann", more)) == number, more
    text = project(team, "ann", f"?by={ben}&key=1")
    assert "All quotes of the study. Codings of: Ben. Key quotes only." in text
    assert "the whole study" not in text
    assert "no filters: the whole study." in project(team, "ann")
    assert "On a quote: Ben" in text
    assert "On a quote: Ann" not in text
    assert "On a quote" not in project(team, "ann", "?by=agreed")


def test_parts_on_offer_are_there_to_take(small: Team):
    for name in ("viewer", "ann", "lead"):  # who codes blind has no choice but the key quotes, of three files
        assert [words for words, _ in parts_of(small, name)][:3] == ["Key quotes alone"] * 3
    actions.open_codings(codebook=small.codebook, coder=small.coder("lead"))
    parts = parts_of(small, "ann")
    assert [words for words, _ in parts[:5]] == ["Your own", "Lead", "Ann", "Ben", "Key quotes alone"]
    for _, address in parts:
        taken(small, "ann", address.removeprefix(small.road))


def parts_of(team: Team, name: str) -> list[tuple[str, str]]:
    """The links to parts of files, as their words and addresses."""
    page = taken(team, name, PAGE).decode()
    found = re.findall(r'<a href="([^"]+\?[^"]+)">([^<]+)<span', page)
    return [(words, html.unescape(address)) for address, words in found]


@pytest.mark.parametrize("more", ["?by=ben", "?key=king", "?kind1=nonsense", "?by=all"])
def test_wrong_parameters_are_refused(team: Team, more: str):
    for file in ("project.qdpx", "workbook.xlsx"):
        assert b"This address cannot be answered" in taken(team, "ann", f"{file}{more}", 400)


def test_another_coders_work_changes_no_file(team: Team):
    def all_of() -> dict[tuple[str, str], Any]:
        return {
            (name, file): project(team, name, file.removeprefix("project.qdpx"))
            if file.startswith("project")
            else taken(team, name, file)
            for name in ("viewer", "ann", "lead")
            for file in NAMES
            if not (name == "viewer" and "=own" in file)
        }

    before = all_of()
    team.code("ben", 0, 0, 2, memo=SECRET)
    actions.write_note(codebook=team.codebook, coder=team.coder("ben"), quote=team.quotes[0], memo="Again", is_key=True)
    assert all_of() == before


@pytest.mark.parametrize(
    "file", [PAGE, "codebook.csv", "notes.csv", "codebook.qdc", "cases.csv", "project.qdpx?by=own", "workbook.xlsx"]
)
def test_as_many_queries_for_few_rows_as_for_many(team: Team, file: str):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            taken(team, "ann", file)
        return len(captured)

    few = queries()
    quotes = add_quotes(team.quotes[0].school, 30)
    add_codings(quotes, add_codes(team.codebook, 20), team.coder("ann"), 3)
    assert Coding.objects.filter(coder=team.coder("ann")).count() > 50
    assert queries() == few


def test_codes_published_without_codings_have_no_counts_but_for_members():
    team = make_team()
    team.code("ann")
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    made = actions.publish(
        codebook=team.codebook, coder=team.coder("lead"), version="1.0", authors="A", shows_agreed=False
    )
    public = team.client("anonymous").get(f"/codebooks/{made.slug}.csv")
    members = team.client("ann").get(f"{team.road}codebook.csv")
    for response, expected in ((public, {("", "")}), (members, {("1", "1"), ("0", "0")})):
        rows = csv.DictReader(io.StringIO(b"".join(response).decode()))
        assert {(row["codings"], row["quotes"]) for row in rows} == expected
