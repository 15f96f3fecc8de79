"""The page of a codebook's downloads for its members: each file with its rows and size, and what it cannot hold."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Sum
from django.db.models.functions import Length
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from exchange.refi_qda import LOST
from exchange.sizes import (
    codebook_csv_size,
    codebook_qdc_size,
    desk_workbook_size,
    findings_size,
    long_size,
    notes_size,
    package_size,
    project_size,
    schools_size,
)
from findings.access import Desk, desk_of
from findings.analysis.query import QuoteQuery
from findings.analysis.whose import ALL
from findings.models import CaseEvidence, Code, Coding, Evidence, Finding, QuoteNote
from findings.views.base import room
from schools.actions import data_version
from schools.models import Fact, Quote, School, Study

QUOTE_LOSES = [
    "Whether words stand within a sentence, and notes on how a quote stands in print: the workbook has them."
]
TABLE_LOSES = ["What stands in the codebook: which codes stand below which, colours, memos on codes.", *QUOTE_LOSES]
STANDING = "Revision, who is cited, when it was opened or published, and which version it follows."
QDC_LOSES = [
    "Codings, and who is a member.",
    "Short names, memos, number keys and example quotes of codes, and which are retired or merged.",
    STANDING,
]
CODEBOOK_LOSES = ["What the codebook says of itself (name, description, source): .qdc and workbook have it.", STANDING]
WORKBOOK_LOSES = [
    "Text beyond 32,767 characters in a cell, rows beyond 1,048,576 on a sheet: Excel cannot hold them. The file says "
    "where.",
    "Which version of the codebook this one follows, and who is a member.",
]
PACKAGE_LOSES = [
    "Notes on quotes, memos on codes, number keys, and which codes are retired or merged: the workbook has them.",
    "With which version of the codebook a passage was coded; who is a member.",
]
CASES_LOSES = ["Where each fact stands in the source, and notes on facts: the workbook has them. Colours of cases."]


FOR_TAGUETTE = ("Names and definitions as tags, for Taguette", "?layout=tags&bom=1")


@dataclass(frozen=True)
class File:
    """A file, with how much is in it: `rows` of it in `unit`s, and its size in bytes, for the person who asks, now."""

    title: str
    address: str
    rows: int
    unit: str
    about: str
    size: int
    lost: Sequence[str] = ()
    parts: Sequence[tuple[str, str]] = ()  # what a part of it is, and the address's parameters that choose it


def _holdings(desk: Desk, user: Any, asked: QuoteQuery) -> Counter:
    """Numbers of records, and of characters in their texts, as this member would get them. One query each."""
    study = desk.codebook.study
    coded = asked.codings.filter(quote=OuterRef("pk")).order_by()
    every = Coding.objects.visible_to(user, desk.codebook)
    notes = QuoteNote.objects.visible_to(user, desk.codebook)
    said, of_quote = Sum(Length("text")), Sum(Length("quote__text"))
    passages = Sum(F("end") - F("start")) + Sum(Length("memo"))
    in_code = sum((Length(name) for name in ("include", "exclude", "memo")), Length("definition"))
    rows: list[tuple[str, QuerySet, dict[str, Any]]] = [
        ("quotes", Quote.objects.filter(school__study=study), {"quotes": said}),
        ("bare", asked.in_order().exclude(Exists(coded)), {"bare": said}),
        ("shown", asked.codings, {"shown": passages, "coded": of_quote}),
        ("codings", every, {"codings": passages}),
        ("codes", Code.objects.filter(codebook=desk.codebook), {"codes": Sum(in_code)}),
        ("notes", notes, {"notes": Sum(Length("memo")), "noted": of_quote}),
        ("schools", School.objects.filter(study=study), {"schools": Sum(Length("summary"))}),
        ("facts", Fact.objects.filter(school__study=study), {"facts": Sum(Length("value"))}),
        ("lone", _without_evidence(study), {"lone": Sum(Length("statement"))}),
        ("evidence", Evidence.objects.of_study(study), {"evidence": of_quote}),
        ("told", CaseEvidence.objects.of_study(study), {"told": Sum(Length("reason"))}),
    ]
    held = Counter({"said text": len(desk.codebook.description)})
    for name, found, texts in rows:
        sums = found.order_by().aggregate(n=Count("pk"), **texts)
        held.update({name: sums.pop("n")} | {f"{key} text": length or 0 for key, length in sums.items()})
    return held


def _without_evidence(study: Study) -> QuerySet[Finding]:
    """Findings that nothing bears out as yet."""
    of_it = {"finding": OuterRef("pk")}
    found = Finding.objects.filter(theme__study=study)
    for links in (Evidence.objects.of_study(study), CaseEvidence.objects.of_study(study)):
        found = found.exclude(Exists(links.filter(**of_it)))
    return found


def files_of(desk: Desk, user: Any) -> list[File]:
    """A codebook's files as this member would get them."""
    asked = QuoteQuery.of(desk, user, QueryDict())
    held, parts = _holdings(desk, user, asked), _parts(asked)
    shown = held + Counter()
    shown["codings"], shown["codings text"] = held["shown"], held["shown text"]

    def address(name: str) -> str:
        return reverse(f"exchange:workbench_{name}", args=[desk.codebook.guid])

    whose = "all coders’ codings" if desk.is_open else "your own codings"
    return [
        File(
            "Workbook (XLSX)", address("xlsx"), held["codings"], "coding",
            "Quotes, codings, notes, codebook, cases with their facts, findings: each on a sheet of its own.",
            desk_workbook_size(held), WORKBOOK_LOSES, parts,
        ),
        File(
            "Project (REFI-QDA, .qdpx)", address("qdpx"), held["codings"], "coding",
            "Study, cases, quotes, codes, and the codings and notes that you may see, for another analysis tool.",
            project_size(held), LOST, parts,
        ),
        File(
            "Data package (ZIP)", address("datapackage"), held["codings"], "coding",
            "Every table of the study as CSV, with schemas, keys and checksums, for R, Python and repositories; "
            "unpacked, a folder that another site loads.", package_size(held), PACKAGE_LOSES, parts,
        ),
        File(
            "Codings (CSV)", address("codings_csv"), shown["codings"] + held["bare"], "row",
            f"Of {whose}: each with its quote, school and coder. A quote without one keeps a row."
            + (" The agreed set is a file of its own, below." if desk.is_open else ""),
            long_size(shown), TABLE_LOSES, parts,
        ),
        File(
            "Notes on quotes (CSV)", address("notes_csv"), held["notes"], "row",
            "Memos, key marks and what is done, as far as you may see them.", notes_size(held), QUOTE_LOSES,
        ),
        File(
            "Codebook (CSV)", address("codebook_csv"), held["codes"], "row",
            "Paths, definitions, criteria, memos, colours, and counts of the codings that you may see.",
            codebook_csv_size(held), CODEBOOK_LOSES, [FOR_TAGUETTE],
        ),
        File(
            "Codebook (REFI-QDA, .qdc)", address("codebook_qdc"), held["codes"], "code",
            "The tree of codes, with descriptions and colours, for another analysis tool.",
            codebook_qdc_size(held), QDC_LOSES,
        ),
        File(
            "Cases (CSV)", address("cases_csv"), held["schools"], "row", "Each case with every fact.",
            schools_size(held), CASES_LOSES,
        ),
        File(
            "Findings (CSV)", address("findings_csv"), held["evidence"] + held["told"] + held["lone"], "row",
            "Each piece of evidence, with its reason; a finding without evidence keeps a row.", findings_size(held),
        ),
    ]  # fmt: skip


def _parts(asked: QuoteQuery) -> list[tuple[str, str]]:
    """The codings that one may choose among: whose, and those of key quotes alone."""
    choices = asked.form.offers.whose.choices
    whose = [(label, f"?{urlencode({'by': key})}") for key, label in choices if key != ALL and len(choices) > 1]
    return [*whose, ("Key quotes alone", "?key=1")]


@room
@require_safe
def desk_downloads(request: HttpRequest, guid: UUID) -> HttpResponse:
    """All that a member can take away of a codebook."""
    desk = desk_of(request, guid)
    context = {"desk": desk, "files": files_of(desk, request.user), "version": data_version()}
    return render(request, "exchange/desk_downloads.html", context)
