"""Earlier versions of what was written: saves that belong together, and what changed between two. Values in and out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from difflib import SequenceMatcher
from typing import Any

PAUSE = timedelta(minutes=10)  # after which the next save of the same person begins another stretch of writing
_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Stretch:
    """Saves of one person without a long pause between them, newest first: what autosave makes of one sitting."""

    saves: list[Any]

    @property
    def last(self) -> Any:
        """How it stood in the end."""
        return self.saves[0]

    @property
    def before(self) -> int:
        """The number of the version that it began from, 1 at least: there is none before the first."""
        return max(self.first.number - 1, 1)

    @property
    def first(self) -> Any:
        """The first save of it."""
        return self.saves[-1]


def stretches(revisions: Iterable[Any]) -> list[Stretch]:
    """Revisions, newest first, as stretches, newest first."""
    found: list[Stretch] = []
    for one in revisions:
        after = found[-1].first if found else None
        same = after and _author(after) == _author(one) and after.saved_at - one.saved_at <= PAUSE
        if same:
            found[-1].saves.append(one)
        else:
            found.append(Stretch([one]))
    return found


def _author(revision: Any) -> int | None:
    return getattr(revision, "saved_by_id", None)


@dataclass(frozen=True)
class Piece:
    """A piece of two texts laid over each other: `kind` is same, gone (in the earlier) or new (in the later)."""

    kind: str
    text: str


def difference(before: str, after: str) -> list[Piece]:
    """Two texts laid over each other, word by word."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    pieces = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=len(old) > 1000).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
        else:
            pieces += [
                Piece(name, text) for name, text in (("gone", "".join(old[a:b])), ("new", "".join(new[c:d]))) if text
            ]
    return pieces
