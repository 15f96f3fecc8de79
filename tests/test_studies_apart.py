"""Two published studies: no page, number, figure, file or filter of one holds anything of the other.

Every road of both is asked. Each study's records carry words that are nowhere else. Loops stand where other tests have
parameters: the second study is loaded for each test.
"""

import io
import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern

from exchange import urls as exchange
from findings.models import Coding, Finding
from ictlead.study_loading import load_folder
from ictlead.study_roads import roads_of
from reading import urls as reading
from schools.actions import publish_change
from schools.models import GlossaryTerm, Quote, School, Study

pytestmark = pytest.mark.django_db
EXAMPLE = Path(settings.BASE_DIR) / "docs/examples/study"
BELOW = "/studies/two-ponds"
# What is in one study alone: names, short names and words of its records.
OF_PONDS = re.compile(
    r"reed-pond|mill-pond|Reed Pond|Mill Pond|pond-watching|two-ponds|Two ponds|otter|PIR\b", re.IGNORECASE
)
OF_GILL = re.compile(
    r"gill-2007|Rode Heath|student-voice|Student voice|headteachers agree|SLICT|staying-ahead|School [A-E]\b"
)
# Each road of a study, for the one at the front and for the other: what is put into its address.
PARTS = [
    {"school": "a", "other": "c", "codebook": "key-skills", "code": "visual-literacy", "finding": "staying-ahead"},
    {
        "school": "reed-pond",
        "other": "mill-pond",
        "codebook": "pond-watching",
        "code": "over-time",
        "finding": "two-ponds-return",
    },
]
ROADS = {
    "about": "/",
    "glossary": "/glossary/",
    "schools": "/schools/",
    "like_mine": "/schools/like-mine/?pupils=100",
    "case_page": "/schools/{school}/",
    "compare": "/compare/?school={school}&school={other}",
    "quotes": "/quotes/",
    "quote_page": "/quotes/{quote}/",
    "codebooks": "/codebooks/",
    "codebook_page": "/codebooks/{codebook}/",
    "code_page": "/codebooks/{codebook}/{code}/",
    "code_report": "/codebooks/{codebook}/{code}/report/",
    "findings": "/findings/",
    "finding_page": "/findings/{finding}/",
    "quotes_csv": "/quotes.csv?layout=wide",
    "compare_csv": "/compare.csv?school={school}&school={other}",
    "schools_csv": "/schools.csv",
    "findings_csv": "/findings.csv",
    "codebook_csv": "/codebooks/{codebook}.csv",
    "code_report_csv": "/codebooks/{codebook}/{code}/report.csv",
    "code_report_word": "/codebooks/{codebook}/{code}/report.docx",
    "figure": "/figures/schools.csv",
    "quotes_xlsx": "/quotes.xlsx",
    "codebook_qdc": "/codebooks/{codebook}.qdc",
    "downloads": "/downloads/",
}
MORE = ["/quotes.csv", "/quotes.csv?layout=quotes", "/quotes.csv?about=1", "/schools.csv?about=1"]


@pytest.fixture(autouse=True)
def ponds() -> Study:
    """The invented study, published beside the front's."""
    load_folder(EXAMPLE)
    Study.objects.filter(slug="two-ponds").update(is_published=True)
    publish_change()
    cache.clear()
    return Study.objects.get(slug="two-ponds")


def quote_of(slug: str) -> Quote:
    return Quote.objects.filter(school__slug=slug).order_by("position")[0]


def road(name: str, place: int) -> str:
    """A road of the study at the front (0), or of the other (1)."""
    parts = PARTS[place]
    written = ROADS.get(name, name).format(**parts, quote=quote_of(parts["school"]).guid)
    return f"{BELOW}{written}" if place else written


def text_of(response: Any) -> str:
    """What is read of an answer: the site's own frame, which names the front study, is no part of it."""
    assert response.status_code == 200, response.content[:500]
    content = response.getvalue()
    if content[:2] == b"PK":
        with ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(archive.read(one).decode(errors="replace") for one in archive.namelist())
    text = content.decode()
    found = re.search(r"<main.*</main>", text, re.DOTALL)
    return found[0] if found else text


def test_every_road_of_a_study_is_here():
    named = {one.name for one in [*reading.study_roads, *exchange.study_roads]}
    assert named | {"about"} == set(ROADS)
    below = {one.name for pattern in roads_of("x").urlpatterns[-2:] for one in below_studies(pattern)}
    assert below == set(ROADS)


def below_studies(resolver: Any) -> list[URLPattern]:
    """The roads that lie below /studies/x/."""
    return [one for part in resolver.url_patterns if str(part.pattern) == "studies/x/" for one in part.url_patterns]


def test_nothing_of_the_other_study_is_on_any_road(client: Client):
    for name in [*ROADS, *MORE]:
        front, other = text_of(client.get(road(name, 0))), text_of(client.get(road(name, 1)))
        assert OF_PONDS.findall(front) == [], name
        assert OF_GILL.findall(other) == [], name
        assert OF_PONDS.search(other), f"the check can find something in {name}"


def test_a_record_of_the_other_study_is_unknown(client: Client):
    """What is chosen by a filter is named as unknown, what is asked for by its address is not there."""
    for name in [name for name in ROADS if "{" in ROADS[name]]:
        status = 400 if "?" in ROADS[name] else 404
        assert client.get(road(name, 1).removeprefix(BELOW)).status_code == status, name
        assert client.get(BELOW + road(name, 0)).status_code == status, name


def test_a_filter_knows_its_own_study_alone(client: Client):
    topics, below = ["use", "lessons"], ["", BELOW]
    for asked in (
        "school={school}",
        "topic={topic}",
        "code={codebook}/{code}",
        "codebook={codebook}",
        "finding={finding}",
    ):
        for list_of in ("/quotes/", "/quotes.csv", "/quotes.xlsx"):
            for place in (0, 1):
                own, foreign = (
                    f"{below[place]}{list_of}?{asked.format(**PARTS[n], topic=topics[n])}" for n in (place, 1 - place)
                )
                assert client.head(own).status_code == 200, own
                assert client.head(foreign).status_code == 400, foreign


def test_counts_are_those_of_one_study(client: Client):
    for place, (schools, quotes) in enumerate([(5, 56), (2, 6)]):
        below = BELOW if place else ""
        assert client.get(f"{below}/schools/").context["page"].paginator.count == schools
        page = client.get(f"{below}/quotes/").context
        assert page["page"].paginator.count == quotes
        others = [facet for facet in page["groups"] if facet.name != "code"]
        facets = {facet.name: sum(one.count for one in facet.choices) for facet in others}
        assert (facets["school"], facets["role"], facets["topic"]) == (quotes, quotes, quotes)
        coded = Coding.objects.published().filter(quote__school__study__is_front=not place)
        codes = [one for facet in page["groups"] if facet.name == "code" for one in facet.choices]
        assert sum(one.count for one in codes) == coded.values("quote", "code").distinct().count()
        findings = client.get(f"{below}/findings/").context["themes"]
        own = Finding.objects.filter(theme__study__is_front=not place)
        assert sum(len(found) for _, found in findings) == own.count()
        assert client.get(f"{below}/codebooks/").context["page"].paginator.count == (1 if place else 2)


def test_choices_without_numbers_are_those_of_one_study(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("schools.paging.MOST_COUNTED", 1)
    front, other = text_of(client.get("/quotes/")), text_of(client.get(f"{BELOW}/quotes/"))
    assert "tick__count" not in front + other
    assert (OF_PONDS.findall(front), OF_GILL.findall(other)) == ([], [])


def test_an_abbreviation_is_explained_by_its_own_study(client: Client, ponds: Study):
    GlossaryTerm.objects.create(study=ponds, abbreviation="VLE", expansion="very large eel", locator="L1")
    School.objects.filter(slug="reed-pond").update(summary="It has a VLE and an LEA.")
    front, other = text_of(client.get("/schools/a/")), text_of(client.get(f"{BELOW}/schools/reed-pond/"))
    assert 'title="very large eel"' not in front
    assert 'title="very large eel"' in other
    assert other.count("<abbr") == 1


def test_search_finds_in_one_study_alone(client: Client):
    assert client.get("/quotes/?q=otter").context["page"].paginator.count == 0
    assert client.get(f"{BELOW}/quotes/?q=otter").context["page"].paginator.count == 1
    assert client.get("/schools/?q=otter").context["page"].paginator.count == 0
    assert client.get(f"{BELOW}/schools/?q=otter").context["page"].paginator.count == 1


def test_a_list_does_not_go_on_after_a_quote_of_the_other(client: Client):
    assert client.get(f"/quotes/?after={quote_of('reed-pond').guid}").status_code == 404
    assert client.get(f"{BELOW}/quotes/?after={quote_of('a').guid}").status_code == 404


def test_a_tag_and_a_name_are_those_of_one_study(client: Client):
    for name in ("/quotes.csv", "/quotes.xlsx", "/schools.csv", "/findings.csv", "/figures/schools.svg"):
        front, other = client.head(name), client.head(BELOW + name)
        assert front["ETag"] != other["ETag"], name
        assert client.head(BELOW + name, headers={"If-None-Match": front["ETag"]}).status_code == 200, name
        if "Content-Disposition" in front:
            assert 'filename="gill-2007-' in front["Content-Disposition"]
            assert 'filename="two-ponds-' in other["Content-Disposition"]


def test_the_companion_of_a_file_names_its_study(client: Client):
    assert "\nStudy: gill-2007\n" in client.get("/quotes.csv?about=1").content.decode()
    assert "\nStudy: two-ponds\n" in client.get(f"{BELOW}/quotes.csv?about=1").content.decode()


def test_links_stay_in_the_study(client: Client):
    """Every link out of a study's page leads to its own pages, or to one that is the site's."""
    names = [str(one.pattern) for one in [*reading.study_roads, *exchange.study_roads]]
    front = tuple({f"/{name.partition('/')[0].partition('.')[0].partition('<')[0]}" for name in names})
    for name in ROADS:
        text = client.get(road(name, 1)).getvalue().decode(errors="replace")
        for link in re.findall(r'(?:href|action|src)="(/[^"]*)"', text):
            assert not link.startswith(front), (name, link)


def test_the_front_study_has_one_address(client: Client):
    assert client.get("/studies/gill-2007/quotes/?q=a&page=2")["Location"] == "/quotes/?q=a&page=2"
    assert client.get("/studies/gill-2007/")["Location"] == "/"
    for evil in ("//evil.example/", "/%5Cevil.example/", "///evil.example/"):
        assert client.get(f"/studies/gill-2007{evil}")["Location"].startswith("/evil.example")


def test_there_are_no_other_roads_below(client: Client):
    for address in (
        "/studies/nowhere/",
        f"{BELOW}/workbench/",
        f"{BELOW}/gateways/",
        "/studies/%00/",
        f"{BELOW}/account/",
    ):
        assert client.get(address).status_code == 404, address


def test_an_unpublished_study_has_no_pages(client: Client, ponds: Study):
    Study.objects.filter(pk=ponds.pk).update(is_published=False)
    assert client.get(f"{BELOW}/").status_code == 404
    assert client.get(f"{BELOW}/quotes.csv").status_code == 404
    assert "Two ponds" not in client.get("/studies/").content.decode()


def test_the_list_of_studies_has_both(client: Client):
    text = client.get("/studies/").content.decode()
    assert 'href="/studies/two-ponds/"' in text
    assert "One step ahead of the game" in text
    assert "See all studies" in client.get("/").content.decode()


def test_the_api_names_the_study_and_its_pages(client: Client, ponds: Study):
    for kind, where in {
        "schools": "schools/reed-pond/",
        "quotes": f"quotes/{quote_of('reed-pond').guid}/",
        "codebooks": "codebooks/pond-watching/",
        "codes": "codebooks/pond-watching/pupils-lead/",
        "findings": "findings/two-ponds-choose/",
    }.items():
        items = client.get(f"/api/v1/{kind}/?study=two-ponds").json()["items"]
        assert {one["study"] for one in items} == {"two-ponds"}
        links = {one["links"]["html"] for one in items}
        assert f"http://testserver{BELOW}/{where}" in links
        assert client.get(f"/{min(links).split('/', 3)[3]}").status_code == 200
    assert client.get(f"/api/v1/studies/{ponds.guid}/").json()["links"]["html"] == f"http://testserver{BELOW}/"


def test_a_citation_leads_to_the_study_s_pages(client: Client):
    quote = quote_of("reed-pond")
    assert f"{BELOW}/quotes/{quote.guid}/" in client.get(f"/cite/quote/{quote.guid}.txt").content.decode()
    assert f"{BELOW}/codebooks/pond-watching/" in client.get("/cite/codebook/pond-watching.txt").content.decode()
    assert f"testserver{BELOW}/" in client.get("/cite/data/two-ponds.txt").content.decode()


def test_a_study_s_pages_cost_what_the_front_s_do(client: Client):
    for name in ("about", "schools", "quotes", "compare", "codebook_page", "findings", "downloads"):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(road(name, 1)).status_code == 200
        assert len(queries) <= (19 if name == "downloads" else 16), name
