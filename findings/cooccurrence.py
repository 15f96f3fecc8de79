"""Which codes go together: in the same passage, in the same quote, and near each other within a case.

Takes a queryset of codings, whatever the caller may see, and reads it as a stream: what is held at a time is one
quote's codings, or one case's places. Whose coding it is makes no difference.

- **passage**: quotes in which a passage of the one code and a passage of the other share at least one character.
- **quote**: quotes that have both codes.
- **near**: within a case its quotes are numbered in reading order, coded or not. For each quote with the one code the
  distance is the difference to the number of the nearest quote of the same case with the other code, 0 in the same
  quote; and the same the other way round. Cases that have only one of the two codes tell nothing of it.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, groupby
from math import cos, hypot, pi, sin

from django.db.models import QuerySet

from findings.matrices import READ_AT_ONCE, united
from findings.models import Code

PASSAGE, QUOTE, NEAR = "passage", "quote", "near"
KINDS = {PASSAGE: "Same passage", QUOTE: "Same quote", NEAR: "Near within a case"}
REACH = 1  # quotes: so far is near
STEPS = 300  # of the layout

Pair = tuple[int, int]


@dataclass(frozen=True)
class Together:
    """How two codes go together. `shared`, `first` and `second` are quotes: with both, with the one, with the other.

    For NEAR `shared` counts the quotes with either code whose nearest with the other is within reach, and `distance` is
    the mean of all the nearest distances, in quotes; it is None where no case has both.
    """

    shared: int
    first: int
    second: int
    distance: float | None = None

    @property
    def jaccard(self) -> float | None:
        """Quotes with both as a share of quotes with either (0 to 1); None for NEAR and where there are none."""
        either = self.first + self.second - self.shared
        return None if self.distance is not None or not either else self.shared / either


@dataclass(frozen=True)
class Cooccurrence:
    """Codes against codes: symmetric; `quotes` are how many have each code."""

    kind: str
    codes: list[Code]
    quotes: dict[int, int]
    pairs: dict[Pair, Together]  # by (pk, pk) in the order of the codes; pairs that never meet are left out

    @classmethod
    def of(
        cls, codings: QuerySet, codes: Iterable[Code], quotes: QuerySet, kind: str = QUOTE, reach: int = REACH
    ) -> "Cooccurrence":
        """One query; two for NEAR, which also reads which `quotes` a case has. Raises KeyError for an unknown kind."""
        chosen = list(codes)
        place = {code.pk: place for place, code in enumerate(chosen)}
        found = codings.filter(code__in=place)
        counted = {PASSAGE: _passages, QUOTE: _quotes}
        if kind == NEAR:
            sizes, pairs = _near(found, quotes, place, reach)
        else:
            sizes, pairs = counted[kind](found, place)
        return cls(kind, chosen, {code.pk: sizes[code.pk] for code in chosen}, pairs)

    def between(self, one: Code, other: Code) -> Together:
        """How two codes go together, in whichever order they are named."""
        met = self.pairs.get((one.pk, other.pk)) or self.pairs.get((other.pk, one.pk)) or Together(0, 0, 0)
        return replace(met, first=self.quotes[one.pk], second=self.quotes[other.pk])


def _ordered(codes: Iterable[int], place: dict[int, int]) -> Iterator[Pair]:
    return combinations(sorted(set(codes), key=place.__getitem__), 2)


def _together(sizes: Counter[int], shared: Counter[Pair]) -> dict[Pair, Together]:
    return {pair: Together(n, sizes[pair[0]], sizes[pair[1]]) for pair, n in shared.items()}


def _quotes(codings: QuerySet, place: dict[int, int]) -> tuple[Counter[int], dict[Pair, Together]]:
    rows = codings.order_by("quote").values_list("quote", "code").distinct()
    sizes: Counter[int] = Counter()
    shared: Counter[Pair] = Counter()
    for _, members in groupby(rows.iterator(chunk_size=READ_AT_ONCE), key=lambda row: row[0]):
        codes = [code for _, code in members]
        sizes.update(codes)
        shared.update(_ordered(codes, place))
    return sizes, _together(sizes, shared)


def _passages(codings: QuerySet, place: dict[int, int]) -> tuple[Counter[int], dict[Pair, Together]]:
    rows = codings.order_by("quote", "code", "start", "end").values_list("quote", "code", "start", "end")
    sizes: Counter[int] = Counter()
    shared: Counter[Pair] = Counter()
    for _, members in groupby(rows.iterator(chunk_size=READ_AT_ONCE), key=lambda row: row[0]):
        edges: list[tuple[int, int, int]] = []
        for code, passages in groupby(members, key=lambda row: row[1]):
            sizes[code] += 1
            for start, end in united((start, end) for *_, start, end in passages):
                edges += [(start, 1, code), (end, 0, code)]
        shared.update(_overlaps(edges, place))
    return sizes, _together(sizes, shared)


def _overlaps(edges: list[tuple[int, int, int]], place: dict[int, int]) -> set[Pair]:
    """Pairs of codes that are open at the same time; at one place what ends comes before what begins."""
    under_way: set[int] = set()
    found: set[Pair] = set()
    for _, begins, code in sorted(edges):
        if begins:
            found.update(pair for other in under_way for pair in _ordered((code, other), place))
            under_way.add(code)
        else:
            under_way.discard(code)
    return found


def _near(
    codings: QuerySet, quotes: QuerySet, place: dict[int, int], reach: int
) -> tuple[Counter[int], dict[Pair, Together]]:
    sizes: Counter[int] = Counter()
    within: Counter[Pair] = Counter()
    distances: Counter[Pair] = Counter()
    measured: Counter[Pair] = Counter()
    for places in _places(codings, quotes):
        sizes.update({code: len(found) for code, found in places.items()})
        for one, other in _ordered(places, place):
            pair = (one, other)
            nearest = [
                *zip(places[one], _distances(places[one], places[other]), strict=True),
                *zip(places[other], _distances(places[other], places[one]), strict=True),
            ]
            measured[pair] += len(nearest)
            distances[pair] += sum(distance for _, distance in nearest)
            within[pair] += len({at for at, distance in nearest if distance <= reach})  # with both: counted once
    return sizes, {
        pair: Together(within[pair], sizes[pair[0]], sizes[pair[1]], distances[pair] / n)
        for pair, n in measured.items()
    }


def _places(codings: QuerySet, quotes: QuerySet) -> Iterator[dict[int, list[int]]]:
    """For each case the places of its quotes with each code, ascending. Two streams in the same order, side by side."""
    order = ("school", "position", "pk")
    coded = (
        codings.order_by("quote__school", "quote__position", "quote", "code")
        .values_list("quote__school", "quote__position", "quote", "code")
        .distinct()
        .iterator(chunk_size=READ_AT_ONCE)
    )
    waiting = next(coded, None)
    rows = quotes.order_by(*order).values_list(*order).iterator(chunk_size=READ_AT_ONCE)
    for _, case in groupby(rows, key=lambda row: row[0]):
        places: dict[int, list[int]] = {}
        for number, quote in enumerate(case):
            while waiting and waiting[:3] <= quote:
                if waiting[:3] == quote:
                    places.setdefault(waiting[3], []).append(number)
                waiting = next(coded, None)
        yield places


def _distances(places: list[int], others: list[int]) -> Iterator[int]:
    """From each place to the nearest of the others; both ascending."""
    for at in places:
        after = bisect_left(others, at)
        yield min(abs(at - other) for other in others[max(after - 1, 0) : after + 1])


# ── As a network ────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Node:
    """A code with its quotes and its place, both co-ordinates from 0 to 1."""

    code: Code
    quotes: int
    x: float
    y: float


@dataclass(frozen=True)
class Edge:
    """Two codes that go together at least as often as was asked for."""

    first: Node
    second: Node
    together: Together


def network(found: Cooccurrence, *, at_least: int = 1) -> tuple[list[Node], list[Edge]]:
    """Nodes and edges to draw. The same codings give the same drawing."""
    chosen = [code for code in found.codes if found.quotes[code.pk]]
    kept = {pair: one for pair, one in found.pairs.items() if one.shared >= at_least}
    places = layout([code.pk for code in chosen], {pair: float(one.shared) for pair, one in kept.items()})
    nodes = {code.pk: Node(code, found.quotes[code.pk], *places[code.pk]) for code in chosen}
    return list(nodes.values()), [Edge(nodes[a], nodes[b], one) for (a, b), one in kept.items()]


def layout(keys: list[int], weights: dict[Pair, float]) -> dict[int, tuple[float, float]]:
    """Places in the unit square: what goes together stands near (forces of Fruchterman and Reingold, 1991).

    Nothing is random: the keys begin on a circle in their order, and each step moves all of them at once.
    """
    if len(keys) < 2:
        return dict.fromkeys(keys, (0.5, 0.5))
    most = max(weights.values(), default=1.0)
    ideal = 1 / len(keys) ** 0.5
    at = {
        key: (0.5 + 0.5 * cos(2 * pi * n / len(keys)), 0.5 + 0.5 * sin(2 * pi * n / len(keys)))
        for n, key in enumerate(keys)
    }
    for step in range(STEPS):
        moves = {key: [0.9 * (0.5 - x), 0.9 * (0.5 - y)] for key, (x, y) in at.items()}  # to the middle, so none drifts
        for one, other in combinations(keys, 2):
            away_x, away_y = at[one][0] - at[other][0], at[one][1] - at[other][1]
            distance = max(hypot(away_x, away_y), 1e-6)
            weight = weights.get((one, other), weights.get((other, one), 0.0)) / most
            force = (ideal**2 / distance - 0.25 * weight * distance**2 / ideal) / distance
            for key, sign in ((one, 1), (other, -1)):
                moves[key][0] += sign * force * away_x
                moves[key][1] += sign * force * away_y
        warmth = 0.1 * (1 - step / STEPS)
        for key, (x, y) in at.items():
            length = max(hypot(*moves[key]), 1e-9)
            reach = min(length, warmth) / length
            at[key] = (x + moves[key][0] * reach, y + moves[key][1] * reach)
    return _fitted(at)


def _fitted(at: dict[int, tuple[float, float]]) -> dict[int, tuple[float, float]]:
    """Shifted and stretched to fill the unit square."""
    lows = [min(one[axis] for one in at.values()) for axis in (0, 1)]
    spans = [max(one[axis] for one in at.values()) - lows[axis] or 1.0 for axis in (0, 1)]
    return {key: (round((x - lows[0]) / spans[0], 4), round((y - lows[1]) / spans[1], 4)) for key, (x, y) in at.items()}
