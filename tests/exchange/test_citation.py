"""Citations: what each style says, complete; the roads; and the data blocks of the pages."""

import json
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import yaml
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from exchange.citation import STYLES, bibtex, csl, datacite, ris
from findings.models import Codebook
from reading.citation import Name, Work, apa, codebook_work, edition_work, quote_work, study_work
from schools.models import DataVersion, Quote, Study
from schools.templatetags.house import json_ld
from tests.factories import loaded_study, make_codebook, make_quote, make_school, make_study

VERSION = DataVersion(pk=1, number=7, changed_at=datetime(2026, 11, 23, 12, tzinfo=UTC))
URL = "https://ict.example.org/x/"


@pytest.fixture
def quote(db: None) -> Quote:
    school = make_school(loaded_study(), name="School Z", slug="z")
    return make_quote(
        school,
        text="50% of {us} & them_\nsaid so, and none of the others did.",
        locator="L9+L11",
        speaker_role="teacher",
    )


# ── Styles ──────────────────────────────────────────────────────────────────────────────────────
REPORT = "One step ahead of the game: Leading change in ICT in support of pupil learning"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Ann Gill", "Gill, A. (2020). T."),
        ("Ann Gill;  Mia Ann Moss", "Gill, A., & Moss, M. A. (2020). T."),
        ("A B; C D; E F", "B, A., D, C., & F, E. (2020). T."),
        ("The Pond Trust", "The Pond Trust. (2020). T."),
        ("", "(2020). T."),
    ],
)
def test_authors_as_they_are_written(written: str, said: str):
    assert apa(study_work(Study(author=written, title="T", year=2020))) == said


def test_apa(quote: Quote):
    study = quote.school.study
    assert apa(study_work(study)) == (
        f"Gill, A. (2007). {REPORT} (Research Associate Report). National College for School Leadership."
    )
    assert apa(edition_work(study, VERSION, URL)) == (
        "The ICT Lead maintainers. (2026). One step ahead of the game: quotations, codings and findings (Version 7) "
        f"[Data set]. ICT Lead. {URL}"
    )
    assert apa(codebook_work(Codebook.objects.get(slug="gateways"), VERSION, URL)) == (
        "The ICT Lead maintainers. (2026). Nine gateways to personalised learning (Version 1.0) [Codebook]. ICT Lead. "
        f"{URL}"
    )
    assert apa(quote_work(quote, URL)) == (
        f"Gill, A. (2007). {REPORT} (Research Associate Report, lines 9 and 11 of the text) "
        f"[Quotation: Teacher, School Z]. National College for School Leadership. {URL}"
    )


@pytest.mark.django_db
def test_apa_without_a_date_or_publisher():
    study = make_study(author="Plato", title="T")
    assert apa(study_work(study)) == "Plato. (2020). T."
    assert "(n.d.)" in apa(edition_work(study, DataVersion(pk=1), URL))


def test_bibtex_complete_text(quote: Quote):
    assert bibtex(quote_work(quote, URL)) == (
        "@misc{gill-2007-z-L9-L11,\n"
        "  author = {Gill, Ann},\n"
        r"  title = {{“50\% of \{us\} \& them\_ said so, and none of…”}}," + "\n"
        "  year = {2007},\n"
        "  publisher = {National College for School Leadership},\n"
        f"  note = {{Teacher, School Z; lines 9 and 11 of the text of: {REPORT}}},\n"
        f"  url = {{{URL}}},\n"
        "}\n"
    )
    assert bibtex(study_work(quote.school.study)).startswith("@techreport{gill-2007,\n  author = {Gill, Ann},\n")
    assert "author = {{The ICT Lead maintainers}}" in bibtex(edition_work(quote.school.study, VERSION, URL))


def test_ris_complete_text(quote: Quote):
    assert ris(quote_work(quote, URL)) == (
        "TY  - GEN\r\nID  - gill-2007-z-L9-L11\r\nAU  - Gill, Ann\r\n"
        "TI  - “50% of {us} & them_ said so, and none of…”\r\n"
        f"T2  - {REPORT}\r\nT3  - Research Associate Report\r\nPY  - 2007\r\n"
        "PB  - National College for School Leadership\r\nSE  - lines 9 and 11\r\n"
        "N1  - Quotation of Teacher, School Z: 50% of {us} & them_ said so, and none of the others did.\r\n"
        f"UR  - {URL}\r\nAN  - {quote.guid}\r\nER  - \r\n"
    )


def test_csl_item(quote: Quote):
    (item,) = json.loads(csl(quote_work(quote, URL)))
    assert item == {
        "id": "gill-2007-z-L9-L11",
        "type": "entry",
        "title": "“50% of {us} & them_ said so, and none of…”",
        "author": [{"family": "Gill", "given": "Ann"}],
        "issued": {"date-parts": [[2007]]},
        "publisher": "National College for School Leadership",
        "genre": "Research Associate Report",
        "container-title": REPORT,
        "section": "lines 9 and 11",
        "note": f"Quotation of Teacher, School Z: {quote.text}",
        "URL": URL,
    }
    (data,) = json.loads(csl(edition_work(quote.school.study, VERSION, URL)))
    assert (data["type"], data["version"], data["author"]) == (
        "dataset",
        "7",
        [{"literal": "The ICT Lead maintainers"}],
    )


def test_datacite_of_the_edition(quote: Quote):
    said = json.loads(datacite(edition_work(quote.school.study, VERSION, URL)))
    assert said["types"]["resourceTypeGeneral"] == "Dataset"
    assert said["creators"] == [{"name": "The ICT Lead maintainers", "nameType": "Organizational"}]
    assert (said["publicationYear"], said["publisher"], said["version"]) == ("2026", "ICT Lead", "7")
    assert said["identifiers"][0]["identifier"] == f"urn:uuid:{quote.school.study.guid}"
    assert said["relatedItems"][0]["relationType"] == "IsDerivedFrom"
    assert {"creators", "titles", "publisher", "publicationYear", "types"} <= said.keys(), "what DataCite asks for"
    assert json.loads(datacite(quote_work(quote, URL)))["relatedItems"][0]["relationType"] == "IsPartOf"


TEXTS = st.text(st.one_of(st.characters(), st.sampled_from('{}\\%&$#_~^"\n\r\u2028<>\ud800')), max_size=40)


@given(TEXTS, TEXTS)
def test_no_text_breaks_out_of_a_citation(title: str, speaker: str):
    work = Work(
        kind="quotation",
        key=title,
        guid=UUID(int=1),
        title=title,
        authors=[Name("Gill", "Ann")],
        year=2007,
        publisher=title,
        url="",
        speaker=speaker,
        text=title,
    )
    for style in STYLES:
        style.write(work).encode()
    lines = ris(work).removesuffix("\r\n").split("\r\n")
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines)
    assert lines[-1] == "ER  - "
    assert not [line for line in lines if len(line.splitlines()) > 1]
    escaped = re.sub(r"\\textbackslash\{\}|\\textasci\w+\{\}|\\[{}&%$#_]", "", bibtex(work))
    assert escaped.count("{") == escaped.count("}")
    assert not re.search(r"[&%$#_~^\\]", escaped)
    assert json.loads(csl(work))
    assert json.loads(datacite(work))


# ── Roads ───────────────────────────────────────────────────────────────────────────────────────
def roads() -> list[str]:
    quote = Quote.objects.get(school__slug="a", locator="L137")
    stems = ["study/gill-2007", "data/gill-2007", "codebook/gateways", f"quote/{quote.guid}"]
    return [f"/cite/{stem}.{style.ending}" for stem in stems for style in STYLES]


@pytest.mark.django_db
def test_cite_roads(client: Client, django_assert_max_num_queries):
    for road in roads():
        with django_assert_max_num_queries(3):
            response = client.get(road)
        assert response.status_code == 200, road
        assert client.head(road)["ETag"] == response["ETag"]
        assert client.get(road, headers={"If-None-Match": response["ETag"]}).status_code == 304
        assert client.post(road).status_code == 405
        assert client.get(road, {"x": "1"}).status_code == 400
        assert ("attachment" in response["Content-Disposition"]) != road.endswith(".txt")


@pytest.mark.django_db
def test_cite_roads_that_lead_nowhere(client: Client):
    hidden = make_study(is_published=False)
    quote, codebook = make_quote(make_school(hidden)), make_codebook(loaded_study(), is_published=False)
    for road in (
        "/cite/study/gill-2007.doc",
        "/cite/study/none.bib",
        f"/cite/study/{hidden.slug}.bib",
        f"/cite/data/{hidden.slug}.bib",
        f"/cite/quote/{quote.guid}.bib",
        "/cite/quote/00000000-0000-4000-8000-000000000000.bib",
        f"/cite/codebook/{codebook.slug}.ris",
        "/cite/codebook/none.ris",
    ):
        assert client.get(road).status_code == 404, road


# ── Pages ───────────────────────────────────────────────────────────────────────────────────────
def described(page: str) -> dict[str, Any]:
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    said = json.loads(block)
    assert said["@context"] == "https://schema.org"
    return said


@pytest.mark.django_db
def test_pages_describe_what_they_show(client: Client):
    quote = Quote.objects.get(school__slug="a", locator="L137")
    said = described(client.get(quote.get_absolute_url()).content.decode())
    assert (said["@type"], said["text"], said["identifier"]) == ("Quotation", quote.text, f"urn:uuid:{quote.guid}")
    assert said["isPartOf"]["@type"] == "Report"
    assert said["isPartOf"]["author"] == [{"@type": "Person", "name": "Ann Gill"}]
    book = described(client.get("/gateways/").content.decode())
    assert (book["@type"], len(book["hasDefinedTerm"])) == ("DefinedTermSet", 9)
    data = described(client.get("/about/").content.decode())
    assert (data["@type"], data["description"]) == ("Dataset", loaded_study().summary)
    files = described(client.get("/downloads/").content.decode())["distribution"]
    assert "http://testserver/study/gill-2007.qdpx" in {one["contentUrl"] for one in files}


@pytest.mark.django_db
def test_pages_offer_citations(client: Client):
    quote = Quote.objects.get(school__slug="a", locator="L137")
    for page, stem in (
        (quote.get_absolute_url(), f"/cite/quote/{quote.guid}"),
        ("/gateways/", "/cite/codebook/gateways"),
        ("/about/", "/cite/study/gill-2007"),
        ("/about/", "/cite/data/gill-2007"),
    ):
        text = client.get(page).content.decode()
        assert not [style.ending for style in STYLES if f'href="{stem}.{style.ending}"' not in text]


@given(st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("<>&/'\"!-\u2028"))))
def test_data_block_cannot_be_left(text: str):
    block = json_ld({"text": f"{text}</script><!--"})
    inside = block.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert not re.search("[<>&\u2028\u2029]", inside)
    assert json.loads(inside)["text"] == f"{text}</script><!--"


# ── CITATION.cff ────────────────────────────────────────────────────────────────────────────────
def faults_of_cff(said: Any) -> list[str]:
    """What is wrong with a citation file by the rules of CFF 1.2.0 that this one needs."""
    found = [name for name in ("cff-version", "message", "title", "authors") if not said.get(name)]
    if said.get("cff-version") != "1.2.0":
        found.append("cff-version is not 1.2.0")
    if said.get("type") not in ("software", "dataset"):
        found.append("type is neither software nor dataset")
    if not isinstance(said.get("license", ""), str):
        found.append("license is no SPDX name")
    for one in [said, *said.get("references", [])]:
        found += [f"an author without name in {one['title']}" for author in one["authors"] if not _named(author)]
        if one is not said and not isinstance(one.get("type"), str):
            found.append(f"a reference without type: {one['title']}")
        if not isinstance(one.get("year", 0), int):
            found.append(f"a year that is no number: {one['year']}")
        for body in ("publisher", "institution"):
            if body in one and not (isinstance(one[body], dict) and one[body].get("name")):
                found.append(f"{body} without name")
    return found


def _named(author: dict) -> bool:
    return bool(author.get("name") or author.get("family-names"))


def test_citation_file_is_sound():
    said = yaml.safe_load((settings.BASE_DIR / "CITATION.cff").read_text())
    assert faults_of_cff(said) == []
    assert said["references"][0]["title"] == REPORT
    assert faults_of_cff(said | {"cff-version": "1.1.0"}) == ["cff-version is not 1.2.0"]
    assert faults_of_cff(said | {"authors": [{"alias": "x"}]}) == ["an author without name in ICT Lead"]
