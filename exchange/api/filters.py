"""The filters of the lists: those of the pages, and what a list needs besides. Every parameter is checked."""

from collections.abc import Callable
from functools import partial
from typing import Any

import django_filters as filters
from django.db.models import F, Q, QuerySet

from exchange.api import doors
from findings.filters import ChoicesFilter, KeysFilter, QuoteFilter
from findings.models import Code, Codebook, Coding, Finding, Theme
from reading.filters import SchoolFilter
from schools.models import Fact, Indicator, Quote, School

STATED = [("1", "Stated"), ("0", "Not stated")]
BY = [("own", "Your own"), ("agreed", "The agreed set"), ("editors", "The editors")]


class SeenFilter(KeysFilter):
    """Records chosen by key among those that the person who asks may see: `find` takes the person, too."""

    @property
    def field(self) -> Any:
        """The field, which looks up for this one person."""
        field = super().field
        if hasattr(self, "parent"):  # of a request, not of the class
            field.find = partial(self.extra["find"], self.parent.request.user)
        return field


def among(door: Callable[[Any], QuerySet]) -> Callable[[Any, list[str]], QuerySet]:
    """Looks up the slugs of records that the person may see."""
    return lambda user, keys: door(user).filter(slug__in=keys)


def study_filter(lookup: str) -> SeenFilter:
    """Of these studies."""
    return SeenFilter(
        field_name=lookup, lookup_expr="in", label="Study, yours too", noun="study", find=among(doors.studies)
    )


def school_filter(lookup: str) -> SeenFilter:
    """Of these schools."""
    return SeenFilter(
        field_name=lookup, lookup_expr="in", label="School, yours too", noun="school", find=among(doors.schools)
    )


def finding_filter() -> SeenFilter:
    """Of these findings."""
    return SeenFilter(
        field_name="finding", lookup_expr="in", label="Finding, yours too", noun="finding", find=among(doors.findings)
    )


def _codebooks(user: Any, keys: list[str]) -> QuerySet[Codebook]:
    return doors.codebooks(user).filter(slug__in=keys)


def _codes(user: Any, keys: list[str]) -> QuerySet[Code]:
    chosen = Q(pk__in=[])
    for key in keys:
        codebook, _, code = key.partition("/")
        chosen |= Q(codebook__slug=codebook, slug=code)
    return doors.codes(user).filter(chosen)


class ListFilter(filters.FilterSet):
    """Within one filter any choice will do; between filters all must hold."""

    class Meta:
        fields: list[str] = []


class StudyList(ListFilter):
    """Studies have no filters."""


class SchoolList(SchoolFilter):
    """The filters of /schools/."""

    study = study_filter("study")
    sort = None


class FactList(ListFilter):
    """Facts of schools and indicators."""

    study = study_filter("school__study")
    school = school_filter("school")
    indicator = SeenFilter(method="by_indicator", label="Indicator", noun="indicator", find=among(doors.indicators))
    stated = filters.ChoiceFilter(method="by_stated", choices=STATED, label="Whether the source states it")

    def by_indicator(self, facts: QuerySet[Fact], name: str, chosen: list[Indicator]) -> QuerySet[Fact]:
        return facts.filter(indicator__slug__in=[one.slug for one in chosen])

    def by_stated(self, facts: QuerySet[Fact], name: str, stated: str) -> QuerySet[Fact]:
        return facts.exclude(value="") if stated == "1" else facts.filter(value="")


class QuoteList(QuoteFilter):
    """The filters of /quotes/, of one's own studies too. Codebooks and codes are those that everyone may read."""

    study = study_filter("school__study")
    school = SeenFilter(method="by_school", label="School, yours too", noun="school", find=among(doors.schools))
    topic = SeenFilter(method="by_topic", label="Topic, yours too", noun="topic", find=among(doors.topics))
    finding = SeenFilter(method="by_finding", label="Finding, yours too", noun="finding", find=among(doors.findings))
    sort = None

    def by_finding(self, quotes: QuerySet, name: str, findings: list[Finding]) -> QuerySet:
        if not findings:
            return quotes
        links = doors.evidence(self.request.user).filter(finding__in=findings)
        return quotes.filter(pk__in=links.order_by().values("quote"))


class CodebookList(ListFilter):
    """Codebooks of studies."""

    study = study_filter("study")
    mine = filters.ChoiceFilter(method="by_mine", choices=[("1", "Your own")], label="Those that you are a member of")

    def by_mine(self, codebooks: QuerySet[Codebook], name: str, mine: str) -> QuerySet[Codebook]:
        return codebooks.exclude(role="")


class CodeList(ListFilter):
    """Codes of codebooks."""

    study = study_filter("codebook__study")
    codebook = SeenFilter(
        field_name="codebook", lookup_expr="in", label="Codebook, yours too", noun="codebook", find=_codebooks
    )


class CodingsOfQuotes(QuoteList):
    """The filters of /quotes/ that speak of quotes alone: codings have codebooks and codes of their own."""

    codebook: Any = None  # a filter that is None is taken away
    code: Any = None  # likewise


class CodingList(ListFilter):
    """Codings. Without codebook or code those that everyone may read; of yours, as far as you may see them."""

    codebook = SeenFilter(method="as_seen", label="Codebook, yours too", noun="codebook", find=_codebooks)
    code = SeenFilter(field_name="code", lookup_expr="in", label="Code, of yours too", noun="code", find=_codes)
    quote = filters.UUIDFilter(field_name="quote__guid", label="Quote, by GUID")
    coder = filters.UUIDFilter(field_name="coder__guid", label="Coder, by GUID")
    by = ChoicesFilter(method="by_whose", choices=BY, label="Whose codings")

    def filter_queryset(self, codings: QuerySet[Coding]) -> QuerySet[Coding]:
        """Begins with what the person may see of these codebooks, whatever else is asked."""
        chosen = self.form.cleaned_data
        codebooks = chosen["codebook"] or list({code.codebook_id: code.codebook for code in chosen["code"]}.values())
        return super().filter_queryset(doors.codings(self.request.user, codebooks))

    def as_seen(self, codings: QuerySet[Coding], name: str, codebooks: list[Codebook]) -> QuerySet[Coding]:
        return codings  # `filter_queryset` saw to it

    def by_whose(self, codings: QuerySet[Coding], name: str, chosen: list[str]) -> QuerySet[Coding]:
        if not chosen:
            return codings
        whose = {
            "own": Q(coder__user=self.request.user.pk or 0),
            "agreed": Q(coder__agreed_for=F("code__codebook")),
            "editors": Q(coder__slug="editors"),
        }
        wanted = Q(pk__in=[])
        for one in chosen:
            wanted |= whose[one]
        return codings.filter(wanted)


class FindingList(ListFilter):
    """Findings of themes, and of schools that bear them out."""

    study = study_filter("theme__study")
    theme = SeenFilter(method="by_theme", label="Theme", noun="theme", find=among(doors.themes))
    school = SeenFilter(method="by_school", label="School that bears it out", noun="school", find=among(doors.schools))

    def by_theme(self, findings: QuerySet[Finding], name: str, themes: list[Theme]) -> QuerySet[Finding]:
        return findings.filter(theme__slug__in=[one.slug for one in themes])

    def by_school(self, findings: QuerySet[Finding], name: str, schools: list[School]) -> QuerySet[Finding]:
        return findings.filter(pk__in=Finding.objects.for_schools(schools).order_by().values("pk"))


class EvidenceList(ListFilter):
    """Links of findings to quotes."""

    study = study_filter("finding__theme__study")
    finding = finding_filter()
    school = school_filter("quote__school")


class CaseEvidenceList(ListFilter):
    """Links of findings to cases."""

    study = study_filter("finding__theme__study")
    finding = finding_filter()
    school = school_filter("school")


def chosen_rows(
    wanted: type[filters.FilterSet], rows: QuerySet, request: Any
) -> tuple[list[Any], Callable[[], QuerySet]]:
    """The forms that check what is asked, and, once they are valid, the rows that the filters let through."""
    chosen = wanted(request.GET, queryset=rows, request=request)
    if wanted is not CodingList:
        return [chosen.form], lambda: chosen.qs
    of_quotes = CodingsOfQuotes(request.GET, queryset=Quote.objects.all(), request=request)

    def codings() -> QuerySet:
        return chosen.qs.filter(quote__in=of_quotes.qs.order_by()) if of_quotes.chosen() else chosen.qs

    return [chosen.form, of_quotes.form], codings
