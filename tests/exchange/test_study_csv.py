"""/schools.csv, /findings.csv, /codebooks/<slug>.csv: their cells."""

import csv
import io
from decimal import Decimal

import pytest
from django.test import Client

from findings import actions
from findings.models import CaseEvidence, Codebook, Coding, Evidence, Finding
from schools.models import Fact, School
from tests.bench import make_team
from tests.exchange.roads import body
from tests.factories import (
    editors,
    loaded_study,
    make_code,
    make_codebook,
    make_coding,
    make_fact,
    make_finding,
    make_indicator,
    make_quote,
    make_school,
    make_study,
    make_theme,
    take_front,
)

pytestmark = pytest.mark.django_db


def rows(client: Client, road: str, **parameters: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(client, road, parameters).decode(), newline="")))


def test_schools_csv_has_every_fact_of_every_school(client: Client):
    found = {row["school"]: row for row in rows(client, "/schools.csv", formulas="keep")}
    assert list(found) == list("abcde")
    facts = Fact.objects.select_related("school", "indicator")
    assert len(facts) == 140
    for fact in facts:
        row, name = found[fact.school.slug], f"fact/{fact.indicator.slug}"
        assert row[name] == fact.value
        if fact.number is not None:
            assert Decimal(row[f"{name}/number"]) == fact.number
    school = School.objects.get(slug="d")
    assert found["d"]["pupils"] == str(school.pupils)
    assert found["d"]["summary"] == school.summary


def test_schools_csv_takes_the_filters_of_the_page(client: Client):
    assert [row["school"] for row in rows(client, "/schools.csv", sort="largest", size="large")] == [
        school.slug for school in School.objects.filter(pupils__gt=300, pupils__lte=500).order_by("-pupils")
    ]
    head = client.head("/schools.csv", {"size": "large"})
    assert "schools-selection-v" in head["Content-Disposition"]
    assert "selection" not in client.head("/schools.csv", {"sort": "largest"})["Content-Disposition"]
    assert client.get("/schools.csv", {"size": "huge"}).status_code == 400


def test_schools_csv_guards_formulas(client: Client):
    study = take_front(make_study())
    make_fact(make_school(study, slug="zz"), make_indicator(study, slug="sums"), value="=1+1")
    assert rows(client, "/schools.csv")[-1]["fact/sums"] == "'=1+1"
    assert rows(client, "/schools.csv", formulas="keep")[-1]["fact/sums"] == "=1+1"
    assert body(client, "/schools.csv", {"bom": "1"}).startswith(b"\xef\xbb\xbf")


def test_schools_csv_leaves_a_silent_fact_empty(client: Client):
    study = take_front(make_study())
    silent = make_indicator(study, slug="silent")
    make_fact(make_school(study, slug="zz"), silent, value="", locator="")
    assert rows(client, "/schools.csv")[-1]["fact/silent"] == ""


def test_codebook_csv_complete_text(client: Client):
    study = take_front(make_study())
    book = make_codebook(study, slug="ways")
    top = make_code(book, slug="top", name="Top", definition="D", include="I", exclude="E", locator="L2", position=1)
    below = make_code(book, slug="below", name="Below", parent=top, definition="-d", position=2)
    quote = make_quote(make_school(study))
    other = make_quote(quote.school)
    for start, of in ((0, quote), (2, quote), (0, other)):
        make_coding(of, below, coder=editors(), start=start)
    assert body(client, "/codebooks/ways.csv").decode() == (
        "code_id,codebook,version,path,code,name,depth,parent_id,position,definition,include,exclude,"
        "example_quote_id,locator,codings,quotes,schools\r\n"
        f"{top.guid},ways,1.0,Top,top,Top,0,,1,D,I,E,,L2,0,0,0\r\n"
        f"{below.guid},ways,1.0,Top > Below,below,Below,1,{top.guid},2,'-d,,,,,3,2,1\r\n"
    )


def test_codebook_csv_counts_what_is_coded(client: Client):
    found = rows(client, "/codebooks/gateways.csv")
    assert len(found) == 9
    assert sum(int(row["codings"]) for row in found) == Coding.objects.filter(code__codebook__slug="gateways").count()


def test_findings_csv_has_each_piece_of_evidence_once(client: Client):
    found = rows(client, "/findings.csv")
    links = [row["evidence_id"] for row in found if row["evidence_id"]]
    ours = [*Evidence.objects.published(), *CaseEvidence.objects.published()]
    assert sorted(links) == sorted(str(one.guid) for one in ours)
    assert list(dict.fromkeys(row["finding"] for row in found)) == [one.slug for one in Finding.objects.published()]
    link = Evidence.objects.published().select_related("quote__school", "finding")[0]
    (row,) = [row for row in found if row["evidence_id"] == str(link.guid)]
    assert (row["evidence"], row["quote_id"], row["school"], row["reason"], row["evidence_locator"]) == (
        "quote",
        str(link.quote.guid),
        link.quote.school.slug,
        link.reason,
        link.quote.locator,
    )


def test_findings_csv_keeps_a_finding_without_evidence(client: Client):
    finding = make_finding(make_theme(loaded_study()))
    (row,) = [row for row in rows(client, "/findings.csv") if row["finding"] == finding.slug]
    assert (row["statement"], row["evidence_id"], row["reason"]) == ("They do it.", "", "")


def test_a_codebook_as_tags_is_what_taguette_takes():
    team = make_team()
    actions.add_code(
        codebook=team.codebook, coder=team.coder("lead"), name="Mr. Bird", parent=team.codes[0], definition="Who."
    )
    actions.retire_code(codebook=team.codebook, coder=team.coder("lead"), code=team.codes[1])
    client = team.client("ann")
    data = b"".join(client.get(f"{team.road}codebook.csv?layout=tags").streaming_content)
    assert data.decode() == "tag,description\r\nIdea 1,It is.\r\nIdea 1.Mr· Bird,Who.\r\n"
    assert client.get(f"{team.road}codebook.csv?layout=long").status_code == 400
    published = b"".join(client.get("/codebooks/gateways.csv?layout=tags").streaming_content).decode()
    assert len(published.splitlines()) == 1 + Codebook.objects.get(slug="gateways").codes.count()
    assert "codebooks/gateways.csv?layout=tags&amp;bom=1" in client.get("/downloads/").content.decode()
    assert 'codebook.csv?layout=tags&amp;bom=1"' in client.get(f"{team.road}downloads/").content.decode()
