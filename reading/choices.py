"""Filters as a page shows them: groups of tick boxes with counts, and what is chosen, removable one by one."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict

from findings.facets import Choice, Facet
from findings.models import Coding, Gateway
from reading.filters import MEALS, SIZES, SchoolFilter
from schools.models import Phase, School, Setting
from schools.orders import NotByIndex
from schools.paging import is_many


@dataclass(frozen=True)
class Chosen:
    """One choice in force: the parameter and value that a link takes away, and what it is called."""

    name: str
    value: str
    filter_label: str
    label: str


BANDS: dict[str, dict[str, tuple[str, Q]]] = {
    "phase": {key: (label, Q(phase=key)) for key, label in Phase.choices},
    "setting": {key: (label, Q(setting=key)) for key, label in Setting.choices},
    "size": SIZES,
    "fsm": MEALS,
}


def school_choices(school_filter: SchoolFilter) -> list[Facet]:
    """The tick boxes of the list of schools, with how many schools each would show.

    The groups that are not in use count the same schools: one query for all of these, one for each of the others and
    two or three for the gateways.
    """
    in_use = school_filter.chosen()
    counts = _counted(school_filter.narrowed(), [name for name in BANDS if name not in in_use])
    for name in BANDS.keys() & in_use.keys():
        counts |= _counted(school_filter.narrowed(except_for=name), [name])
    return [*(_banded(school_filter, name, counts) for name in BANDS), _gateways(school_filter)]


def _counted(schools: QuerySet[School], names: list[str]) -> dict[str, int]:
    """Of these schools how many lie in each band of these groups, by the group's name and the band's key."""
    bands = {f"{name} {key}": band for name in names for key, (_, band) in BANDS[name].items()}
    places = {f"n{place}": Count("pk", filter=band) for place, band in enumerate(bands.values())}
    return dict(zip(bands, schools.aggregate(**places).values(), strict=True))


def _banded(school_filter: SchoolFilter, name: str, counts: dict[str, int]) -> Facet:
    chosen = school_filter.chosen().get(name, [])
    choices = [Choice(key, label, counts[f"{name} {key}"], key in chosen) for key, (label, _) in BANDS[name].items()]
    shown = [choice for choice in choices if choice.count or choice.chosen]
    return Facet(name, str(school_filter.filters[name].label), shown, len(chosen))


def _gateways(school_filter: SchoolFilter) -> Facet:
    chosen = {one.slug for one in school_filter.chosen().get("gateway", [])}
    gateways = Gateway.objects.published().order_by("position")
    gateways = list(gateways if school_filter.study is None else gateways.of(school_filter.study))
    codings = Coding.objects.published_for_quotes().filter(code__in=[one.pk for one in gateways])
    counts = None if is_many(codings) else _schools_spoken_to(codings, school_filter.narrowed(except_for="gateway"))
    choices = [
        Choice(one.slug, one.name, counts.get(one.pk, 0) if counts is not None else None, one.slug in chosen)
        for one in gateways
    ]
    return Facet("gateway", str(school_filter.filters["gateway"].label), choices, len(chosen))


def _schools_spoken_to(codings: QuerySet[Coding], schools: QuerySet[School]) -> dict[int, int]:
    """Of these schools how many have one of these codings, by code. The codings are the few: they are gone through."""
    among = codings.annotate(school=NotByIndex("quote__school_id")).filter(school__in=schools)
    return dict(among.order_by().values_list("code").annotate(n=Count("quote__school", distinct=True)))


def chosen_of(params: QueryDict, groups: list[Facet]) -> list[Chosen]:
    """What is in force, in the order of the groups, the words searched for first."""
    words = params.get("q", "").strip()
    found = [Chosen("q", "", "Words", f"“{words}”")] if words else []
    for group in groups:
        found += [Chosen(group.name, one.key, group.label, one.label) for one in group.choices if one.chosen]
    return found
