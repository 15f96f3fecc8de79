"""The API's description: as an OpenAPI document, and as a page."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from exchange.api import answers, paging
from exchange.api.answers import asker_of
from exchange.api.paging import faults_of
from exchange.api.problems import bad_request, not_found
from exchange.api.reference import Reference
from findings.actions import MOST_TOKENS


@cache
def described() -> dict[str, Any]:
    """The OpenAPI document. The roads are read with the first request for it: see `exchange.api.urls`."""
    from exchange.api.roads import openapi

    return openapi()


def openapi_document(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document; the same for everyone."""
    if wrong := faults_of(request):
        raise bad_request(wrong)
    return JsonResponse(described() | {"servers": [{"url": request.build_absolute_uri("/").rstrip("/")}]})


def unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    """What is no road of the API."""
    asker_of(request)
    return not_found(request)


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The API on one page, made from its own description: without scripts, and with nothing from elsewhere."""
    context: dict[str, Any] = {
        "reference": Reference.of(described()),
        "site": request.build_absolute_uri("/").rstrip("/"),
        "usual": paging.USUAL,
        "most": paging.MOST,
        "by_token": answers.BY_TOKEN,
        "by_address": answers.BY_ADDRESS,
        "most_tokens": MOST_TOKENS,
    }
    return render(request, "exchange/api_docs.html", context)
