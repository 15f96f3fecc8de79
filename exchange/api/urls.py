"""The roads of the API, below /api/v1/. Every one but the page goes through `answered`.

django-ninja and pydantic are loaded with the first request that needs them: they make a start slower by a quarter of a
second. So the addresses stand here once more; a test holds them against those of `exchange.api.roads`.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path

from exchange.api import views
from exchange.api.answers import answered

LISTS = "studies schools facts quotes codebooks codes codings findings evidence case-evidence".split()


def road(address: str, name: str) -> URLPattern:
    """A road of ninja's, behind what every answer goes through."""

    def view(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        from exchange.api.roads import views_by_name

        return views_by_name()[name](request, **kwargs)

    return path(address, answered(view), name=name)


app_name = "api"
urlpatterns = [
    path("docs/", views.docs, name="docs"),
    path("openapi.json", answered(views.openapi_document), name="openapi"),
    road("", "start"),
    *(road(f"{name}/", name) for name in LISTS),
    *(road(f"{name}/<uuid:guid>/", f"{name}-record") for name in LISTS),
    road("codebooks/<uuid:guid>/matrix/", "codes-matrix"),
    road("studies/<uuid:guid>/matrix/", "findings-matrix"),
    road("codebooks/<uuid:guid>/query/", "query"),
    re_path(r"^(?P<rest>.*)/$", answered(views.unknown), name="unknown"),
]
