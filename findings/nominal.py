"""Agreement of nominal ratings, and how sure it is, over many variables and many resamples at once. Needs numpy.

Ratings are counted by pattern: a pattern is what each coder gave one unit (-1: nothing). Each measure is a function of
how often each pattern occurs, so that a resample is only another vector of those counts.

Every measure here has the form 1 - observed disagreement ÷ expected disagreement; a measure returns the two, each an
array of the shape of `weights` without its last axis. NaN stands for "no unit to look at" inside this module alone;
`findings.agreement` turns it into words.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

Array = np.ndarray
MISSING = -1
AT_ONCE = 2_000_000  # numbers of a block of resamples: some 16 MB


@dataclass(frozen=True)
class Patterns:
    """P patterns of R coders' ratings into K categories.

    ratings: P × R categories, MISSING where a coder gave none · counts: P × K coders who gave each category.
    """

    ratings: Array
    counts: Array

    @classmethod
    def of(cls, ratings: Sequence[Sequence[int]], coders: int, categories: int) -> "Patterns":
        """From patterns as sequences of category numbers from 0, MISSING for none."""
        table = np.array(ratings, dtype=np.int64).reshape(len(ratings), coders)
        counts = (table[:, :, None] == np.arange(categories)).sum(axis=1).astype(float)
        return cls(table, counts)

    @property
    def raters(self) -> Array:
        """How many coders gave a rating, for each pattern."""
        return self.counts.sum(axis=1)

    @property
    def disagreeing(self) -> Array:
        """Ordered pairs of ratings that differ, for each pattern."""
        return self.raters**2 - (self.counts**2).sum(axis=1)


Terms = tuple[Array, Array]


def _ratio(above: Array, below: Array) -> Array:
    return np.divide(above, below, out=np.full(np.shape(below), np.nan), where=below > 0)


def percent(patterns: Patterns, weights: Array) -> Terms:
    """Share of pairs of ratings of the same unit that differ; nothing is expected, so it stands against 1."""
    pairs = patterns.raters * (patterns.raters - 1)
    observed = _ratio(weights @ patterns.disagreeing, weights @ pairs)
    return observed, np.where(np.isnan(observed), np.nan, 1.0)


def cohen(patterns: Patterns, weights: Array) -> Terms:
    """Cohen (1960): two coders, each with a distribution of their own; units that both rated."""
    both = weights * (patterns.raters == 2)
    first, second = patterns.ratings.T
    categories = np.arange(patterns.counts.shape[1])
    n = both.sum(axis=-1)
    by_first, by_second = both @ (first[:, None] == categories), both @ (second[:, None] == categories)
    by_chance = n**2 - (by_first * by_second).sum(axis=-1)
    return _ratio(both @ (first != second), n), _ratio(by_chance, n**2)


def fleiss(patterns: Patterns, weights: Array) -> Terms:
    """Fleiss (1971): any number of coders with one distribution among them; units that all of them rated."""
    coders = patterns.ratings.shape[1]
    whole = weights * (patterns.raters == coders)
    given = whole @ patterns.counts
    n = given.sum(axis=-1)
    by_chance = n**2 - (given**2).sum(axis=-1)
    return _ratio(whole @ patterns.disagreeing, n * (coders - 1)), _ratio(by_chance, n**2)


def krippendorff(patterns: Patterns, weights: Array) -> Terms:
    """Krippendorff's alpha, nominal: every unit that two or more coders rated, each rating weighing the same."""
    paired = weights * (patterns.raters >= 2)
    given = paired @ patterns.counts
    n = given.sum(axis=-1)
    by_chance = n**2 - (given**2).sum(axis=-1)
    observed = paired @ (patterns.disagreeing / np.maximum(patterns.raters - 1, 1))
    return _ratio(observed, n), _ratio(by_chance, n * (n - 1))


FORMULAS: dict[str, Callable[[Patterns, Array], Terms]] = {
    "percent": percent,
    "cohen": cohen,
    "fleiss": fleiss,
    "alpha": krippendorff,
}


def value(terms: Terms) -> Array:
    """1 - observed ÷ expected; NaN where nothing is expected (no variation) or nothing was rated."""
    observed, expected = terms
    return 1 - _ratio(observed, np.nan_to_num(expected))


def pooled(terms: Terms) -> Terms:
    """Observed and expected disagreement summed over the variables (the first axis).

    A variable without variation adds nothing to either; one without units adds nothing.
    """
    observed, expected = terms
    return np.nansum(observed, axis=0), np.nansum(expected, axis=0)


@dataclass(frozen=True)
class Column:
    """Ratings: for resampled group g of units, `weights[i]` units of pattern `patterns[i]`, for every i with
    `groups[i] == g`. Weights are whole numbers; below 0 they take away from what another column says of the group.
    """

    groups: Array
    patterns: Array
    weights: Array

    def totals(self, patterns: int) -> Array:
        """How many units there are of each pattern."""
        return np.bincount(self.patterns, weights=self.weights, minlength=patterns)

    def drawn(self, times: Array, patterns: int) -> Array:
        """The totals in each resample (resamples × patterns), where `times` (resamples × groups) says how often each
        group was drawn.
        """
        touched, place = np.unique(self.groups, return_inverse=True)
        cells = np.bincount(place * patterns + self.patterns, self.weights, len(touched) * patterns)
        return times[:, touched] @ cells.reshape(len(touched), patterns)


@dataclass(frozen=True)
class Variables:
    """Several variables' ratings of the same units: what they have in common, and how each differs from that."""

    patterns: Patterns
    common: Column
    columns: list[Column]
    groups: int

    @property
    def totals(self) -> Array:
        """How many units there are of each pattern: variables × patterns."""
        size = len(self.patterns.ratings)
        return np.stack([self.common.totals(size) + column.totals(size) for column in self.columns])

    def resampled(self, resamples: int, seed: int) -> Iterator[tuple[slice, Array]]:
        """Blocks of resamples: which resamples, and their totals, variables × resamples of the block × patterns.

        A resample draws as many groups as there are, with replacement; the same draw serves every variable, so that
        what they share (a hard quote) stays shared. Memory is bounded by the block, not by the number of resamples.
        """
        size = len(self.patterns.ratings)
        draw = np.random.Generator(np.random.PCG64(seed))
        step = max(1, min(resamples, AT_ONCE // max(self.groups, 1)))
        for begin in range(0, resamples, step):
            block = slice(begin, min(begin + step, resamples))
            times = np.stack([self._draw(draw) for _ in range(block.stop - block.start)])
            common = self.common.drawn(times, size)
            yield block, np.stack([common + column.drawn(times, size) for column in self.columns])

    def _draw(self, draw: np.random.Generator) -> Array:
        """How often each group is drawn."""
        return np.bincount(draw.integers(self.groups, size=self.groups), minlength=self.groups).astype(float)

    def replicates(self, measures: Iterable[str], resamples: int, seed: int) -> dict[str, Array]:
        """For each measure its values in every resample: (variables + 1) × resamples, the last row pooled."""
        found = {name: np.empty((len(self.columns) + 1, resamples)) for name in measures}
        for block, weights in self.resampled(resamples, seed):
            for name, values in found.items():
                terms = FORMULAS[name](self.patterns, weights)
                values[:-1, block] = value(terms)
                values[-1, block] = value(pooled(terms))
        return found

    def estimates(self, name: str) -> Array:
        """A measure's value for each variable and, last, pooled."""
        terms = FORMULAS[name](self.patterns, self.totals)
        return np.append(value(terms), value(pooled(terms)))
