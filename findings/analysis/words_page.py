"""The words of the study's quotes: in context, how often, and which are a school's or a speaker's own."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet

from findings.access import Desk
from findings.analysis.asked import QuestionForm, faults_of, ticks, with_default
from findings.concordance import (
    MOST_LINES,
    READING,
    SORTS,
    STOP_WORDS,
    Concordance,
    Key,
    Line,
    Query,
    UnclearQueryError,
    Words,
    concordance,
    frequent,
    keyness,
    word_counts,
)
from findings.figures import Figure, bars_figure
from schools.models import Quote, School
from schools.speakers import roles_of

READ_AT_ONCE = 500  # quotes
MOST_WORDS = 50
MOST_BARS = 20
MOST_OTHERS = 30  # schools in an address
EVERY = 10_000_000  # words: a file has all of them
SCHOOL, ROLE = "school", "role"
Row = list[Any]


class ContextForm(QuestionForm):
    """Words to look for, and where."""

    q = forms.CharField(
        required=False,
        max_length=200,
        label="Words",
        help_text='teach finds every form, "taught" that form alone, tech* all that begin so. Two words are a phrase.',
    )
    sort = forms.ChoiceField(
        required=False, label="Order", choices=[("" if key == READING else key, label) for key, label in SORTS.items()]
    )
    school = ticks("Schools")
    role = ticks("Speakers")

    @classmethod
    def of(cls, schools: list[School], roles: list[tuple[str, str]], data: Any) -> "ContextForm":
        """A form that offers the study's schools and speakers."""
        form = cls(data)
        fields: dict[str, Any] = form.fields
        fields["school"].choices = [(one.slug, one.name) for one in schools]
        fields["role"].choices = roles
        return form

    def clean_q(self) -> Query | None:
        """Words as the concordance understands them; None where there are none yet."""
        asked = self.cleaned_data["q"].strip()
        try:
            return Query.of(asked) if asked else None
        except UnclearQueryError as error:
            raise forms.ValidationError(str(error)) from error

    @property
    def folds(self) -> list[tuple[Any, str]]:
        """The fields of tick boxes, each with what is chosen, in a word or two."""
        fields = [self["school"], self["role"]]
        return [(one, f"{len(chosen)} chosen" if (chosen := one.value()) else "all") for one in fields]


@dataclass(frozen=True)
class ContextPage:
    """What was asked and what was found; `found` is None where nothing was looked for."""

    desk: Desk
    form: ContextForm
    quotes: QuerySet[Quote]
    found: Concordance | None

    @classmethod
    def of(cls, desk: Desk, user: Any, data: Any) -> "ContextPage":
        """Three queries; the quotes are read as a stream."""
        schools = list(School.objects.filter(study=desk.codebook.study_id))
        quotes = Quote.objects.filter(school__study=desk.codebook.study_id)
        form = ContextForm.of(schools, roles_of(quotes), data)
        if not form.is_valid():
            return cls(desk, form, quotes, None)
        said = form.cleaned_data
        if said["school"]:
            quotes = quotes.filter(school__slug__in=said["school"])
        if said["role"]:
            quotes = quotes.filter(speaker_role__in=said["role"])
        if said["q"] is None:
            return cls(desk, form, quotes, None)
        texts = quotes.values_list("pk", "text").iterator(chunk_size=READ_AT_ONCE)
        return cls(desk, form, quotes, concordance(texts, said["q"], sort=said["sort"] or READING))

    @property
    def faults(self) -> list[str]:
        """What is wrong with what was asked, a line each."""
        return faults_of(self.form)

    @property
    def lines(self) -> list[Line]:
        """The lines found, the first MOST_LINES of them."""
        return self.found.lines if self.found else []

    @property
    def left_out(self) -> int:
        """Lines beyond MOST_LINES."""
        return max(self.found.found - MOST_LINES, 0) if self.found else 0

    def with_quotes(self, lines: list[Line]) -> list[tuple[Line, Quote]]:
        """Lines with their quotes and schools. One query."""
        found = Quote.objects.select_related("school").in_bulk({int(str(line.key)) for line in lines})
        return [(line, found[int(str(line.key))]) for line in lines]

    def rows(self) -> Iterator[Row]:
        """A row for each line."""
        for line, quote in self.with_quotes(self.lines):
            place = [str(quote.guid), quote.school.slug, quote.speaker_role, quote.locator]
            yield [*place, line.start, line.end, line.left, line.hit, line.right]


class FrequencyForm(QuestionForm):
    """Which group's words."""

    group = forms.ChoiceField(required=False, label="Words of")
    stems = forms.BooleanField(required=False, label="Count the forms of a word together")
    stop = forms.BooleanField(required=False, label="With words like “the” and “of”")


@dataclass(frozen=True)
class FrequencyPage:
    """A group's words and those that set it apart; `words` is None where something is wrong or there are none."""

    desk: Desk
    form: FrequencyForm
    label: str
    words: Words | None
    rest: int  # words of all others
    every: dict[Any, Words]
    key: Any

    @classmethod
    def of(cls, desk: Desk, user: Any, data: Any) -> "FrequencyPage":
        """Three queries; the quotes are read as a stream."""
        schools = list(School.objects.filter(study=desk.codebook.study_id))
        form = FrequencyForm(data)
        quotes = Quote.objects.filter(school__study=desk.codebook.study_id).order_by()
        labels = {f"{SCHOOL}-{one.slug}": one.name for one in schools}
        labels |= {f"{ROLE}-{value}": f"Speaker: {label}" for value, label in roles_of(quotes)}
        fields: dict[str, Any] = form.fields
        fields["group"].choices = [("", "All quotes"), *labels.items()]
        if not form.is_valid():
            return cls(desk, form, "", None, 0, {}, None)
        asked = form.cleaned_data["group"]
        kind, _, key = asked.partition("-")
        column = {SCHOOL: "school__slug", ROLE: "speaker_role"}.get(kind, "school__study")
        texts = quotes.values_list(column, "text").iterator(chunk_size=READ_AT_ONCE)
        every = word_counts(texts, stems=form.cleaned_data["stems"])
        chosen = key if asked else desk.codebook.study_id
        rest = sum(words.total for other, words in every.items() if other != chosen)
        return cls(desk, form, labels.get(asked, "All quotes"), every.get(chosen), rest, every, chosen)

    @property
    def faults(self) -> list[str]:
        """What is wrong with what was asked, a line each."""
        return faults_of(self.form)

    @property
    def is_group(self) -> bool:
        """There are others to compare it with."""
        return bool(with_default(self.form, "group", ""))

    @property
    def within(self) -> str:
        """The part of an address that keeps words in context to the group."""
        kind, _, key = str(with_default(self.form, "group", "")).partition("-")
        return urlencode({kind: key}) + "&" if kind else ""

    @property
    def beyond(self) -> str:
        """The same for all others, where they are not too many for an address."""
        kind, _, key = str(with_default(self.form, "group", "")).partition("-")
        fields: dict[str, Any] = self.form.fields
        groups = [value.partition("-") for value, _ in fields["group"].choices]
        others = [(kind, other) for its_kind, _, other in groups if its_kind == kind and other != key]
        return urlencode(others) + "&" if kind and 0 < len(others) <= MOST_OTHERS else ""

    @property
    def _stop(self) -> bool:
        return bool(with_default(self.form, "stop", False))

    @property
    def frequent(self) -> list[tuple[str, int, float]]:
        """The most frequent words: word, count, per thousand."""
        return frequent(self.words, most=MOST_WORDS, stop_words=self._stop) if self.words else []

    @property
    def keys(self) -> list[Key]:
        """What sets the group apart from the rest."""
        if not self.is_group or self.words is None:
            return []
        return keyness(self.every, self.key, most=MOST_WORDS, stop_words=self._stop)

    def figure(self) -> Figure | None:
        """The most frequent words as bars; None where there are none."""
        items = [(word, n) for word, n, _ in self.frequent[:MOST_BARS]]
        if not items:
            return None
        caption = f"The most frequent words: {self.label}, {self.words.total if self.words else 0:,} words in all."
        return bars_figure("frequencies", items, caption, what="Word", counted="Times")

    @property
    def row_count(self) -> int:
        """How many words the file has."""
        return sum(self._stop or word not in STOP_WORDS for word in self.words.counts) if self.words else 0

    def rows(self) -> Iterator[Row]:
        """A row for each word of the group, the most frequent first; compared with the rest, where there is one."""
        if self.words is None:
            return
        keys = {}
        if self.is_group:
            found = keyness(self.every, self.key, at_least=1, most=EVERY, stop_words=self._stop)
            keys = {one.word: one for one in found}
        for word, n, share in frequent(self.words, most=EVERY, stop_words=self._stop):
            one = keys.get(word)
            compared = [one.rest, round(one.g2, 2), round(one.log_ratio, 2)] if one else [None, None, None]
            yield [self.label, word, n, round(share, 2), *compared]
