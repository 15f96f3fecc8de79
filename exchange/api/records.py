"""What a record says of itself: its fields, with what they mean and an example of each."""

from datetime import datetime
from types import GenericAlias
from typing import Any
from uuid import UUID

from ninja import Field, Schema
from pydantic import create_model

SITE = "https://ict.example.org"
GUID = "6f1c1c1e-0f0b-4f0e-9a51-2f5b8f0f6a10"
OTHER = "0d9a3c52-7b63-4c0e-8d0e-6f3f0b9a7c21"


def field(meaning: str, example: Any) -> Any:
    """A field: what it means, and an example of it."""
    return Field(..., description=meaning, examples=[example])


def address(meaning: str, road: str) -> Any:
    """A field that holds an address on this site."""
    return field(meaning, SITE + road)


class Links(Schema):
    self: str = address("This record in the API.", f"/api/v1/quotes/{GUID}/")
    html: str = address("The page of this site that shows it.", f"/quotes/{GUID}/")


class Record(Schema):
    guid: UUID = field("Identity of the record. It never changes and is the same in every export.", GUID)
    study: str = field("Slug of the study.", "gill-2007")
    data_version: int = field("The number that goes up with every change of published data.", 3)
    links: Links


class StudyRecord(Record):
    slug: str = field("Name in addresses and filters.", "gill-2007")
    title: str = field("Title as printed.", "Leading change in ICT")
    subtitle: str = field("Subtitle; empty where there is none.", "")
    author: str = field("Who wrote it.", "A. Author")
    publisher: str = field("Who published it.", "A college")
    series: str = field("Series; empty where there is none.", "")
    published: str = field("When, as printed.", "Summer 2007")
    year: int = field("Year of publication.", 2007)
    fieldwork: str = field("When and how the schools were visited.", "Spring 2007")
    summary: str = field("What it is about, in this site’s words.", "How five schools led change.")
    method: str = field("How it was done, in this site’s words.", "Interviews at five schools.")
    is_published: bool = field("Everyone may read it; false for one of your own that they may not.", True)


class SchoolRecord(Record):
    slug: str = field("Name in addresses and filters.", "a")
    letter: str = field("The sign that the school keeps everywhere.", "A")
    name: str = field("Name in the report.", "School A")
    position: int = field("Place in the study.", 1)
    phase: str | None = field("infant, junior, primary or secondary; null where not stated.", "primary")
    setting: str | None = field("Where it stands; null where not stated.", "rural-village")
    pupils: int | None = field("Pupils on roll; null where not stated.", 150)
    fsm_percent: float | None = field("Pupils with free school meals in per cent; null where not stated.", 4.5)
    place: str = field("Where it lies, as far as the report tells.", "")
    known_for: str = field("Signature practice, in a phrase of this site.", "A garden of weather stations")
    summary: str = field("The school in this site’s words.", "A village school.")
    locator: str = field("Where the source tells of it, by line.", "L120-L240")


class FactRecord(Record):
    school: str = field("Slug of the school.", "a")
    indicator: str = field("What was asked, by its slug.", "computer-suites")
    label: str = field("What was asked, in words.", "Computer suites")
    group: str = field("The group of the indicator.", "equipment")
    unit: str = field("Of the number; empty where it has none.", "")
    value: str | None = field("What the source states, in this site’s words; null where it is silent.", "One")
    number: float | None = field("The number in it; null where there is none.", 1.0)
    locator: str = field("Where the source says so, by line; empty where it is silent, or nobody named a line.", "L131")
    note: str = field("Where two places of the source differ, how; where no line is named, why.", "")


class QuoteRecord(Record):
    school: str = field("Slug of the school.", "a")
    topic: str = field("Heading under which it is printed, by slug.", "use")
    speaker_role: str = field(
        "headteacher, teacher, ict-coordinator, support-staff, governor, parent, pupil or other.", "headteacher"
    )
    speaker: str = field("The name or sign that the source gives the speaker; empty where it gives none.", "")
    text: str = field("The words, verbatim.", "We tried boards and kept one.")
    locator: str = field("Where the source has it, by line; Q3: quote 3 of the case, no line named.", "L137")
    position: int = field("Place in the case, in reading order.", 4)
    is_fragment: bool = field("Words quoted inside a sentence of the report.", False)
    note: str = field("Editorial: how the text stands in print.", "")


class CodebookRecord(Record):
    slug: str = field("Name in addresses and filters; of a private codebook its GUID without hyphens.", "gateways")
    name: str = field("Name.", "Nine gateways")
    version: str = field("The codebook’s own version.", "1.0")
    revision: int = field("Goes up with every change of its codes.", 0)
    description: str = field("What it is for and how it was made.", "Codes for what is done to make it personal.")
    source: str = field("Where the codes’ names come from.", "")
    authors: str = field("Who is cited; empty for the editors’.", "")
    position: int = field("Place among the codebooks.", 1)
    is_editorial: bool = field("Made by this site’s editors, not by a team.", True)
    is_published: bool = field("Everyone may read it, and it stays as it is.", True)
    published_at: datetime | None = field("When a team published it; null for others.", None)
    shows_agreed: bool = field("The team published its agreed codings, too.", False)
    your_role: str | None = field("What you are at it: lead, coder or viewer; null where you are no member.", None)
    codings_open: bool | None = field("Whether members see all codings; null where you are no member.", None)


class CodeRecord(Record):
    codebook: str = field("Slug of the codebook.", "gateways")
    codebook_guid: UUID = field("Identity of the codebook.", OTHER)
    slug: str = field("Name in addresses, unique in its codebook.", "new-technologies")
    key: str = field("Name in the filter `code`: codebook/code.", "gateways/new-technologies")
    name: str = field("Name.", "New technologies")
    definition: str = field("What it means.", "Speaks of what new equipment makes possible.")
    include: str = field("When to use it.", "")
    exclude: str = field("When not to use it.", "")
    parent: UUID | None = field("The code above it; null at the root.", None)
    example: UUID | None = field("A quote that is a clear example; null where none is.", None)
    position: int = field("Place among the codes.", 1)
    colour: int = field("Hue of its passages, 1 to 8.", 1)
    retired_at: datetime | None = field("Since when it takes no codings; null where it does.", None)
    memo: str | None = field("What the team notes about it; null where you are no member.", None)
    locator: str = field("Where the source names it, by line; empty where it does not.", "")


class CoderRecord(Schema):
    guid: UUID = field("Identity of the coder.", OTHER)
    slug: str = field("Short name.", "editors")
    name: str = field("As fellow coders see it.", "The editors")


class CodingRecord(Record):
    quote: UUID = field("The quote.", GUID)
    school: str = field("Slug of the quote’s school.", "a")
    codebook: str = field("Slug of the codebook.", "gateways")
    code: UUID = field("The code.", OTHER)
    code_key: str = field("The code by its name in filters: codebook/code.", "gateways/new-technologies")
    coder: CoderRecord
    start: int = field("Where the passage begins, in Unicode code points of the quote, from 0.", 3)
    end: int = field("Where it ends; the character there is the first after it.", 15)
    passage: str = field("The words from start to end.", "tried boards")
    memo: str = field("Why the passage speaks to the code.", "Speaks of trying out equipment.")
    coded_at: datetime = field("When it was coded, with time zone.", "2026-11-23T12:00:00Z")
    codebook_version: str = field("Version and revision of the codebook then; empty: as published.", "")


class FindingLinks(Links):
    evidence: str = address("Quotes that bear it out.", "/api/v1/evidence/?finding=time")
    case_evidence: str = address("Cases that bear it out.", "/api/v1/case-evidence/?finding=time")


class FindingRecord(Record):
    slug: str = field("Name in addresses and filters.", "time")
    theme: str = field("Slug of the theme.", "change")
    theme_name: str = field("Name of the theme.", "Making change happen")
    title: str = field("The finding in a few words.", "Time to try things")
    statement: str = field("What the study found, in this site’s words.", "Leaders gave teachers time to try.")
    position: int = field("Place among the theme’s findings.", 1)
    locator: str = field("Where the source says so, by line.", "L512")
    note: str = field("What is to be known of it.", "")
    quote_count: int = field("Quotes that bear it out.", 4)
    case_count: int = field("Cases that bear it out outside quotations.", 1)
    links: FindingLinks


class EvidenceRecord(Record):
    finding: str = field("Slug of the finding.", "time")
    quote: UUID = field("The quote that bears it out.", GUID)
    school: str = field("Slug of the quote’s school.", "a")
    coder: CoderRecord
    reason: str = field("Why it bears the finding out.", "The head tells of lessons free for trying out.")


class CaseEvidenceRecord(Record):
    finding: str = field("Slug of the finding.", "time")
    school: str = field("Slug of the school whose case tells of it.", "a")
    coder: CoderRecord
    reason: str = field("Why it bears the finding out.", "The case tells of a free afternoon.")
    locator: str = field("Where the source tells of it, by line.", "L188")


class Line(Schema):
    key: str = field("The row or column by its key.", "gateways/new-technologies")
    label: str = field("The row or column in words.", "New technologies")


class MatrixRecord(Record):
    counted: str = field("What is counted: quotes, codings or characters.", "quotes")
    by: str = field("What the columns are.", "School")
    rows: list[Line]
    columns: list[Line]
    cells: list[list[int]] = field("A list for each row, with a number for each column.", [[4]])
    row_totals: list[int] = field("Sum of each row, over the columns shown.", [4])
    column_totals: list[int] = field("Sum of each column.", [4])
    total: int = field("Sum of all cells shown.", 4)
    left_out: int = field("How many columns came after the last that is shown.", 0)


class Start(Schema):
    name: str = field("What this is.", "ICT Lead")
    data_version: int = field("The number that goes up with every change of published data.", 3)
    changed_at: datetime | None = field("When it last went up; null before there was anything.", "2026-11-23T12:00:00Z")
    signed_in: bool = field("Whether a token came with the request.", False)
    lists: dict[str, str] = field("The lists, by name.", {"quotes": f"{SITE}/api/v1/quotes/"})
    description: str = address("This API as an OpenAPI document.", "/api/v1/openapi.json")
    html: str = address("This API as a page.", "/api/v1/docs/")


class Page(Schema):
    data_version: int = field("The number that goes up with every change of published data.", 3)
    changed_at: datetime | None = field("When it last went up.", "2026-11-23T12:00:00Z")
    next: str | None = field("The next page; null on the last one.", None)


def page_of(record: type[Record]) -> type[Schema]:
    """A page of a list of these records, under a name of its own: schemas of one name would hide each other."""
    items: Any = GenericAlias(list, (record,))  # a list of a class known at run time only
    return create_model(record.__name__.replace("Record", "Page"), __base__=Page, items=(items, ...))


def example_of(schema: type[Schema]) -> dict[str, Any]:
    """A whole example, put together from those of the fields."""
    return {name: _example(one.annotation, one.examples) for name, one in schema.model_fields.items()}


def _example(kind: Any, examples: list[Any] | None) -> Any:
    if examples:
        return examples[0]
    inner = getattr(kind, "__args__", ())
    return [example_of(inner[0])] if inner else example_of(kind)
