"""What the rooms of the workbench share."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse

from findings.actions import Refused
from findings.actions.base import Overtaken
from findings.views.again import forget_kept, keep_and_ask_to_sign_in
from schools.caching import private
from schools.studies import StudyFullError


def room(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for people who are signed in, which no cache keeps. What is sent by one who was signed out is kept."""

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        if request.method == "POST" and not request.htmx:
            if not request.user.is_authenticated:
                return keep_and_ask_to_sign_in(request)
            forget_kept(request)
        return login_required(view)(request, *args, **options)

    return private(entered)


def attempt(request: HttpRequest, action: Callable[..., Any], done: str = "", **options: Any) -> bool:
    """Do something; say that it is done, or why it was refused."""
    try:
        action(**options)
    except (Refused, StudyFullError) as error:
        messages.error(request, str(error))
        return False
    if done:
        messages.success(request, done)
    return True


def attempt_form(form: BaseForm, action: Callable[..., Any], *, beside: str | None = None, **options: Any) -> bool:
    """Do what a form asks for; where it is refused the form says why, and keeps what was typed.

    `beside`: the field that a refusal is about, where it can be about one alone.
    """
    try:
        action(**options)
    except Overtaken as error:
        for name, now in error.now.items():
            choices = dict(getattr(form.fields[name], "choices", []))
            form.add_error(name, error.words(choices.get(now, now)))
        form.data = form.data.copy()
        form.data["seen"] = error.seen  # having read what is there, the person may replace it
        return False
    except (Refused, StudyFullError) as error:
        form.add_error(beside, str(error))
        return False
    return True
