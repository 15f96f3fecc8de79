"""Which codes go together: a matrix of codes against codes, and the same as a network."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms

from findings.access import Desk
from findings.analysis.asked import AskForm, Offers, faults_of, with_default
from findings.analysis.conditions import CODE, FARTHEST, NEAR, OVERLAP, SCHOOL
from findings.analysis.query import asks
from findings.coding_figures import network_figure
from findings.cooccurrence import KINDS, PASSAGE, QUOTE, REACH, Cooccurrence, network
from findings.figures import Figure
from findings.matrices import noun
from findings.models import Code
from schools.models import Quote

MOST_CODES = 40  # rows and columns of the table, and discs of the network
Row = list[Any]


class TogetherForm(AskForm):
    """What counts as together."""

    kind = forms.ChoiceField(
        required=False,
        label="Together means",
        choices=[("", KINDS[QUOTE]), (PASSAGE, KINDS[PASSAGE]), (NEAR, KINDS[NEAR])],
    )
    reach = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=FARTHEST,
        label="How near, in quotes",
        help_text=f"For codes near each other within a case; {REACH} where this is empty.",
    )
    least = forms.IntegerField(
        required=False, min_value=1, max_value=100_000, label="Lines from how many quotes", help_text="In the network."
    )


@dataclass(frozen=True)
class Pairing:
    """Two codes: how many quotes, by mean distance where near, and the road to them."""

    shared: int
    distance: float | None
    road: str
    said: str
    is_same: bool
    heat: int  # 1 to 4


@dataclass(frozen=True)
class TogetherPage:
    """What was asked and what came of it; `found` is None where something is wrong."""

    desk: Desk
    form: TogetherForm
    found: Cooccurrence | None
    shown: list[Code]  # of the table and the network
    words: str

    @classmethod
    def of(cls, desk: Desk, user: Any, data: Any) -> "TogetherPage":
        """Five queries, one more for near, and one more once the codings are opened."""
        offers = Offers.at(desk, user)
        form = TogetherForm.of(offers, data)
        if not form.is_valid():
            return cls(desk, form, None, [], "")
        schools = [one.pk for one in offers.chosen_schools(form.cleaned_data["school"])]
        codings = offers.whose.codings(form.whose).filter(quote__school__in=schools)
        reach = form.cleaned_data["reach"]
        found = Cooccurrence.of(
            codings,
            offers.chosen_codes(form.cleaned_data["code"]),
            Quote.objects.filter(school__in=schools),
            with_default(form, "kind", QUOTE),
            REACH if reach is None else reach,
        )
        used = [code for code in found.codes if found.quotes[code.pk]]
        most = sorted(used, key=lambda code: -found.quotes[code.pk])[:MOST_CODES]
        kept = {code.pk for code in most}
        shown = [code for code in used if code.pk in kept]
        return cls(desk, form, found, shown, offers.whose.words(form.whose))

    @property
    def faults(self) -> list[str]:
        """What is wrong with what was asked, a line each."""
        return faults_of(self.form)

    @property
    def kind(self) -> str:
        """Passage, quote or near."""
        return with_default(self.form, "kind", QUOTE)

    @property
    def is_near(self) -> bool:
        """Distances are told."""
        return self.kind == NEAR

    @property
    def left_out(self) -> int:
        """Codes with quotes that the table leaves out."""
        return sum(1 for n in self.found.quotes.values() if n) - len(self.shown) if self.found else 0

    @property
    def meaning(self) -> str:
        """What is counted, in words."""
        reach = self._reach
        return {
            QUOTE: "Quotes that have both codes.",
            PASSAGE: "Quotes in which a passage of the one code and a passage of the other share a character.",
            NEAR: (
                f"Quotes with either code whose nearest quote of the same case with the other is at most {reach} "
                f"quote{'' if reach == 1 else 's'} away, each once; and the mean distance to the nearest."
            ),
        }[self.kind]

    @property
    def _reach(self) -> int:
        asked = getattr(self.form, "cleaned_data", {}).get("reach")
        return REACH if asked is None else asked

    def table(self) -> Iterator[tuple[Code, list[Pairing]]]:
        """Code by code."""
        if self.found is None:
            return
        most = max((one.shared for one in self.found.pairs.values()), default=0)
        for one in self.shown:
            yield one, [self._pairing(one, other, most) for other in self.shown]

    def _pairing(self, one: Code, other: Code, most: int) -> Pairing:
        assert self.found is not None
        if one.pk == other.pk:
            n = self.found.quotes[one.pk]
            return Pairing(n, None, self._road([(CODE, [str(one.guid)])]), f"{noun('quotes', n)} with {one}", True, 1)
        met = self.found.between(one, other)
        said = f"{noun('quotes', met.shared)} with {one} {'near' if self.is_near else 'and'} {other}"
        road = self._road(self._rows(one, other)) if met.shared else ""
        return Pairing(met.shared, met.distance, road, said, False, 1 + min(3, 4 * met.shared // (most + 1)))

    def _rows(self, one: Code, other: Code) -> list[Any]:
        first, second = str(one.guid), str(other.guid)
        reach = {"n": self._reach}
        rows: dict[str, list[Any]] = {
            QUOTE: [(CODE, [first]), (CODE, [second])],
            PASSAGE: [(OVERLAP, [first, second])],
            NEAR: [(CODE, [first, second]), (NEAR, [first], reach), (NEAR, [second], reach)],
        }
        return rows[self.kind]

    def _road(self, rows: list[Any]) -> str:
        schools = self.form.cleaned_data["school"]
        return asks([*rows, *([(SCHOOL, schools)] if schools else [])], self.form.whose)

    def figure(self) -> Figure | None:
        """The network of the codes shown."""
        if self.found is None or len(self.shown) < 2:
            return None
        kept = {code.pk for code in self.shown}
        pairs = {pair: one for pair, one in self.found.pairs.items() if kept.issuperset(pair)}
        drawn = Cooccurrence(self.kind, self.shown, {pk: self.found.quotes[pk] for pk in kept}, pairs)
        least = getattr(self.form, "cleaned_data", {}).get("least") or 1
        nodes, edges = network(drawn, at_least=least)
        caption = (
            f"Codes that go together ({KINDS[self.kind].lower()}), of {self.words}: the larger a disc the more quotes, "
            "the thicker a line the more often the two go together."
        )
        counted = "Quotes where they are near" if self.is_near else "Quotes with both"
        return network_figure("together", nodes, edges, caption, counted)

    def rows(self) -> Iterator[Row]:
        """A row for each pair that meets, the most frequent first."""
        if self.found is None:
            return
        names = {code.pk: code.name for code in self.found.codes}
        for (one, other), met in sorted(self.found.pairs.items(), key=lambda item: -item[1].shared):
            jaccard, distance = (None if value is None else round(value, 4) for value in (met.jaccard, met.distance))
            yield [names[one], names[other], self.kind, met.shared, met.first, met.second, jaccard, distance]
