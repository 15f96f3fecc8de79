"""/compare.csv: the rows of the comparison page, a column for each school."""

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from findings.comparison import Comparison
from schools.actions import publish_change
from schools.models import DataVersion, School, Study
from tests.factories import (
    editors,
    loaded_study,
    make_advice,
    make_case_evidence,
    make_code,
    make_codebook,
    make_coding,
    make_evidence,
    make_fact,
    make_finding,
    make_indicator,
    make_quote,
    make_school,
    make_section,
    make_study,
    make_theme,
    make_topic,
    take_front,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("schools")]

URL = "/compare.csv"


@pytest.fixture
def schools(monkeypatch):
    """Two schools of one published study, with a row of each kind."""
    Study.objects.update(is_published=False)
    DataVersion.objects.all().delete()
    monkeypatch.setattr("findings.comparison.GATEWAYS", "ways")
    study = take_front(make_study(slug="moss-2020"))
    x, y = make_school(study, slug="x"), make_school(study, slug="y")
    size, suite = make_indicator(study, label="Form entry"), make_indicator(study, label="Computer suite")
    make_fact(x, size, value="One form")
    make_fact(y, size, value="One form")
    make_fact(x, suite, value="=2 suites, linked")
    make_fact(y, suite, value="", locator="")
    use = make_topic(study, slug="use", label="Use")
    make_section(x, use, summary="First.\n\n[L12]\n\nSecond.")
    code = make_code(make_codebook(study, slug="ways"), name="Pupil voice")
    quote = make_quote(y)
    make_coding(quote, code, coder=editors())
    finding = make_finding(make_theme(study, name="Vision"), title="They share a vision")
    make_evidence(finding, quote, coder=editors())
    make_case_evidence(finding, y, coder=editors())
    make_advice(x, text="Start small.")
    make_advice(x, text="Talk.")
    make_advice(y, text="Share.")
    publish_change()
    return [x, y]


def text(response: Any) -> str:
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content).decode()


SAME = "Facts: The school,Form entry,One form,One form\r\n"
WHOLE = (
    "section,row,x,y\r\n"
    f"{SAME}"
    'Facts: The school,Computer suite,"\'=2 suites, linked",\r\n'
    'Topics,Use,"First.\n\nSecond.",\r\n'
    "Gateways,Pupil voice,0,1\r\n"
    'Findings: Vision,They share a vision,,"1 quote, told in the case"\r\n'
    "Advice,1,Start small.,Share.\r\n"
    "Advice,2,Talk.,\r\n"
)


def test_compare_csv_complete_text(client):
    assert text(client.get(URL, {"school": ["x", "y"]})) == WHOLE


def test_compare_csv_columns_are_in_the_order_chosen(client):
    turned, straight = client.get(URL, {"school": ["y", "x"]}), client.get(URL, {"school": ["x", "y"]})
    assert text(turned).startswith("section,row,y,x\r\n")
    assert turned["ETag"] != straight["ETag"]


def test_compare_csv_without_equal_rows(client):
    response = client.get(URL, {"school": ["x", "y"], "hide": "equal"})
    assert response["Content-Disposition"] == ('attachment; filename="moss-2020-comparison-x-y-differences-v1.csv"')
    assert text(response) == WHOLE.replace(SAME, "")


def test_compare_csv_options(client):
    kept = text(client.get(URL, {"school": ["x", "y"], "formulas": "keep", "bom": "1"}))
    assert kept == "\ufeff" + WHOLE.replace("'=", "=")


def test_compare_csv_has_every_row_of_the_page(client):
    Study.objects.update(is_published=True)
    chosen = list(School.objects.of(take_front(loaded_study())))
    shown = Comparison.of(chosen)
    rows = list(
        csv.reader(io.StringIO(text(client.get(URL, {"school": [school.slug for school in chosen]})), newline=""))
    )
    assert len(rows) == 1 + sum(
        (
            sum(len(group.rows) for group in shown.facts),
            len(shown.topics),
            len(shown.gateways),
            sum(len(group.rows) for group in shown.findings),
            max(map(len, shown.advice)),
        )
    )
    assert {len(row) for row in rows} == {2 + len(chosen)}


def test_compare_csv_not_modified_compares_nothing(client):
    choice = {"school": ["x", "y"]}
    etag = client.get(URL, choice)["ETag"]
    with CaptureQueriesContext(connection) as queries:
        assert client.get(URL, choice, headers={"If-None-Match": etag}).status_code == 304
    assert len(queries) == 3  # the schools, the data version, the study's name
    publish_change()
    assert client.get(URL, choice, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({}, "school: Choose 2 to 5 schools, like school=a&school=c."),
        ({"school": "x"}, "school: Choose 2 to 5 schools"),
        ({"school": ["x", "zz"]}, "school: There is no school called “zz”."),
        ({"school": ["x", "y"], "hide": "all"}, "hide: "),
        ({"school": ["x", "y"], "layout": "long"}, "layout: there is no such parameter."),
    ],
)
def test_compare_csv_wrong_parameters(client, parameters, said):
    response = client.get(URL, parameters)
    assert response.status_code == 400
    assert said in response.content.decode()


def test_compare_csv_of_too_many_schools(client):
    slugs = [make_school(School.objects.get(slug="x").study).slug for _ in range(6)]
    assert client.get(URL, {"school": slugs}).status_code == 400


def test_compare_csv_never_shows_what_is_not_published(client):
    hidden = make_school(make_study(is_published=False))
    assert client.get(URL, {"school": ["x", hidden.slug]}).status_code == 400
