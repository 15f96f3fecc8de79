"""How far coders agree: chosen coders, codes and schools, on quotes or on characters. Nothing before the lead opens."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models.functions import Length

from findings.access import Desk
from findings.analysis.asked import AskForm, Offers, faults_of, ticks, with_default
from findings.analysis.conditions import ANY, CODE, CODED, DONE, SCHOOL
from findings.analysis.query import asks
from findings.coding_figures import agreement_figure
from findings.figures import Figure
from findings.measures import MEASURES, POOLED_REFERENCE, Agreement, Estimate, Measure, Result, Undefined
from findings.models import Coder, QuoteNote
from schools.models import Quote

if TYPE_CHECKING:
    from findings.agreement import CodedQuote, Passage

QUOTES, CHARACTERS = "quotes", "characters"
CLOSED = "Agreement can be computed once a lead opens the codings. Until then nobody sees anything of it."
READ_AT_ONCE = 5000  # passages
Row = list[Any]


class AgreementForm(AskForm):
    """Between whom, on what, where, and by which measure the figure is drawn."""

    by: Any = None  # coders are compared one by one
    coder = ticks(
        "Coders", "None ticked: all who are done with any quote. Cohen’s kappa and the 2 × 2 counts are for two."
    )
    unit = forms.ChoiceField(
        required=False, label="Units", choices=[("", "Quotes"), (CHARACTERS, "Characters (overlap of passages)")]
    )
    measure = forms.ChoiceField(
        required=False,
        label="Measure of the figure",
        choices=[("", "As fits"), *((key, one.name) for key, one in MEASURES.items())],
    )


@dataclass(frozen=True)
class Value:
    """A measure of one code as the table shows it; `note` is the number of the reason why something is not there."""

    value: float | None
    low: float | None
    high: float | None
    note: int | None


@dataclass(frozen=True)
class CodeLine:
    """A row of the table. `code` is None for the pooled one; `counts` are of 2 × 2, each with its quotes' road."""

    label: str
    road: str
    codings: int
    values: list[Value]
    counts: list[tuple[str, int, str]]


@dataclass(frozen=True)
class AgreementPage:
    """What was asked and what came of it; `found` is None where nothing was computed."""

    desk: Desk
    form: AgreementForm | None
    coders: list[Coder]
    measures: list[Measure]
    found: Agreement | None
    lines: list[CodeLine]
    reasons: list[str]
    names: dict[str, str]

    @classmethod
    def of(cls, desk: Desk, user: Any, data: Any, *, drawn: bool = False) -> "AgreementPage":
        """Before the codings are opened nothing is read. Then nine queries. `drawn`: only what the figure needs."""
        if not desk.is_open:
            return cls(desk, None, [], [], None, [], [], {})
        offers = Offers.at(desk, user)
        form = AgreementForm.of(offers, data)
        people = offers.whose.people
        form.fields["coder"].choices = [(str(one.guid), one.name) for one in people]
        if not form.is_valid():
            return cls(desk, form, [], [], None, [], [], {})
        wanted = form.cleaned_data["coder"]
        coders = [one for one in people if str(one.guid) in wanted] if wanted else _taking_part(desk, user, people)
        codes = offers.chosen_codes(form.cleaned_data["code"])
        measures = [one for one in MEASURES.values() if one.key != "cohen" or len(coders) == 2]
        asked = [_drawn(form, coders).key] if drawn else [one.key for one in measures]
        found, counts = _computed(desk, user, form, coders, codes, asked)
        names = {str(code.pk): code.name for code in codes}
        page = cls(desk, form, coders, measures, found, [], [], names)
        if drawn:
            return page
        roads = {str(code.pk): str(code.guid) for code in codes}
        for result in [*found.codes, found.pooled]:
            page.lines.append(page._line(result, roads, counts))
        return page

    @property
    def is_open(self) -> bool:
        """Agreement can be computed."""
        return self.form is not None

    @property
    def faults(self) -> list[str]:
        """What is wrong with what was asked, a line each."""
        return faults_of(self.form) if self.form else [CLOSED]

    @property
    def measure(self) -> Measure:
        """The measure of the figure."""
        return _drawn(self.form, self.coders)

    @property
    def unit(self) -> str:
        """Quotes or characters."""
        return with_default(self.form, "unit", QUOTES) if self.form else QUOTES

    @property
    def pooled_reference(self) -> str:
        """Where pooling comes from."""
        return POOLED_REFERENCE

    def figure(self) -> Figure | None:
        """A measure with its intervals, code by code."""
        if self.found is None or not self.found.codes or self.measure.key not in self.found.pooled.estimates:
            return None
        who = ", ".join(one.name for one in self.coders)
        caption = (
            f"{self.measure.name} on {self.unit} between {who}, with 95 % intervals; {self.found.quotes:,} "
            f"quote{'' if self.found.quotes == 1 else 's'} compared."
        )
        return agreement_figure("agreement", self.found, self.names, self.measure.key, self.measure.name, caption)

    @property
    def row_count(self) -> int:
        """How many rows its table has."""
        return sum(len(one.estimates) for one in [*self.found.codes, self.found.pooled]) if self.found else 0

    def rows(self) -> Iterator[Row]:
        """A row for each code and measure, the pooled ones last, without a code."""
        if self.found is None:
            return
        who = "; ".join(one.name for one in self.coders)
        for result in [*self.found.codes, self.found.pooled]:
            for key, estimate in result.estimates.items():
                value, low, high, why = _parts(estimate)
                table = result.table
                counts = [table.both, table.first_only, table.second_only, table.neither] if table else [None] * 4
                name = self.names.get(result.code or "", "")
                yield [name, key, value, low, high, why, self.unit, who, self.found.quotes, self.found.units, *counts]

    def _line(self, result: Result, guids: dict[str, str], codings: dict[str, int]) -> CodeLine:
        values = [self._value(result.estimates[one.key]) for one in self.measures]
        people = [str(one.guid) for one in self.coders]
        schools = self.form.cleaned_data["school"] if self.form else []
        within: list[Any] = [(SCHOOL, schools)] if schools else []
        if result.code is None:
            chosen = self.form.cleaned_data["code"] if self.form else []
            road = asks([(CODE, chosen) if chosen else (CODED, [ANY]), *within], people)
            return CodeLine("All codes, pooled", road, sum(codings.values()), values, [])
        guid = guids[result.code]
        road = asks([(CODE, [guid]), *within], people)
        return CodeLine(
            self.names[result.code], road, codings.get(result.code, 0), values, self._counts(result, guid, within)
        )

    def _counts(self, result: Result, guid: str, within: list[Any]) -> list[tuple[str, int, str]]:
        """The cells of the 2 × 2 table; on quotes each opens exactly the quotes that it counts."""
        if result.table is None:
            return []
        first, second = (str(one.guid) for one in self.coders)
        names = [one.name for one in self.coders]
        done: list[Any] = [(DONE, [first]), (DONE, [second])]
        cells = [
            ("Both", result.table.both, "", ""),
            (f"{names[0]} alone", result.table.first_only, "", "not"),
            (f"{names[1]} alone", result.table.second_only, "not", ""),
            ("Neither", result.table.neither, "not", "not"),
        ]
        found = []
        for label, count, one, other in cells:
            if self.unit == CHARACTERS:  # the quotes in which these characters are: those that either coded so
                rows = [(CODE, [guid]), *done, *within]
            else:
                parts: list[Any] = [
                    (CODE, [guid], {"by": who} | ({"how": how} if how else {}))
                    for who, how in ((first, one), (second, other))
                ]
                rows = [*parts, *done, *within]
            opens = self.unit != CHARACTERS or label != "Neither"  # what neither coded is in every quote
            found.append((label, count, asks(rows, [first, second]) if opens else ""))
        return found

    def _value(self, estimate: Estimate) -> Value:
        value, low, high, why = _parts(estimate)
        if why and why not in self.reasons:
            self.reasons.append(why)
        return Value(value, low, high, self.reasons.index(why) + 1 if why else None)


def _taking_part(desk: Desk, user: Any, people: list[Coder]) -> list[Coder]:
    """Those who are done with a quote: a lead who codes nothing is nobody to compare. All, where they are not two."""
    notes = QuoteNote.objects.visible_to(user, desk.codebook).filter(done_at__isnull=False)
    done = set(notes.order_by().values_list("coder", flat=True).distinct())
    found = [one for one in people if one.pk in done]
    return found if len(found) > 1 else people


def _drawn(form: AgreementForm | None, coders: list[Coder]) -> Measure:
    """The measure asked for; else Cohen's kappa of two coders, alpha of more."""
    usual = "cohen" if len(coders) == 2 else "alpha"
    return MEASURES[with_default(form, "measure", usual)] if form else MEASURES[usual]


def _parts(estimate: Estimate) -> tuple[float | None, float | None, float | None, str]:
    """Value, interval, and why one of them is not there."""
    if isinstance(estimate.value, Undefined):
        return None, None, None, estimate.value.reason
    if isinstance(estimate.interval, Undefined):
        return round(estimate.value, 3), None, None, estimate.interval.reason
    return round(estimate.value, 3), round(estimate.interval.low, 3), round(estimate.interval.high, 3), ""


def _computed(
    desk: Desk, user: Any, form: AgreementForm, coders: list[Coder], codes: list[Any], measures: list[str]
) -> tuple[Agreement, dict[str, int]]:
    """Agreement, and how many codings each code has, those in unfinished quotes among them."""
    from findings.agreement import agreement  # numpy is heavy: read it when it is wanted

    schools = form.offers.chosen_schools(form.cleaned_data["school"])
    quotes = Quote.objects.filter(school__in=[one.pk for one in schools])
    lengths = dict(quotes.order_by("pk").annotate(n=Length("text")).values_list("pk", "n"))
    counts: dict[str, int] = {}
    found = agreement(
        coders=[str(one.pk) for one in coders],
        codes=[str(code.pk) for code in codes],
        quotes=_coded_quotes(desk, user, coders, lengths),
        passages=_passages(form, coders, codes, lengths, counts),
        basis=form.cleaned_data["unit"] or QUOTES,
        measures=measures,
    )
    return found, counts


def _coded_quotes(desk: Desk, user: Any, coders: list[Coder], lengths: dict[int, int]) -> "Iterator[CodedQuote]":
    """The quotes, each with the coders who said that they are done with it. One query."""
    from findings.agreement import CodedQuote

    notes = QuoteNote.objects.visible_to(user, desk.codebook)
    done = notes.filter(coder__in=[one.pk for one in coders], done_at__isnull=False).order_by()
    finished: dict[int, frozenset[str]] = {}
    shared: dict[frozenset[str], frozenset[str]] = {frozenset(): frozenset()}  # most quotes have the same coders
    for quote, coder in done.values_list("quote", "coder").iterator(chunk_size=READ_AT_ONCE):
        who = finished.get(quote, frozenset()) | {str(coder)}
        finished[quote] = shared.setdefault(who, who)
    for quote, length in lengths.items():
        yield CodedQuote(quote, length, finished.get(quote, frozenset()))


def _passages(
    form: AgreementForm, coders: list[Coder], codes: list[Any], lengths: dict[int, int], counts: dict[str, int]
) -> "Iterator[Passage]":
    """The visible passages, streamed. One that reaches beyond its quote, whose text was edited since, ends with it."""
    from findings.agreement import Passage

    visible = form.offers.whose.visible.filter(
        coder__in=[one.pk for one in coders], code__in=[code.pk for code in codes]
    )
    keys = {code.pk: str(code.pk) for code in codes} | {-one.pk: str(one.pk) for one in coders}
    rows = visible.order_by().values_list("coder", "code", "quote", "start", "end")
    for coder, code, quote, start, end in rows.iterator(chunk_size=READ_AT_ONCE):
        length = lengths.get(quote, 0)
        if start < length:
            counts[keys[code]] = counts.get(keys[code], 0) + 1
            yield Passage(keys[-coder], keys[code], quote, start, min(end, length))
