"""Every download alike: named, cached by data version, only read, and nothing in it that is not published."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from exchange.material import DataChangedError
from findings.models import Code, Codebook, Finding
from schools.actions import publish_change
from schools.models import Quote
from tests.exchange.roads import CSV, DOWNLOADS, FILES, body
from tests.factories import (
    editors,
    loaded_study,
    make_case_evidence,
    make_code,
    make_codebook,
    make_coder,
    make_coding,
    make_evidence,
    make_fact,
    make_finding,
    make_question_code,
    make_quote,
    make_school,
    make_study,
    make_theme,
    make_uncoded,
)
from tests.reading.scale import add_schools

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("road", DOWNLOADS)
def test_download_is_the_same_for_the_same_data(client: Client, road: str):
    first = client.get(road)
    data = first.getvalue()
    assert body(client, road) == data
    assert first["Cache-Control"] == "no-store"
    if road in FILES:
        assert int(first["Content-Length"]) == len(data)
    again = client.get(road, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    publish_change()
    assert client.head(road)["ETag"] != first["ETag"]


@pytest.mark.parametrize("road", DOWNLOADS)
def test_download_answers_head_without_reading_quotes(client: Client, road: str):
    with CaptureQueriesContext(connection) as queries:
        head = client.head(road)
    assert (head.status_code, head.getvalue()) == (200, b"")
    assert not [query for query in queries if 'FROM "schools_quote"' in query["sql"]]
    assert len(queries) <= 4
    assert "-v" in head["Content-Disposition"], "the name tells the data version"


@pytest.mark.parametrize("road", DOWNLOADS)
def test_download_is_only_read_and_knows_its_parameters(client: Client, road: str):
    assert client.post(road).status_code == 405
    wrong = client.get(road, {"colour": "red"})
    assert (wrong.status_code, wrong["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert "colour: there is no such parameter." in wrong.content.decode()


@pytest.mark.parametrize(
    "road",
    [
        "/study/{study}.qdpx",
        "/study/{study}/datapackage.zip",
        "/codebooks/{codebook}.qdc",
        "/codebooks/{codebook}.csv",
        "/codebooks/{private}.qdc",
        "/codebooks/{private}.csv",
    ],
)
def test_download_of_what_is_unknown_or_not_published_is_not_there(client: Client, road: str):
    hidden = make_study(is_published=False)
    private = make_codebook(loaded_study(), is_published=False).slug
    for study, codebook in ((hidden.slug, make_codebook(hidden).slug), ("none", "none")):
        assert client.get(road.format(study=study, codebook=codebook, private=private)).status_code == 404


@pytest.mark.parametrize("road", DOWNLOADS)
def test_download_never_shows_what_is_not_published(client: Client, road: str):
    before = body(client, road)
    study, by = loaded_study(), editors()
    quote = Quote.objects.get(school__slug="a", locator="L137")
    private = make_code(make_codebook(study, is_published=False))
    make_coding(quote, private, coder=by)
    make_coding(quote, Code.objects.published()[0], coder=make_coder(), memo="secret")
    make_uncoded(quote, private.codebook, coder=by)
    make_uncoded(quote, Codebook.objects.published()[1])
    make_evidence(Finding.objects.exclude(evidence__quote=quote)[0], quote)
    make_case_evidence(Finding.objects.exclude(case_evidence__school=quote.school)[0], quote.school)
    make_question_code(code=private, coder=by)
    hidden = make_study(is_published=False)
    school = make_school(hidden)
    make_fact(school)
    make_evidence(make_finding(make_theme(hidden)), make_quote(school), coder=by)
    make_coding(make_quote(school), Code.objects.published()[0], coder=by)
    make_coding(quote, make_code(make_codebook(hidden)), coder=by)
    assert body(client, road) == before


@pytest.mark.parametrize("road", DOWNLOADS)
def test_download_asks_as_often_for_many_schools_as_for_five(client: Client, road: str):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            body(client, road)
        return len(queries)

    few = asked()
    add_schools(300)
    assert asked() == few <= 45


@pytest.mark.parametrize("road", [road for road in FILES if not road.endswith(".qdc")])  # which one query reads
def test_file_that_data_change_under_is_refused(client: Client, monkeypatch, road: str):
    def changing(*_: object) -> None:
        raise DataChangedError

    monkeypatch.setattr("exchange.material.Material.check_unchanged", changing)
    monkeypatch.setattr("exchange.quotes_workbook.check_unchanged", changing)
    response = client.get(road)
    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert "Ask for it again" in response.content.decode()


@pytest.mark.parametrize("road", CSV)
def test_csv_that_data_change_under_says_so(client: Client, road: str, caplog):
    response = client.get(road)
    publish_change()
    assert response.getvalue().decode().splitlines()[-1].startswith("INCOMPLETE")
    assert DataChangedError.__name__ in caplog.text
