"""What a person sees when a request cannot be served."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from reading.paging import NoSuchPage

# Fields in which people write at length: what stands in them is shown again where a form cannot be taken.
WRITTEN = ("text", "evidence", "notes", "memo", "summary")


def not_found(request: HttpRequest, exception: Http404) -> HttpResponse:
    """404, with the reason where it helps. Of reviews, what is unknown and what is somebody else's look the same."""
    message = str(exception) if isinstance(exception, NoSuchPage) else ""
    template = "selfreview/no_such_review.html" if request.path.startswith("/review/") else "404.html"
    return render(request, template, {"message": message}, status=404)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is not this browser's. What was written is shown, so that it can be copied."""
    written = [text for name in WRITTEN if (text := request.POST.get(name, ""))]
    return render(request, "403_csrf.html", {"written": written}, status=403)
