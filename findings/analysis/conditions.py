"""One condition of a query of quotes: what it is asked, what it says in words, and which quotes meet it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db.models import Case, Exists, F, Max, OuterRef, Q, QuerySet, RowRange, When, Window

from findings.analysis.asked import Offers, ticks
from findings.analysis.whose import joined
from findings.models import Coding, Evidence, Finding, QuoteNote
from schools.models import Fact, Quote, Topic
from schools.search import search
from schools.speakers import roles_of

CODE, NEAR, OVERLAP = "code", "near", "overlap"
SCHOOL, ROLE, TOPIC, FACT, NUMBER, FINDING, TEXT, DONE, KEY, QUOTE, CODED = (
    "school", "role", "topic", "fact", "number", "finding", "text", "done", "key", "quote", "coded",
)  # fmt: skip
KINDS = {
    CODE: "Code",
    NEAR: "Near a code",
    OVERLAP: "Codes on the same passage",
    SCHOOL: "School",
    ROLE: "Speaker",
    TOPIC: "Topic",
    FACT: "Fact of the school",
    NUMBER: "Number of the school",
    FINDING: "Finding",
    TEXT: "Words of the quote",
    DONE: "Done by a coder",
    KEY: "Marked as a key quote",
}
SINGLE = {QUOTE: "One quote", CODED: "Coded at all"}  # not offered: a link to a quote, or from a sum, asks it
OF_CODES = {CODE, NEAR, OVERLAP}
ANY = "any"
REACH, FARTHEST = 1, 20  # quotes
MOST_QUOTES = 200  # by GUID in one condition


@dataclass
class Choices:
    """What conditions can be chosen from, each kind read when it is first asked for. One query a kind."""

    offers: Offers
    user: Any
    _read: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    @property
    def study(self) -> int:
        """The study whose quotes are asked for."""
        return self.offers.whose.desk.codebook.study_id

    def of(self, kind: str) -> list[tuple[str, str]]:
        """Key and label of everything that a kind of condition can name."""
        if kind not in self._read:
            self._read[kind] = self._found(kind)
        return self._read[kind]

    def _found(self, kind: str) -> list[tuple[str, str]]:
        match kind:
            case "code" | "near" | "overlap":
                return self.offers.codes
            case "school":
                return [(one.slug, one.name) for one in self.offers.schools]
            case "role":
                return roles_of(Quote.objects.filter(school__study=self.study))
            case "topic":
                return [(one.slug, one.label) for one in Topic.objects.filter(study=self.study)]
            case "finding":
                return list(Finding.objects.filter(theme__study=self.study).values_list("slug", "title"))
            case "coded":
                return [(ANY, "any code in use")]
            case "done" | "key":
                own = self.offers.whose.desk
                people = self.offers.whose.people or ([own.coder] if own.may_code else [])
                return [(str(one.guid), one.name) for one in people]
        facts = Fact.objects.filter(school__study=self.study).exclude(value="").select_related("indicator")
        facts = facts.order_by("indicator__position", "school__position", "pk")
        if kind == NUMBER:
            numbers = facts.filter(number__isnull=False)
            return list(dict.fromkeys((one.indicator.slug, one.indicator.label) for one in numbers))
        found: dict[str, str] = {}
        for one in facts:
            found.setdefault(f"{one.indicator.slug}:{one.value.lower()}", f"{one.indicator.label}: {one.value}")
        return list(found.items())


class ConditionForm(forms.Form):
    """A row of the query builder; its fields end with the number of the row."""

    join = forms.ChoiceField(
        required=False, label="Joined by", choices=[("", "and"), ("or", "or, with the condition before it")]
    )
    how = forms.ChoiceField(required=False, label="The quote", choices=[("", "meets this"), ("not", "does not")])

    def __init__(self, data: Any, *, row: int, kind: str, choices: Choices) -> None:
        super().__init__(data)
        self.row, self.kind, self.choices = row, kind, choices
        self.label = (KINDS | SINGLE)[kind]
        if kind == TEXT:
            self.fields["value"] = forms.CharField(
                max_length=500,
                label="Words",
                help_text='Endings do not matter. Use "…" for a phrase, or for either, - to leave a word out.',
                error_messages={"required": "Write at least one word, or take this condition away."},
            )
        elif kind == QUOTE:
            self.fields["value"] = forms.UUIDField(
                widget=forms.HiddenInput, error_messages={"invalid": "There is no such quote."}
            )
        else:
            several = ticks("Any of these" if kind != OVERLAP else "Two codes")
            several.required = True
            several.error_messages["required"] = "Choose at least one, or take this condition away."
            several.choices = choices.of(kind)
            self.fields["value"] = several
        if kind in OF_CODES and choices.offers.whose.people:
            self.fields["by"] = forms.ChoiceField(
                required=False, label="Coded by", choices=[("", "as chosen above"), *choices.offers.whose.choices]
            )
        if kind == NEAR:
            self.fields["n"] = forms.IntegerField(
                required=False,
                min_value=0,
                max_value=FARTHEST,
                label="Within how many quotes",
                help_text=f"Of the same case, in reading order; {REACH} where this is empty.",
            )
        if kind == NUMBER:
            self.fields["low"] = forms.DecimalField(required=False, label="At least", max_digits=12)
            self.fields["high"] = forms.DecimalField(required=False, label="Less than", max_digits=12)

    def add_prefix(self, field_name: str) -> str:
        """value3 for the third row."""
        return f"{field_name}{self.row}"

    def clean_value(self) -> Any:
        """Two codes, where passages are to overlap."""
        value = self.cleaned_data["value"]
        if self.kind == OVERLAP and len(value) != 2:
            raise forms.ValidationError("Choose two codes whose passages are to overlap.")
        return value

    def clean(self) -> dict[str, Any]:
        """A number needs an edge."""
        said = super().clean() or self.cleaned_data
        if self.kind == NUMBER and not self.errors and said.get("low") is None and said.get("high") is None:
            raise forms.ValidationError("Say at least how much, or less than how much.")
        return said

    @property
    def value(self) -> Any:
        """What was chosen, checked."""
        return self.cleaned_data["value"]

    @property
    def is_negated(self) -> bool:
        """Quotes that do not meet it."""
        return self.cleaned_data["how"] == "not"

    @property
    def is_alternative(self) -> bool:
        """Joined by or with the one before it."""
        return self.cleaned_data["join"] == "or"

    @property
    def reach(self) -> int:
        """How near is near, in quotes."""
        found = self.cleaned_data.get("n")
        return REACH if found is None else found

    @property
    def boxes(self) -> Any:
        """The value as tick boxes, where it is one of several choices."""
        return self["value"] if hasattr(self.fields["value"], "choices") else None

    @property
    def lines(self) -> list[Any]:
        """The other fields that are shown."""
        return [one for one in self.visible_fields() if one.name != "value" or self.boxes is None]

    # ── In words ────────────────────────────────────────────────────────────────────────────────
    def words(self) -> str:
        """The condition as a part of a sentence that begins "Quotes"."""
        labels = dict(self.choices.of(self.kind)) if self.kind not in {TEXT, QUOTE} else {}
        named = joined([f"“{labels[key]}”" for key in self.value], "or") if labels else ""
        by = self.cleaned_data.get("by")
        who = f" by {self.choices.offers.whose.words([by])}" if by else ""
        said: dict[str, Callable[[], str]] = {
            CODE: lambda: f"coded {named}{who}",
            NEAR: lambda: f"within {self.reach} quote{'' if self.reach == 1 else 's'} of one coded {named}{who}",
            OVERLAP: lambda: f"with one passage coded {joined([f'“{labels[key]}”' for key in self.value])}{who}",
            SCHOOL: lambda: f"of {named}",
            ROLE: lambda: f"said by {named}",
            TOPIC: lambda: f"under {named}",
            FACT: lambda: f"of schools with {named}",
            NUMBER: lambda: f"of schools with {named} {self._band()}",
            FINDING: lambda: f"that bear out {named}",
            TEXT: lambda: f"with the words “{self.value}”",
            DONE: lambda: f"that {named} {'is' if len(self.value) == 1 else 'are'} done with",
            KEY: lambda: f"marked as a key quote by {named}",
            CODED: lambda: "coded with any code in use",
            QUOTE: lambda: "at this one place",
        }
        return f"not {said[self.kind]()}" if self.is_negated else said[self.kind]()

    def _band(self) -> str:
        low, high = self.cleaned_data["low"], self.cleaned_data["high"]
        edges = [f"at least {low:n}"] if low is not None else []
        edges += [f"less than {high:n}"] if high is not None else []
        return " and ".join(edges)

    # ── As a filter ─────────────────────────────────────────────────────────────────────────────
    def condition(self, by: Sequence[str]) -> Q:
        """The condition on quotes; `by`: whose codings, where the row does not say so itself."""
        found = self._condition(by)
        return ~found if self.is_negated else found

    def _condition(self, by: Sequence[str]) -> Q:
        value = self.value
        if self.kind in OF_CODES:
            return self._coded(by)
        match self.kind:
            case "school":
                return Q(school__slug__in=value)
            case "role":
                return Q(speaker_role__in=value)
            case "topic":
                return Q(topic__slug__in=value)
            case "finding":
                evidence = Evidence.objects.published().filter(quote=OuterRef("pk"), finding__slug__in=value)
                return Q(Exists(evidence))
            case "text":
                return Q(pk__in=search(Quote.objects.order_by(), value).values("pk"))
            case "done" | "key":
                codebook = self.choices.offers.whose.desk.codebook
                notes = QuoteNote.objects.visible_to(self.choices.user, codebook)
                notes = notes.filter(quote=OuterRef("pk"), coder__guid__in=value)
                return Q(Exists(notes.filter(is_key=True) if self.kind == KEY else notes.exclude(done_at=None)))
            case "coded":
                return Q(Exists(self.codings(by).filter(quote=OuterRef("pk"), code__retired_at__isnull=True)))
            case "quote":
                return Q(guid=value)
        return Q(school__in=self._schools().order_by().values("school"))

    def _coded(self, by: Sequence[str]) -> Q:
        if self.kind == NEAR:
            return Q(pk__in=self._near(by))
        if self.kind == OVERLAP:
            return Q(Exists(self._overlapping(by)))
        return Q(Exists(self.codings(by).filter(quote=OuterRef("pk"), code__guid__in=self.value)))

    def _schools(self) -> QuerySet[Fact]:
        facts = Fact.objects.filter(school__study=self.choices.study).exclude(value="")
        if self.kind == NUMBER:
            facts = facts.filter(indicator__slug__in=self.value, number__isnull=False)
            low, high = self.cleaned_data["low"], self.cleaned_data["high"]
            facts = facts.filter(number__gte=low) if low is not None else facts
            return facts.filter(number__lt=high) if high is not None else facts
        wanted = Q(pk__in=[])  # capitals make no difference, and not every engine knows all of them
        for slug, stated in facts.order_by().values_list("indicator__slug", "value").distinct():
            if f"{slug}:{stated.lower()}" in self.value:
                wanted |= Q(indicator__slug=slug, value=stated)
        return facts.filter(wanted)

    def codings(self, by: Sequence[str]) -> QuerySet[Coding]:
        """The codings that this row looks at, of whatever code."""
        own = self.cleaned_data.get("by")
        return self.choices.offers.whose.codings([own] if own else by).order_by()

    def _near(self, by: Sequence[str]) -> QuerySet[Quote]:
        """A case's quotes are numbered in reading order, coded or not; 0 quotes away is the quote itself."""
        coded = self.codings(by).filter(quote=OuterRef("pk"), code__guid__in=self.value)
        nearest = Window(
            Max(Case(When(Exists(coded), then=1), default=0)),
            partition_by=F("school"),
            order_by=[F("position").asc(), F("pk").asc()],
            frame=RowRange(start=-self.reach, end=self.reach),
        )
        cases = Quote.objects.filter(school__study=self.choices.study).order_by()
        return cases.annotate(nearest=nearest).filter(nearest=1).values("pk")

    def _overlapping(self, by: Sequence[str]) -> QuerySet[Coding]:
        """Codings of the one code of which a character has the other, too."""
        one, other = self.value
        meeting = self.codings(by).filter(
            quote=OuterRef("quote"), code__guid=other, start__lt=OuterRef("end"), end__gt=OuterRef("start")
        )
        return self.codings(by).filter(Exists(meeting), quote=OuterRef("pk"), code__guid=one)
