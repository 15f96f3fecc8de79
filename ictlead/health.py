"""Two questions that a supervisor asks: is the process alive, and can it serve?"""

import logging
from functools import cache

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)


class NotReady(Exception):
    """The site cannot serve; the message says why, and may be shown to anyone."""


@require_safe
@cache_control(no_store=True)
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing of the database: a restart would not mend that."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@cache_control(no_store=True)
def readyz(request: HttpRequest) -> JsonResponse:
    """The database answers and has every table; else 503, with what is wrong."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        check_migrated()
    except NotReady as reason:
        return JsonResponse({"status": "not ready", "reason": str(reason)}, status=503)
    except Error:
        logger.exception("The database does not answer.")  # its own words may name hosts and users: for the log only
        return JsonResponse({"status": "not ready", "reason": "The database does not answer."}, status=503)
    return JsonResponse({"status": "ready"})


@cache
def check_migrated() -> None:
    """Raise NotReady while a migration is unapplied. `cache` keeps the good answer and never an exception."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        raise NotReady(f"{len(waiting)} migrations are not applied. Run `manage.py prepare`.")
