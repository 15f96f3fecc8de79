"""Is what was collected whole and true? Each function returns the faults it finds, one sentence each; none is good.

`Kind` and the functions that take kinds serve the floors above too.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import models

from schools.models import (
    Advice,
    CaseSection,
    Fact,
    GlossaryTerm,
    Indicator,
    Quote,
    Reference,
    School,
    Study,
    Topic,
)
from schools.source import copied_runs, is_verbatim, locator_faults, plain

# What Gill's report holds, counted by hand in the report itself.
SCHOOLS = ["a", "b", "c", "d", "e"]
QUOTES = {
    ("a", "headteacher"): 8,
    ("a", "teacher"): 2,
    ("b", "headteacher"): 14,
    ("c", "headteacher"): 8,
    ("d", "headteacher"): 14,
    ("d", "ict-coordinator"): 1,
    ("e", "headteacher"): 9,
}
FRAGMENTS = {"L133", "L147", "L212", "L302"}
ADVICE = {"a": 2, "b": 2, "c": 5, "d": 5, "e": 2}
TOPICS_IN_CASES, INDICATORS, REFERENCES, ABBREVIATIONS = 6, 28, 8, 27

_PLACE = re.compile(r"^\[([LQ][^\]\s]*)\]$", re.MULTILINE)  # a paragraph that is only a quote's locator


@dataclass(frozen=True)
class Kind:
    """A kind of record: the path to its study, its published rows, and those of its fields that are our own prose."""

    model: type[models.Model]
    study: str
    prose: tuple[str, ...] = ()
    published: dict = field(default_factory=dict)

    def rows(self, study: Study) -> models.QuerySet:
        """The study's published records of this kind."""
        return self.model._default_manager.filter(**{self.study: study.pk}, **self.published)


KINDS = [
    Kind(Study, "id", ("fieldwork", "summary", "method")),
    Kind(School, "study", ("place", "known_for", "summary")),
    Kind(Topic, "study", ("label",)),
    Kind(CaseSection, "school__study", ("summary",)),
    Kind(Indicator, "study", ("label", "explanation")),
    Kind(Fact, "school__study", ("value", "note")),
    Kind(Quote, "school__study", ("note",)),
    Kind(Advice, "school__study", ("text",)),
    Kind(Reference, "study"),
    Kind(GlossaryTerm, "study", ("note",)),
]


def faults(study: Study) -> list[str]:
    """Everything wrong with the schools' floor that can be seen without the source text."""
    return [
        *_counts(study),
        *_facts(study),
        *_columns(study),
        *_placements(study),
        *_strays(study),
        *locators(KINDS, study),
    ]


def source_faults(study: Study, lines: list[str]) -> list[str]:
    """What differs from the source, line by line: quotations, headings, names and titles that are not verbatim."""
    own_lines = {plain(line) for line in lines}
    found = [
        f"Topic {topic.slug}: its name is no line of the source"
        for topic in study.topics.all()
        if topic.name not in own_lines
    ]
    for quote in Kind(Quote, "school__study").rows(study).select_related("school"):
        found += verbatim(f"Quote {quote.school.slug} {quote.locator}", quote.text, lines, quote.locator)
    for work in study.references.all():
        found += verbatim(f"Reference {work.slug}: its title", work.title, lines, work.locator)
    for term in study.glossary.all():
        found += verbatim(f"Abbreviation {term.abbreviation}: its expansion", term.expansion, lines, term.locator)
    return found


def names(study: Study) -> list[str]:
    """Names and titles, which prose may repeat word for word however long they are."""
    return [
        study.title,
        study.subtitle,
        *study.topics.values_list("name", flat=True),
        *study.references.values_list("title", flat=True),
        *study.glossary.values_list("expansion", flat=True),
    ]


# ── For this floor and those above ──────────────────────────────────────────────────────────────
def count_fault(what: str, found: int, expected: int) -> list[str]:
    """A fault where a count differs."""
    return [] if found == expected else [f"{what}: {found} instead of {expected}"]


def verbatim(what: str, text: str, lines: list[str], locator: str, *, any_case: bool = False) -> list[str]:
    """A fault where `text` does not stand in the source at `locator` word for word."""
    if any_case:
        text, lines = text.lower(), [line.lower() for line in lines]
    return [] if is_verbatim(text, lines, locator) else [f"{what} does not stand in the source at {locator}"]


def locators(kinds: Iterable[Kind], study: Study) -> list[str]:
    """Locators beyond the source, or backwards."""
    found = []
    for kind in kinds:
        if any(each.name == "locator" for each in kind.model._meta.fields):
            for row in kind.rows(study).exclude(locator=""):
                found += [f"{label(row)}: {fault}" for fault in locator_faults(row.locator, study.source_lines)]
    return found


def copies(kinds: Iterable[Kind], study: Study, runs: set[tuple[str, ...]], allowed: list[str]) -> list[str]:
    """Sentences of ours that share a run of eight words with the source."""
    found = []
    for kind in kinds:
        for row in kind.rows(study) if kind.prose else ():
            for name in kind.prose:
                copied = copied_runs(getattr(row, name), runs, allowed)
                found += [f"{label(row)}: its {name} copies the source: {run}" for run in copied[:1]]
    return found


def guids(kinds: Iterable[type[models.Model]]) -> list[str]:
    """GUIDs that two records share, of whatever model. History repeats its record's GUID and does not count."""
    owners: dict[object, str] = {}
    found = []
    for model in kinds:
        if not any(each.name == "guid" and each.unique for each in model._meta.fields) or model._meta.proxy:
            continue
        for guid in model._base_manager.values_list("guid", flat=True).iterator():
            owner = owners.setdefault(guid, model._meta.verbose_name)
            if owner != model._meta.verbose_name:
                found.append(f"GUID {guid} is that of a {owner} and of a {model._meta.verbose_name}")
    return found


def label(row: models.Model) -> str:
    """A record by its kind and natural key: quote gill-2007 a L137."""
    return " ".join(map(str, (row._meta.verbose_name, *row.natural_key())))


# ── The single checks ───────────────────────────────────────────────────────────────────────────
def _counts(study: Study) -> list[str]:
    schools = list(study.schools.values_list("slug", flat=True))
    found = [] if schools == SCHOOLS else [f"Schools: {schools} instead of {SCHOOLS}"]
    quotes = Counter(Quote.objects.filter(school__study=study).values_list("school__slug", "speaker_role"))
    for school, role in sorted(quotes.keys() | QUOTES.keys()):
        found += count_fault(f"Quotes of school {school}, {role}", quotes[school, role], QUOTES.get((school, role), 0))
    fragments = set(Quote.objects.filter(school__study=study, is_fragment=True).values_list("locator", flat=True))
    if fragments != FRAGMENTS:
        found.append(f"Fragments: {sorted(fragments)} instead of {sorted(FRAGMENTS)}")
    advice = Counter(Advice.objects.filter(school__study=study).values_list("school__slug", flat=True))
    for school in sorted(advice.keys() | ADVICE.keys()):
        found += count_fault(f"Advice of school {school}", advice[school], ADVICE.get(school, 0))
    found += count_fault("Topics in cases", study.topics.filter(in_cases=True).count(), TOPICS_IN_CASES)
    found += count_fault("Indicators", study.indicators.count(), INDICATORS)
    found += count_fault("References", study.references.count(), REFERENCES)
    found += count_fault("Abbreviations", study.glossary.count(), ABBREVIATIONS)
    return found


def _facts(study: Study) -> list[str]:
    """A row for every school and indicator, and a section for every school and topic."""
    facts = set(Fact.objects.filter(school__study=study).values_list("school", "indicator"))
    sections = set(CaseSection.objects.filter(school__study=study).values_list("school", "topic"))
    found = []
    for school in study.schools.all():
        for indicator in study.indicators.all():
            if (school.pk, indicator.pk) not in facts:
                found.append(f"School {school.slug}: no fact for {indicator.slug}, not even an empty one")
        for topic in study.topics.all():
            if ((school.pk, topic.pk) in sections) != topic.in_cases:
                found.append(
                    f"School {school.slug}: {'no' if topic.in_cases else 'a'} section for the topic {topic.slug}"
                )
    return found


def _columns(study: Study) -> list[str]:
    """School's typed columns say what its facts say."""
    found = []
    for fact in Fact.objects.filter(school__study=study, indicator__slug__in=("pupils", "fsm-percent")).select_related(
        "school", "indicator"
    ):
        column = fact.indicator.slug.replace("-", "_")
        value = getattr(fact.school, column)
        if value != fact.number:
            found.append(f"School {fact.school.slug}: {column} is {value}, and its fact says {fact.number}")
    return found


def _placements(study: Study) -> list[str]:
    """Every quote of a case stands once in its topic's section, and nothing else is placed there."""
    quotes = Counter(
        Quote.objects.filter(school__study=study, topic__in_cases=True).values_list(
            "school__slug", "topic__slug", "locator"
        )
    )
    places = Counter(
        (section.school.slug, section.topic.slug, locator)
        for section in CaseSection.objects.filter(school__study=study).select_related("school", "topic")
        for locator in _PLACE.findall(section.summary)
    )
    found = []
    for place in sorted(quotes.keys() | places.keys()):
        school, topic, locator = place
        if place not in quotes:
            found.append(f"Section {school} {topic} places [{locator}], which is no quote of it")
        elif places[place] != 1:
            found.append(f"Quote {school} {locator} is placed {places[place]} times in the section {topic}")
    return found


def _strays(study: Study) -> list[str]:
    """Records that refer to something of another study or another school."""
    stray: list[tuple[type[models.Model], dict]] = [
        (Fact, {"indicator__study": study}),
        (Quote, {"topic__study": study}),
        (CaseSection, {"topic__study": study}),
    ]
    found = [
        f"{label(row)} refers to another study"
        for model, same in stray
        for row in model._default_manager.filter(school__study=study).exclude(**same)
    ]
    for advice in Advice.objects.filter(school__study=study, quote__isnull=False).exclude(
        quote__school=models.F("school")
    ):
        found.append(f"{label(advice)} refers to another school's quote")
    return found
