"""What every test stands on: a database that holds the published study, whatever the test before did to it."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.test import TransactionTestCase

from ictlead.loading import load_study
from tests.factories import loaded_study

# What takes long goes first: a worker that came to it last would leave the others without work.
LONG = (
    "tests/browser/",
    "tests/workbench/test_blind_everywhere.py",
    "tests/selfreview/test_concurrency.py",
    "tests/test_plans.py",
    "tests/test_run.py",
    "tests/test_loading.py",
    "tests/test_studies_apart.py",
    "tests/exchange/test_desk_files.py",
    "tests/workbench/",
    "tests/selfreview/",
    "tests/reading/",
)
DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-tests", action="store_true", help="run only what touches the database, no browser")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: next((n for n, path in enumerate(LONG) if item.nodeid.startswith(path)), len(LONG)))
    if not config.getoption("--database-tests"):
        return
    chosen = [item for item in items if _touches_database(item) and not item.get_closest_marker("browser")]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


def pytest_collection_finish() -> None:
    """Spare the collector what stays to the end anyway; it took a seventh of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _touches_database(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test database with the study in it, loaded once.

    A test with real transactions (`transactional_db`, `live_server`) ends with a flush, which empties every table; the
    study's rows are kept in memory and put back after it. That takes a fraction of the time of loading them again.
    """
    with django_db_blocker.unblock():
        load_study(settings.BASE_DIR / "fixtures")
        rows = _all_rows()
    flush = TransactionTestCase._fixture_teardown

    def flush_and_restore(self: TransactionTestCase) -> None:
        flush(self)
        _put_back(rows)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flush_and_restore)
        yield


def _all_rows() -> list[models.Model]:
    ours = {"schools", "findings", "selfreview"}
    return [
        row
        for model in apps.get_models()
        if model._meta.app_label in ours and not model._meta.proxy
        for row in model._base_manager.order_by("pk")
    ]


@transaction.atomic  # the engines check references at its end: the order of the tables does not matter
def _put_back(rows: list[models.Model]) -> None:
    by_model: dict[type[models.Model], list[models.Model]] = {}
    for row in rows:
        by_model.setdefault(type(row), []).append(row)
    for model, its_rows in by_model.items():
        model._base_manager.bulk_create(its_rows)


@pytest.fixture
def study(db: None) -> models.Model:
    """The published study, as loaded."""
    return loaded_study()
