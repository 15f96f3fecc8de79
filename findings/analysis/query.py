"""Queries of quotes: conditions in rows, joined by and and or, said in words, and written into the address of a page.

Row 3 is `kind3=code&value3=<guid>&how3=not&join3=or`. "Or" binds closer than "and": a row with it is an alternative to
the row before it, so that any combination can be said.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.safestring import SafeString

from findings.access import Desk
from findings.analysis.asked import AskForm, Offers, faults_of
from findings.analysis.conditions import CODE, CODED, KINDS, SINGLE, Choices, ConditionForm
from findings.coding_page import Mark, marked_text, marks_of
from findings.forms import name_field
from findings.models import QUERY_LIMIT, Coding
from schools.models import Quote

MOST_CONDITIONS = 12
_ROW = re.compile(r"(kind|how|join|value|by|n|low|high)([1-9][0-9]?)")

Asked = tuple[str, Sequence[str]]


def asks(conditions: Iterable[Asked | tuple[str, Sequence[str], dict[str, Any]]], by: Sequence[str] = ()) -> str:
    """The address of a query: each condition its kind, its values and, where wanted, how, join, by or n."""
    pairs: list[tuple[str, Any]] = [("by", one) for one in by]
    for row, (kind, values, *more) in enumerate(conditions, start=1):
        pairs.append((f"kind{row}", kind))
        pairs += [(f"value{row}", value) for value in values]
        pairs += [(f"{name}{row}", value) for options in more for name, value in options.items()]
    return urlencode(pairs)


class ByForm(AskForm):
    """Whose codings, for a query as a whole."""

    code: Any = None  # a row asks it
    school: Any = None  # the same


@dataclass(frozen=True)
class QuoteQuery:
    """What was asked, its faults, and the quotes that meet it: none where there is a fault."""

    desk: Desk
    params: QueryDict
    form: ByForm
    rows: list[ConditionForm]
    strange: list[str]  # faults of rows that are of no kind
    is_sound: bool  # nothing is wrong with what was asked, and no new condition waits to be filled in
    quotes: QuerySet[Quote]
    codings: QuerySet[Coding]  # those looked at, of whatever code

    @classmethod
    def of(cls, desk: Desk, user: Any, params: QueryDict) -> "QuoteQuery":
        """Four queries, five once the codings are opened, and one for each kind of condition that has a list."""
        choices = Choices(Offers.at(desk, user), user)
        form = ByForm.of(choices.offers, params)
        rows, strange = [], []
        places = sorted({int(found[2]) for name in params if (found := _ROW.fullmatch(name)) and found[1] == "kind"})
        if len(places) > MOST_CONDITIONS:
            strange.append(f"Ask at most {MOST_CONDITIONS} conditions at a time.")
        for place in places[:MOST_CONDITIONS]:
            kind = params[f"kind{place}"]
            if kind in KINDS or kind in SINGLE:
                is_new = params.get("fresh") == str(place) and f"value{place}" not in params
                rows.append(ConditionForm(None if is_new else params, row=place, kind=kind, choices=choices))
            else:
                shown = kind.replace("\x00", "")[:40]
                strange.append(f"There is no condition of the kind “{shown}”. Add one from the list.")
        sound = all([not strange, form.is_valid(), *(row.is_valid() for row in rows)])
        every = Quote.objects.filter(school__study=desk.codebook.study_id)
        whose = form.whose if sound else []
        quotes = _narrowed(every, rows, whose) if sound else every.none()
        return cls(desk, params, form, rows, strange, sound, quotes, choices.offers.whose.codings(whose))

    @property
    def errors(self) -> dict[str, list[str]]:
        """What is wrong, by field, for the summary of a page."""
        found: dict[str, list[str]] = {"add": self.strange} if self.strange else {}
        for one in self._forms:
            for name, errors in one.errors.items():
                place = one.add_prefix("low" if name == NON_FIELD_ERRORS else name)
                found[place] = [str(error) for error in errors]
        return found

    @property
    def faults(self) -> list[str]:
        """What is wrong, a line each."""
        return self.strange + [line for one in self._forms for line in faults_of(one)]

    @property
    def _forms(self) -> list[forms.Form]:
        return [self.form, *self.rows]

    @property
    def next_row(self) -> int:
        """The number of a row that can be added."""
        return max((row.row for row in self.rows), default=0) + 1

    @property
    def address(self) -> str:
        """The query alone, without what else the page was asked."""
        return urlencode(_parts(self.params))

    def in_order(self) -> QuerySet[Quote]:
        """The quotes with school and topic, in reading order."""
        return self.quotes.select_related("school", "topic").order_by("school__position", "school_id", "position", "pk")

    @property
    def words(self) -> str:
        """The query as a sentence: which quotes, and whose codings."""
        parts = []
        for group in _groups(self.rows):
            said = " or ".join(row.words() for row in group)
            parts.append(f"({said})" if len(group) > 1 else said)
        which = " and ".join(parts)
        whose = self.form.offers.whose.words(self.form.whose)
        return f"{'Quotes ' + which if which else 'All quotes of the study'}. Codings of: {whose}."

    def codings_behind(self) -> int | None:
        """How many codings with the codes asked for the quotes have; None where none was asked for. One query."""
        own = [row for row in self.rows if row.kind in {CODE, CODED} and not row.is_negated] if self.is_sound else []
        if not own:
            return None
        behind = Q(pk__in=[])
        for row in own:
            looked_at = row.codings(self.form.whose)
            wanted = Q(code__guid__in=row.value) if row.kind == CODE else Q(code__retired_at__isnull=True)
            behind |= Q(pk__in=looked_at.filter(wanted).values("pk"))
        within = Coding.objects.filter(behind, quote__in=self.quotes.order_by().values("pk")).order_by()
        return within.aggregate(n=Count("pk"))["n"]

    def changed(self) -> str | None:
        """The address after "add" or "drop" was pressed; None where neither was."""
        params = self.params.copy()
        kind, drop = params.get("add", ""), params.get("drop", "")
        if kind not in KINDS and not drop.isdecimal():
            return None
        for name in self.params:
            found = _ROW.fullmatch(name)
            if name in {"add", "drop", "page", "fresh"} or (found and found[2] == drop):
                del params[name]
        if kind in KINDS:
            params[f"kind{self.next_row}"] = kind
            params["fresh"] = str(self.next_row)
        return params.urlencode()


def _parts(params: QueryDict) -> list[tuple[str, str]]:
    """The parameters that belong to a query."""
    lists = [(name, values) for name, values in params.lists() if name == "by" or _ROW.fullmatch(name)]
    return [(name, value) for name, values in lists for value in values if value]


def _groups(rows: list[ConditionForm]) -> list[list[ConditionForm]]:
    """Alternatives together; all groups must hold."""
    groups: list[list[ConditionForm]] = []
    for row in rows:
        if row.is_alternative and groups:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _narrowed(quotes: QuerySet[Quote], rows: list[ConditionForm], by: Sequence[str]) -> QuerySet[Quote]:
    for group in _groups(rows):
        wanted = Q(pk__in=[])
        for row in group:
            wanted |= row.condition(by)
        quotes = quotes.filter(wanted)
    return quotes


@dataclass(frozen=True)
class CodedQuote:
    """A quote with its codings in the order of the text, and the text as HTML with their passages marked."""

    quote: Quote
    text: SafeString
    marks: list[Mark]


def coded_quotes(quotes: Iterable[Quote], codings: QuerySet[Coding]) -> list[CodedQuote]:
    """These quotes with those of the codings that are theirs. One query."""
    every = list(quotes)
    found: dict[int, list[Coding]] = {}
    theirs = codings.filter(quote__in=every).select_related("code", "coder")
    for one in theirs.order_by("start", "end", "code__position", "pk"):
        found.setdefault(one.quote_id, []).append(one)
    marked = [(quote, marks_of(quote.text, found.get(quote.pk, []))) for quote in every]
    return [CodedQuote(quote, marked_text(quote.text, marks), marks) for quote, marks in marked]


class SaveForm(forms.Form):
    """A name for a query."""

    name = name_field("the query", help_text="For yourself and for those to whom you send it.")
    asked = forms.CharField(required=False, max_length=QUERY_LIMIT, widget=forms.HiddenInput)

    def clean_asked(self) -> str:
        """Only what a query is made of: an address of this page, and nothing else."""
        given = QueryDict(self.cleaned_data["asked"])
        return urlencode([(name, value) for name, value in _parts(given)])
