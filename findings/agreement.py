"""How far coders agree: percent agreement, kappa and alpha, per code and pooled, with intervals. No HTTP, no database.

It loads numpy: import it where it is wanted, not at the top of a module that every page loads.

**Units.** On quotes a unit is a quote: a coder coded it so if any passage of it has the code. On characters a unit is a
character (Unicode code point) of a quote: coded so if it lies in a passage with the code; overlapping passages of one
coder count once. A coder who has not finished a quote is missing there, whatever was coded so far.

**Pooled** is, for each measure, 1 - (observed disagreement averaged over the codes) ÷ (expected disagreement averaged
over the codes): the pooled kappa of De Vries, Elliott, Kanouse and Teleki (2008), taken over to the other measures. The
plain alternatives mislead: one table of all quote-code pairs takes the difference between frequent and rare codes for
agreement, and a mean of kappas has no value as soon as one code has none, and gives rare codes the say. A code without
variation adds nothing here.

**Intervals** are percentile bootstrap intervals (Efron, 1979). What is resampled is the quote, on characters too, for
the characters of a quote are not independent: a coder who moves a passage's end by a word changes thirty of them at
once. All codes are resampled together, because a hard quote is hard for many codes. The draw is seeded: the same
quotes in the same order give the same interval.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np

from findings.measures import MEASURES, Agreement, Estimate, Interval, Result, TwoByTwo, Undefined
from findings.nominal import MISSING, Array, Column, Patterns, Variables

QUOTES, CHARACTERS = "quotes", "characters"
CONFIDENCE = 0.95
RESAMPLES = 1000
SEED = 20070601
FEWEST_UNITS = 2
FEWEST_FOR_INTERVAL = 10  # quotes; a resample of fewer can hardly differ from them
MOST_WITHOUT_VALUE = 0.05  # share of resamples that may lack a value before the interval is given up


class CodedQuote(NamedTuple):
    """A quote: its key, its length in code points, and the coders who have finished it."""

    key: Hashable
    length: int
    finished: frozenset[str]


class Passage(NamedTuple):
    """That a coder gave a passage of a quote a code; `end` is exclusive."""

    coder: str
    code: str
    quote: Hashable
    start: int
    end: int


@dataclass(frozen=True)
class _Ratings:
    """Ratings counted by pattern, a variable for each code, and what they are of."""

    variables: Variables
    coders: int
    unit: str

    @property
    def codes(self) -> int:
        """How many variables there are."""
        return len(self.variables.columns)

    def usable(self, measure: str) -> Array:
        """Which patterns a measure looks at."""
        raters = self.variables.patterns.raters
        return raters == self.coders if measure == "fleiss" else raters >= 2


def agreement(
    *,
    coders: Sequence[str],
    codes: Sequence[str],
    quotes: Iterable[CodedQuote],
    passages: Iterable[Passage],
    basis: str = QUOTES,
    measures: Iterable[str] = tuple(MEASURES),
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Agreement:
    """Agreement of these coders on these codes over these quotes.

    Passages by other coders, with other codes, of other quotes, or in quotes that their coder has not finished are
    passed over. Raises ValueError for a passage that does not lie in its quote, and for an unknown basis.
    """
    if basis not in {QUOTES, CHARACTERS}:
        raise ValueError(f"basis is {QUOTES!r} or {CHARACTERS!r}, not {basis!r}")
    places = {coder: place for place, coder in enumerate(coders)}
    given = list(quotes)
    compared = [quote for quote in given if sum(coder in quote.finished for coder in places) >= 2]
    ratings = _coded(places, codes, compared, passages, basis)
    results, pooled = _results(ratings, list(codes), list(measures), resamples, seed)
    units = len(compared) if basis == QUOTES else sum(quote.length for quote in compared)
    return Agreement(
        basis, list(coders), len(compared), len(given) - len(compared), units, resamples, seed, results, pooled
    )


def agreement_of_ratings(
    units: Iterable[Sequence[Hashable | None]],
    *,
    measures: Iterable[str] = tuple(MEASURES),
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Result:
    """Agreement on one nominal variable: for each unit the category that each coder gave, None where there is none."""
    rows = [tuple(unit) for unit in units]
    coders = max(map(len, rows), default=0)
    known = dict.fromkeys(value for value in chain.from_iterable(rows) if value is not None)
    numbers: dict[Hashable | None, int] = {value: place for place, value in enumerate(known)} | {None: MISSING}
    ids: dict[tuple[int, ...], int] = {}
    found = [ids.setdefault(tuple(numbers[value] for value in row), len(ids)) for row in rows]
    column = Column(np.arange(len(rows)), np.array(found, dtype=np.int64), np.ones(len(rows)))
    nothing = Column(column.groups[:0], column.patterns[:0], column.weights[:0])
    patterns = Patterns.of(list(ids), coders, len(known))
    ratings = _Ratings(Variables(patterns, column, [nothing], len(rows)), coders, "unit")
    [result], _ = _results(ratings, [""], list(measures), resamples, seed)
    return result


def _coded(
    places: dict[str, int],
    codes: Sequence[str],
    quotes: list[CodedQuote],
    passages: Iterable[Passage],
    basis: str,
) -> _Ratings:
    """Ratings of codings: category 1 is coded so, 0 is not. One variable a code, one group a quote.

    What all codes have in common is that nobody coded so; a code differs from that in the quotes that somebody did.
    """
    numbers = {quote.key: number for number, quote in enumerate(quotes)}
    coded: dict[str, dict[int, list[tuple[int, int, int]]]] = {code: {} for code in codes}
    for passage in passages:
        number, place = numbers.get(passage.quote), places.get(passage.coder)
        if number is None or place is None or passage.code not in coded or passage.coder not in quotes[number].finished:
            continue
        if not 0 <= passage.start < passage.end <= quotes[number].length:
            raise ValueError(f"{passage} does not lie in its quote of {quotes[number].length} characters")
        coded[passage.code].setdefault(number, []).append((place, passage.start, passage.end))

    ids: dict[tuple[int, ...], int] = {}

    def pattern(finished: Sequence[bool], having: int) -> int:
        """The number of a pattern. Who gave what counts for two coders only; for more the order is dropped."""
        row = [(having >> place & 1) if done else MISSING for place, done in enumerate(finished)]
        return ids.setdefault(tuple(row if len(row) == 2 else sorted(row)), len(ids))

    finished = [[coder in quote.finished for coder in places] for quote in quotes]
    sizes = [1 if basis == QUOTES else quote.length for quote in quotes]
    common = _column([(n, pattern(finished[n], 0), size) for n, size in enumerate(sizes)])
    columns = []
    for code in codes:
        entries = [(number, pattern(finished[number], 0), -sizes[number]) for number in coded[code]]
        entries += [
            (number, pattern(finished[number], having), units)
            for number, found in coded[code].items()
            for having, units in _decided(found, quotes[number].length, basis).items()
        ]
        columns.append(_column(entries))
    patterns = Patterns.of(list(ids), len(places), 2)
    unit = "quote" if basis == QUOTES else "character"
    return _Ratings(Variables(patterns, common, columns, len(quotes)), len(places), unit)


def _column(entries: list[tuple[int, int, int]]) -> Column:
    """From (group, pattern, units)."""
    groups, patterns, units = np.array(entries, dtype=np.int64).reshape(-1, 3).T
    return Column(groups, patterns, units.astype(float))


def _decided(found: list[tuple[int, int, int]], length: int, basis: str) -> dict[int, int]:
    """How many units each set of coders coded so; a set is the sum of 2^place of its coders."""
    if basis == QUOTES:
        return {sum({1 << place for place, _, _ in found}): 1}
    edges = sorted(chain.from_iterable(((start, place, 1), (end, place, -1)) for place, start, end in found))
    open_passages: dict[int, int] = {}
    units: dict[int, int] = {}
    having, last = 0, 0
    for at, place, step in edges:
        if at > last:
            units[having] = units.get(having, 0) + at - last
            last = at
        open_passages[place] = open_passages.get(place, 0) + step
        having = having | 1 << place if open_passages[place] else having & ~(1 << place)
    if length > last:
        units[having] = units.get(having, 0) + length - last
    return units


def _results(
    ratings: _Ratings, codes: list[str], measures: list[str], resamples: int, seed: int
) -> tuple[list[Result], Result]:
    """A result for each code, and the pooled one."""
    found: dict[str, list[Estimate]] = {}
    reasons = {name: _not_meant(MEASURES[name].key, ratings) for name in measures}
    able = [name for name, reason in reasons.items() if not reason]
    enough = able and resamples and ratings.variables.groups >= FEWEST_FOR_INTERVAL
    drawn = ratings.variables.replicates(able, resamples, seed) if enough else {}
    for name, reason in reasons.items():
        if reason:
            found[name] = [Estimate(Undefined(reason), Undefined(reason))] * (len(codes) + 1)
            continue
        used, estimates = _quotes_used(name, ratings), []
        for place, value in enumerate(ratings.variables.estimates(name)):
            estimate = _no_value(name, ratings, place) if np.isnan(value) else float(value)
            spread = drawn[name][place] if name in drawn else None
            estimates.append(Estimate(estimate, _interval(estimate, spread, used, ratings)))
        found[name] = estimates
    tables = _tables(ratings)
    rows = [
        Result(code, {name: found[name][place] for name in reasons}, tables[place]) for place, code in enumerate(codes)
    ]
    return rows, Result(None, {name: found[name][-1] for name in reasons})


def _quotes_used(name: str, ratings: _Ratings) -> int:
    """Quotes (or units) that a measure looks at, of those that are resampled; the same for every code."""
    return len(np.unique(ratings.variables.common.groups[_held(name, ratings)]))


def _held(name: str, ratings: _Ratings) -> Array:
    common = ratings.variables.common
    return ratings.usable(name)[common.patterns] & (common.weights > 0)


def _not_meant(name: str, ratings: _Ratings) -> str:
    """Why a measure does not fit these ratings at all; empty where it does."""
    if ratings.coders < 2:
        return "Agreement is between coders: choose at least two."
    if name == "cohen" and ratings.coders != 2:
        return (
            f"Cohen’s kappa is for two coders, and these are {ratings.coders}. Choose two, or read Fleiss’ kappa or "
            "Krippendorff’s alpha."
        )
    if not ratings.codes:
        return "No code is chosen."
    units = int(ratings.variables.common.weights[_held(name, ratings)].sum())
    if units < FEWEST_UNITS:
        who = "every coder" if name == "fleiss" and ratings.coders > 2 else "two coders"
        some = f"only one {ratings.unit}" if units else f"no {ratings.unit}"
        return f"Too few units: {some} was decided by {who}, and it takes {FEWEST_UNITS}."
    return ""


def _no_value(name: str, ratings: _Ratings, place: int) -> Undefined:
    """Why a measure that fits has no value here: there is no variation."""
    if place == ratings.codes:
        return Undefined("No variation: no code was given to some units and not to others.")
    given = (ratings.variables.totals[place] * ratings.usable(name)) @ ratings.variables.patterns.counts
    unit = ratings.unit
    if ratings.unit == "unit":
        said = f"all coders gave every {unit} the same category"
    else:
        said = f"all coders gave the code to every {unit}" if given[1] else f"no coder gave the code to any {unit}"
    return Undefined(f"No variation: {said}, so there is nothing that could have differed by chance.")


def _interval(estimate: float | Undefined, spread: Array | None, used: int, ratings: _Ratings) -> Interval | Undefined:
    if isinstance(estimate, Undefined):
        return Undefined("There is no value for it to surround.")
    what = "quotes" if ratings.unit != "unit" else "units"
    if used < FEWEST_FOR_INTERVAL:
        return Undefined(f"Too few {what} to resample: {used}, and it takes {FEWEST_FOR_INTERVAL}.")
    if spread is None:
        return Undefined("No resamples were asked for.")
    sound = spread[~np.isnan(spread)]
    if len(sound) < (1 - MOST_WITHOUT_VALUE) * len(spread):
        return Undefined(
            f"In {len(spread) - len(sound)} of {len(spread)} resamples there was no value, for the code is rare: an "
            "interval of the others would mislead."
        )
    low, high = np.quantile(sound, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    if sound.min() == sound.max():
        return Undefined(f"Every resample gives the same value, for the {what} do not differ in how they agree.")
    return Interval(float(low), float(high))


def _tables(ratings: _Ratings) -> list[TwoByTwo | None]:
    """The 2 × 2 table of each code, for two coders."""
    if ratings.coders != 2 or ratings.unit == "unit" or not ratings.codes:
        return [None] * ratings.codes
    patterns = [tuple(row) for row in ratings.variables.patterns.ratings.tolist()]
    tables: list[TwoByTwo | None] = []
    for totals in ratings.variables.totals.astype(int).tolist():
        cells = dict(zip(patterns, totals, strict=True))
        tables.append(TwoByTwo(*(cells.get(cell, 0) for cell in [(1, 1), (1, 0), (0, 1), (0, 0)])))
    return tables
