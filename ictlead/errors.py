"""What a person sees when a request cannot be served."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from reading.paging import NoSuchPage


def not_found(request: HttpRequest, exception: Http404) -> HttpResponse:
    """404, with the reason where it helps."""
    message = str(exception) if isinstance(exception, NoSuchPage) else ""
    return render(request, "404.html", {"message": message}, status=404)
