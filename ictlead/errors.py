"""What a person sees when a request cannot be served."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from findings.access import ReadOnly
from schools.paging import NoSuchPage


def not_found(request: HttpRequest, exception: Http404) -> HttpResponse:
    """404, with the reason where it helps."""
    message = str(exception) if isinstance(exception, NoSuchPage) else ""
    return render(request, "404.html", {"message": message}, status=404)


def not_allowed(request: HttpRequest, exception: PermissionDenied) -> HttpResponse:
    """403, with the reason where it helps."""
    message = str(exception) if isinstance(exception, ReadOnly) else ""
    return render(request, "403.html", {"message": message}, status=403)
