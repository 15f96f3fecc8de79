"""What the pages of the site are measured against: Django with one view, no middleware, and the bytes of a real page.

EMPTY_PAGE names a file: a line of JSON with status and headers, and after it the body.
"""

import json
import os
from pathlib import Path

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import re_path

_said, _, BODY = Path(os.environ["EMPTY_PAGE"]).read_bytes().partition(b"\n")
STATUS, HEADERS = json.loads(_said)


def page(request: HttpRequest) -> HttpResponse:
    """The same bytes, whatever is asked for."""
    return HttpResponse(BODY, status=STATUS, headers=HEADERS)


urlpatterns = [re_path("", page)]
settings.configure(ALLOWED_HOSTS=["*"], MIDDLEWARE=[], ROOT_URLCONF=__name__, SECRET_KEY="empty", DEBUG=False)
application = WSGIHandler()
