"""The pages of published studies besides the front's: below /studies/<slug>/, with the names that the front's have.

So a template or view that leads to `reading:quotes` leads to the quotes of the study whose page it makes: `reverse`
goes by the roads of the request (`request.urlconf`), in which only that study's are.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, include, path
from django.utils.module_loading import import_string

from exchange import urls as exchange
from reading import urls as reading
from reading.views import pages
from schools.models import Study

BELOW = re.compile(r"/studies/([-a-zA-Z0-9_]+)(/.*)", re.DOTALL)
STUDIES = 200  # whose roads are kept at a time


@dataclass(frozen=True)
class Roads:
    """The roads as one study's pages know them. Django keeps what it finds out of them, once for each short name."""

    slug: str
    urlpatterns: list[URLPattern | URLResolver] = field(compare=False)
    handler403: Callable[..., HttpResponse] = field(compare=False)
    handler404: Callable[..., HttpResponse] = field(compare=False)


@lru_cache(maxsize=STUDIES)
def roads_of(slug: str) -> Roads:
    """The site's roads, with those of this study in the place of the front's."""
    root: Any = import_string(f"{settings.ROOT_URLCONF}.urlpatterns")
    elsewhere = [one for one in root if getattr(one, "urlconf_module", None) not in (reading, exchange)]
    here = f"studies/{slug}/"
    its_own = [path("", pages.study_page, name="about"), *reading.study_roads]
    of_reading = [path(here, include(its_own)), *reading.site_roads]
    of_exchange = [path(here, include(exchange.study_roads)), *exchange.site_roads]
    return Roads(
        slug=slug,
        urlpatterns=[
            *elsewhere,
            path("", include((of_exchange, exchange.app_name))),
            path("", include((of_reading, reading.app_name))),
        ],
        handler403=import_string(f"{settings.ROOT_URLCONF}.handler403"),
        handler404=import_string(f"{settings.ROOT_URLCONF}.handler404"),
    )


def other_studies(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Take a request below /studies/<slug>/ to that study's pages; one for the front study goes to the front."""

    def middleware(request: HttpRequest) -> HttpResponse:
        below = BELOW.fullmatch(request.path_info)
        study = Study.objects.published().filter(slug=below[1]).first() if below else None
        if below is not None and study is not None and study.is_front:
            asked, front = request.META.get("QUERY_STRING", ""), below[2].lstrip("/\\")  # never to another site
            return HttpResponseRedirect(f"/{front}" + (f"?{asked}" if asked else ""))
        if study is not None:
            request.study = request.other_study = study
            request.urlconf = roads_of(study.slug)
        return get_response(request)

    return middleware
