"""What a person sees when a request cannot be served."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from findings.access import Gone, NotNow
from findings.views.again import page_of_form
from schools.paging import NoSuchPage

# Fields in which people write at length: what stands in them is shown again where a form cannot be taken.
WRITTEN = (
    *("text", "evidence", "notes", "memo", "summary", "name", "definition", "include", "exclude", "reason"),
    *("description", "message", "title", "method"),
)


def not_found(request: HttpRequest, exception: Http404) -> HttpResponse:
    """404, with the reason where it helps. Of reviews, what is unknown and what is somebody else's look the same."""
    message = str(exception) if isinstance(exception, NoSuchPage | Gone) else ""
    of_review = request.path.startswith("/review/") and not message
    template = "selfreview/no_such_review.html" if of_review else "404.html"
    return render(request, template, {"message": message}, status=404)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is not this browser's. What was written is shown, so that it can be copied."""
    written = [text for name in WRITTEN if (text := request.POST.get(name, ""))]
    return render(request, "403_csrf.html", {"written": written, "page": page_of_form(request)}, status=403)


def not_allowed(request: HttpRequest, exception: PermissionDenied) -> HttpResponse:
    """403, with the reason where it helps."""
    message = str(exception) if isinstance(exception, NotNow) else ""
    return render(request, "403.html", {"message": message}, status=403)
