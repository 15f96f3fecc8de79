"""No input to a public road makes a 500."""

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reading.test_pages import roads

PARAMETERS = [
    "q", "school", "role", "topic", "codebook", "code", "finding", "phase", "setting", "sort", "page", "size", "fsm",
    "gateway", "hide", "pupils", "layout", "bom", "formulas", "theme", "v",
]  # fmt: skip
SOUND = (
    "a b z headteacher gateways gateways/student-voice use primary city 0 1 -1 99999 relevance long wide keep equal"
    " small not-stated parents -parents or"
).split()
NASTY = [
    *'" - -- ^a ( ) % _ \\ ٣ １ 1e9 NaN Infinity or a:b* {a} text:a ../../etc/passwd'.split(),
    *['"unclosed', "a or", "or or or", '-""', "*", "NEAR(a b)", "a AND", "NOT", "'; DROP TABLE schools_quote; --"],
    *["\x00", "a\x00b", "\u202e", "9" * 400, "é" * 3000, "👩🏽‍🏫"],
]
VALUES = st.one_of(st.sampled_from(SOUND), st.sampled_from(NASTY), st.text(max_size=60))
EXTRA_ROADS = [
    "/quotes.csv", "/compare.csv", "/schools.csv", "/findings.csv", "/codebooks/gateways.csv", "/quotes.xlsx",
    "/codebooks/gateways.qdc", "/study/gill-2007.qdpx", "/study/gill-2007/datapackage.zip", "/downloads/",
    "/cite/study/gill-2007.bib", "/healthz", "/readyz",
]  # fmt: skip
EXTRA_ROADS += ["/figures/gateways.svg", "/figures/schools.csv"]
EXTRA_ROADS += ["/codebooks/gateways/mentoring/report.csv", "/codebooks/gateways/mentoring/report.docx"]


@pytest.mark.django_db
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    place=st.integers(0, 10**6),
    query=st.lists(st.tuples(st.sampled_from(PARAMETERS), VALUES), max_size=5),
)
def test_no_input_makes_a_500(client: Client, place: int, query: list[tuple[str, str]]):
    client.raise_request_exception = True
    every = [road.split("?")[0] for road in roads().values()] + EXTRA_ROADS
    data: dict[str, list[str]] = {}
    for name, value in query:
        data.setdefault(name, []).append(value)
    response = client.get(every[place % len(every)], data)
    assert response.status_code in {200, 400, 404}
    if getattr(response, "streaming", False):
        assert b"INCOMPLETE" not in b"".join(response.streaming_content)


@pytest.mark.django_db
@pytest.mark.parametrize("value", NASTY + SOUND)
def test_no_search_makes_a_500(client: Client, value: str):
    for road in ("/quotes/", "/schools/"):
        for data in ({"q": value}, {"q": value, "sort": "relevance"}):
            assert client.get(road, data).status_code in {200, 400}


@pytest.mark.django_db
@pytest.mark.parametrize("road", ["/schools/%00/", "/findings/a%00b/", "/quotes/%F0%9F/", "/%2e%2e/", "/gateways/%0a/"])
def test_no_path_makes_a_500(client: Client, road: str):
    assert client.get(road).status_code == 404
