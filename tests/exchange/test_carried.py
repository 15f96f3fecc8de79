"""Nothing is lost on the way out unannounced: every field of every record, against every format.

Each field says where a format carries it, or which words at the downloads say that it does not. A field that is new to
a model and has no entry here fails.
"""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import models

from exchange.api.made import Maker
from exchange.datapackage import write_package
from exchange.material import Material
from exchange.tabular import cell_text
from findings.models import Code, Codebook, Coding, QuoteNote
from schools.models import DataVersion, Fact, Quote, School
from tests.exchange.test_workbook import book
from tests.factories import make_codebook, make_fact, make_indicator
from tests.incoming.test_imports import coded_team, exported

LATER = datetime(2031, 7, 8, 9, 10, 11, tzinfo=UTC)
FORMATS = ("csv", "xlsx", "qdpx", "qdc", "package", "api")


class Out(str):
    """Not carried. The words that say so, on the page of downloads."""


class By(str):
    """Carried by what surrounds it."""


# Where it is: table.column of CSV, workbook and data package; a piece of the XML, with {} for the value; a key of JSON.
ORDER, WHOLE, OF_CASE = By("the order of records"), By("the file is of it"), By("it stands within its case")
NO_QDC = Out("for another analysis tool")  # a codebook alone
SHORT = Out("Short names of schools, codes, topics")
PRINT = Out("Whether words stand within a sentence")
FACT_PLACES, PLACES = Out("Where each fact stands in the source"), Out("Where a case or a fact stands in the source")
ABOUT_BOOK, STANDING = Out("What the codebook says of itself"), Out("when it was opened or published")
QDPX_CODE, QDC_CODE = (
    Out("Which codes are retired or merged, number keys"),
    Out("number keys and example quotes of codes"),
)
COLOURS, HUES = Out("Colours of cases"), Out("Number keys, and which codes are retired")
REVISION, MEMOS = Out("Revision of a codebook, who is cited for it"), Out("memos on codes, which are their team’s")
NOTES = Out("Notes on quotes are their team’s")
CARRIED: dict[type[models.Model], dict[str, tuple[str, ...]]] = {
    Quote: {
        "guid": ("codings.quote_id", "quotes.quote_id", 'guid="{}"', NO_QDC, "quotes.quote_id", "guid"),
        "school": ("codings.school", "quotes.school", OF_CASE, NO_QDC, "quotes.school", "school"),
        "topic": ("codings.topic", "quotes.topic", "; {}; ", NO_QDC, "quotes.topic", "topic"),
        "speaker_role": ("codings.speaker_role", "quotes.speaker_role", ", {}, L", NO_QDC, "quotes.speaker_role",
                         "speaker_role"),
        "speaker": ("codings.speaker", "quotes.speaker", 'name="{}, ', NO_QDC, "quotes.speaker", "speaker"),
        "text": ("codings.quote", "quotes.quote", "{}", NO_QDC, "quotes.quote", "text"),
        "locator": ("codings.locator", "quotes.locator", ', {}"', NO_QDC, "quotes.locator", "locator"),
        "position": (ORDER, "quotes.position", ORDER, NO_QDC, "quotes.position", "position"),
        "is_fragment": (PRINT, "quotes.is_fragment", "Words quoted within a sentence", NO_QDC, "quotes.is_fragment",
                        "is_fragment"),
        "note": (PRINT, "quotes.note", "Editorial note: {}", NO_QDC, "quotes.note", "note"),
    },
    School: {
        "guid": ("cases.school_id", "cases.school_id", '<Case guid="{}"', NO_QDC, "schools.school_id", "guid"),
        "study": ("cases.study", "cases.study", WHOLE, NO_QDC, "schools.study", "study"),
        "slug": ("cases.school", "cases.school", SHORT, NO_QDC, "schools.school", "slug"),
        "letter": ("cases.letter", "cases.letter", Out("letters and colours of schools"), NO_QDC, "schools.letter",
                   "letter"),
        "name": ("cases.name", "cases.name", 'name="{}"', NO_QDC, "schools.name", "name"),
        "position": (ORDER, "cases.position", ORDER, NO_QDC, "schools.position", "position"),
        "colour": (COLOURS, "cases.colour", Out("letters and colours of schools"), NO_QDC, "schools.colour",
                   Out("colours of cases")),
        "phase": ("cases.phase", "cases.phase", ">{}<", NO_QDC, "schools.phase", "phase"),
        "setting": ("cases.setting", "cases.setting", ">{}<", NO_QDC, "schools.setting", "setting"),
        "pupils": ("cases.pupils", "cases.pupils", ">{}<", NO_QDC, "schools.pupils", "pupils"),
        "fsm_percent": ("cases.fsm_percent", "cases.fsm_percent", ">{}<", NO_QDC, "schools.fsm_percent", "fsm_percent"),
        "place": ("cases.place", "cases.place", ">{}<", NO_QDC, "schools.place", "place"),
        "known_for": ("cases.known_for", "cases.known_for", ">{}<", NO_QDC, "schools.known_for", "known_for"),
        "summary": ("cases.summary", "cases.summary", ">{}<", NO_QDC, "schools.summary", "summary"),
        "locator": ("cases.locator", "cases.locator", PLACES, NO_QDC, "schools.locator", "locator"),
    },
    Fact: {
        "guid": (FACT_PLACES, "facts.fact_id", PLACES, NO_QDC, "facts.fact_id", "guid"),
        "school": ("cases.school", "facts.school", OF_CASE, NO_QDC, "facts.school", "school"),
        "indicator": (By("a column of its own"), "facts.indicator", 'name="Zeal"', NO_QDC, "facts.indicator",
                      "indicator"),
        "value": ("cases.fact/zeal", "facts.value", ">{}<", NO_QDC, "facts.value", "value"),
        "number": ("cases.fact/zeal/number", "facts.number", ">{}<", NO_QDC, "facts.number", "number"),
        "locator": (FACT_PLACES, "facts.locator", PLACES, NO_QDC, "facts.locator", "locator"),
        "note": (FACT_PLACES, "facts.note", PLACES, NO_QDC, "facts.note", "note"),
    },
    Coding: {
        "guid": ("codings.coding_id", "codings.coding_id", '<Coding guid="{}"', NO_QDC, "codings.coding_id", "guid"),
        "quote": ("codings.quote_id", "codings.quote_id", 'guid="{}"', NO_QDC, "codings.quote_id", "quote"),
        "code": ("codings.code_id", "codings.code_id", '<CodeRef targetGUID="{}"', NO_QDC, "codings.code_id", "code"),
        "coder": ("codings.coder", "codings.coder", 'creatingUser="{}"', NO_QDC, "codings.coder", "coder"),
        "start": ("codings.start", "codings.start", By("startPosition of its text"), NO_QDC, "codings.start", "start"),
        "end": ("codings.end", "codings.end", By("endPosition of its text"), NO_QDC, "codings.end", "end"),
        "memo": ("codings.memo", "codings.memo", "{}", NO_QDC, "codings.memo", "memo"),
        "coded_at": ("codings.coded_at", "codings.coded_at", 'creationDateTime="{}', NO_QDC, "codings.coded_at",
                     "coded_at"),
        "codebook_version": ("codings.coded_with", "codings.coded_with",
                             Out("With which version of the codebook a passage was coded"), NO_QDC,
                             Out("with which version of it a passage was coded"), "codebook_version"),
    },
    Code: {
        "guid": ("codebook.code_id", "codes.code_id", '<Code guid="{}"', '<Code guid="{}"', "codes.code_id", "guid"),
        "parent": ("codebook.parent_id", "codes.parent_id", By("it stands within it"), By("it stands within it"),
                   "codes.parent_id", "parent"),
        "codebook": ("codebook.codebook", "codes.codebook", "MemberCode", "MemberCode", "codes.codebook", "codebook"),
        "slug": ("codebook.code", "codes.code", SHORT, Out("Short names, memos"), "codes.code", "slug"),
        "name": ("codebook.name", "codes.name", 'name="{}"', 'name="{}"', "codes.name", "name"),
        "definition": ("codebook.definition", "codes.definition", "{}", "{}", "codes.definition", "definition"),
        "include": ("codebook.include", "codes.include", "INCLUDE WHEN:\n{}", "INCLUDE WHEN:\n{}", "codes.include",
                    "include"),
        "exclude": ("codebook.exclude", "codes.exclude", "EXCLUDE WHEN:\n{}", "EXCLUDE WHEN:\n{}", "codes.exclude",
                    "exclude"),
        "example": ("codebook.example_quote_id", "codes.example_quote_id", QDPX_CODE, QDC_CODE,
                    "codes.example_quote_id", "example"),
        "memo": ("codebook.memo", "codes.memo", "{}", QDC_CODE, MEMOS, "memo"),
        "position": ("codebook.position", "codes.position", ORDER, ORDER, "codes.position", "position"),
        "locator": ("codebook.locator", "codes.locator", "IN THE SOURCE:\n{}", "IN THE SOURCE:\n{}", "codes.locator",
                    "locator"),
        "colour": ("codebook.colour", "codes.colour", 'color="#ffd166"', 'color="#ffd166"', "codes.colour", "colour"),
        "number_key": ("codebook.number_key", "codes.number_key", QDPX_CODE, QDC_CODE, HUES, Out("number keys")),
        "retired_at": ("codebook.retired_at", "codes.retired_at", QDPX_CODE, Out("which are retired or merged"), HUES,
                       "retired_at"),
        "merged_into": ("codebook.merged_into", "codes.merged_into", QDPX_CODE, Out("which are retired or merged"),
                        HUES, Out("what a code was merged into")),
    },
    Codebook: {
        "guid": (ABOUT_BOOK, "codebook.codebook_id", '<Set guid="{}"', '<Set guid="{}"', "codebooks.codebook_id",
                 "guid"),
        "study": ("codings.study", "quotes.study", WHOLE, By("TAKEN FROM"), "schools.study", "study"),
        "slug": ("codebook.codebook", "codebook.codebook", SHORT, Out("Short names, memos"), "codebooks.codebook",
                 "slug"),
        "name": (ABOUT_BOOK, "codebook.name", 'name="{}"', 'name="{}"', "codebooks.name", "name"),
        "version": ("codebook.version", "codebook.version", "VERSION:\n{}", "VERSION:\n{}", "codebooks.version",
                    "version"),
        "revision": (STANDING, "codebook.revision", STANDING, STANDING, REVISION, "revision"),
        "description": (ABOUT_BOOK, "codebook.description", "{}", "{}", "codebooks.description", "description"),
        "source": (ABOUT_BOOK, "codebook.source", "OF ITS NAMES:\n{}", "OF ITS NAMES:\n{}", "codebooks.source",
                   "source"),
        "locator": (ABOUT_BOOK, "codebook.locator", "IN THE SOURCE:\n{}", "IN THE SOURCE:\n{}", "codebooks.locator",
                    Out("where a codebook stands in the source")),
        "position": (WHOLE, "codebook.position", WHOLE, WHOLE, "codebooks.position", "position"),
        "is_editorial": (By("a team’s own"),) * 5 + ("is_editorial",),
        "is_published": (STANDING, By("published_at"), STANDING, STANDING, By("published alone"), "is_published"),
        "published_at": (STANDING, "codebook.published_at", STANDING, STANDING, REVISION, "published_at"),
        "authors": (STANDING, "codebook.authors", STANDING, STANDING, REVISION, "authors"),
        "shows_agreed": (STANDING, "codebook.shows_agreed", STANDING, STANDING, REVISION, "shows_agreed"),
        "opened_at": (STANDING, "codebook.opened_at", STANDING, STANDING, REVISION, By("codings_open")),
        "follows": (STANDING, Out("Which version of the codebook this one follows"), STANDING, STANDING, REVISION,
                    Out("which version a codebook follows")),
    },
    QuoteNote: {
        "guid": ("notes.note_id", "notes.note_id", '<Note guid="{}"', NO_QDC, NOTES, Out("notes on quotes")),
        "codebook": (WHOLE, WHOLE, "codebook: {}", NO_QDC, NOTES, Out("notes on quotes")),
        "quote": ("notes.quote_id", "notes.quote_id", 'guid="{}"', NO_QDC, NOTES, Out("notes on quotes")),
        "coder": ("notes.coder", "notes.coder", 'creatingUser="{}"', NO_QDC, NOTES, Out("notes on quotes")),
        "memo": ("notes.note", "notes.note", "{}", NO_QDC, NOTES, Out("notes on quotes")),
        "is_key": ("notes.is_key", "notes.is_key", "key: yes", NO_QDC, NOTES, Out("notes on quotes")),
        "done_at": ("notes.done_at", "notes.done_at", "done: {}", NO_QDC, NOTES, Out("notes on quotes")),
    },
}  # fmt: skip


@pytest.mark.parametrize("model", CARRIED, ids=lambda model: model.__name__)
def test_every_field_says_where_it_goes(model: type[models.Model]) -> None:
    fields = {field.name for field in model._meta.concrete_fields} - {"id"}
    assert set(CARRIED[model]) == fields
    assert {len(places) for places in CARRIED[model].values()} == {len(FORMATS)}


@pytest.mark.django_db
def test_every_field_is_where_it_says_and_what_is_not_is_announced() -> None:
    team = coded_team()
    records = filled(team)
    files = taken(team)
    wrong = []
    for model, fields in CARRIED.items():
        for name, places in fields.items():
            value = getattr(records[model], name)
            assert value not in (None, ""), f"{model.__name__}.{name} has nothing to look for"
            for kind, place in zip(FORMATS, places, strict=True):
                if not found(files, kind, place, records[model], value):
                    wrong.append(f"{model.__name__}.{name}: {kind} has no {place}")
    assert not wrong, "\n".join(wrong)


def filled(team: Any) -> dict[type[models.Model], Any]:
    """One record of each kind with something in every field."""
    codebook, [_, other, below], quote = team.codebook, team.codes, team.quotes[2]
    change(quote, speaker="Ms Quill", speaker_role="teacher", note="Qnote", is_fragment=True, locator="L7011")
    change(
        quote.school, phase="junior", setting="city", pupils=4321, fsm_percent=Decimal("43.2"), place="Splace",
        known_for="Sknown", summary="Ssummary", locator="L7033", colour=5,
    )  # fmt: skip
    zeal = make_indicator(codebook.study, slug="zeal", label="Zeal")
    fact = make_fact(quote.school, zeal, value="Fvalue", number=Decimal("98.7"), locator="L7022", note="Fnote")
    change(
        below, definition="Cdefinition", include="Cinclude", exclude="Cexclude", memo="Cmemo", locator="L7055",
        example=quote, colour=6, number_key=9, retired_at=LATER, merged_into=other,
    )  # fmt: skip
    change(
        codebook, source="Bsource", locator="L7044", description="Bdescription", authors="Bauthors", version="7.7",
        revision=77, published_at=LATER, follows=make_codebook(codebook.study, is_published=False),
    )  # fmt: skip
    coding = Coding.objects.get(code=below)
    change(coding, memo="Kmemo", coded_at=LATER, codebook_version="Kversion", start=2)
    [note] = QuoteNote.objects.filter(codebook=codebook)
    change(note, memo="Nmemo", done_at=LATER)
    note.refresh_from_db()
    rows: dict[type[models.Model], Any] = {
        Quote: quote,
        School: quote.school,
        Fact: fact,
        Coding: coding,
        Code: below,
        Codebook: codebook,
    }
    for row in rows.values():
        row.refresh_from_db()
    return {**rows, QuoteNote: note}


def change(row: Any, **fields: Any) -> None:
    type(row)._base_manager.filter(pk=row.pk).update(**fields)


def taken(team: Any) -> dict[str, Any]:
    """Every format as the team's lead takes it away: tables by name, XML, and the pages that tell of them."""
    client = team.client("lead")

    def file(name: str) -> bytes:
        return b"".join(client.get(team.road + name).streaming_content)

    def table(data: bytes) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(data.decode(), newline="")))

    sheets = book(file("workbook.xlsx"))
    package = io.BytesIO()
    write_package(package, Material.of_desk(Codebook.objects.get(pk=team.codebook.pk), team.users["lead"]))
    parts = ZipFile(package)
    project = ZipFile(io.BytesIO(exported(Codebook.objects.get(pk=team.codebook.pk), team.users["lead"])))
    return {
        "csv": {name: table(file(f"{name}.csv")) for name in ("codings", "notes", "codebook", "cases")},
        "xlsx": {
            name: [dict(zip(rows[0], [cell_text(sheet_value(cell)) for cell in row], strict=True)) for row in rows[1:]]
            for name, rows in sheets.items()
        },
        "package": {
            name.removeprefix("data/").removesuffix(".csv"): table(parts.read(name))
            for name in parts.namelist()
            if name.endswith(".csv")
        },
        "qdpx": "".join(project.read(name).decode() for name in project.namelist()),
        "qdc": file("codebook.qdc").decode(),
        "desk": unescape(client.get(f"{team.road}downloads/").content.decode()),
        "public": unescape(client.get("/downloads/").content.decode()),
    }


def sheet_value(cell: Any) -> Any:
    return cell.replace(tzinfo=UTC) if isinstance(cell, datetime) else cell


def found(files: dict[str, Any], kind: str, place: str, record: Any, value: Any) -> bool:
    """Whether a format has a field where it says, or says that it has not."""
    if isinstance(place, By):
        return True
    if isinstance(place, Out):
        return place in files["public" if kind == "package" else "desk"]
    if kind in ("qdpx", "qdc"):
        return any(place.replace("{}", one) in files[kind] for one in said(value))
    if kind == "api":
        return str(api_record(record)[place]) in said(value) or api_record(record)[place] == value
    name, _, column = place.partition(".")
    rows = [row for row in files[kind][name] if str(record.guid) in row.values()] or files[kind][name]
    return any(row.get(column) in said(value) for row in rows)


def api_record(record: Any) -> dict[str, Any]:
    name = type(record).__name__.lower()
    record.role = "lead"
    answer = getattr(Maker("https://ict.example.org", DataVersion(number=1)), name)(record)
    return {key: value["slug"] if key == "coder" else value for key, value in answer.items()}


def said(value: Any) -> set[str]:
    """How a value may stand in a file."""
    match value:
        case models.Model():
            names = ("guid", "slug", "name")
            return {str(getattr(value, name)) for name in names if hasattr(value, name)}
        case bool():
            return {str(int(value)), str(value)}
        case datetime():
            return {cell_text(value), str(value)}
        case Decimal():
            return {cell_text(value), str(float(value))}
        case _:
            return {str(value)}
