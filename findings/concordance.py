"""Words in context, how often they stand, and which are a group's own. No HTTP, no database.

Quotes come as a stream of (key, text). A word is a run of letters and digits, with apostrophes and hyphens inside it
("children's", "whole-school"); capitals and the form of the apostrophe make no difference.

Stems are those of the English Snowball stemmer (Porter2) of nltk, which needs no data; nltk is loaded with the first
stem that is asked for.
"""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest
from itertools import islice
from math import log, log2
from unicodedata import normalize

from findings.stop_words import STOP_WORDS

_RUN = r"(?:[^\W_][\u0300-\u036f]*)+"  # letters and digits, with marks that combine with them
WORD = re.compile(rf"{_RUN}(?:['’‐‑-]{_RUN})*")
_TERM = re.compile(r'"([^"]*)"?|([^\s"]+)')
_FOLD = str.maketrans("’‐‑“”„", '\'--"""')
MOST_WORDS = 8  # of a phrase
CONTEXT = 10  # words shown on either side
SORTED_BY = 3  # words of the context that a sorting looks at
MOST_LINES = 2000
LEFT, RIGHT, READING = "left", "right", "reading"
SORTS = {READING: "Reading order", LEFT: "By the words before", RIGHT: "By the words after"}

Text = tuple[Hashable, str]


class UnclearQueryError(ValueError):
    """What was asked for cannot be looked for; the message says what to do."""


def plain(word: str) -> str:
    """A word as it is compared: small letters, straight apostrophe and hyphen, composed characters."""
    return normalize("NFC", word).lower().translate(_FOLD)


@lru_cache(maxsize=1)
def _stemmer() -> Callable[[str], str]:
    from nltk.stem.snowball import EnglishStemmer  # nltk is heavy: read it when it is first wanted

    return EnglishStemmer().stem


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a word as `plain` gives it: teach for teaches and teaching; taught is its own."""
    return _stemmer()(word)


# ── Words in context ────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Query:
    """Words that stand one after another; each is a test of a word as `plain` gives it."""

    tests: list[Callable[[str], bool]]

    @classmethod
    def of(cls, asked: str) -> "Query":
        """Words as a person types them: `teach` finds every form, `"taught"` that form alone, `tech*` what begins so.

        Several words are a phrase; `*` by itself is any one word of it. Raises UnclearQueryError.
        """
        tests: list[Callable[[str], bool]] = []
        meaning = 0  # words that are not just any word
        for exact, loose in _TERM.findall(asked.translate(_FOLD)):
            for part in (exact or loose).split():
                words = [part] if "*" in part else WORD.findall(part)
                meaning += sum(bool(word.strip("*")) for word in words)
                tests += [_test(plain(word), exact=bool(exact)) for word in words]
        if not meaning:
            raise UnclearQueryError("Type a word to look for, like whiteboard, or the beginning of one, like tech*.")
        if len(tests) > MOST_WORDS:
            raise UnclearQueryError(f"Type at most {MOST_WORDS} words: a phrase that long stands hardly anywhere.")
        return cls(tests)


def _test(word: str, *, exact: bool) -> Callable[[str], bool]:
    if "*" in word:
        wanted = re.compile(".*".join(map(re.escape, re.split(r"\*+", word))))
        return lambda found: wanted.fullmatch(found) is not None
    if exact:
        return lambda found: found == word
    wanted_stem = stem(word)
    return lambda found: stem(found) == wanted_stem


@dataclass(frozen=True)
class Line:
    """A hit: where it stands in which quote (code points, end exclusive), and the words around it, verbatim."""

    key: Hashable
    start: int
    end: int
    left: str
    hit: str
    right: str
    before: tuple[str, ...]  # the words before it, the nearest first
    after: tuple[str, ...]


@dataclass(frozen=True)
class Concordance:
    """Lines in the order asked for, the first MOST_LINES of them, and how many there are in all, in how many quotes."""

    lines: list[Line]
    found: int
    quotes: int


def concordance(texts: Iterable[Text], query: Query, *, sort: str = READING, most: int = MOST_LINES) -> Concordance:
    """Every place where the query's words stand. Holds `most` lines, however many there are.

    Raises KeyError for an unknown sort.
    """
    keys = {READING: None, LEFT: lambda line: line.before, RIGHT: lambda line: line.after}
    key = keys[sort]
    tally: Counter[str] = Counter()
    lines = _counted(texts, query, tally)
    if key:
        kept = nsmallest(most, lines, key=key)
    else:
        kept = list(islice(lines, most))
        for _ in lines:
            pass  # the rest is counted
    return Concordance(kept, tally["lines"], tally["quotes"])


def _counted(texts: Iterable[Text], query: Query, tally: Counter[str]) -> Iterator[Line]:
    for key, text in texts:
        before = tally["lines"]
        for line in _lines(key, text, query):
            tally["lines"] += 1
            yield line
        tally["quotes"] += tally["lines"] > before


def _lines(key: Hashable, text: str, query: Query) -> Iterator[Line]:
    spans = [found.span() for found in WORD.finditer(text)]
    words = [plain(text[start:end]) for start, end in spans]
    length = len(query.tests)
    for at in range(len(words) - length + 1):
        if all(test(words[at + n]) for n, test in enumerate(query.tests)):
            first, last = max(at - CONTEXT, 0), min(at + length + CONTEXT, len(words)) - 1
            start, end = spans[at][0], spans[at + length - 1][1]
            begin = spans[first][0] if first else 0
            stop = spans[last][1] if last < len(words) - 1 else len(text)
            yield Line(
                key=key,
                start=start,
                end=end,
                left=text[begin:start],
                hit=text[start:end],
                right=text[end:stop],
                before=tuple(reversed(words[max(at - SORTED_BY, 0) : at])),
                after=tuple(words[at + length : at + length + SORTED_BY]),
            )


# ── How often ───────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Words:
    """The words of a group: how often each stands, and how many there are in all (stop words among them)."""

    counts: Counter[str]
    total: int


def word_counts(texts: Iterable[Text], *, stems: bool = False) -> dict[Hashable, Words]:
    """Words by group, for texts as (group, text): a school's or a role's quotes under one key, in any order.

    With `stems` the forms of a word are counted together, under the form that is most frequent over all groups.
    """
    forms: dict[Hashable, Counter[str]] = {}
    for group, text in texts:
        forms.setdefault(group, Counter()).update(plain(word) for word in WORD.findall(text))
    names = _names(forms.values()) if stems else {}
    found = {}
    for group, counts in forms.items():
        named: Counter[str] = Counter()
        for word, n in counts.items():
            named[names.get(word, word)] += n
        found[group] = Words(named, counts.total())
    return found


def _names(groups: Iterable[Counter[str]]) -> dict[str, str]:
    """For each form of a word the form that stands for all: the most frequent, of several the first by letters."""
    together: Counter[str] = Counter()
    for counts in groups:
        together.update(counts)
    best: dict[str, str] = {}
    for word, _ in sorted(together.items(), key=lambda item: (-item[1], item[0])):
        best.setdefault(stem(word), word)
    return {word: best[stem(word)] for word in together}


def frequent(words: Words, *, most: int = 50, stop_words: bool = False) -> list[tuple[str, int, float]]:
    """(word, count, per thousand words), most frequent first, of several the first by letters."""
    shown = [(word, n) for word, n in words.counts.items() if stop_words or word not in STOP_WORDS]
    ranked = nsmallest(most, shown, key=lambda item: (-item[1], item[0]))
    return [(word, n, 1000 * n / words.total) for word, n in ranked]


# ── What is a group's own ───────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Key:
    """How much more (or less) a group says a word than the rest do.

    g2: the evidence, log-likelihood: 3.84, 6.63, 10.83 and 15.13 are passed by chance once in 20, 100, 1,000 and 10,000
    words. log_ratio: the size; 1 is twice as often as the rest, -1 half as often. more: whether it is said more often.
    """

    word: str
    group: int
    rest: int
    g2: float
    log_ratio: float
    more: bool


def log_likelihood(group: int, rest: int, group_total: int, rest_total: int) -> float:
    """G2 of a word (Dunning, 1993) in the form of Rayson and Garside (2000). Both totals count all words."""
    share = (group + rest) / (group_total + rest_total)
    return 2 * sum(
        n * log(n / (share * total)) for n, total in ((group, group_total), (rest, rest_total)) if n and total
    )


def log_ratio(group: int, rest: int, group_total: int, rest_total: int) -> float:
    """Binary logarithm of the ratio of the relative frequencies (Hardie, 2014); a count of 0 is taken for one half."""
    return log2(((group or 0.5) / group_total) / ((rest or 0.5) / rest_total))


def keyness(
    words: Mapping[Hashable, Words], group: Hashable, *, at_least: int = 3, most: int = 50, stop_words: bool = False
) -> list[Key]:
    """The words that set a group apart from all others together, most evidence first.

    Only words that stand `at_least` times in all. Empty where the group or the rest has no words. Raises KeyError for a
    group that is not among them.
    """
    own = words[group]
    others = [one for key, one in words.items() if key != group]
    rest: Counter[str] = Counter()
    for one in others:
        rest.update(one.counts)
    total = sum(one.total for one in others)
    if not own.total or not total:
        return []
    found = []
    for word in own.counts.keys() | rest.keys():
        a, b = own.counts[word], rest[word]
        if a + b >= at_least and (stop_words or word not in STOP_WORDS):
            ratio = log_ratio(a, b, own.total, total)
            found.append(Key(word, a, b, log_likelihood(a, b, own.total, total), ratio, a * total > b * own.total))
    return nsmallest(most, found, key=lambda one: (-one.g2, one.word))
