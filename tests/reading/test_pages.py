"""Every public page: works, empty, unknown, wrong method, bad input; and how often it asks the database."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from findings.models import Code, Finding
from schools.models import Quote, School, Study
from tests.factories import loaded_study, make_quote, make_school
from tests.reading.scale import add_schools

pytestmark = pytest.mark.django_db
MOST_QUERIES = 20  # of /quotes/ with several filters; one asks for the data version, one for the study


def roads() -> dict[str, str]:
    """Every public page by name, with records of the study where one is needed."""
    quote = Quote.objects.get(school__slug="a", locator="L137")
    finding = Finding.objects.first()
    assert finding
    code = Code.objects.get(codebook__slug="key-skills", slug="visual-literacy")
    return {
        "home": "/",
        "about": "/about/",
        "studies": "/studies/",
        "glossary": "/glossary/",
        "accessibility": "/accessibility/",
        "privacy": "/privacy/",
        "styleguide": "/styleguide/",
        "schools": "/schools/",
        "like_mine": "/schools/like-mine/?pupils=200&fsm=10&setting=rural-village",
        "case_page": "/schools/a/",
        "compare": "/compare/?school=a&school=c&school=d",
        "quotes": "/quotes/?q=parents&school=c&role=headteacher",
        "quote_page": f"/quotes/{quote.guid}/",
        "gateways": "/gateways/",
        "gateway_page": "/gateways/student-voice/",
        "codebooks": "/codebooks/",
        "codebook_page": "/codebooks/key-skills/",
        "code_page": code.get_absolute_url(),
        "code_report": "/codebooks/gateways/new-technologies/report/",
        "findings": "/findings/",
        "finding_page": finding.get_absolute_url(),
        "questionnaire": "/questionnaire/",
    }


NAMES = [
    "home", "about", "studies", "glossary", "accessibility", "privacy", "styleguide", "schools", "like_mine",
    "case_page", "compare", "quotes", "quote_page", "gateways", "gateway_page", "codebooks", "codebook_page",
    "code_page", "code_report", "findings", "finding_page", "questionnaire",
]  # fmt: skip


def test_every_public_road_is_listed_here():
    from reading.urls import urlpatterns

    assert {pattern.name for pattern in urlpatterns} == set(NAMES) - {"questionnaire"}


@pytest.mark.parametrize("name", NAMES)
def test_page_works(client: Client, name: str):
    response = client.get(roads()[name])
    assert response.status_code == 200
    text = response.content.decode()
    assert text.count("<h1") == (2 if name == "styleguide" else 1)
    assert "<title>" in text
    assert "– ICT Lead</title>" in text or name == "home"
    assert response.cookies == {}


@pytest.mark.parametrize("name", NAMES)
def test_page_waits_for_no_script_and_knows_the_size_of_its_images(client: Client, name: str):
    text = client.get(roads()[name]).content.decode()
    scripts = re.findall(r"<script\b[^>]*\bsrc=[^>]*>", text)
    assert len(scripts) >= 2
    assert [one for one in scripts if " defer" not in one and 'type="module"' not in one] == []
    images = re.findall(r"<img\b[^>]*>", text)
    assert [one for one in images if " width=" not in one or " height=" not in one] == []


@pytest.mark.parametrize("name", NAMES)
def test_page_answers_head_and_refuses_post(client: Client, name: str):
    road = roads()[name]
    assert client.head(road).status_code == 200
    assert client.post(road).status_code == 405


def queries_of(client: Client, road: str) -> int:
    """How often a page asks the database."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(road).status_code == 200, road
    return len(queries)


def test_pages_ask_as_often_for_many_schools_as_for_five(client: Client):
    def counted() -> dict[str, int]:
        return {name: queries_of(client, road) for name, road in roads().items()}

    few = counted()
    add_schools(495)
    assert counted() == few
    assert max(few.values()) <= MOST_QUERIES, few


def test_pages_ask_as_often_for_a_case_with_many_quotes(client: Client):
    def counted(school: School) -> dict[str, int]:
        first = school.quotes.order_by("position")[1]
        found = {
            "case_page": school.get_absolute_url(),
            "quote_page": first.get_absolute_url(),
            "compare": f"/compare/?school={school.slug}&school=a",
            "quotes": f"/quotes/?school={school.slug}&q=grow",
        }
        return {name: queries_of(client, road) for name, road in found.items()}

    def lists() -> dict[str, int]:
        return {name: queries_of(client, roads()[name]) for name in ("finding_page", "gateway_page")}

    short, before = counted(add_schools(1, quotes_each=2)[0]), lists()
    assert counted(add_schools(1, quotes_each=40)[0]) == short
    assert lists() == before
    assert max([*short.values(), *before.values()]) <= MOST_QUERIES, (short, before)


@pytest.mark.parametrize("name", NAMES)
def test_page_stands_without_any_published_study(client: Client, name: str):
    road = roads()[name]
    Study.objects.update(is_published=False)
    assert client.get(road).status_code in {200, 400, 404}


@pytest.mark.parametrize(
    "road",
    [
        "/schools/z/",
        "/gateways/zzz/",
        "/codebooks/zzz/",
        "/codebooks/gateways/zzz/",
        "/findings/zzz/",
        "/quotes/00000000-0000-0000-0000-000000000000/",
        "/quotes/not-a-guid/",
        "/quotes/?page=0",
        "/quotes/?page=99999",
        "/quotes/?page=abc",
        "/quotes/?page=-1",
        "/schools/?page=99999",
        "/gateways/student-voice/?page=99999",
        "/nowhere/",
    ],
)
def test_unknown_is_a_clean_404(client: Client, road: str):
    response = client.get(road)
    assert response.status_code == 404
    assert "This page does not exist" in response.content.decode()


def test_page_beyond_the_last_says_which_there_are(client: Client):
    assert "this list has pages 1 to 3" in client.get("/quotes/?page=99999").content.decode()


@pytest.mark.parametrize(
    ("road", "message"),
    [
        ("/quotes/?school=zzz", "There is no school called “zzz”"),
        ("/quotes/?code=student-voice", "There is no code called “student-voice”"),
        ("/quotes/?role=king", "“king” is not one of the choices."),
        ("/quotes/?sort=random", "Select a valid choice"),
        ("/quotes/?q=" + "x" * 10_000, "at most 500 characters"),
        ("/quotes/?q=a%00b", "Null characters are not allowed"),
        ("/quotes/?school=%00", "There is no school called"),
        ("/schools/?gateway=zzz", "There is no gateway called “zzz”"),
        ("/schools/?size=huge", "“huge” is not one of the choices."),
        ("/compare/?school=a&school=zzz", "There is no school called “zzz”"),
        ("/compare/?school=a&school=b&school=c&school=d&school=e&school=x", "There is no school called “x”"),
        ("/schools/like-mine/?pupils=many", "Enter the number of pupils as a whole number from 1 to 5,000, like 230."),
        ("/schools/like-mine/?fsm=250", "Enter the percentage as a number from 0 to 100"),
        ("/schools/like-mine/?setting=moon", "Choose a setting from the list."),
    ],
)
def test_wrong_input_says_what_is_wrong(client: Client, road: str, message: str):
    response = client.get(road)
    text = response.content.decode()
    assert response.status_code == 400
    assert "There is a problem" in text
    assert message in text
    assert "<title>Error: " in text


def test_compare_with_six_schools_says_how_many_fit(client: Client):
    make_school(loaded_study(), slug="six")
    response = client.get("/compare/?" + "&".join(f"school={slug}" for slug in ["a", "b", "c", "d", "e", "six"]))
    assert response.status_code == 400
    assert "Choose at most 5 schools: you chose 6" in response.content.decode()


@pytest.mark.parametrize("query", ["", "school=a", "school=a&school=a"])
def test_compare_with_fewer_than_two_explains_itself(client: Client, query: str):
    response = client.get(f"/compare/?{query}")
    assert response.status_code == 200
    assert "A comparison shows the same rows for two to five schools" in response.content.decode()


def test_compare_hides_rows_that_are_the_same(client: Client):
    both = client.get("/compare/?school=a&school=b").content.decode()
    hidden = client.get("/compare/?school=a&school=b&hide=equal").content.decode()
    assert '<span class="differs">same</span>' in both
    assert '<span class="differs">same</span>' not in hidden


def test_matrix_cell_opens_the_quotes_it_counts(client: Client):
    response = client.get("/compare/?school=a&school=b")
    cells = [cell for _, row in response.context["gateways"] for cell in row if cell.count]
    assert cells
    for cell in cells:
        assert client.get(cell.href).context["page"].paginator.count == cell.count


def test_finding_cell_opens_the_quotes_it_counts(client: Client):
    response = client.get("/compare/?school=a&school=d")
    cells = [cell for _, rows in response.context["findings"] for _, row in rows for cell in row if cell.count]
    assert cells
    for cell in cells[:10]:
        assert client.get(cell.href).context["page"].paginator.count == cell.count


def test_case_shows_every_quote_of_its_school_once(client: Client):
    for school in School.objects.all():
        text = client.get(school.get_absolute_url()).content.decode()
        for quote in school.quotes.all():
            assert text.count(f'href="{reverse("reading:quote_page", args=[quote.guid])}">About this quote') == 1


def test_case_without_anything_says_so(client: Client):
    school = make_school(loaded_study())
    text = client.get(school.get_absolute_url()).content.decode()
    assert "No quote of this school is coded to a gateway." in text
    assert "not stated" in text


def test_quote_page_without_coding_says_so(client: Client):
    quote = make_quote(make_school(loaded_study()))
    text = client.get(quote.get_absolute_url()).content.decode()
    assert "Not coded." in text
    assert "None is linked to it." in text


def test_text_of_a_record_is_escaped(client: Client):
    school = make_school(loaded_study(), name="<b>School</b>", known_for="<script>alert(1)</script>")
    quote = make_quote(school, text='<script>alert("2")</script> & more')
    for road in ("/", "/schools/", school.get_absolute_url(), quote.get_absolute_url(), "/quotes/?q=alert"):
        text = client.get(road).content.decode()
        assert "<script>alert" not in text
        assert "<b>School" not in text


def test_abbreviation_is_explained_once_on_a_page(client: Client):
    text = client.get("/schools/b/").content.decode()
    assert text.count('<abbr title="interactive whiteboard">') == 1
    assert text.count("IWB") > 1


def test_filter_in_force_can_be_removed(client: Client):
    text = client.get("/quotes/?school=a&school=b&role=teacher&page=1").content.decode()
    assert 'href="?school=b&amp;role=teacher"' in text
    assert 'href="?school=a&amp;school=b"' in text


def test_htmx_gets_the_same_page(client: Client):
    road = "/quotes/?school=a"
    plain, in_place = client.get(road), client.get(road, headers={"HX-Request": "true"})
    assert plain.content == in_place.content


def test_links_to_downloads_carry_filters_only(client: Client):
    quotes = client.get("/quotes/?school=a&fbclid=x&role=&page=1").content.decode().partition('id="take-away"')[2]
    quotes = quotes.partition("</section>")[0]
    assert 'name="school" value="a"' in quotes
    assert "fbclid" not in quotes
    assert "page" not in quotes
    compared = client.get("/compare/?school=a&school=b&fbclid=x").content.decode()
    assert "compare.csv?school=a&amp;school=b&amp;" in compared
    assert "fbclid" not in compared.partition("compare.csv")[2].partition('"')[0]
