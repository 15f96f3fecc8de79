"""Lists page by page: each page begins after the last record of the one before, whatever came or went meanwhile.

A cursor holds values of that record that its reader has seen anyway, and so tells of no other.
"""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from functools import reduce
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from exchange.views.common import faults

USUAL, MOST = 50, 100  # records on a page
LARGEST = 2**31 - 1  # number in a cursor
WRONG = (
    "This is no cursor of this list. Follow `next` of an answer as it stands, or leave the cursor out to begin again."
)


class PageForm(forms.Form):
    """Which page of a list."""

    limit = forms.IntegerField(required=False, min_value=1, max_value=MOST, label=f"Records on a page, 1 to {MOST}")
    cursor = forms.CharField(required=False, max_length=600, label="Where the page begins: `next` of an answer has it")


def faults_of(request: HttpRequest, *forms: forms.BaseForm) -> list[str]:
    """What is wrong with the parameters, a line each. Pages here have no numbers: `page` is unknown, too."""
    unknown = [] if "page" not in request.GET else ["page: there is no such parameter. Follow `next` instead."]
    return unknown + faults(request.GET, *forms)


def cut(rows: QuerySet, order: Sequence[str], after: Sequence[Any] | None, limit: int) -> tuple[list[Any], bool]:
    """The first `limit` rows after those values, in this order, and whether more come. One query.

    The order's lookups are never null, and the last of them is the record's GUID, so that no two rows are equal.
    """
    rows = rows.order_by(*order)
    if after is not None:
        rows = rows.filter(_beyond(order, after))
    found = list(rows[: limit + 1])
    return found[:limit], len(found) > limit


def _beyond(order: Sequence[str], values: Sequence[Any]) -> Q:
    *first, last = zip(order, values, strict=True)
    start = Q(**{f"{last[0]}__gt": last[1]})
    return reduce(lambda beyond, pair: Q(**{f"{pair[0]}__gt": pair[1]}) | (Q((pair[0], pair[1])) & beyond),
                  reversed(first), start)  # fmt: skip


def cursor_after(name: str, order: Sequence[str], row: Any) -> str:
    """The cursor of the page after this row of the list of this name."""
    values = [reduce(getattr, lookup.split("__"), row) for lookup in order]
    text = json.dumps([name, *(value if isinstance(value, int) else str(value) for value in values)])
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(name: str, order: Sequence[str], cursor: str) -> list[Any]:
    """The values in a cursor. Raises ValueError for one that this list did not give."""
    try:
        said = json.loads(urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
        if not isinstance(said, list) or said[:1] != [name] or len(said) != len(order) + 1:
            raise ValueError(WRONG)
        return [_value(lookup, value) for lookup, value in zip(order, said[1:], strict=True)]
    except (binascii.Error, UnicodeError, ValueError, RecursionError) as error:
        raise ValueError(WRONG) from error


def _value(lookup: str, value: Any) -> UUID | int:
    if lookup.endswith("guid"):
        if isinstance(value, str):
            return UUID(value)
    elif type(value) is int and 0 <= value <= LARGEST:
        return value
    raise ValueError(WRONG)
