"""Files of the analysis: reports, codings, figures, and how wide their rows are."""

import csv
import io
import re
from html import escape, unescape

import pytest
from django.core.cache import cache
from docx import Document

from findings import actions
from findings.analysis.pages import TABLES as PAGES
from findings.figures import Figure
from findings.models import Code
from schools.models import Quote
from tests.bench import Team
from tests.workbench.analysed import analysed_team, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return analysed_team()


def test_report_of_a_code_as_page_word_and_csv(team: Team):
    client = team.client("viewer")
    road = f"{team.road}codes/{team.codes[0].guid}/report"
    shown = team.quotes[1]
    Code.objects.filter(pk=team.codes[0].pk).update(example=shown)
    for html in (page(client, road.removesuffix("report")), page(client, f"{road}/")):
        assert f"“{escape(shown.text)}”" in html.split("Example")[1].split("value1=" + str(shown.guid))[0]
    document = Document(io.BytesIO(client.get(f"{road}.docx").content))
    assert any(one.text.startswith(f"Example: “{shown.text}”") for one in document.paragraphs)
    html = page(client, f"{road}/")
    assert "5 passages in 3 quotes, coded by all coders" in " ".join(html.split())
    assert "1 passage in 1 quote, coded by" not in html
    lines = b"".join(client.get(f"{road}.csv").streaming_content).decode().splitlines()
    assert len(lines) == 6
    assert lines[0].endswith("coded_at,coder_name,coded_with,coding_id")
    word = client.get(f"{road}.docx")
    assert word.content[:2] == b"PK"
    assert "Leading" in word["Content-Disposition"] or "leading" in word["Content-Disposition"]


def test_codings_as_csv_own_all_agreed_and_key_quotes(team: Team):
    actions.write_note(codebook=team.codebook, coder=team.coder("ben"), quote=team.quotes[3], is_key=True)
    actions.decide(
        codebook=team.codebook, coder=team.coder("lead"), quote=team.quotes[0], code=team.codes[0], start=0, end=8,
        verdict="accept", reason="",
    )  # fmt: skip

    def rows(query: str) -> list[str]:
        stream = team.client("ann").get(f"{team.road}codings.csv?coded=1&{query}").streaming_content
        return b"".join(stream).decode().splitlines()[1:]

    assert [len(rows(query)) for query in ("", "by=own", "by=agreed", "key=1", "by=own&key=1")] == [7, 4, 1, 1, 0]
    assert all(",Ann," in row for row in rows("by=own"))
    whole = b"".join(team.client("ann").get(f"{team.road}codings.csv").streaming_content).decode()
    quotes = Quote.objects.filter(school__study=team.codebook.study).count()
    assert len(list(csv.reader(io.StringIO(whole, newline="")))) == 1 + quotes + 7 - 4


def test_figures_of_the_pages(team: Team):
    client = team.client("lead")
    report = f"codes/{team.codes[0].guid}/report/"
    pages = {name: f"{name}/" for name in ("agreement", "matrix", "together", "progress")}
    pages |= {"report": report, "frequencies": "words/frequencies/"}
    for name, place in pages.items():
        html = page(client, team.road + place)
        [source] = re.findall(r'<img src="([^"]*)"', html)
        drawn = client.get(unescape(source))
        assert drawn.content.startswith(b"<svg"), name
        assert drawn["Cache-Control"] == "no-store, private"
        for ending in ("csv", "json", "png"):
            assert client.get(unescape(source).replace(".svg", f".{ending}")).status_code == 200
    assert client.get(f"{team.road}figures/schools.svg").status_code == 404
    assert client.get(f"{team.road}figures/matrix.gif").status_code == 404
    assert client.get(f"{team.road}figures/matrix.svg?theme=pink").status_code == 400
    assert client.get(f"{team.road}nothing.csv").status_code == 404


def test_every_row_of_every_file_is_as_wide_as_its_header(team: Team):
    client = team.client("ann")
    for name in [*PAGES, "codings", "query", f"codes/{team.codes[0].guid}/report"]:
        asked = "?q=teachers" if name == "words" else "?group=school-a" if name == "frequencies" else ""
        stream = client.get(f"{team.road}{name}.csv{asked}").streaming_content
        text = b"".join(stream).decode()
        header, *rows = csv.reader(io.StringIO(text, newline=""))
        assert rows, name
        assert {len(row) for row in rows} == {len(header)}, name
        assert "INCOMPLETE" not in text


def test_a_drawing_is_kept_for_one_person_while_its_numbers_stand(team: Team, monkeypatch: pytest.MonkeyPatch):
    drawn = []

    def draw(figure: Figure, ending: str, theme: str, said: str) -> str:
        drawn.append(ending)
        return repr(figure.rows)

    monkeypatch.setattr("exchange.workbench.figure_file", draw)
    team.code("ann")
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    cache.clear()

    def seen(name: str) -> str:
        response = team.client(name).get(f"{team.road}figures/matrix.svg?counted=codings")
        assert response["Cache-Control"] == "no-store, private"
        return response.content.decode()

    assert seen("ann") == seen("ann")
    assert len(drawn) == 1
    seen("lead")
    assert len(drawn) == 2  # no one is given what was kept for another
    before = seen("ann")
    team.code("ann", 2, 3, 7)
    assert seen("ann") != before
    assert len(drawn) == 3
