"""Is what was made of the study whole and honest? Each function returns the faults it finds; none is good."""

from collections.abc import Iterable

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Length

from findings.models import GATEWAYS, CaseEvidence, Code, Codebook, Coding, Evidence, Finding, Theme, Uncoded
from schools.checks import Kind, label, locators, verbatim
from schools.models import Quote, Study

EDITORS = "editors"
# Hargreaves' nine gateways and School B's six key skills, in their order, by the line of the report that names them.
ROOTS = {
    GATEWAYS: [f"L{line}" for line in range(226, 235)],
    "key-skills": [f"L{line}" for line in range(238, 244)],
}
FINDINGS = [10, 8, 6]  # by theme: vision, making it happen, people
NO_QUOTE = "no direct quotation"

PUBLISHED = {"codebook__is_published": True, "codebook__is_editorial": True}  # the editors' own

KINDS = [
    Kind(Codebook, "study", ("description", "source"), {"is_published": True, "is_editorial": True}),
    Kind(Code, "codebook__study", ("definition", "include", "exclude"), PUBLISHED),
    Kind(Coding, "quote__school__study", ("memo",), {"coder__slug": EDITORS}),
    Kind(Uncoded, "quote__school__study", ("reason",), {"coder__slug": EDITORS}),
    Kind(Theme, "study", ("name",)),
    Kind(Finding, "theme__study", ("title", "statement", "note")),
    Kind(Evidence, "finding__theme__study", ("reason",)),
    Kind(CaseEvidence, "finding__theme__study", ("reason",)),
]
_CODES, _CODINGS, _UNCODED = KINDS[1], KINDS[2], KINDS[3]


def faults(study: Study) -> list[str]:
    """Everything wrong with the findings' floor that can be seen without the source text."""
    return [
        *_counts(study),
        *_codings(study),
        *_gateways(study),
        *_codes(study),
        *_evidence(study),
        *locators(KINDS, study),
    ]


def source_faults(study: Study, lines: list[str]) -> list[str]:
    """What differs from the source: the themes' questions, and the names of codes that the source names."""
    found = []
    for theme in study.themes.all():
        found += verbatim(f"Theme {theme.slug}: its question", theme.question, lines, theme.locator)
    for code in _CODES.rows(study).exclude(locator="").select_related("codebook"):
        found += verbatim(f"Code {code.key}: its name", code.name, lines, code.locator, any_case=True)
    return found


def names(study: Study) -> list[str]:
    """Names and titles, which prose may repeat word for word."""
    return [*study.themes.values_list("question", flat=True), *_CODES.rows(study).values_list("name", flat=True)]


def _counts(study: Study) -> list[str]:
    found = []
    for codebook, expected in ROOTS.items():
        roots = Code.objects.filter(codebook__study=study, codebook__slug=codebook, parent=None).order_by("position")
        lines = list(roots.values_list("locator", flat=True))
        if lines != expected:
            found.append(f"Codebook {codebook}: codes from {lines} instead of {expected}")
    findings = [theme.findings.count() for theme in study.themes.all()]
    if findings != FINDINGS:
        found.append(f"Findings by theme: {findings} instead of {FINDINGS}")
    return found


def _codings(study: Study) -> list[str]:
    """Every coding lies within its quote, says why, and belongs to the study and to a published codebook."""
    codings = _CODINGS.rows(study)
    return [
        *_each(codings.annotate(length=Length("quote__text")).filter(end__gt=F("length")), "reaches beyond its quote"),
        *_each(codings.filter(memo=""), "has no memo"),
        *_each(codings.filter(code__codebook__is_published=False), "is of an unpublished codebook"),
        *_each(codings.exclude(code__codebook__study=study), "is of another study's codebook"),
        *_each(_UNCODED.rows(study).filter(codebook__is_published=False), "is of an unpublished codebook"),
        *_each(_UNCODED.rows(study).filter(reason=""), "has no reason"),
    ]


def _gateways(study: Study) -> list[str]:
    """Every quote is coded to a gateway, or is said to fit none; never both, never neither."""
    coded = set(_CODINGS.rows(study).filter(code__codebook__slug=GATEWAYS).values_list("quote", flat=True))
    uncoded = set(_UNCODED.rows(study).filter(codebook__slug=GATEWAYS).values_list("quote", flat=True))
    found = []
    for quote in Quote.objects.filter(school__study=study).select_related("school__study"):
        if (quote.pk in coded) == (quote.pk in uncoded):
            both = "both coded to a gateway and said to fit none"
            found.append(f"{label(quote)} is {both if quote.pk in coded else 'neither coded nor said to fit none'}")
    return found


def _codes(study: Study) -> list[str]:
    codes = _CODES.rows(study).select_related("codebook")
    examples = set(_CODINGS.rows(study).values_list("code", "quote"))
    return [
        *_each(codes.filter(definition=""), "has no definition"),
        *_each(codes.filter(parent__isnull=False).exclude(parent__codebook=F("codebook")), "has a foreign parent"),
        *_each(
            [code for code in codes.filter(example__isnull=False) if (code.pk, code.example_id) not in examples],
            "has an example that is not coded to it",
        ),
    ]


def _evidence(study: Study) -> list[str]:
    """Every finding stands on something, and says so where that is no quotation."""
    findings = Finding.objects.filter(theme__study=study)
    bare = findings.filter(evidence=None)
    quotes, cases = (kind.rows(study) for kind in KINDS[-2:])
    return [
        *_each(bare.filter(case_evidence=None), "has no evidence"),
        *_each(bare.exclude(note__icontains=NO_QUOTE), f"has no quote and does not say “{NO_QUOTE}”"),
        *_each(quotes.filter(reason=""), "has no reason"),
        *_each(cases.filter(reason=""), "has no reason"),
        *_each(quotes.exclude(quote__school__study=study), "refers to another study"),
        *_each(cases.exclude(school__study=study), "refers to another study"),
        *_each(quotes.filter(~Q(coder__slug=EDITORS)), "is not the editors'"),
    ]


def _each(rows: QuerySet | Iterable, fault: str) -> list[str]:
    return [f"{label(row)} {fault}" for row in rows]
