"""What a supervisor sees."""

from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.urls import resolve

from ictlead import health


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    """Each test asks anew whether migrations are applied."""
    health.check_migrated.cache_clear()
    yield
    health.check_migrated.cache_clear()


def test_healthz_works_without_a_database(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_readyz_works(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ready"})
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_readyz_asks_for_migrations_until_the_answer_is_good(client: Client, django_assert_num_queries) -> None:
    client.get("/readyz")
    with django_assert_num_queries(1):
        client.get("/readyz")


@pytest.mark.django_db
def test_readyz_says_that_a_migration_is_unapplied(client: Client) -> None:
    newest = MigrationLoader(connection).graph.leaf_nodes("axes")[0]
    MigrationRecorder(connection).record_unapplied(*newest)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["reason"].endswith("not applied. Run `manage.py prepare`.")
    MigrationRecorder(connection).record_applied(*newest)
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_readyz_says_that_the_database_is_away_and_keeps_its_secrets(client: Client, monkeypatch) -> None:
    def fail(*args: object) -> None:
        raise OperationalError("connection to server at db.example, user ict failed")

    monkeypatch.setattr(connection, "cursor", fail)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"status": "not ready", "reason": "The database does not answer."}
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("road", ["/healthz", "/readyz"])
def test_health_takes_no_other_method(client: Client, road: str) -> None:
    assert client.post(road).status_code == 405


@pytest.mark.parametrize("road", ["healthz", "readyz"])
def test_health_names(road: str) -> None:
    assert resolve(f"/{road}").url_name == road
