"""A study as tables that refer to one another: each with its columns, its key, and how its records are read."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from types import SimpleNamespace
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from exchange import study_columns as columns
from exchange.columns import NUMBER, QUOTE, TEXT, Column
from exchange.material import Material, beside, stream, under
from exchange.tabular import Cell, Row
from findings.models import CaseEvidence, Code, Coding, Evidence, Finding, Theme
from schools.models import Advice, CaseSection, Fact, GlossaryTerm, Indicator, Quote, Reference, School, Topic

FORMAT = 2  # goes up when the same data are written differently, so that no cache keeps the older form


@dataclass(frozen=True)
class Dataset:
    """A table of a study. `refers` names, for a column, the table and the column that it points to."""

    key: str
    rows_are: str
    columns: list[Column]
    records: Callable[[Material], Iterable[Any]]
    primary: str | list[str]
    refers: dict[str, tuple[str, str]] = field(default_factory=dict)
    more: Callable[[Material], list[Column]] = lambda material: []

    def columns_of(self, material: Material) -> list[Column]:
        """All columns of the table for this study, those included that only its data can name."""
        return self.columns + self.more(material)

    def rows(self, material: Material) -> Iterator[Row]:
        """The cells of every record, read as they are asked for."""
        return cells(self.records(material), self.columns_of(material))


def cells(records: Iterable[Any], shown: list[Column]) -> Iterator[Row]:
    """The cells of these columns, record by record."""
    return ([column.value(record) for column in shown] for record in records)


# ── Schools with every fact ─────────────────────────────────────────────────────────────────────
def fact_columns(indicators: QuerySet[Indicator]) -> list[Column]:
    """Columns of the facts of a school, by their indicators' short names; a number has one where there are numbers."""
    found: dict[str, Column] = {}
    for one in indicators.annotate(numbers=Count("facts", filter=Q(facts__number__isnull=False))):
        name = f"fact/{one.slug}"
        found.setdefault(name, Column(name, TEXT, one.label, _stated(one.slug, "value")))
        if one.numbers:
            unit = f"{one.label}, {one.unit or 'number'}"
            found.setdefault(f"{name}/number", Column(f"{name}/number", NUMBER, unit, _stated(one.slug, "number")))
    return list(found.values())


def _stated(indicator: str, name: str) -> Callable[[School], Cell]:
    def value(school: School) -> Cell:
        fact = school.stated.get(indicator)
        return None if fact is None or fact.value == "" else getattr(fact, name)

    return value


def with_facts(schools: QuerySet[School], chunk_size: int = 500) -> Iterator[School]:
    """The schools in their own order, with `stated`: each fact by its indicator's short name. One query a chunk."""
    facts = Prefetch("facts", Fact.objects.select_related("indicator"), to_attr="all_facts")
    for school in schools.select_related("study").prefetch_related(facts).iterator(chunk_size=chunk_size):
        yield _with_stated(school, school.all_facts)
        del school.all_facts, school.stated  # they hold the school, too: so all are gone at once, without a collector


def _with_stated(school: School, facts: Iterable[Fact]) -> School:
    school.stated = {fact.indicator.slug: fact for fact in facts}
    return school


def _schools(material: Material) -> Iterator[School]:
    rows = beside(
        stream(material.schools()),
        stream(material.facts(), "indicator"),
        lambda fact: fact.school_id,
        lambda one: one.pk,
    )
    return (_with_stated(school, facts) for school, facts in rows)


# ── Codes with their place in the tree ──────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Counts:
    """How much is coded to a code itself."""

    codings: int = 0
    quotes: int = 0
    schools: int = 0


def outlined(codes: QuerySet[Code], codings: QuerySet[Coding], *, for_members: bool = False) -> Iterator[Code]:
    """Every code after the one above it, with `path`, `depth`, `above` (its guid) and `counts`. Two queries.

    Counts are None where a team published its codes alone, as a 0 would say too much; its members have them.
    """
    nothing = Counts()
    counts = {
        code: Counts(*numbers)
        for code, *numbers in codings.order_by()
        .values_list("code")
        .annotate(Count("pk"), Count("quote", distinct=True), Count("quote__school", distinct=True))
    }
    seen: dict[int, Code] = {}
    loaded = codes.select_related("codebook", "example__school__study", "merged_into")
    for code in loaded.with_tree_fields():
        parent = seen.get(code.parent_id)
        seen[code.pk] = code
        code.path = f"{parent.path} > {code.name}" if parent else code.name
        code.depth, code.above = code.tree_depth, parent.guid if parent else None
        is_counted = for_members or code.codebook.has_public_codings
        code.counts = counts.get(code.pk, nothing) if is_counted else None
        if not for_members and code.example and not code.example.school.study.is_published:
            code.example = None
        yield code


def tagged(codes: Iterable[Code]) -> Iterator[Code]:
    """Those codes of `outlined` that are in use."""
    return (code for code in codes if code.retired_at is None)


def codes_of(material: Material) -> Iterator[Code]:
    """The codes of each codebook, codebook by codebook."""
    found: dict[int, list[Code]] = {}
    codes = Code.objects.filter(codebook__in=material.codebooks.order_by())
    for code in outlined(codes, material.codings(), for_members=material.is_private):
        found.setdefault(code.codebook_id, []).append(code)
    for codebook in material.codebooks:
        yield from found.get(codebook.pk, [])


# ── Findings with what bears them out ───────────────────────────────────────────────────────────
def supported(material: Material) -> Iterator[tuple[Finding, Any]]:
    """Each finding with each piece of its evidence, those by quotes first; with None where there is none."""

    def finding_of(link: Any) -> int:
        return link.finding_id

    order = ("finding__theme__position", "finding__theme_id", "finding__position", "finding_id")
    quotes = material.evidence().order_by(*order, "quote__school__position", "quote__position", "pk")
    cases = material.case_evidence().order_by(*order, "school__position", "pk")
    said = under(stream(material.findings()), stream(quotes), finding_of, lambda finding: finding.pk)
    for (finding, links), told in under(said, stream(cases), finding_of, lambda row: row[0].pk):
        found = chain(
            (_support(link, link.quote.school, link.quote) for link in links),
            (_support(link, link.school, None) for link in told),
        )
        first = next(found, None)
        yield finding, first
        yield from ((finding, support) for support in found)


def _support(link: Evidence | CaseEvidence, school: School, quote: Quote | None) -> SimpleNamespace:
    told = SimpleNamespace(guid=None, text=None)
    place = quote.locator if quote else link.locator
    return SimpleNamespace(
        link=link, kind="quote" if quote else "case", school=school, quote=quote or told, place=place
    )


def finding_cells(rows: Iterable[tuple[Finding, Any]]) -> Iterator[Row]:
    """The cells of /findings.csv."""
    nothing: list[Cell] = [None] * len(columns.SUPPORT)
    for finding, support in rows:
        own = [column.value(finding) for column in columns.FINDING]
        yield own + ([column.value(support) for column in columns.SUPPORT] if support else nothing)


# ── All of them ─────────────────────────────────────────────────────────────────────────────────
def _of_study(model: Any, *order: str, study: str = "study", load: tuple[str, ...] = ()) -> Callable:
    return lambda material: stream(
        model.objects.filter(**{study: material.study}).select_related(*load).order_by(*order)
    )


IN_SCHOOL = ("school__position", "school_id")
DATASETS = [
    Dataset(
        "schools",
        "Each school is one row, with every fact.",
        columns.SCHOOL + columns.SCHOOL_MORE,
        _schools,
        "school",
        more=lambda material: fact_columns(material.indicators()),
    ),
    Dataset(
        "indicators",
        "Each thing that every school is asked about is one row.",
        columns.INDICATOR,
        _of_study(Indicator, "position", "pk"),
        "indicator",
    ),
    Dataset(
        "facts",
        "Each fact of a school is one row, those not stated included.",
        columns.FACT,
        lambda material: stream(material.facts()),
        "fact_id",
        {"school": ("schools", "school"), "indicator": ("indicators", "indicator")},
    ),
    Dataset(
        "topics", "Each heading of the report is one row.", columns.TOPIC, _of_study(Topic, "position", "pk"), "topic"
    ),
    Dataset(
        "sections",
        "Each topic of a case is one row.",
        columns.SECTION,
        _of_study(CaseSection, *IN_SCHOOL, "topic__position", study="school__study", load=("school", "topic")),
        "section_id",
        {"school": ("schools", "school"), "topic": ("topics", "topic")},
    ),
    Dataset(
        "quotes",
        "Each quote is one row.",
        QUOTE + columns.QUOTE_MORE,
        lambda material: stream(material.quotes()),
        "quote_id",
        {"school": ("schools", "school"), "topic": ("topics", "topic")},
    ),
    Dataset(
        "advice",
        "Each piece of advice is one row.",
        columns.ADVICE,
        _of_study(Advice, *IN_SCHOOL, "position", study="school__study", load=("school", "quote")),
        "advice_id",
        {"school": ("schools", "school"), "quote_id": ("quotes", "quote_id")},
    ),
    Dataset(
        "codebooks",
        "Each codebook is one row.",
        columns.CODEBOOK,
        lambda material: material.codebooks.order_by("position", "slug"),
        "codebook",
    ),
    Dataset(
        "codes",
        "Each code is one row, every code after the code above it.",
        columns.CODE + columns.CODE_MORE,
        codes_of,
        "code_id",
        {
            "codebook": ("codebooks", "codebook"),
            "parent_id": ("", "code_id"),
            "example_quote_id": ("quotes", "quote_id"),
        },
    ),
    Dataset("coders", "Each coder is one row.", columns.CODER, lambda material: material.coders(), "coder"),
    Dataset(
        "codings",
        "Each coding of a quote is one row.",
        columns.CODING_ALONE,
        lambda material: stream(material.codings()),
        "coding_id",
        {
            "quote_id": ("quotes", "quote_id"),
            "code_id": ("codes", "code_id"),
            "codebook": ("codebooks", "codebook"),
            "coder": ("coders", "coder"),
        },
    ),
    Dataset(
        "uncoded",
        "Each statement that a quote speaks to no code of a codebook is one row.",
        columns.UNCODED,
        lambda material: stream(material.uncoded()),
        "uncoded_id",
        {
            "quote_id": ("quotes", "quote_id"),
            "codebook": ("codebooks", "codebook"),
            "coder": ("coders", "coder"),
        },
    ),
    Dataset(
        "themes", "Each theme of the findings is one row.", columns.THEME, _of_study(Theme, "position", "pk"), "theme"
    ),
    Dataset(
        "findings",
        "Each finding is one row.",
        columns.FINDING,
        lambda material: stream(material.findings()),
        "finding",
        {"theme": ("themes", "theme")},
    ),
    Dataset(
        "evidence",
        "Each link between a finding and a quote is one row.",
        columns.EVIDENCE,
        lambda material: stream(material.evidence()),
        "evidence_id",
        {"finding": ("findings", "finding"), "quote_id": ("quotes", "quote_id"), "coder": ("coders", "coder")},
    ),
    Dataset(
        "case_evidence",
        "Each link between a finding and a case that tells of it outside quotations is one row.",
        columns.CASE_EVIDENCE,
        lambda material: stream(material.case_evidence()),
        "evidence_id",
        {"finding": ("findings", "finding"), "school": ("schools", "school"), "coder": ("coders", "coder")},
    ),
    Dataset(
        "references",
        "Each work that the report cites is one row.",
        columns.REFERENCE,
        _of_study(Reference, "author", "year", "pk"),
        "reference",
    ),
    Dataset(
        "glossary",
        "Each abbreviation of the report is one row.",
        columns.GLOSSARY,
        _of_study(GlossaryTerm, "abbreviation"),
        "abbreviation",
    ),
]
