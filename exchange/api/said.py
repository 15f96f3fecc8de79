"""What the description of the API says of every road alike: parameters, headers, and what can go wrong."""

from collections.abc import Mapping, Sequence
from typing import Any

import django_filters
from django import forms

from exchange.api.filters import CodingList, CodingsOfQuotes
from exchange.api.problems import MEDIA_TYPE
from findings.filters import KeysField

ABOUT = (
    "What the pages of this site show, as JSON, for reading. What is published is for everyone; with a token, made on "
    "the page of your account, you also read your own codebooks and codings, exactly as far as the pages show them to "
    "you. Every answer names the data version; lists come page by page, and `next` leads on. Send the ETag of an "
    "answer back with If-None-Match, and where nothing changed the answer is 304 and empty."
)
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "description": "Always about:blank: the status says it all."},
        "title": {"type": "string", "description": "The status in words."},
        "status": {"type": "integer", "description": "The status of the answer."},
        "detail": {"type": "string", "description": "What is wrong, and what to do."},
        "errors": {
            "type": "array",
            "items": {"type": "string"},
            "description": "What is wrong with which parameter, a line each.",
        },
    },
}
COMPONENTS = {
    "securitySchemes": {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token from the page of your account. Send it as `Authorization: Bearer <token>`, never "
            "in an address.",
        }
    }
}
ETAG = {
    "ETag": {"description": "Changes with what is answered.", "schema": {"type": "string"}},
}
PROBLEMS = {
    400: ("A parameter is unknown or wrong.", "limit: Ensure this value is less than or equal to 100."),
    401: ("The token opens nothing.", "This token opens nothing: it is mistyped, expired or revoked."),
    404: ("Unknown, or not yours: both look the same.", "There is nothing at this address that you may see."),
    429: ("Too many requests in a minute.", "Wait 20 seconds, then go on where you were."),
}
TITLES = {400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"}
HEADERS = {
    401: {"WWW-Authenticate": {"description": "What is asked for.", "schema": {"type": "string"}}},
    429: {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}}},
}


def described(
    about: str, *, example: Any, parameters: Sequence[dict[str, Any]] = (), missing: bool = False
) -> dict[str, Any]:
    """What ninja does not know of a road: in words, its parameters, an example, and what can go wrong."""
    answers: dict[int, Any] = {
        200: {
            "description": "As asked.",
            "headers": ETAG,
            "content": {"application/json": {"example": example}},
        },
        304: {"description": "Nothing changed since the answer with the ETag that was sent."},
    }
    for status in (400, 401, 404, 429) if missing else (400, 401, 429):
        words, detail = PROBLEMS[status]
        said = {"type": "about:blank", "title": TITLES[status], "status": status, "detail": detail}
        answers[status] = {
            "description": words,
            "headers": HEADERS.get(status, {}),
            "content": {MEDIA_TYPE: {"schema": PROBLEM, "example": said | {"errors": []}}},
        }
    return {"description": about, "parameters": list(parameters), "responses": answers}


def query_parameters(filters: type[django_filters.FilterSet]) -> list[dict[str, Any]]:
    """The parameters of a list's filters."""
    found: dict[str, django_filters.Filter] = dict(filters.base_filters)
    if filters is CodingList:
        found |= CodingsOfQuotes.base_filters
    return parameters_of({name: one.field for name, one in found.items()})


def parameters_of(fields: Mapping[str, forms.Field], only: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Form fields as parameters of an address."""
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": f"{field.label}.",
            "schema": _schema(field),
        }
        for name, field in fields.items()
        if not only or name in only
    ]


def _schema(field: forms.Field) -> dict[str, Any]:
    """What a field takes, in JSON Schema."""
    match field:
        case forms.IntegerField():
            return {"type": "integer", "minimum": field.min_value, "maximum": field.max_value}
        case forms.UUIDField():
            return {"type": "string", "format": "uuid"}
        case KeysField():
            return {"type": "array", "items": {"type": "string"}, "description": "Slugs; any will do."}
        case forms.MultipleChoiceField():
            keys = _keys(field)
            return {"type": "array", "items": {"type": "string"} | ({"enum": keys} if keys else {})}
        case forms.ChoiceField():
            keys = _keys(field)
            return {"type": "string"} | ({"enum": keys} if keys else {})
        case _:
            most = getattr(field, "max_length", None)
            return {"type": "string"} | ({"maxLength": most} if most else {})


def _keys(field: Any) -> list[str]:
    return [str(key) for key, _ in field.choices if key not in ("", None)]
