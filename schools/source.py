"""The study's source text: what stands at a locator, whether a quotation is verbatim, and whether prose copies it.

Plain functions on strings. A locator counts lines from 1. Used by `manage.py check_study --source FILE`.
"""

import re
from collections.abc import Iterable, Iterator

RUN = 8  # words of the source in a row that no sentence of ours may share

_PIECE = re.compile(r"L(\d+)(?:\.\d+)?(?:-L(\d+))?")
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
_MARKUP = re.compile(r"</?u>|\*|^\s*[-]\s+", re.MULTILINE)
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")


def locator_lines(locator: str) -> list[int]:
    """The line numbers that a locator names, in its order: L404+L406 → [404, 406]; L1-L3 → [1, 2, 3]."""
    lines: list[int] = []
    for first, last in _PIECE.findall(locator):
        lines.extend(range(int(first), int(last or first) + 1))
    return lines


def locator_faults(locator: str, line_count: int) -> list[str]:
    """What is wrong with a locator in a source of `line_count` lines; empty when nothing is."""
    faults = [f"{locator} lies beyond the source's {line_count} lines"] if _beyond(locator, line_count) else []
    return faults + [f"{locator} runs backwards"] * runs_backwards(locator)


def runs_backwards(locator: str) -> bool:
    """Whether a range of a locator ends where it begins, or before: L5-L2."""
    return any(last and int(last) <= int(first) for first, last in _PIECE.findall(locator))


def _beyond(locator: str, line_count: int) -> bool:
    return any(not 1 <= int(number) <= line_count for number in re.findall(r"L(\d+)", locator))


def text_at(lines: list[str], locator: str) -> str:
    """The source's text at a locator, layout mended: markup, list signs and double quotation marks taken away."""
    return plain("\n".join(lines[number - 1] for number in locator_lines(locator) if number <= len(lines)))


def plain(text: str) -> str:
    """Text without markup and double quotation marks, every run of white space one blank."""
    return " ".join(re.sub(r"[\"“”\uf0b7]", "", _MARKUP.sub("", text)).split())


def is_verbatim(text: str, lines: list[str], locator: str) -> bool:
    """Whether `text` stands at `locator` word for word and sign for sign."""
    return plain(text) in text_at(lines, locator)


def words(text: str) -> list[str]:
    """The words of a text in lower case, without punctuation."""
    return [word.lower().replace("’", "'") for word in _WORD.findall(_MARKUP.sub("", text))]


def source_runs(lines: Iterable[str]) -> set[tuple[str, ...]]:
    """Every run of RUN consecutive words of the source, across line ends too."""
    return set(_runs(words("\n".join(lines))))


def copied_runs(text: str, runs: set[tuple[str, ...]], allowed: Iterable[str] = ()) -> list[str]:
    """The runs of the source that `text` shares outside quotation marks and outside `allowed` names and titles."""
    own = _QUOTED.sub(" | ", text)
    for title in allowed:
        own = own.replace(title, " | ")
    found = []
    for part in own.split("|"):
        found += [" ".join(run) for run in _runs(words(part)) if run in runs]
    return found


def _runs(tokens: list[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(tokens[i : i + RUN]) for i in range(len(tokens) - RUN + 1))
