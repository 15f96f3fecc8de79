"""The API as its own description says it: asked at random, never a 500, never an answer off its schema."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks

from exchange.api import urls
from exchange.api.lists import LISTS
from exchange.api.roads import api, openapi, views_by_name
from findings.models import Codebook, Coding, Finding
from schools.models import Quote, Study
from tests.api.people import blind_team, token_for
from tests.bench import Team

pytestmark = pytest.mark.django_db
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
EACH = 8  # requests to each road, with and without a token


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The site as WSGI. The test's connection stays open between requests, and nobody asks too often."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    monkeypatch.setattr("exchange.api.answers.too_many", lambda *asked: False)
    yield WSGIHandler()
    for signal in signals:
        signal.connect(close_old_connections)


def document() -> dict[str, Any]:
    return json.loads(json.dumps(openapi()))


def with_sound_values(described: dict[str, Any], team: Team) -> dict[str, Any]:
    """The description with what this database holds, so that many of the random requests find something."""
    coding = Coding.objects.readable()[0]
    sound = {
        "study": ["gill-2007"],
        "school": ["a", "b", "nowhere"],
        "topic": ["use"],
        "codebook": ["gateways", team.codebook.slug],
        "code": [coding.code.key, f"{team.codebook.slug}/{team.codes[0].slug}"],
        "finding": [Finding.objects.published()[0].slug],
        "cursor": ["", "bnVsbA", "W10"],
        "quote": [str(coding.quote.guid)],
        "kind1": ["code", "school", "nonsense"],
        "value1": [str(team.codes[0].guid), "a"],
    }
    guids = {
        "studies": Study.objects.filter(slug="gill-2007"),
        "quotes": Quote.objects.published(),
        "codebooks": Codebook.objects.filter(slug__in=["gateways", team.codebook.slug]),
        "codings": Coding.objects.filter(code__codebook__slug__in=["gateways", team.codebook.slug]),
        **{one.name: one.door(team.users["ann"]) for one in LISTS if one.name not in {"studies", "quotes", "codings"}},
    }
    for path, methods in described["paths"].items():
        for one in methods["get"]["parameters"]:
            if one["in"] == "path":
                rows = guids[path.split("/")[3]]
                one["schema"] = {"enum": [str(guid) for guid in rows.values_list("guid", flat=True)[:3]]}
            elif one["name"] in sound:
                values = {"enum": sound[one["name"]]}
                one["schema"] = {"type": "array", "items": values} if one["schema"]["type"] == "array" else values
    return described


@pytest.mark.parametrize("name", ["", "ann"])
def test_every_answer_is_as_described(app: Any, name: str):
    team = blind_team()
    headers = {"Accept-Encoding": "identity"} | (token_for(team.users[name]) if name else {})
    seen = set()
    for described in (with_sound_values(document(), team), document()):
        schema = schemathesis.openapi.from_dict(described)
        schema.app = app
        for found in schema.get_all_operations():
            assert isinstance(found, Ok), found
            operation = found.ok()

            @settings(max_examples=EACH // 2, deadline=None, database=None, suppress_health_check=list(HealthCheck))
            @given(case=operation.as_strategy())
            def asked(case: Any) -> None:
                response = case.call(headers=headers)
                seen.add(case.operation.path)
                case.validate_response(response, checks=CHECKS)

            asked()
    assert len(seen) == len(document()["paths"])


def test_addresses_are_those_of_the_description():
    known = {one.name: str(one.pattern) for one in urls.urlpatterns}
    described = {one.name: str(one.pattern).replace("uuidstr", "uuid") for one in api.urls[0]}
    del described["api-root"]  # ninja's own name of what "start" is
    assert described.items() <= known.items()
    assert {name for name in known if name not in described} == {"docs", "openapi", "unknown"}
    assert set(views_by_name()) >= set(described)


def test_examples_are_as_their_schemas_say():
    described = document()
    checked = 0
    for methods in described["paths"].values():
        for answer in methods["get"]["responses"].values():
            for content in answer.get("content", {}).values():
                schema = content["schema"] | {"components": described["components"]}
                jsonschema.validate(content["example"], schema, jsonschema.Draft202012Validator)
                checked += 1
    assert checked > 100


def test_all_is_described():
    for path, methods in document()["paths"].items():
        said = methods["get"]
        assert said["description"].endswith((".", "`.")), path
        assert all(one.get("description") or one["in"] == "path" for one in said["parameters"]), path
    for name, schema in document()["components"]["schemas"].items():
        for field, one in schema["properties"].items():
            assert one.get("description") or "$ref" in one or "items" in one, (name, field)


def test_document_and_page(client: Client):
    response = client.get("/api/v1/openapi.json")
    assert response.json()["openapi"].startswith("3.1")
    assert client.get("/api/v1/openapi.json", headers={"If-None-Match": response["ETag"]}).status_code == 304
    page = client.get("/api/v1/docs/").content.decode()
    for listed in LISTS:
        assert f"GET /api/v1/{listed.name}/" in page
    assert '<script src="http' not in page
    assert "cdn" not in page
