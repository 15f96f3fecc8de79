"""What can be taken away, with the rows and the size to expect.

A size is reckoned from how many records there are and how long their texts, in a dozen queries whatever their
number (`exchange/sizes.py`); no file is made for it.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Count, F, QuerySet, Sum, Value
from django.db.models.functions import Length
from django.urls import reverse

from exchange.refi_qda import LOST
from exchange.sizes import (
    codebook_csv_size,
    codebook_qdc_size,
    findings_size,
    long_size,
    package_size,
    project_size,
    quotes_size,
    schools_size,
    wide_size,
    workbook_size,
)
from findings.models import CaseEvidence, Code, Codebook, Coding, Evidence, Finding
from schools.actions import data_version
from schools.models import CaseSection, Fact, Quote, School, Study

IN_PRINT = (
    "Whether words stand within a sentence, and notes on how a quotation stands in print: the data package has them.",
)
SAMPLE = 2_000
KEPT = 24 * 3600  # seconds that the list is kept; the data version is in its name, so it is never out of date


@dataclass(frozen=True)
class Download:
    """A file: what it is, where it is, what a row is and how many there are, how large it will be in bytes."""

    title: str
    about: str
    address: str
    rows: int
    unit: str
    size: int
    lost: tuple[str, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()  # what a part of it is, and the address's parameters that choose it


@dataclass(frozen=True)
class Group:
    """Downloads of one kind."""

    key: str
    title: str
    downloads: list[Download]


def download_groups(study: Study | None) -> list[Group]:
    """All that can be taken away of a published study; reckoned once for each data version."""
    version = data_version()
    key = (
        f"downloads-{study and study.pk}-{version.number}-{version.changed_at.timestamp() if version.changed_at else 0}"
    )
    groups = cache.get(key)
    if groups is None:
        groups = _groups(study)
        cache.set(key, groups, KEPT)
    return groups


def _groups(study: Study | None) -> list[Group]:
    held, codebooks = _holdings(study), _codebooks(study)
    return [
        Group("whole", "The whole study", _of_study(study, held, codebooks) if study else []),
        Group("quotes", "Quotations", _of_quotes(held)),
        Group("cases", "Schools and findings", _of_cases(held)),
        Group("codebooks", "Codebooks", [one for codebook in codebooks for one in _of_codebook(codebook)]),
    ]


# ── How much there is ───────────────────────────────────────────────────────────────────────────
def _holdings(study: Study | None) -> Counter:
    """Numbers of records, and of characters in their texts, of a published study. Eleven queries.

    The texts of the first SAMPLE records stand for all: to measure a million takes seconds.
    """
    coded, said = Sum(Length("quote__text")), Sum(Length("text"))
    passages = Sum(F("end") - F("start")) + Sum(Length("memo"))
    codings = Coding.objects.published_under(study)
    links = {"finding__theme__study": study}
    rows: list[tuple[str, QuerySet, Any]] = [
        ("schools", School.objects.published().of(study), Sum(Length("summary"))),
        ("quotes", Quote.objects.published().of(study), said),
        ("codings", codings, passages),
        ("coded", codings, coded),
        ("findings", Finding.objects.published().of(study), Sum(Length("statement"))),
        ("evidence", Evidence.objects.published().filter(**links), coded),
        ("told", CaseEvidence.objects.published().filter(**links), Sum(Length("reason"))),
        ("facts", Fact.objects.filter(school__study=study), Sum(Length("value"))),
        ("sections", CaseSection.objects.filter(school__study=study), Sum(Length("summary"))),
        ("codes", Code.objects.published().of(study).filter(codebook__is_editorial=True), Sum(Length("definition"))),
    ]
    counts = [
        found.order_by().annotate(kind=Value(name)).values("kind").annotate(n=Count("pk")).values_list("kind", "n")
        for name, found, _ in rows
    ]
    held: Counter = Counter(dict(counts[0].union(*counts[1:], all=True)))
    for name, found, characters in rows:
        length = found.order_by()[:SAMPLE].aggregate(length=characters)["length"] or 0
        held[f"{name} text"] = length * held[name] // min(held[name], SAMPLE) if length else 0
    return held


def _codebooks(study: Study | None) -> list[Codebook]:
    texts = Sum(Length("codes__definition") + Length("codes__include") + Length("codes__exclude"))
    return list(Codebook.objects.published().of(study).annotate(code_count=Count("codes"), length=texts))


# ── The files ───────────────────────────────────────────────────────────────────────────────────
def _of_study(study: Study, held: Counter, codebooks: list[Codebook]) -> list[Download]:
    teams = [one for one in codebooks if not one.is_editorial]
    return [
        Download(
            "REFI-QDA project",
            "For NVivo, ATLAS.ti, MAXQDA, QualCoder and others: codebooks, cases with their facts, a text for each "
            "school, codings with coder, time and reason, findings linked to their quotes.",
            reverse("exchange:study_qdpx", args=[study.slug]),
            held["codings"],
            "coding",
            project_size(held),
            tuple(LOST),
            tuple((f"With the codes of “{one.name}” instead", f"?codebook={one.slug}") for one in teams),
        ),
        Download(
            "Data package",
            "For R, Python and repositories: every table as CSV with schemas, keys, checksums, licence and citation.",
            reverse("exchange:study_datapackage", args=[study.slug]),
            held["codings"],
            "coding",
            package_size(held),
            (
                "Number keys, and which codes are retired or merged; memos on codes, which are their team’s.",
                "Notes on quotes are their team’s, too.",
                "Revision of a codebook, who is cited for it, and with which version of it a passage was coded.",
                "Who changed what when, which this site keeps for itself.",
            ),
        ),
    ]


def _of_quotes(held: Counter) -> list[Download]:
    road, unit = reverse("exchange:quotes_csv"), "quotation"
    return [
        Download(
            "Workbook (XLSX)",
            "For Excel and LibreOffice: quotations, codings, codes by quotation, codes, schools, data dictionary, each "
            "on a sheet of its own.",
            reverse("exchange:quotes_xlsx"),
            held["quotes"],
            unit,
            workbook_size(held),
            (
                "Text beyond 32,767 characters in a cell, rows beyond 1,048,576 on a sheet: Excel cannot hold them. "
                "The file says where.",
            ),
        ),
        Download(
            "Codings (CSV)",
            "A row for each coding of a quotation.",
            road,
            held["codings"],
            "coding",
            long_size(held),
            ("Which codes stand below which, their definitions and colours: the codebooks have them.", *IN_PRINT),
        ),
        Download(
            "Codes by quotation (CSV)",
            "A row for each quotation, a column of 0 or 1 for each code.",
            f"{road}?layout=wide",
            held["quotes"],
            unit,
            wide_size(held),
            ("Coder, passage, reason and time of each coding.",),
        ),
        Download(
            "Quotations (CSV)",
            "Without codes.",
            f"{road}?layout=quotes",
            held["quotes"],
            unit,
            quotes_size(held),
            ("Codings.", *IN_PRINT),
        ),
    ]


def _of_cases(held: Counter) -> list[Download]:
    links = held["evidence"] + held["told"]
    return [
        Download(
            "Schools (CSV)",
            "A row for each school, with every fact.",
            reverse("exchange:schools_csv"),
            held["schools"],
            "school",
            schools_size(held),
            ("Where each fact stands in the source, and notes: the data package has them.",),
        ),
        Download(
            "Findings (CSV)",
            "A row for each piece of evidence, with its reason.",
            reverse("exchange:findings_csv"),
            links,
            "link",
            findings_size(held),
        ),
    ]


def _of_codebook(codebook: Codebook) -> list[Download]:
    number = codebook.code_count
    held = Counter({"codes": number, "codes text": codebook.length or 0, "said text": len(codebook.description)})
    return [
        Download(
            f"{codebook.name} (CSV)",
            "Path, definition, criteria and counts of each code.",
            reverse("exchange:codebook_csv", args=[codebook.slug]),
            number,
            "code",
            codebook_csv_size(held),
            ("What the codebook says of itself: the REFI-QDA file and the data package have it.",),
            (("Names and definitions as tags, for Taguette", "?layout=tags&bom=1"),),
        ),
        Download(
            f"{codebook.name} (REFI-QDA)",
            "To begin with these codes in another tool.",
            reverse("exchange:codebook_qdc", args=[codebook.slug]),
            number,
            "code",
            codebook_qdc_size(held),
            ("Short names and example quotations of codes.",),
        ),
    ]
