"""No log holds a secret: real requests, through the logging that the settings set up."""

import io
import logging
import runpy
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client

from ictlead.logs import hide_secrets
from selfreview.views import start

SECRET = "s3cr3t-Abc_123"
ROADS = [
    f"/review/return/{SECRET}/",
    f"/review/shared/{SECRET}/",
    f"/review/invitation/{SECRET}/",
    f"/review/return/{SECRET}/more/{SECRET}",
    f"/review/return//{SECRET}",
    f"/Review/Return/{SECRET}/",
    f"/account/password/reset/key/_{SECRET}/",
]


def test_invitation_to_the_workbench_is_hidden_too():
    assert SECRET not in hide_secrets(f"/account/login/?next=/workbench/invitation/{SECRET}/")


def handler_of(name: str) -> logging.StreamHandler:
    """The one handler that a logger has from the settings; pytest adds listeners of its own."""
    [handler] = [one for one in logging.getLogger(name).handlers if type(one) is logging.StreamHandler]
    return handler


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the site's handler writes; it is the one of settings.LOGGING, with its formatter and filters."""
    handler = handler_of("django")
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


def test_both_loggers_write_through_the_handler_that_hides():
    handler = settings.LOGGING["handlers"]["stderr"]
    assert handler["filters"] == ["secrets"]
    assert list(settings.LOGGING["handlers"]) == ["stderr"]
    assert set(settings.LOGGING["loggers"]) == {"django", "django.server"}
    assert logging.getLogger("django.request").propagate
    assert not logging.getLogger("django.request").handlers


@pytest.mark.django_db
@pytest.mark.parametrize("road", ROADS)
def test_address_not_found_is_logged_without_its_secret(client: Client, log: io.StringIO, road: str):
    assert client.get(road).status_code == 404
    assert SECRET not in log.getvalue()
    assert "Not Found: " in log.getvalue()
    assert "…" in log.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (PermissionDenied(), 403),
        (Http404(), 404),
        (RuntimeError(f"cannot open /review/return/{SECRET}/"), 500),
    ],
)
def test_failing_page_is_logged_without_its_secret(
    client: Client, log: io.StringIO, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
):
    def fail(*args: object) -> None:
        raise error

    monkeypatch.setattr(start, "take_seat", fail)
    client.raise_request_exception = False
    assert client.get(f"/review/return/{SECRET}/").status_code == status
    assert SECRET not in log.getvalue()
    assert "/review/return/…" in log.getvalue()
    if status == 500:
        assert "RuntimeError: cannot open /review/return/…" in log.getvalue()


def test_development_server_logs_no_secret(log: io.StringIO):
    assert handler_of("django.server") is handler_of("django")
    logging.getLogger("django.server").info('"%s" %s %s', f"GET /review/return/{SECRET}/ HTTP/1.1", "302", "0")
    assert log.getvalue().endswith('"GET /review/return/… HTTP/1.1" 302 0\n')


def test_server_hides_secrets_in_its_own_log(caplog: pytest.LogCaptureFixture):
    logger = logging.getLogger("gunicorn.error")
    before = list(logger.filters)
    try:
        on_starting = runpy.run_path(str(settings.BASE_DIR / "deploy" / "gunicorn.conf.py"))["on_starting"]
        on_starting(SimpleNamespace(LISTENERS=["taken over"], master_pid=0))
        logger.error("Error handling request %s %s", "GET", f"/review/return/{SECRET}/")
    finally:
        logger.filters[:] = before
    assert caplog.messages == ["Error handling request GET /review/return/…"]


def test_other_addresses_are_logged_whole(log: io.StringIO):
    logging.getLogger("django.request").warning("Not Found: %s", "/review/3f0a/what/2/")
    logging.getLogger("django.request").warning("100 % of nothing")
    assert "Not Found: /review/3f0a/what/2/\n" in log.getvalue()
    assert "100 % of nothing\n" in log.getvalue()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("?next=/review/return/abc/&x=1", "?next=/review/return/…"),
        ("?next=%2Freview%2Freturn%2Fabc", "?next=%2Freview%2Freturn%2F…"),
        (
            "https://ict.example/account/password/reset/key/1-abc/ and on",
            "https://ict.example/account/password/reset/key/… and on",
        ),
        ("/account/password/reset/", "/account/password/reset/"),
        ("/review/return/", "/review/return/"),
    ],
)
def test_secrets_are_hidden_and_nothing_else(text: str, shown: str):
    assert hide_secrets(text) == shown
