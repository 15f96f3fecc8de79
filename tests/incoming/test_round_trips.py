"""Out, changed elsewhere, and in again: no coding is doubled or dropped, whatever the text and the order of things."""

import io
import re
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.incoming.cutting import Lines, cut, within
from exchange.incoming.html_text import HtmlText
from exchange.incoming.texts import PlainText
from findings import actions
from findings.models import Code, Codebook, Coding
from schools.models import Quote
from tests.bench import Team, make_team
from tests.factories import make_user
from tests.incoming.bring import bring, planned
from tests.incoming.elsewhere import EDITS, Project, Table, Taguette
from tests.incoming.files import zipped
from tests.incoming.taguette_files import byte, taguette
from tests.incoming.test_imports import coded_team, exported

TEXTS = st.text(alphabet=st.sampled_from("ab é👩‍🏫́שل\n\r\t ."), max_size=60)


@st.composite
def texts_with_passages(draw: Any) -> tuple[str, list[tuple[int, int]]]:
    text = draw(TEXTS)
    places = st.integers(0, len(text))
    spans = draw(st.lists(st.tuples(places, places), max_size=6))
    return text, [(min(pair), max(pair)) for pair in spans if pair[0] != pair[1]]


# ── Without a database ──────────────────────────────────────────────────────────────────────────
@given(texts_with_passages())
def test_every_passage_lies_within_one_quote_and_no_word_is_lost(made: tuple[str, list[tuple[int, int]]]) -> None:
    text, passages = made
    quotes = cut(text, passages)
    assert quotes == sorted(quotes)
    assert all(one[1] <= other[0] for one, other in zip(quotes, quotes[1:], strict=False))
    for start, end in passages:
        at = within(quotes, start, end)
        assert quotes[at][0] <= start
        assert end <= quotes[at][1]
    covered = {place for start, end in quotes for place in range(start, end)}
    assert all(place in covered for place, sign in enumerate(text) if not sign.isspace())


@given(TEXTS)
def test_positions_follow_the_line_ends(said: str) -> None:
    plain = PlainText.of("\ufeff" + said)
    assert plain.text == said.replace("\r\n", "\n").replace("\r", "\n")
    for start in range(len(said)):
        if said[start : start + 2] != "\r\n" and said[start] != "\r":
            assert plain.text[plain.at(start)] == said[start]
    assert plain.at(len(said)) == len(plain.text)


@given(
    st.lists(st.sampled_from(["<p>", "</p>", "<b>", "</b>", "<br>", "é", "👩‍🏫", "word ", "\n", "&amp;"]), max_size=12)
)
def test_bytes_of_html_find_their_signs(parts: list[str]) -> None:
    html = HtmlText("x" + "".join(parts))
    bare = "x" + "".join("&" if one == "&amp;" else one for one in parts if not one.startswith("<"))
    assert html.bytes == len(bare.encode())
    for place, sign in enumerate(bare):
        first = len(bare[:place].encode())
        assert html.text[html.start(first) : html.end(first + len(sign.encode()))] == sign


def test_lines_are_counted() -> None:
    assert [Lines("a\nb\n\nc").locator(*span) for span in ((0, 1), (2, 3), (5, 6), (0, 3))] == [
        "L1",
        "L2",
        "L4",
        "L1-L2",
    ]


# ── With one ────────────────────────────────────────────────────────────────────────────────────
def with_other_guids(data: bytes) -> bytes:
    """As QualCoder gives a project back: its own name as origin, other GUIDs for all."""
    with ZipFile(io.BytesIO(data)) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    xml = packed.pop("project.qde").decode()
    xml = xml.replace('origin="ICT Lead"', 'origin="QualCoder 3.7"')
    names = {one: str(uuid4()) for one in set(re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", xml))}
    xml = re.sub("|".join(names), lambda match: names[match[0]], xml)
    files: dict[str, bytes | str] = {
        re.sub(r"[0-9a-f-]{36}", lambda match: names.get(match[0], match[0]), name): text
        for name, text in packed.items()
    }
    return zipped({"project.qde": xml, **files})


def passages(team: Team) -> list[tuple]:
    rows = Coding.objects.filter(code__codebook=team.codebook)
    return sorted(rows.values_list("quote__guid", "code__guid", "start", "end"))


def table_of(team: Team) -> bytes:
    return b"".join(team.client("lead").get(f"/workbench/{team.codebook.guid}/codings.csv").streaming_content)


DONE_HERE = ("code", "uncode", "export", "import")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [Project, Table])
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(DONE_HERE + EDITS), min_size=3, max_size=10))
def test_no_order_of_things_doubles_or_drops_a_coding(kind: Any, steps: list[str]) -> None:
    """Whatever is done here and to a file elsewhere, an import adds what the file has and this site has not."""
    team = make_team(codes=3)
    lead, user = team.coder("lead"), team.users["lead"]

    def export() -> Any:
        return kind(exported(team.codebook, user) if kind is Project else table_of(team))

    team.code("lead", 0, 0, 2)
    team.code("lead", 1, 2, 7, 1, memo="Why.")
    file = export()
    assert {tuple(map(str, row)) for row in file.said()} == {tuple(map(str, row)) for row in passages(team)}
    for number, step in enumerate(steps):
        before = passages(team)
        match step:
            case "code":
                team.code("lead", number % 3, number, number + 3, number % 3)
            case "uncode":
                last = Coding.objects.filter(coder=lead).last()
                if last:
                    actions.uncode(codebook=team.codebook, coder=lead, coding=last)
            case "export":
                file = export()
            case "import":
                bring(file.data(), user)
                here = [tuple(map(str, row)) for row in passages(team)]
                said = {tuple(map(str, row)) for row in file.said()}
                assert sorted(here) == sorted({tuple(map(str, row)) for row in before} | said)
                assert planned(file.data(), user).new() == {}
            case edit:
                file.edit(edit, number)
                assert passages(team) == before


@pytest.mark.django_db
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(("import", *EDITS)), min_size=2, max_size=8))
def test_a_project_of_taguette_comes_again_and_again(tmp_path: Path, steps: list[str]) -> None:
    user = make_user()
    words = {one: (byte(one), byte(one, end=True)) for one in ("trust", "them", "time", "One", "Two")}
    taguette(tmp_path, [(*words["trust"], "care"), (*words["time"], "late"), (*words["Two"], "care")])
    file = Taguette(tmp_path / "made.sqlite3", words)
    wanted: set[tuple] = set()
    for number, step in enumerate(["import", *steps, "import"]):
        if step != "import":
            file.edit(step, number)
            continue
        bring(file.data(), user)
        wanted |= file.said()
        rows = Coding.objects.filter(code__codebook__study__made_by=user).select_related("code", "quote")
        assert sorted((one.passage, one.code.name) for one in rows) == sorted(wanted)


@pytest.mark.django_db
def test_a_project_back_from_qualcoder_finds_its_quotes_and_codes() -> None:
    team = coded_team()
    data = with_other_guids(exported(team.codebook, team.users["lead"]))
    plan = planned(data, team.users["lead"], codebook=team.codebook, me=_lead(data, team))
    assert plan.here["codings"] == 2
    assert plan.new().get("codes", 0) == 0


def _lead(data: bytes, team: Team) -> UUID:
    held = planned(data, team.users["lead"], codebook=team.codebook).held
    return next(one.guid for one in held.coders if one.name == team.coder("lead").name)


@pytest.mark.django_db
def test_our_table_of_codings_comes_back() -> None:
    team = coded_team()
    client, road = team.client("lead"), f"/workbench/{team.codebook.guid}/codings.csv"
    data = b"".join(client.get(road).streaming_content)
    assert planned(data, team.users["lead"]).new() == {}
    before = passages(team)
    for one in Coding.objects.filter(coder=team.coder("lead"), code__codebook=team.codebook):
        actions.uncode(codebook=team.codebook, coder=team.coder("lead"), coding=one)
    assert bring(data, team.users["lead"]).made == {"codings": 2}
    assert passages(team) == before
    assert Coding.objects.get(memo="Why.").coder == team.coder("lead")


@pytest.mark.django_db
def test_a_passage_that_was_changed_in_the_table_is_named() -> None:
    from exchange.incoming.records import Unreadable

    team = coded_team()
    data = b"".join(team.client("lead").get(f"/workbench/{team.codebook.guid}/codings.csv").streaming_content)
    with pytest.raises(Unreadable, match="row 2: “passage” has other words"):
        planned(data.replace(b",3,9,", b",2,9,", 1), team.users["lead"])


@pytest.mark.django_db
def test_a_published_codebook_comes_back_as_a_copy_with_its_tree() -> None:
    team = coded_team()
    data = b"".join(team.client("lead").get("/codebooks/gateways.qdc").streaming_content)
    study = team.quotes[0].school.study
    assert study.pk
    gateways = Codebook.objects.get(slug="gateways")
    done = bring(data, team.users["lead"], study=gateways.study)
    [copy] = done.codebooks.all()
    assert copy.guid != gateways.guid
    names = [list(book.codes.order_by("position").values_list("name", "definition")) for book in (gateways, copy)]
    assert names[0] == names[1]
    assert Code.objects.filter(codebook=copy, guid__in=gateways.codes.values("guid")).count() == 0
    assert Quote.objects.filter(school__study=gateways.study).exists()
