"""Published pages are made once for a data version, kept whole and sent as they are (docs/adr/0013).

What a page shows depends on its address, on the published data, on this program and on the day, which stands in the
print footer. Their digest is the page's ETag and part of the key it is kept under: nothing is ever cleared, what is out
of date is no longer asked for. Who asks does not count, for these pages are made without the cookies that would tell.
"""

import gzip
import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import brotli
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import caches
from django.core.exceptions import MiddlewareNotUsed, SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.timezone import localdate

from schools.models import DataVersion

logger = logging.getLogger(__name__)

ROADS = (
    "/about/",
    "/accessibility/",
    "/codebooks/",
    "/compare/",
    "/data-dictionary/",
    "/downloads/",
    "/findings/",
    "/gateways/",
    "/glossary/",
    "/privacy/",
    "/questionnaire/",
    "/quotes/",
    "/schools/",
    "/studies/",
)
BELOW = re.compile(r"/studies/[^/]+(?=/)")
LARGEST = 512 * 1024  # bytes of a page that is kept, as it is sent
BROTLI_QUALITY = 5  # of 11: within some percent of the best, at a fiftieth of its time
QUARTER = 900  # seconds
CODINGS = {"br": re.compile(r"\bbr\b"), "gzip": re.compile(r"\bgzip\b")}  # the first that a browser knows is used
WHO = ("HTTP_COOKIE", "HTTP_AUTHORIZATION")  # what tells who asks
ASKED = "ictlead.asked"  # where an Asked stands in the environment of a request
WHEN = f"SELECT number, changed_at FROM {DataVersion._meta.db_table} WHERE id = 1"

Kept = tuple[bytes, dict[str, str]]
GetResponse = Callable[[HttpRequest], HttpResponse]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def published_pages(get_response: GetResponse) -> GetResponse:
    """Answer published pages from the cache `pages`, or 304. The first middleware: what is kept has every header."""
    if settings.DEBUG:
        raise MiddlewareNotUsed("Templates may change while the site runs.")

    def middleware(request: HttpRequest) -> HttpResponse:
        if not _is_published(request):
            return get_response(request)
        asked: Asked = request.META.pop(ASKED, None) or Asked.by(request)
        if asked.has_it:
            return HttpResponseNotModified(headers=_headers(asked.state))
        if asked.kept is not None:
            return HttpResponse(asked.kept[0], headers=asked.kept[1])
        for name in WHO:
            request.META.pop(name, None)
        response = get_response(request)
        if not can_be_shared(response):
            return response
        _pack(response, asked.coding)
        for name, value in _headers(asked.state).items():
            response.headers[name] = value
        if request.method == "GET" and len(response.content) <= LARGEST:
            _set(asked.key, (response.content, dict(response.items())))
        return response

    return middleware


def before_django(application: Wsgi) -> Wsgi:
    """The same a floor below, for the sake of speed: what is kept needs neither Django's handler nor its signals.

    Whatever is not answered here goes its usual way, and takes along what was found out.
    """
    if settings.DEBUG:
        return application

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = WSGIRequest(environ)
        if not _is_published(request):
            return application(environ, start_response)
        try:
            connection.close_if_unusable_or_obsolete()  # as Django does before every request
            asked = Asked.by(request)
            connection.close_if_unusable_or_obsolete()  # and after it
        except (Error, SuspiciousOperation):
            return application(environ, start_response)  # which will meet the same, and knows what to say
        if asked.has_it:
            start_response("304 Not Modified", list(_headers(asked.state).items()))
            return ()
        if asked.kept is None:
            environ[ASKED] = asked
            return application(environ, start_response)
        start_response("200 OK", list(asked.kept[1].items()))
        return () if request.method == "HEAD" else (asked.kept[0],)

    return answer


@dataclass(frozen=True, slots=True)
class Asked:
    """A published page as somebody asks for it."""

    state: str  # what every page depends on, as the value of an ETag, in its quotes
    has_it: bool  # the reader has the page in this state: 304
    coding: str = ""  # how it is to be packed: br, gzip, or not at all
    key: str = ""  # in the cache
    kept: Kept | None = None

    @classmethod
    def by(cls, request: HttpRequest) -> Self:
        """One query. Raises DisallowedHost for a host that is not ours."""
        state = _state()
        if state in request.META.get("HTTP_IF_NONE_MATCH", ""):
            return cls(state, has_it=True)
        coding = _coding(request)
        address = f"{request.scheme}://{request.get_host()}{request.path_info}?{request.META.get('QUERY_STRING', '')}"
        key = sha256(f"{state} {coding} {address}".encode()).hexdigest()
        return cls(state, has_it=False, coding=coding, key=key, kept=_get(key))


def _is_published(request: HttpRequest) -> bool:
    """Whether a page that everyone may read is asked for; its files (/codebooks/….csv) have rules of their own."""
    path = request.path_info
    if request.method not in {"GET", "HEAD"} or not path.endswith("/"):
        return False
    if settings.SECURE_SSL_REDIRECT and not request.is_secure():
        return False
    if below := BELOW.match(path):  # the same pages of another study
        path = path[below.end() :]
    return path == "/" or path.startswith(ROADS)


def can_be_shared(response: HttpResponse) -> bool:
    """Whether a response may be given to others: a whole page, and nothing in it that is for one reader alone."""
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and response.get("Vary", "").lower() in {"", "accept-encoding"}
        and "Cache-Control" not in response
        and "'nonce-" not in response.get("Content-Security-Policy", "")
        and b"csrfmiddlewaretoken" not in _plain(response)
    )


def _state() -> str:
    """What every page depends on. One query, past the ORM for its speed."""
    with connection.cursor() as cursor:
        cursor.execute(WHEN)
        return _digest(cursor.fetchone(), _day(int(time.time()) // QUARTER))


@lru_cache(maxsize=8)
def _digest(data: tuple | None, day: str) -> str:
    return f'"{sha256(f"{data} {day} {_program()}".encode()).hexdigest()[:32]}"'


@lru_cache(maxsize=8)
def _day(quarter: int) -> str:
    """The day here, which changes on a quarter of an hour in every time zone."""
    return localdate(datetime.fromtimestamp(quarter * QUARTER, UTC)).isoformat()


@cache
def _program() -> str:
    """A digest of this program as far as pages show it: code, templates, packages, static files and switches."""
    digest = sha256()
    for path in _sources():
        digest.update(f"{path.relative_to(settings.BASE_DIR)}\0".encode() + path.read_bytes())
    shown = (settings.CONTACT_EMAIL, settings.SITE_URL, settings.TIME_ZONE, settings.EMAIL_BACKEND)
    digest.update(repr((shown, getattr(staticfiles_storage, "manifest_hash", ""))).encode())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    yield from (settings.BASE_DIR / "requirements.txt", settings.BASE_DIR / "constraints.txt")
    yield from sorted(path for path in (settings.BASE_DIR / "templates").rglob("*") if path.is_file())
    for floor in ("schools", "findings", "reading", "exchange", "selfreview", "ictlead"):
        yield from sorted((settings.BASE_DIR / floor).rglob("*.py"))


def _headers(state: str) -> dict[str, str]:
    """Anyone may keep the page, and asks before it is shown again. Weak: one state, whatever it is packed in."""
    return {"ETag": f"W/{state}", "Cache-Control": "public, no-cache", "Vary": "Accept-Encoding"}


def _coding(request: HttpRequest) -> str:
    accepted = request.META.get("HTTP_ACCEPT_ENCODING", "")
    return next((name for name, known in CODINGS.items() if known.search(accepted)), "")


def _plain(response: HttpResponse) -> bytes:
    """The page itself; GZipMiddleware may have packed it."""
    return gzip.decompress(response.content) if response.get("Content-Encoding") == "gzip" else response.content


def _pack(response: HttpResponse, coding: str) -> None:
    """Brotli where the reader takes it; what a gzip holds already stays in it. No secret is in it to be guessed."""
    if coding == "br":
        response.content = brotli.compress(_plain(response), mode=brotli.MODE_TEXT, quality=BROTLI_QUALITY)
        response.headers["Content-Encoding"] = "br"
    response.headers["Content-Length"] = str(len(response.content))


def _get(key: str) -> Kept | None:
    """What is kept; nothing, where the cache does not answer: then the page is made anew."""
    try:
        return caches["pages"].get(key)
    except Exception:  # each client library has errors of its own
        logger.exception("The cache of pages does not answer.")
        return None


def _set(key: str, kept: Kept) -> None:
    try:
        caches["pages"].set(key, kept)
    except Exception:  # as above
        logger.exception("The cache of pages does not answer.")
