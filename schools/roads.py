"""Of which study a public page is: the front shows one; below /studies/<slug>/ each other one has the same pages."""

from django.http import HttpRequest

from schools.models import Study


def study_at(request: HttpRequest) -> Study | None:
    """The published study whose pages these are; None where nothing is published. At most one query a request."""
    if not hasattr(request, "study"):
        request.study = Study.objects.front().first()
    return request.study
