"""What somebody sent who was signed out meanwhile: it is kept, and shown to be sent again once they have signed in."""

from time import time
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from schools.caching import private

KEPT = "sent-while-signed-out"
HOUR = 3600  # seconds: after that it is not offered any more
MOST = 60_000  # characters: the longest form of the workbench, and no more than a session should hold
UNSEEN = {"csrfmiddlewaretoken", "seen", "base"}  # what no person wrote


def page_of_form(request: HttpRequest) -> str:
    """The path of the page with the form that was sent, which is not always where it is sent to."""
    return "/" + urlsplit(request.headers.get("Referer", "") or request.path).path.lstrip("/")


def keep_and_ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Keep what was sent in the session, which lasts over signing in. Files, and what is very long, are not kept."""
    fields = [
        (name, value) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken" for value in values
    ]
    if sum(len(name) + len(value) for name, value in fields) <= MOST:
        request.session[KEPT] = {
            "to": request.get_full_path(),
            "back": page_of_form(request),
            "fields": fields,
            "at": time(),
        }
    return redirect_to_login(reverse("workbench:again"))


def forget_kept(request: HttpRequest) -> None:
    """What was kept is not needed any more, now that something is sent."""
    if KEPT in request.session:
        del request.session[KEPT]


@private
@login_required
@require_safe
def again(request: HttpRequest) -> HttpResponse:
    """What was sent, to look at and to send again."""
    kept: dict[str, Any] = request.session.get(KEPT, {})
    if not kept or time() - kept["at"] > HOUR:
        forget_kept(request)
        return redirect("workbench:desks")
    written = [(_label(name), value) for name, value in kept["fields"] if name not in UNSEEN and _is_words(value)]
    return render(request, "workbench/again.html", {"kept": kept, "written": written})


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _is_words(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return bool(value.strip())
    return False
