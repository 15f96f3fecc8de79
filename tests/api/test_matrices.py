"""Matrices of what everyone may read: what they count, and of which schools, speakers and topics."""

from typing import Any

import pytest
from django.test import Client

from exchange.api import computed
from findings.models import Codebook, Coding
from schools.models import Quote, School, Topic

pytestmark = pytest.mark.django_db


def codings(**conditions: Any) -> int:
    return Coding.objects.published().filter(code__codebook__slug="gateways", **conditions).count()


def asked(client: Client, **parameters: Any) -> dict[str, Any]:
    guid = Codebook.objects.get(slug="gateways").guid
    response = client.get(f"/api/v1/codebooks/{guid}/matrix/", {"counted": "codings"} | parameters)
    assert response.status_code == 200, response.content
    return response.json()


def keys(matrix: dict[str, Any]) -> list[str]:
    return [one["key"] for one in matrix["columns"]]


def test_columns_are_schools_speakers_or_topics(client: Client):
    schools, roles, topics = (asked(client, columns=name) for name in ("school", "role", "topic"))
    assert keys(schools) == list("abcde")
    assert set(keys(roles)) == set(Quote.objects.published().values_list("speaker_role", flat=True))
    assert len(keys(topics)) == Topic.objects.filter(study__is_published=True).count()
    assert {one["total"] for one in (schools, roles, topics)} == {codings()}
    assert schools["column_totals"] == [codings(quote__school__slug=slug) for slug in "abcde"]


@pytest.mark.parametrize("columns", ["school", "role", "topic"])
def test_schools_can_be_chosen(client: Client, columns: str):
    matrix = asked(client, columns=columns, school=["c", "a"])
    assert matrix["total"] == codings(quote__school__slug__in=["a", "c"])
    if columns == "school":
        assert keys(matrix) == ["a", "c"]


def test_unknown_school_is_named(client: Client):
    guid = Codebook.objects.get(slug="gateways").guid
    response = client.get(f"/api/v1/codebooks/{guid}/matrix/?school=nowhere")
    assert response.status_code == 400
    assert "nowhere" in response.json()["errors"][0]


@pytest.mark.parametrize("columns", ["school", "topic"])
def test_columns_beyond_the_most_are_counted_not_shown(client: Client, monkeypatch: pytest.MonkeyPatch, columns: str):
    every = keys(asked(client, columns=columns))
    monkeypatch.setattr(computed, "MOST_COLUMNS", 2)
    matrix = asked(client, columns=columns)
    assert (keys(matrix), matrix["left_out"]) == (every[:2], len(every) - 2)
    study = School.objects.published()[0].study
    found = client.get(f"/api/v1/studies/{study.guid}/matrix/").json()
    assert (len(found["columns"]), found["left_out"]) == (2, 3)
