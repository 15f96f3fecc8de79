"""The filters of the list of schools."""

from typing import Any

import django_filters as filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from findings.filters import ChoicesFilter, KeysFilter, StudyFilter
from findings.models import Code, Coding, Gateway
from schools.models import CaseSection, Phase, Quote, School, Setting
from schools.orders import LargestFirst, SmallestFirst
from schools.search import search

# Bands hold their lower bound; the last of each is for what the source does not state.
SIZES = {
    "small": ("Up to 150 pupils", Q(pupils__lte=150)),
    "medium": ("151 to 300 pupils", Q(pupils__gt=150, pupils__lte=300)),
    "large": ("301 to 500 pupils", Q(pupils__gt=300, pupils__lte=500)),
    "very-large": ("More than 500 pupils", Q(pupils__gt=500)),
    "not-stated": ("Not stated", Q(pupils=None)),
}
MEALS = {
    "under-5": ("Under 5%", Q(fsm_percent__lt=5)),
    "5-20": ("5% to 20%", Q(fsm_percent__gte=5, fsm_percent__lt=20)),
    "20-40": ("20% to 40%", Q(fsm_percent__gte=20, fsm_percent__lt=40)),
    "40-up": ("40% and more", Q(fsm_percent__gte=40)),
    "not-stated": ("Not stated", Q(fsm_percent=None)),
}
SORTS: dict[str, tuple[str, list]] = {
    "": ("Order of the study", ["position", "pk"]),
    "smallest": ("Smallest first", [SmallestFirst("pupils"), "position", "pk"]),
    "largest": ("Largest first", [LargestFirst("pupils").desc(), "position", "pk"]),
    "least-fsm": ("Fewest free school meals first", [SmallestFirst("fsm_percent"), "position", "pk"]),
    "most-fsm": ("Most free school meals first", [LargestFirst("fsm_percent").desc(), "position", "pk"]),
}


def _labels(bands: dict) -> list[tuple[str, str]]:
    return [(key, label) for key, (label, _) in bands.items()]


class SchoolFilter(StudyFilter):
    """Filters of /schools/. Within one filter any choice will do."""

    q = filters.CharFilter(method="by_words", label="Words in the case", max_length=200)
    phase = ChoicesFilter(choices=Phase.choices, label="Phase")
    setting = ChoicesFilter(choices=Setting.choices, label="Setting")
    size = ChoicesFilter(method="by_size", choices=_labels(SIZES), label="Size")
    fsm = ChoicesFilter(method="by_meals", choices=_labels(MEALS), label="Free school meals")
    gateway = KeysFilter(
        method="by_gateway",
        label="Gateway spoken to",
        noun="gateway",
        find=lambda keys: Gateway.objects.published().filter(slug__in=keys).select_related("codebook"),
    )
    sort = filters.ChoiceFilter(method="by_sort", label="Sort by", empty_label=None, choices=_labels(SORTS))

    class Meta:
        model = School
        fields: list[str] = []

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._found_in_quotes: dict[str, list[int]] = {}

    def by_words(self, schools: QuerySet, name: str, words: str) -> QuerySet:
        told = Q()
        for column in ("name", "place", "known_for", "summary"):
            told |= Q(**{f"{column}__icontains": words})
        in_section = CaseSection.objects.filter(school=OuterRef("pk"), summary__icontains=words)
        return schools.filter(told | Exists(in_section) | Q(pk__in=self._with_quote_of(words)))

    def _with_quote_of(self, words: str) -> list[int]:
        """Schools with a quote that holds the words: asked once, for the list and for the counts of its choices."""
        if words not in self._found_in_quotes:
            in_quotes = search(Quote.objects.order_by(), words).values_list("school", flat=True)
            self._found_in_quotes[words] = list(in_quotes.distinct())
        return self._found_in_quotes[words]

    def by_size(self, schools: QuerySet, name: str, bands: list[str]) -> QuerySet:
        return schools.filter(_any(SIZES, bands)) if bands else schools

    def by_meals(self, schools: QuerySet, name: str, bands: list[str]) -> QuerySet:
        return schools.filter(_any(MEALS, bands)) if bands else schools

    def by_gateway(self, schools: QuerySet, name: str, gateways: list[Code]) -> QuerySet:
        if not gateways:
            return schools
        spoken = Coding.objects.published_for_quotes().filter(code__in=[one.pk for one in gateways])
        return schools.filter(pk__in=spoken.values("quote__school"))

    def by_sort(self, schools: QuerySet, name: str, sort: str) -> QuerySet:
        return schools.order_by(*SORTS[sort][1])


def _any(bands: dict, chosen: list[str]) -> Q:
    condition = Q()
    for key in chosen:
        condition |= bands[key][1]
    return condition
