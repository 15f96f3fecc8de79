"""The site as `make run` starts it: prepared once, and served by gunicorn with hashed static files."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from django.conf import settings

PREPARE = [sys.executable, "manage.py", "prepare"]
SERVE = [sys.executable, "-m", "deploy.run"]
SERVE_MANY = [sys.executable, "-m", "deploy.serve"]
BEFORE = ("Migrations: up to date", "Study: up to date", "Static files: up to date", "[WARNING] Workers respawn")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A laptop's environment, with a data folder and a port of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "for-tests-only-" + "0123456789" * 4,
        "HTTPS": "0",
        "DATA_DIR": str(tmp_path_factory.mktemp("var")),
        "PORT": str(port),
        "PYTHONWARNINGS": "error",
    }


def prepare(environment: dict[str, str]) -> list[str]:
    result = subprocess.run(
        PREPARE, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    return result.stdout.splitlines()


@contextmanager
def running(environment: dict[str, str], command: list[str]) -> Iterator[tuple[str, int]]:
    """The line in which a running server says where it is, or why it is not there, and its process id."""
    server = subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert server.stdout
    try:
        said = (line.strip() for line in server.stdout)
        yield next((line for line in said if not line.startswith(BEFORE)), ""), server.pid
    finally:
        server.terminate()
        server.communicate(timeout=120)  # seconds after which it is taken to hang


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[str]:
    """What `make run` starts: the line in which it says where it is."""
    with running(environment, SERVE) as (line, _):
        yield line


def children(process: int) -> set[int]:
    """The processes that a process started."""
    return set(map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split()))


@pytest.fixture(scope="module")
def prepared(environment: dict[str, str]) -> list[str]:
    return prepare(environment)


def test_prepare_says_what_it_does(prepared: list[str]) -> None:
    assert [line.split(":")[0] for line in prepared] == ["Migrations", "Study", "Static files"]
    assert re.fullmatch(r"Migrations: \d+ applied \(sqlite\)", prepared[0])
    assert "0 unchanged, 0 kept" in prepared[1]


def test_prepare_again_does_nothing_and_loses_nothing(prepared: list[str], environment: dict[str, str]) -> None:
    folder = Path(environment["DATA_DIR"], "static")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert prepare(environment) == [
        "Migrations: up to date (sqlite)",
        "Study: up to date (data version 1)",
        "Static files: up to date",
    ]
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_prepare_collects_static_files_again_when_one_is_gone(prepared: list[str], environment: dict[str, str]) -> None:
    Path(environment["DATA_DIR"], "static.digest").write_text("another")
    assert prepare(environment)[2].startswith("Static files: collected in ")


def test_styles_and_scripts_are_compressed_beforehand(prepared: list[str], environment: dict[str, str]) -> None:
    folder = Path(environment["DATA_DIR"], "static")
    ours = [path for path in folder.rglob("*") if path.suffix in {".css", ".js"} and path.parent.name in {"css", "js"}]
    large = [path for path in ours if path.stat().st_size > 1000]
    assert len(large) > 5
    for path in large:
        packed, zipped = path.with_name(f"{path.name}.br"), path.with_name(f"{path.name}.gz")
        assert packed.stat().st_size < zipped.stat().st_size < path.stat().st_size, path


def test_serve_says_where_the_site_is_and_serves_it(prepared: list[str], environment: dict[str, str]) -> None:
    with serving(environment) as line:
        assert line == f"ICT Lead is at http://127.0.0.1:{environment['PORT']}/"
        with urlopen(f"http://127.0.0.1:{environment['PORT']}/") as response:
            page = response.read().decode()
        assert response.status == 200
        styles = re.findall(r'href="(/static/[^"]+\.css)"', page)
        assert styles
        for style in styles:
            assert re.search(r"\.[0-9a-f]{12}\.css$", style)
            with urlopen(f"http://127.0.0.1:{environment['PORT']}{style}") as response:
                assert "immutable" in response.headers["Cache-Control"]
        with pytest.raises(HTTPError, match="404"):
            urlopen(f"http://127.0.0.1:{environment['PORT']}/no-such-page/")


def test_make_serve_replaces_its_processes_while_the_site_answers(
    prepared: list[str], environment: dict[str, str]
) -> None:
    site = f"http://127.0.0.1:{environment['PORT']}/"
    with running(environment | {"WEB_CONCURRENCY": "2"}, SERVE_MANY) as (line, server):
        assert line == f"ICT Lead is at {site} (2 processes)"
        assert answers(site)
        before = children(server)
        assert len(before) >= 2
        os.kill(server, signal.SIGHUP)
        deadline = time.monotonic() + 120
        while len(children(server) - before) < 2 or len(children(server)) > len(before):
            assert answers(site)
            assert time.monotonic() < deadline, "The processes were not replaced."


def answers(site: str) -> bool:
    """Whether the site answers; asked twice, for a connection that waits at a process that ends may be cut."""
    try:
        return urlopen(site).status == 200
    except OSError:
        return urlopen(site).status == 200


@pytest.mark.parametrize("command", [SERVE, SERVE_MANY], ids=["run", "serve"])
def test_serve_says_plainly_that_the_port_is_taken(
    prepared: list[str], environment: dict[str, str], command: list[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with running(environment | {"PORT": port}, command) as (line, _):
            expected = f"Cannot listen on 127.0.0.1:{port}: Address already in use. Free it, or choose another"
            assert line.startswith(expected)


def test_a_new_server_takes_over_from_one_that_runs(prepared: list[str], environment: dict[str, str]) -> None:
    site = f"http://127.0.0.1:{environment['PORT']}/"
    with running(environment, SERVE) as (_, old):
        before = children(old)
        os.kill(old, signal.SIGUSR2)
        deadline = time.monotonic() + 60
        while not (new := [one for one in children(old) - before if children(one)]):
            assert time.monotonic() < deadline, "No new server came."
            time.sleep(0.05)
        try:
            os.kill(old, signal.SIGTERM)
            while Path(f"/proc/{old}/stat").read_text().rpartition(")")[2].split()[0] != "Z":  # ended
                assert time.monotonic() < deadline, "The old server did not end."
                time.sleep(0.05)
            assert answers(site)
        finally:
            os.kill(new[0], signal.SIGTERM)


def test_a_wrong_number_of_processes_stops_the_start_and_is_named(environment: dict[str, str]) -> None:
    wrong = environment | {"WEB_CONCURRENCY": "many"}
    for command in (SERVE, SERVE_MANY):
        done = subprocess.run(command, cwd=settings.BASE_DIR, env=wrong, capture_output=True, text=True, timeout=120)
        assert (done.returncode, done.stderr) == (1, "WEB_CONCURRENCY='many' is not a whole number from 1 to 256.\n")


def test_nothing_is_served_that_could_not_be_prepared(prepared: list[str], environment: dict[str, str]) -> None:
    nowhere = environment | {"DATABASE_URL": f"sqlite:///{environment['DATA_DIR']}/no-folder/site.sqlite3"}
    done = subprocess.run(SERVE, cwd=settings.BASE_DIR, env=nowhere, capture_output=True, text=True, timeout=120)
    assert done.returncode != 0
    assert "unable to open database file" in done.stderr
    assert "ICT Lead is at" not in done.stdout


@pytest.mark.parametrize("target", ["help", ""])
def test_make_lists_its_targets(target: str) -> None:
    result = subprocess.run(
        ["make", "--no-print-directory", *target.split()],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    listed = [line.split()[1] for line in result.stdout.splitlines()]
    assert listed[:2] == ["help", "setup"]
    assert {"run", "serve", "admin", "test", "lint", "format", "clean"} <= set(listed)
