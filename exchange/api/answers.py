"""What every answer of the API goes through: method, limits, token, ETag, headers.

A session's cookie counts for nothing here: who asks is said by a token, or is nobody. So the pages of every site may
read the answers (CORS `*`, without credentials), and none of them reads in the name of somebody who is signed in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from time import time
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from exchange.api.problems import Problem
from exchange.views.common import etag
from findings.actions import token_of
from schools.actions import data_version
from schools.limits import too_many
from schools.models import DataVersion

FORMAT = 2  # goes up when the same data are written differently, so that no cache keeps the older form
MINUTE = 60  # seconds
BY_TOKEN = 300  # requests a minute
BY_ADDRESS = 600  # requests a minute: a whole university may stand behind it
WRONG_TOKENS = 20  # a minute from one address
METHODS = "GET, HEAD, OPTIONS"
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Retry-After, WWW-Authenticate",
}
PREFLIGHT = {
    "Allow": METHODS,
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "Authorization, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
CHALLENGE = 'Bearer realm="ICT Lead"'


@dataclass(frozen=True)
class Asker:
    """Who asks, and at which data version: a person by a token, or nobody."""

    user: Any
    version: DataVersion


def asker_of(request: HttpRequest) -> Asker:
    """Who asks, as `answered` found out."""
    return request.asker


def answered(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A road of the API."""

    @csrf_exempt
    @wraps(view)
    def road(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = _answer(view, request, *args, **kwargs)
        except Problem as problem:
            response = problem.response()
        for name, value in CORS.items():
            response[name] = value
        patch_vary_headers(response, ["Authorization"])
        return response

    return road


def _answer(view: Callable[..., HttpResponse], request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=PREFLIGHT)
    if request.method not in {"GET", "HEAD"}:
        raise Problem(405, "The API is for reading alone: ask with GET or HEAD.", Allow=METHODS)
    address = _address(request)
    _limit("api-address", address, BY_ADDRESS)
    user = _who_asks(request, address)
    request.user, request.asker = user, Asker(user, data_version())
    request.method, method = "GET", request.method
    try:
        return _kept(view, request, *args, **kwargs)
    finally:
        request.method = method


def _kept(view: Callable[..., HttpResponse], request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """The answer with its ETag, or 304 where the reader has it.

    What everyone may read depends on the address and the data version alone, so a 304 costs nothing. What a person may
    see depends on much more: there the tag is that of the very bytes, which tell nothing but themselves.
    """
    asker = asker_of(request)
    if asker.user.is_authenticated:
        response = view(request, *args, **kwargs)
        if response.status_code != 200:
            return response
        tag = f'W/"{sha256(response.content).hexdigest()[:32]}"'
        response["ETag"], response["Cache-Control"] = tag, "private, no-store"
        return get_conditional_response(request, etag=tag, response=response)
    tag = etag(request, asker.version, FORMAT)
    known = get_conditional_response(request, etag=tag)
    response = known if known is not None else view(request, *args, **kwargs)
    if response.status_code in {200, 304}:
        response["ETag"], response["Cache-Control"] = tag, "public, no-cache"
    return response


def _address(request: HttpRequest) -> str:
    try:
        return get_adapter().get_client_ip(request)
    except PermissionDenied:
        return "unknown"


def _who_asks(request: HttpRequest, address: str) -> Any:
    """The person of the token; nobody where none is sent. One that opens nothing is refused, not taken for nobody."""
    header = request.headers.get("Authorization")
    if header is None:
        return AnonymousUser()
    kind, _, secret = header.strip().partition(" ")
    token = token_of(secret=secret.strip()) if kind.lower() == "bearer" else None
    if token is None:
        _limit("api-wrong-token", address, WRONG_TOKENS)
        raise Problem(
            401,
            "This token opens nothing: it is mistyped, expired or revoked. Send “Authorization: Bearer <token>” with "
            "one from /account/tokens/, or no such header to read what everyone may.",
            WWW_Authenticate=f'{CHALLENGE}, error="invalid_token"',
        )
    _limit("api-token", str(token.guid), BY_TOKEN)
    return token.user


def _limit(what: str, who: str, limit: int) -> None:
    now = time()
    if too_many(f"{what}:{int(now // MINUTE)}", who, limit, MINUTE):
        wait = MINUTE - int(now % MINUTE)
        raise Problem(
            429,
            f"These are more than {limit} requests in a minute. Wait {wait} seconds, then go on where you were.",
            Retry_After=str(wait),
        )
