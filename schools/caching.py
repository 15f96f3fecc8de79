"""What must not be kept: pages that are private to those who opened them."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers


def private(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """No cache keeps what the page holds, and no link out of it tells its address.

    What ends while a request is under way (a review that is deleted, say) is answered like what never was.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except ObjectDoesNotExist as error:
            raise Http404("It is gone.") from error
        add_never_cache_headers(response)
        response["Cache-Control"] = "no-store, private"
        response["Referrer-Policy"] = "same-origin"
        return response

    return guarded
