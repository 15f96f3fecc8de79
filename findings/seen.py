"""What a page showed of a record, so that a save from a page that has grown old undoes nothing that was saved since.

A form carries a short sign of each value that it showed. Where somebody else changed a value since, it stays theirs if
the person left it alone; if both changed it, nothing is saved before the person has seen the other's words.
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.db import models

LENGTH = 10  # hexadecimal digits of a sign
MARK = re.compile(rf"([a-z_]+)\.([0-9a-f]{{{LENGTH}}})")


def marks(values: Mapping[str, Any]) -> str:
    """The signs of values by name, for a hidden field."""
    return " ".join(f"{name}.{_sign(value)}" for name, value in values.items())


def now_of(record: Any, names: Any) -> dict[str, Any]:
    """What a record holds under these names."""
    return {name: getattr(record, name) for name in names}


def merged(sent: Mapping[str, Any], now: Mapping[str, Any], seen: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What to save of what was sent, and, by name, what others saved meanwhile under names that were sent otherwise.

    A name of which `seen` says nothing is saved as sent.
    """
    was = dict(MARK.findall(seen))
    wanted, others = dict(sent), {}
    for name, value in sent.items():
        if was.get(name, _sign(now[name])) == _sign(now[name]):
            continue
        if _sign(value) == was[name]:
            wanted[name] = now[name]
        elif _sign(value) != _sign(now[name]):
            others[name] = now[name]
    return wanted, others


def _sign(value: Any) -> str:
    plain = value.pk if isinstance(value, models.Model) else "" if value is None else value
    return sha256(str(plain).encode()).hexdigest()[:LENGTH]
