"""Schools side by side, the same rows for all. No HTTP in it: the page, its print and its CSV show one object."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count

from findings.models import GATEWAYS, CaseEvidence, Code, Coding, Evidence, Finding
from schools.models import Advice, CaseSection, Fact, Indicator, School

FEWEST, MOST = 2, 5
NOT_STATED = "not stated"


@dataclass(frozen=True)
class Row:
    """One row: its label and a cell for each school, in the schools' order."""

    label: str
    cells: list
    key: str = ""
    hint: str = ""

    @property
    def is_equal(self) -> bool:
        """All schools have the same to show."""
        return all(_said(cell) == _said(self.cells[0]) for cell in self.cells)

    @property
    def difference(self) -> str:
        """Whether the cells differ, in words."""
        if self.is_equal:
            return "same"
        facts = [cell for cell in self.cells if cell is None or isinstance(cell, Fact)]
        return "partly stated" if any(not _said(fact) for fact in facts) else "differs"


@dataclass(frozen=True)
class Group:
    """Rows under one heading."""

    label: str
    rows: list[Row]
    key: str = ""


def _said(cell: object) -> str:
    return str(getattr(cell, "value", cell) or "").strip().lower()


@dataclass(frozen=True)
class Comparison:
    """All that a comparison shows. `cells` are in the order of `schools`.

    facts: groups of rows of `Fact` (or None) · topics: rows of `CaseSection` · gateways: rows of counts of coded
    quotes · findings: groups (themes) of rows of (quotes, whether the case bears it out) · advice: a list per school.
    """

    schools: list[School]
    facts: list[Group]
    topics: list[Row]
    gateways: list[Row]
    findings: list[Group]
    advice: list[list[Advice]]

    @classmethod
    def of(cls, schools: list[School]) -> "Comparison":
        """Compare these schools. Nine queries, however many they are."""
        return cls(
            schools=schools,
            facts=_facts(schools),
            topics=_topics(schools),
            gateways=_gateways(schools),
            findings=_findings(schools),
            advice=_advice(schools),
        )


def _facts(schools: list[School]) -> list[Group]:
    facts = {(fact.indicator_id, fact.school_id): fact for fact in Fact.objects.for_cases(schools)}
    indicators = Indicator.objects.filter(study__in={school.study_id for school in schools}).in_groups()
    groups = []
    for group, members in groupby(indicators, key=lambda indicator: indicator.group):
        rows = [
            Row(one.label, [facts.get((one.pk, school.pk)) for school in schools], one.slug, one.explanation)
            for one in members
        ]
        groups.append(Group(Indicator.Group(group).label, rows, group))
    return groups


def _topics(schools: list[School]) -> list[Row]:
    cells: dict[str, dict[int, CaseSection]] = defaultdict(dict)
    topics = {}
    for section in CaseSection.objects.for_cases(schools).order_by("topic__position"):
        topics[section.topic.slug] = section.topic
        cells[section.topic.slug][section.school_id] = section
    return [
        Row(topic.label, [cells[slug].get(school.pk) for school in schools], slug, topic.name)
        for slug, topic in topics.items()
    ]


def coded_quotes(codebook: str, schools: list[School]) -> dict[tuple[int, int], int]:
    """Quotes coded to each code at each school: {(code, school): quotes}. One query."""
    counts = (
        Coding.objects.readable()
        .filter(code__codebook__slug=codebook, quote__school__in=schools)
        .order_by()
        .values_list("code", "quote__school")
        .annotate(n=Count("quote", distinct=True))
    )
    return {(code, school): n for code, school, n in counts}


def _gateways(schools: list[School]) -> list[Row]:
    counts = coded_quotes(GATEWAYS, schools)
    studies = {school.study_id for school in schools}
    codes = Code.objects.published().filter(codebook__slug=GATEWAYS, codebook__study__in=studies).order_by("position")
    return [Row(code.name, [counts.get((code.pk, school.pk), 0) for school in schools], code.slug) for code in codes]


@dataclass(frozen=True)
class Support:
    """How a school bears a finding out: quotes that do, and whether the case does outside quotations."""

    quotes: int
    case: bool

    @property
    def value(self) -> str:
        """In words, for comparing and for the CSV."""
        said = f"{self.quotes} quote{'' if self.quotes == 1 else 's'}" if self.quotes else ""
        told = "told in the case" if self.case else ""
        return ", ".join(part for part in (said, told) if part)


def finding_support(schools: list[School]) -> dict[tuple[int, int], Support]:
    """Evidence of each finding at each school: {(finding, school): Support}. Two queries."""
    quotes = (
        Evidence.objects.published()
        .filter(quote__school__in=schools)
        .order_by()
        .values_list("finding", "quote__school")
        .annotate(n=Count("pk"))
    )
    counts = {(finding, school): n for finding, school, n in quotes}
    told = set(CaseEvidence.objects.published().filter(school__in=schools).order_by().values_list("finding", "school"))
    return {key: Support(counts.get(key, 0), key in told) for key in counts.keys() | told}


def _findings(schools: list[School]) -> list[Group]:
    support = finding_support(schools)
    nothing = Support(0, False)
    findings = Finding.objects.published().filter(theme__study__in={school.study_id for school in schools})
    groups = []
    for theme, members in groupby(findings.select_related("theme"), key=lambda finding: finding.theme):
        rows = [
            Row(one.title, [support.get((one.pk, school.pk), nothing) for school in schools], one.slug)
            for one in members
        ]
        groups.append(Group(theme.name, rows, theme.slug))
    return groups


def _advice(schools: list[School]) -> list[list[Advice]]:
    items: dict[int, list[Advice]] = defaultdict(list)
    for item in Advice.objects.filter(school__in=schools).select_related("quote"):
        items[item.school_id].append(item)
    return [items[school.pk] for school in schools]
