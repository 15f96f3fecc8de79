"""Published pages, kept whole: what is sent again, when it is made anew, and that nothing of a person is in it."""

import gzip
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import brotli
import pytest
from django.core.cache import caches
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver
from fakeredis import TcpFakeServer

from ictlead import published
from ictlead.published import can_be_shared, published_pages
from ictlead.wsgi import application
from schools.actions import publish_change
from schools.models import Quote
from tests.accounts.people import make_person
from tests.reading.test_pages import roads

pytestmark = pytest.mark.django_db
SENT = {"Accept-Encoding": "gzip, br"}


@pytest.fixture(autouse=True)
def pages(settings: Any) -> Iterator[Any]:
    """The cache of a real site, empty."""
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages"}
    settings.CACHES = settings.CACHES | {"pages": memory}
    caches["pages"].clear()
    yield caches["pages"]
    caches["pages"].clear()


def shared_roads() -> list[str]:
    """Every published page; the style guide is for those who build the site."""
    more = ["/questionnaire/paper/", "/downloads/", "/data-dictionary/"]
    return [road for name, road in roads().items() if name != "styleguide"] + more


def held() -> list[bytes]:
    """Everything in the cache, as it lies there."""
    return list(caches["pages"]._cache.values())


def test_every_public_page_is_among_the_roads():
    public = [route for route in _routes() if route not in {"styleguide/"}]
    assert public
    for route in public:
        assert route == "" or f"/{route}".startswith(published.ROADS), route


def _routes() -> list[str]:
    """Routes of the public pages; their files and the self-review have rules of their own."""
    tables = [one for one in get_resolver().url_patterns if getattr(one, "app_name", "") in {"reading"}]
    return [str(one.pattern) for table in tables for one in table.url_patterns if isinstance(one, URLPattern)]


def test_page_is_made_once_and_then_asks_one_question(client: Client, django_assert_num_queries):
    for road in shared_roads():
        first = client.get(road, headers=SENT)
        with django_assert_num_queries(1):
            again = client.get(road, headers=SENT)
        assert (again.status_code, again.content, dict(again.items())) == (200, first.content, dict(first.items())), (
            road
        )
        assert again["Content-Length"] == str(len(again.content))
        assert again["Content-Security-Policy"]


def test_page_that_the_reader_has_is_304_after_one_question(client: Client, django_assert_num_queries):
    for road in shared_roads():
        tag = client.get(road)["ETag"]
        for given in (tag, tag.removeprefix("W/"), f'"another", {tag}'):
            with django_assert_num_queries(1):
                response = client.get(road, headers={"If-None-Match": given})
            assert (response.status_code, response.content, response["ETag"]) == (304, b"", tag), road
            assert response["Cache-Control"] == "public, no-cache"
    assert client.get("/", headers={"If-None-Match": '"another"'}).status_code == 200


def test_page_is_made_anew_when_published_data_change(client: Client):
    quote = Quote.objects.get(school__slug="a", locator="L137")
    road, before = quote.get_absolute_url(), client.get(quote.get_absolute_url())
    Quote.objects.filter(pk=quote.pk).update(text="Other words.")
    assert client.get(road).content == before.content
    publish_change()
    after = client.get(road, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert "Other words." in after.content.decode()
    assert after["ETag"] != before["ETag"]


def test_page_is_made_anew_on_another_day_and_by_another_program(client: Client, monkeypatch):
    tags = {client.get("/")["ETag"]}
    with patch("ictlead.published._day", return_value="2031-05-04"):
        tags.add(client.get("/")["ETag"])
    monkeypatch.setattr(published, "_program", lambda: "another")
    published._digest.cache_clear()
    tags.add(client.get("/")["ETag"])
    published._digest.cache_clear()
    assert len(tags) == 3


def test_page_is_packed_as_the_reader_can_take_it(client: Client):
    plain = client.get("/schools/")
    assert "Content-Encoding" not in plain
    for _ in range(2):  # made, then kept
        packed, zipped = (
            client.get("/schools/", headers=SENT),
            client.get("/schools/", headers={"Accept-Encoding": "gzip"}),
        )
        assert (packed["Content-Encoding"], zipped["Content-Encoding"]) == ("br", "gzip")
        assert brotli.decompress(packed.content) == gzip.decompress(zipped.content) == plain.content
        assert len(packed.content) < len(zipped.content)
        assert packed["Vary"] == plain["Vary"] == "Accept-Encoding"
        assert packed["ETag"] == plain["ETag"]


def test_page_knows_the_name_and_the_protocol_it_was_asked_by(client: Client):
    road = Quote.objects.get(school__slug="a", locator="L137").get_absolute_url()
    assert f"http://localhost{road}" in client.get(road, headers={"Host": "localhost"}).content.decode()
    assert f"http://testserver{road}" in client.get(road).content.decode()
    assert f"https://testserver{road}" in client.get(road, secure=True).content.decode()
    assert client.get(road, headers={"Host": "evil.example"}).status_code == 400


def test_page_of_another_address_is_another_page(client: Client):
    assert client.get("/quotes/?school=a").content != client.get("/quotes/?school=b").content
    assert client.get("/quotes/?school=a").content != client.get("/quotes/?page=2").content


def test_head_is_answered_from_what_a_get_kept(client: Client, django_assert_num_queries):
    made = client.head("/")
    assert held() == []
    client.get("/")
    with django_assert_num_queries(1):
        kept = client.head("/")
    assert (made.content, kept.content, made["ETag"]) == (b"", b"", kept["ETag"])


def test_nothing_personal_enters_a_page_that_is_kept(pages: Any):
    """A signed-in editor with messages waiting, a token and a theme opens every page first; then a stranger does."""
    editor = Client()
    user = make_person(is_staff=True, is_superuser=True)
    editor.force_login(user)
    editor.get("/account/password/change/")  # a form: from now on this browser has a token
    session = editor.session
    session["_messages"] = '[["__json_message",0,20,"For the editor alone.",""]]'
    session.save()
    secrets = [user.email, session.session_key, editor.cookies["csrftoken"].value, "For the editor alone."]
    for road in shared_roads():
        mine = editor.get(road, headers={"HX-Request": "true", "Authorization": "Bearer mine"})
        kept = held()
        stranger = Client().get(road)
        assert held() == kept, f"{road} is not given to both"
        pages.clear()
        alone = Client().get(road)
        assert mine.content == stranger.content == alone.content, road
        assert not mine.cookies, road
        assert not stranger.cookies, road
        for secret in secrets:
            assert secret not in str(mine.serialize()), road
    assert "_messages" in editor.session


def test_private_and_changing_pages_are_never_kept(client: Client):
    client.force_login(make_person(is_staff=True, is_superuser=True))
    for road in ("/account/", "/workbench/", "/review/", "/admin/", "/admin/schools/school/"):
        response = client.get(road)
        assert response.status_code == 200, road
        assert "no-store" in response["Cache-Control"], road
        assert "ETag" not in response, road
    for road in ("/quotes.csv", "/codebooks/gateways.csv", "/healthz", "/styleguide/"):
        client.get(road)
    assert client.post("/schools/").status_code == 405
    assert client.get("/schools/zzz/").status_code == 404
    assert client.get("/quotes/?role=nobody").status_code == 400
    assert held() == []


def with_cookie() -> HttpResponse:
    response = HttpResponse("A page.")
    response.set_cookie("seen", "1")
    return response


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse("A page.", status=404),
        StreamingHttpResponse([b"A page."]),
        with_cookie(),
        HttpResponse("A page.", headers={"Vary": "Cookie"}),
        HttpResponse("A page.", headers={"Vary": "Accept-Encoding, HX-Request"}),
        HttpResponse("A page.", headers={"Cache-Control": "no-store, private"}),
        HttpResponse("A page.", headers={"Content-Security-Policy": "script-src 'nonce-abc'"}),
        HttpResponse('<input name="csrfmiddlewaretoken" value="abc">'),
        HttpResponse(gzip.compress(b'<input name="csrfmiddlewaretoken">'), headers={"Content-Encoding": "gzip"}),
    ],
)
def test_response_for_one_reader_is_not_given_to_another(response: HttpResponse):
    assert not can_be_shared(response)
    answered = published_pages(lambda request: response)(RequestFactory().get("/about/"))
    assert answered is response
    assert "ETag" not in answered
    assert held() == []


def test_view_of_a_published_page_does_not_learn_who_asks():
    def view(request: Any) -> HttpResponse:
        return HttpResponse(repr((request.COOKIES, request.META.get("HTTP_AUTHORIZATION"))))

    request = RequestFactory().get("/about/", headers={"Cookie": "sessionid=abc", "Authorization": "Basic abc"})
    assert published_pages(view)(request).content == b"({}, None)"


def test_large_page_is_sent_and_not_kept(monkeypatch):
    monkeypatch.setattr(published, "LARGEST", 10)
    response = published_pages(lambda request: HttpResponse("x" * 11))(RequestFactory().get("/about/"))
    assert response["ETag"]
    assert held() == []


@pytest.mark.parametrize("fails", ["get", "set"])
def test_site_serves_on_while_the_cache_does_not_answer(client: Client, caplog, fails: str):
    with patch(f"django.core.cache.backends.locmem.LocMemCache.{fails}", side_effect=RuntimeError("gone")):
        assert client.get("/schools/").status_code == 200
    assert "The cache of pages does not answer." in caplog.text


def test_https_comes_before_what_is_kept(client: Client, settings):
    tag = client.get("/")["ETag"]
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/", headers={"If-None-Match": tag}).status_code == 301


@contextmanager
def redis() -> Iterator[int]:
    """The port of a server that speaks as Redis does, so that none has to be installed."""
    server = TcpFakeServer(("127.0.0.1", 0))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_redis_keeps_pages_and_the_site_serves_on_without_it(tmp_path: Path):
    """In a process of its own, for the settings are read once."""
    program = """
import django, sys
django.setup()
from django.core.cache import caches
from ictlead.published import _get, _set
print(caches["pages"].__class__.__name__, _get("a page"))
_set("a page", (b"bytes", {"ETag": "one"}))
print(_get("a page"))
"""
    run = [sys.executable, "-c", program]
    environment = os.environ | {"DATA_DIR": str(tmp_path), "SECRET_KEY": "x" * 50}
    with redis() as port:
        environment |= {"CACHE_URL": f"redis://127.0.0.1:{port}", "DJANGO_SETTINGS_MODULE": "ictlead.settings"}
        said = subprocess.run(run, env=environment, check=True, capture_output=True, text=True).stdout
    assert said == "RedisCache None\n(b'bytes', {'ETag': 'one'})\n"
    without = subprocess.run(run, env=environment, check=True, capture_output=True, text=True)
    assert without.stdout == "RedisCache None\nNone\n"
    assert "The cache of pages does not answer." in without.stderr


def test_day_changes_at_midnight_here():
    midnight = int(datetime(2026, 7, 1, 23, tzinfo=UTC).timestamp()) // published.QUARTER  # 00:00 on the 2nd in London
    assert [published._day(midnight - 1), published._day(midnight)] == ["2026-07-01", "2026-07-02"]


def ask_wsgi(**environ: Any) -> tuple[str, dict[str, str], bytes]:
    """What a server would send."""
    said: list[Any] = []
    request = RequestFactory().get("/schools/")
    parts = application(request.META | environ, lambda *given: said.extend(given))
    body = b"".join(parts)
    getattr(parts, "close", lambda: None)()
    return said[0], dict(said[1]), body


@pytest.fixture
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection of the test stays open, with its transaction; a server may close one between requests."""
    monkeypatch.setattr(BaseDatabaseWrapper, "close_if_unusable_or_obsolete", lambda self: None)


@pytest.mark.usefixtures("one_connection")
def test_server_answers_what_is_kept_without_django(django_assert_num_queries):
    made = ask_wsgi()
    assert made[0] == "200 OK"
    with patch("ictlead.wsgi.django_application", side_effect=AssertionError), django_assert_num_queries(1):
        assert ask_wsgi() == made
    with django_assert_num_queries(1):
        status, headers, body = ask_wsgi(HTTP_IF_NONE_MATCH=made[1]["ETag"])
    assert (status, headers["ETag"], body) == ("304 Not Modified", made[1]["ETag"], b"")
    status, headers, body = ask_wsgi(REQUEST_METHOD="HEAD")
    assert (status, headers, body) == ("200 OK", made[1], b"")


@pytest.mark.usefixtures("one_connection")
def test_server_asks_for_the_data_version_once_for_a_page_that_is_made():
    with CaptureQueriesContext(connection) as asked:
        ask_wsgi()
    assert sum("schools_dataversion" in one["sql"] for one in asked) == 1


@pytest.mark.usefixtures("one_connection")
def test_server_gives_django_whatever_else_there_is():
    assert ask_wsgi(HTTP_HOST="evil.example")[0] == "400 Bad Request"
    assert ask_wsgi(PATH_INFO="/healthz")[2] == b"ok"
    assert ask_wsgi(REQUEST_METHOD="POST")[0] == "403 Forbidden"  # no token: the whole stack was asked
    ask_wsgi()
    with patch.object(published, "_state", side_effect=[OperationalError("gone"), '"a state"']):
        assert ask_wsgi()[1]["ETag"] == 'W/"a state"'
