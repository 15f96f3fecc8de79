"""Before a step that ends something: what goes is named, and a second press does it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from selfreview.access import Seat

SURE = "sure"  # the field that the page of the question sends along


def is_sure(request: HttpRequest) -> bool:
    """Whether the step was asked about and is meant."""
    return SURE in request.POST


def ask(request: HttpRequest, seat: Seat, *, question: str, consequence: str, button: str, back: str) -> HttpResponse:
    """The page that asks. It sends what was sent before once more, to the same road, and that it is meant."""
    sent = [(name, value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"]
    context = {"seat": seat, "question": question, "consequence": consequence, "button": button, "back": back}
    return render(request, "selfreview/ask.html", context | {"sent": sent, "sure": SURE})
