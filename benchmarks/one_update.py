"""The least that a save can be in Django: read the session that says who asks, and update one row. Nothing is checked.

The site's settings, and so its database and sessions, with only the app and the middleware that this needs. Any address
will do. The rows are those of the table `bench` of benchmarks/save_at_once.py.
"""

import zlib

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import re_path

ROWS = 50


def save(request: HttpRequest) -> JsonResponse:
    """Count one row up: the same for the same session."""
    assert request.body  # what was sent is read, so that the connection can go on
    request.session.get("seats")
    row = zlib.crc32(str(request.session.session_key).encode()) % ROWS + 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE bench SET n = n + 1 WHERE id = %s RETURNING n", [row])
        return JsonResponse({"version": cursor.fetchone()[0]})


urlpatterns = [re_path("", save)]
settings.ROOT_URLCONF = __name__
settings.INSTALLED_APPS = ["django.contrib.sessions"]
settings.MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]
application = get_wsgi_application()
