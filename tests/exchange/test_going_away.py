"""A reader who stops reading a download, and one who goes away, over a connection to the server of `make serve`."""

import socket
from http.client import HTTPConnection
from uuid import uuid4

import pytest

from benchmarks.servers import MANY, start, stop
from schools.actions import publish_change
from tests.factories import loaded_study, make_quote, make_school
from tests.selfreview.test_concurrency import database_url

PATIENCE = 60  # seconds after which the server is taken to hang
HEAVY, MANY_QUOTES = "x" * 100_000, 300  # more than lies on the way between the two


def answers(port: int, seconds: float) -> bool:
    """Whether the server answers another reader within so many seconds."""
    client = HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        client.request("GET", "/healthz")
        return client.getresponse().status == 200
    except TimeoutError:
        return False
    finally:
        client.close()


@pytest.mark.django_db(transaction=True)
def test_reader_who_goes_away_frees_the_thread_and_the_query():
    first = make_quote(make_school(loaded_study()), text=HEAVY)
    for place in range(1, MANY_QUOTES):
        first.pk, first.guid, first.locator, first.position = None, uuid4(), f"L{place}", place
        first.save()
    publish_change()
    server, port = start(database_url(), command=MANY, WEB_CONCURRENCY="1", WEB_THREADS="1")
    try:
        with socket.socket() as reader:
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.settimeout(PATIENCE)
            reader.connect(("127.0.0.1", port))
            reader.sendall(f"GET /quotes.csv?school={first.school.slug} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert reader.recv(15) == b"HTTP/1.1 200 OK"
            assert not answers(port, 2)  # its one thread waits for this reader, and holds no more than a chunk
        assert answers(port, PATIENCE)
    finally:
        stop(server)
