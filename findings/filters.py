"""The filters of quotes: one set for the page, the export and whatever asks next. The URL is the state."""

from collections.abc import Callable, Iterable
from typing import Any

import django_filters as filters
from django import forms
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Length

from findings.models import Code, Codebook, Coding, Evidence, Finding, Gateway
from schools.models import Phase, Quote, School, Setting, SpeakerRole, Study, Topic
from schools.orders import LargestFirst, SmallestFirst
from schools.search import ranked, search

MAX_KEYS = 100
MOST_LINKS = 50_000  # of which SQLite reads all, to find the quotes that have one
SORTS = {
    "": ("Reading order", ["school__position", "school_id", "position", "pk"]),
    "relevance": ("Nearest to your words", ["rank", "school__position", "school_id", "position", "pk"]),
    "shortest": ("Shortest first", [Length("text"), "pk"]),
    "longest": ("Longest first", [Length("text").desc(), "pk"]),
    "pupils": (
        "Smallest school first",
        [SmallestFirst("school__pupils"), "school__position", "school_id", "position", "pk"],
    ),
    "fsm": (
        "Most free school meals first",
        [LargestFirst("school__fsm_percent").desc(), "school__position", "school_id", "position", "pk"],
    ),
}


class KeysField(forms.Field):
    """Records chosen by their public keys (`?school=a&school=c`); an unknown key is an error that names it."""

    widget = forms.SelectMultiple

    def __init__(self, *, find: Callable[[list[str]], Iterable[Any]], noun: str, **options: Any) -> None:
        super().__init__(**options)
        self.find, self.noun = find, noun
        self.study: Study | None = None  # the one among whose records is looked; None: among those of all

    def clean(self, value: list[str] | None) -> list[Any]:
        """The records of these keys, each once, in the order given."""
        keys = [key for key in dict.fromkeys(value or []) if key]
        if len(keys) > MAX_KEYS:
            raise forms.ValidationError(f"Choose at most {MAX_KEYS} at a time.")
        sound = [key for key in keys if "\x00" not in key]
        found = {_key(record): record for record in self._among(sound)} if sound else {}
        unknown = [key for key in keys if key not in found]
        if unknown:
            shown = unknown[0].replace("\x00", "")[:60]
            raise forms.ValidationError(f"There is no {self.noun} called “{shown}”. Choose one from the list.")
        return [found[key] for key in keys]

    def _among(self, keys: list[str]) -> Iterable[Any]:
        found: Any = self.find(keys)
        return found if self.study is None else found.of(self.study)


def _key(record: Any) -> str:
    # A gateway goes by its slug alone: its codebook is said by the filter.
    return record.key if isinstance(record, Code) and not isinstance(record, Gateway) else record.slug


class KeysFilter(filters.Filter):
    """A filter on records chosen by key; hands a list of records to its method."""

    field_class = KeysField

    @property
    def field(self) -> Any:
        """The field, which looks among the records of its filters' study."""
        field = super().field
        field.study = getattr(getattr(self, "parent", None), "study", None)
        return field


class ChoicesField(forms.MultipleChoiceField):
    """Several of a few choices; an empty value (`?role=`) chooses nothing."""

    default_error_messages = {"invalid_choice": "“%(value)s” is not one of the choices. Choose one from the list."}

    def clean(self, value: list[str] | None) -> list[str]:
        """The choices, without empty ones."""
        return super().clean([one for one in value or [] if one])


class ChoicesFilter(filters.MultipleChoiceFilter):
    """A filter on some of a few choices. Each row has one value of them, so none is found twice."""

    field_class = ChoicesField

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"distinct": False} | options)


def codes_by_key(keys: list[str]) -> QuerySet[Code]:
    """Published codes whose codebook/code is among `keys`."""
    chosen = Q(pk__in=[])
    for key in keys:
        codebook, _, code = key.partition("/")
        chosen |= Q(codebook__slug=codebook, slug=code)
    return Code.objects.published().filter(chosen).select_related("codebook")


class StudyFilter(filters.FilterSet):
    """Filters of a list of one study, between which all must hold.

    `study`: among whose records can be chosen; those of all, where none is given.
    """

    def __init__(self, *args: Any, study: Study | None = None, **options: Any) -> None:
        self.study = study
        super().__init__(*args, **options)

    def chosen(self) -> dict[str, Any]:
        """The filters that were given and are sound, by name; sorting is not one."""
        cleaned = self.form.cleaned_data if self.is_bound and self.form.is_valid() is not None else {}
        return {name: value for name, value in cleaned.items() if value and name != "sort"}

    def narrowed(self, *, except_for: str = "") -> QuerySet:
        """The rows that all filters but one let through, unsorted: what that one's facet counts."""
        rows = self.queryset.order_by()
        for name, value in self.chosen().items():
            if name != except_for:
                rows = self.filters[name].filter(rows, value)
        return rows


class QuoteFilter(StudyFilter):
    """Filters of /quotes/ and /quotes.csv. Within one filter any choice will do."""

    q = filters.CharFilter(method="by_words", label="Words", max_length=500)
    school = KeysFilter(
        method="by_school",
        label="School",
        noun="school",
        find=lambda keys: School.objects.published().filter(slug__in=keys),
    )
    role = ChoicesFilter(field_name="speaker_role", choices=SpeakerRole.choices, label="Speaker")
    topic = KeysFilter(
        method="by_topic",
        label="Topic",
        noun="topic",
        find=lambda keys: Topic.objects.filter(slug__in=keys, study__is_published=True),
    )
    codebook = KeysFilter(
        method="by_codebook",
        label="Codebook",
        noun="codebook",
        find=lambda keys: Codebook.objects.published().filter(slug__in=keys),
    )
    code = KeysFilter(method="by_code", label="Code", noun="code", find=codes_by_key)
    finding = KeysFilter(
        method="by_finding",
        label="Finding",
        noun="finding",
        find=lambda keys: Finding.objects.published().filter(slug__in=keys),
    )
    phase = ChoicesFilter(field_name="school__phase", choices=Phase.choices, label="Phase")
    setting = ChoicesFilter(field_name="school__setting", choices=Setting.choices, label="Setting")
    sort = filters.ChoiceFilter(
        method="by_sort", label="Sort by", empty_label=None, choices=[(key, label) for key, (label, _) in SORTS.items()]
    )

    class Meta:
        model = Quote
        fields: list[str] = []

    def __init__(self, *args: Any, **options: Any) -> None:
        self._few: dict[str, bool] = {}  # by filter, whether few links are chosen by it
        self.often = False  # so many quotes are let through that only the first few will be looked at
        super().__init__(*args, **options)

    def by_words(self, quotes: QuerySet, name: str, query: str) -> QuerySet:
        return search(quotes, query, often=self.often)

    def of_many(self) -> QuerySet:
        """As `qs`, but for relevance, where more match than are counted: only the first few will be looked at."""
        self.often = True
        quotes = self.narrowed()
        self.often = False
        return quotes.order_by(*SORTS[self.order()][1])

    def by_school(self, quotes: QuerySet, name: str, schools: list[School]) -> QuerySet:
        return quotes.filter(school__in=schools) if schools else quotes

    def by_topic(self, quotes: QuerySet, name: str, topics: list[Topic]) -> QuerySet:
        if topics and self.study is None:  # another study may have one of the same name
            return quotes.filter(topic__slug__in=[topic.slug for topic in topics])
        return quotes.filter(topic__in=topics) if topics else quotes

    def by_codebook(self, quotes: QuerySet, name: str, codebooks: list[Codebook]) -> QuerySet:
        codings = Coding.objects.readable_for_quotes().filter(code__codebook__in=codebooks)
        return self._linked(quotes, name, codings) if codebooks else quotes

    def by_code(self, quotes: QuerySet, name: str, codes: list[Code]) -> QuerySet:
        codings = Coding.objects.readable_for_quotes().filter(code__in=codes)
        return self._linked(quotes, name, codings) if codes else quotes

    def by_finding(self, quotes: QuerySet, name: str, findings: list[Finding]) -> QuerySet:
        evidence = Evidence.objects.published().filter(finding__in=findings)
        return self._linked(quotes, name, evidence) if findings else quotes

    def _linked(self, quotes: QuerySet, name: str, links: QuerySet) -> QuerySet:
        """The quotes that have one of these links.

        PostgreSQL sees for itself on which side to begin. SQLite asks for each quote whether it has one, which is quick
        where nearly every quote has, or where only the first few are wanted; few links are better read first.
        """
        if connection.vendor == "sqlite" and not self.often:
            if name not in self._few:
                self._few[name] = links.order_by()[: MOST_LINKS + 1].count() <= MOST_LINKS
            if self._few[name]:
                return quotes.filter(pk__in=links.order_by().values("quote"))
        return quotes.filter(Exists(links.filter(quote=OuterRef("pk"))))

    def by_sort(self, quotes: QuerySet, name: str, asked: str) -> QuerySet:
        sort = self.order()
        if sort == "relevance":
            quotes = ranked(quotes, self.form.cleaned_data["q"])
        return quotes.order_by(*SORTS[sort][1])

    def order(self) -> str:
        """The order in force, a key of SORTS."""
        asked = self.form.cleaned_data.get("sort") or ""
        return "" if asked == "relevance" and not self.form.cleaned_data.get("q") else asked
