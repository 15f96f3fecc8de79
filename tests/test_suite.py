"""The suite's own promises: no network, no warning unheard, a PostgreSQL that leaves nothing behind."""

import os
import socket
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from django.conf import settings
from pytest_socket import SocketConnectBlockedError

from tests import with_postgres
from tests.needed import missing


def test_network_is_off() -> None:
    with socket.socket() as client, pytest.raises((SocketConnectBlockedError, UserWarning)):
        client.connect(("192.0.2.1", 80))


def test_warnings_are_errors() -> None:
    with pytest.raises(DeprecationWarning):
        warnings.warn("old", DeprecationWarning, stacklevel=1)


def test_data_of_the_site_are_out_of_reach() -> None:
    """No test writes where `make run` keeps its data."""
    assert not settings.DATA_DIR.is_relative_to(settings.BASE_DIR)
    assert not Path(settings.DATABASES["default"].get("TEST", {}).get("NAME") or "/").is_relative_to(settings.BASE_DIR)


@pytest.fixture
def without_postgres(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(with_postgres, "binaries", lambda: None)


def test_with_postgres_skips_where_there_is_none(
    without_postgres: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.delenv("CI", raising=False)
    assert with_postgres.main(["false"]) == 0
    assert "The PostgreSQL tests were skipped" in capsys.readouterr().out


def test_with_postgres_fails_in_ci_where_there_is_none(without_postgres: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(SystemExit, match="apt-get install postgresql"):
        with_postgres.main(["true"])


@pytest.mark.parametrize("code", [0, 3])
def test_with_postgres_runs_the_command_and_leaves_nothing(code: int) -> None:
    if with_postgres.binaries() is None:
        missing(with_postgres.INSTALL)
    script = f"import os; print(os.environ['DATABASE_URL']); raise SystemExit({code})"
    result = subprocess.run(
        [sys.executable, with_postgres.__file__, sys.executable, "-c", script],
        env=os.environ | {"TMPDIR": "/tmp"},  # a socket's path must be short
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == code, result.stderr
    folder = Path(result.stdout.split("@")[1].split("/")[0].replace("%2F", "/"))
    assert folder.name.startswith("ictlead-pg-")
    assert not folder.exists()
