"""The report of a code: page, Word and CSV say the same, of published codings only, in as many queries for many."""

import csv
import io
import re
from html import unescape
from zipfile import ZipFile

import pytest
from django.test import Client
from django.utils import timezone
from docx import Document

from exchange.code_report_word import code_report_word
from findings import actions
from findings.code_report import CodeReport
from findings.models import Code, Codebook, Coding
from schools.models import School, Study
from tests.bench import make_team
from tests.factories import editors, make_coder, make_coding, make_quote
from tests.reading.scale import add_schools

pytestmark = pytest.mark.django_db

ROAD = "/codebooks/gateways/student-voice/report"


def voice() -> Code:
    return Code.objects.select_related("codebook").get(codebook__slug="gateways", slug="student-voice")


def lines(client: Client, road: str = f"{ROAD}.csv") -> list[dict[str, str]]:
    response = client.get(road)
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


def words_of(file: bytes) -> str:
    document = Document(io.BytesIO(file))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_counts_are_those_of_the_codings():
    codings = list(Coding.objects.published().filter(code=voice()).select_related("quote__school"))
    report = CodeReport.of(voice(), Coding.objects.published())
    assert report.passages == len(codings) > 0
    assert report.quotes == len({one.quote_id for one in codings})
    assert [tally.label for tally in report.by_school] == sorted({one.quote.school.name for one in codings})
    assert sum(tally.passages for tally in report.by_role) == report.passages
    assert sum(len(members) for _, members, _ in report.schools) == report.passages


def test_several_passages_of_a_quote_are_one_quote():
    school = School.objects.get(slug="a")
    quote, before = make_quote(school, speaker_role="teacher"), CodeReport.of(voice(), Coding.objects.published())
    for end in (3, 9):
        make_coding(quote, voice(), coder=editors(), end=end)
    after = CodeReport.of(voice(), Coding.objects.published())
    assert (after.passages - before.passages, after.quotes - before.quotes) == (2, 1)
    assert ("Teacher", 1, 2) in [(one.label, one.quotes, one.passages) for one in after.by_role]


def test_page_word_and_csv_say_the_same(client: Client):
    page = client.get(f"{ROAD}/").content.decode()
    response = client.get(f"{ROAD}.docx")
    assert response["Content-Disposition"].startswith('attachment; filename="gill-2007-gateways-student-voice-report-v')
    document, rows = words_of(response.content), lines(client)
    assert voice().definition in document
    for coding in Coding.objects.published().filter(code=voice()).select_related("quote"):
        assert coding.passage in document
        assert coding.memo in document
        assert [row["memo"] for row in rows if row["quote_id"] == str(coding.quote.guid)].count(coding.memo) == 1
        assert coding.quote.get_absolute_url() in page
    assert {row["code"] for row in rows} == {"student-voice"}


def opened(client: Client, road: str) -> dict[str, int]:
    """What is linked in a report's tallies: the number shown, and the quotes that its page finds."""
    html = client.get(road).content.decode()
    links = re.findall(r'<a href="([^"]+)">([\d,]+)<span class="visually-hidden"> quotes?: ', html)
    assert links
    found = [client.get(unescape(link)).context["page"].paginator.count for link, _ in links]
    assert found == [int(shown) for _, shown in links]
    return dict(zip((unescape(link) for link, _ in links), found, strict=True))


def test_the_numbers_of_a_report_open_their_quotes(client: Client):
    roads = opened(client, f"{ROAD}/")
    assert {"school" in road for road in roads} == {"role" in road for road in roads} == {True, False}


def test_the_report_of_a_team_s_published_code_has_the_agreed_passages(client: Client):
    team = make_team(opened_at=timezone.now())
    for name in ("ann", "ben"):
        team.code(name)
    team.code("ann", quote=1)
    actions.decide(
        codebook=team.codebook, coder=team.coder("lead"), quote=team.quotes[0], code=team.codes[0], start=0, end=5,
        verdict="accept", reason="",
    )  # fmt: skip
    mine = opened(team.client("viewer"), f"{team.road}codes/{team.codes[0].guid}/report/")
    assert sorted(mine.values()) == [2, 2]
    options = {"version": "1.0", "authors": "A", "shows_agreed": True}
    book = actions.publish(codebook=team.codebook, coder=team.coder("lead"), **options)
    road = f"/codebooks/{book.slug}/{team.codes[0].slug}/report"
    assert "1 passage in 1 quote" in " ".join(client.get(f"{road}/").content.decode().split())
    assert sorted(opened(client, f"{road}/").values()) == [1, 1]
    assert len(lines(client, f"{road}.csv")) == 1
    qdpx = f"/study/gill-2007.qdpx?codebook={book.slug}"
    assert qdpx in client.get("/downloads/").content.decode()
    with ZipFile(io.BytesIO(b"".join(client.get(qdpx).streaming_content))) as archive:
        project = archive.read("project.qde").decode()
    assert (project.count("<Coding "), f"codebook: {book.slug}" in project) == (1, True)
    assert 'name="Ann"' not in project  # who coded stays the team's affair
    other = make_team()
    assert client.get(f"/study/gill-2007.qdpx?codebook={other.codebook.slug}").status_code == 400


def test_the_page_of_a_code_leads_to_its_report(client: Client):
    page = client.get("/gateways/student-voice/").content.decode()
    for ending in ("/", ".docx", ".csv"):
        assert f'href="{ROAD}{ending}"' in page


def test_only_published_codings_are_in_it(client: Client):
    quote = make_quote(School.objects.get(slug="a"))
    make_coding(quote, voice(), coder=make_coder(), memo="A private thought.")
    assert "A private thought." not in client.get(f"{ROAD}/").content.decode()
    assert "A private thought." not in words_of(client.get(f"{ROAD}.docx").content)
    assert "A private thought." not in [row["memo"] for row in lines(client)]


@pytest.mark.parametrize("ending", ["/", ".docx", ".csv"])
def test_unknown_and_unpublished_look_the_same(client: Client, ending: str):
    assert client.get(f"/codebooks/gateways/zzz/report{ending}").status_code == 404
    assert client.get(f"/codebooks/zzz/student-voice/report{ending}").status_code == 404
    assert client.post(f"{ROAD}{ending}").status_code == 405
    Codebook.objects.update(is_published=False)
    assert client.get(f"{ROAD}{ending}").status_code == 404
    Codebook.objects.update(is_published=True)
    Study.objects.update(is_published=False)
    assert client.get(f"{ROAD}{ending}").status_code == 404


def test_wrong_parameters_of_the_file_are_answered_in_words(client: Client):
    response = client.get(f"{ROAD}.csv?layout=long")
    assert response.status_code == 400
    assert "layout: there is no such parameter." in response.content.decode()


def test_a_code_without_codings_has_a_report(client: Client):
    Coding.objects.all().delete()
    assert "No passage of the published study has this code." in client.get(f"{ROAD}/").content.decode()
    assert "No passage has this code." in words_of(client.get(f"{ROAD}.docx").content)
    assert lines(client) == []


def test_what_does_not_fit_is_said():
    report = CodeReport.of(voice(), Coding.objects.published(), most=2)
    assert sum(len(members) for _, members, _ in report.schools) == 2
    assert report.left_out == report.passages - 2 or report.passages <= 2
    add_schools(1, quotes_each=3)
    more = CodeReport.of(voice(), Coding.objects.published(), most=2)
    assert more.left_out == more.passages - 2
    assert f"{more.left_out} more passages are in the CSV file" in words_of(code_report_word(more, "Said."))


def test_control_characters_do_not_break_the_document():
    make_coding(make_quote(School.objects.get(slug="a")), voice(), coder=editors(), memo="A\x0b\ufffe bell\x07")
    assert "A bell" in words_of(code_report_word(CodeReport.of(voice(), Coding.objects.published()), "Said."))


QUERIES = {"/": 7, ".docx": 6, ".csv": 4}


@pytest.mark.parametrize("ending", list(QUERIES))
def test_as_many_queries_for_many_passages(client: Client, ending: str, django_assert_num_queries):
    def ask() -> None:
        response = client.get(f"{ROAD}{ending}")
        assert response.status_code == 200
        b"".join(response)

    with django_assert_num_queries(QUERIES[ending]):
        ask()
    add_schools(40, quotes_each=10)
    with django_assert_num_queries(QUERIES[ending]):
        ask()
