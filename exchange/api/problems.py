"""What is answered where a request cannot be: a problem document (RFC 9457), whose words say what to do."""

from http.client import responses
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

MEDIA_TYPE = "application/problem+json"
UNKNOWN = (
    "There is nothing at this address, or nothing that you may see. If it is your own, send your token with the "
    "request; if you do, check that you are still a member of its codebook."
)


class Problem(Exception):
    """A request that cannot be answered: its status, what to do, and what is wrong with which parameter."""

    def __init__(self, status: int, detail: str, errors: list[str] | None = None, **headers: str) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors = status, detail, errors or []
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def response(self) -> HttpResponse:
        """As an answer, which no cache keeps."""
        said: dict[str, Any] = {
            "type": "about:blank",
            "title": responses[self.status],
            "status": self.status,
            "detail": self.detail,
            "errors": self.errors,
        }
        headers = {"Cache-Control": "no-store"} | self.headers
        return JsonResponse(said, status=self.status, content_type=MEDIA_TYPE, headers=headers)


def bad_request(errors: list[str]) -> Problem:
    """What is wrong with the parameters, a line each."""
    return Problem(400, f"This address cannot be answered. {' '.join(errors)}", errors)


def not_found(request: HttpRequest, exception: object = None) -> HttpResponse:
    """404, the same for what is unknown and what is somebody else's."""
    return Problem(404, UNKNOWN).response()


def told(request: HttpRequest, exception: Any) -> HttpResponse:
    """A problem that was raised."""
    return exception.response()
