"""Filters as a page shows them: groups of tick boxes, and what is chosen, removable one by one."""

from dataclasses import dataclass

from django.http import QueryDict
from django_filters import FilterSet

from findings.facets import Choice, Facet
from findings.models import Gateway
from reading.filters import SchoolFilter


@dataclass(frozen=True)
class Chosen:
    """One choice in force: the parameter and value that a link takes away, and what it is called."""

    name: str
    value: str
    filter_label: str
    label: str


def school_choices(school_filter: SchoolFilter) -> list[Facet]:
    """The tick boxes of the list of schools. One query, for the gateways."""
    groups = []
    chosen = school_filter.form.cleaned_data if school_filter.is_valid() is not None else {}
    for name in ("phase", "setting", "size", "fsm"):
        labels = school_filter.filters[name].extra["choices"]
        groups.append(_group(school_filter, name, labels, chosen.get(name) or []))
    gateways = [(one.slug, one.name) for one in Gateway.objects.published().order_by("position")]
    groups.append(_group(school_filter, "gateway", gateways, [one.slug for one in chosen.get("gateway") or []]))
    return groups


def _group(filterset: FilterSet, name: str, labels: list[tuple[str, str]], chosen: list[str]) -> Facet:
    choices = [Choice(key, label, None, key in chosen) for key, label in labels]
    return Facet(name, str(filterset.filters[name].label), choices, len(chosen))


def chosen_of(params: QueryDict, groups: list[Facet]) -> list[Chosen]:
    """What is in force, in the order of the groups, the words searched for first."""
    words = params.get("q", "").strip()
    found = [Chosen("q", words, "Words", f"“{words}”")] if words else []
    for group in groups:
        found += [Chosen(group.name, one.key, group.label, one.label) for one in group.choices if one.chosen]
    return found
