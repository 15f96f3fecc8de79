"""The roads of the API, below /api/v1/. Every one but the page goes through `answered`."""

from django.urls import URLPattern, path, re_path

from exchange.api import views
from exchange.api.answers import answered
from exchange.api.roads import api


def through_the_door(road: URLPattern) -> URLPattern:
    """A road of ninja's, with what every answer goes through before it."""
    road.callback = answered(road.callback)
    return road


app_name = "api"
urlpatterns = [
    path("docs/", views.docs, name="docs"),
    path("openapi.json", answered(views.openapi_document), name="openapi"),
    *(through_the_door(road) for road in api.urls[0] if isinstance(road, URLPattern)),
    re_path(r"^(?P<rest>.*)/$", answered(views.unknown), name="unknown"),
]
