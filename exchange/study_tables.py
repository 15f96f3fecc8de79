"""The tables of a study as they come in from a folder: the CSV files of the data package, with less asked for.

What each column holds is said in `exchange/study_columns.py`, for it goes out under the same name. A column that is
missing leaves what is here as it is; only those that are `needed` must be there, and filled in every row.
"""

from dataclasses import dataclass, field

from django.db import models

from findings.models import CaseEvidence, Code, Codebook, Coder, Coding, Evidence, Finding, Theme, Uncoded
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

# study.toml; what is needed first
STUDY = (
    "slug title author guid subtitle publisher series published year fieldwork summary method source_lines"
).split()
STUDY_NEEDED = STUDY[:3]


@dataclass(frozen=True)
class InTable:
    """A file of the folder: the model of its rows, and how its columns become fields."""

    key: str
    model: type[models.Model]
    needed: str
    values: str = ""  # columns that are a field of the same name
    renamed: dict[str, str] = field(default_factory=dict)  # columns whose field has another name
    refers: str = ""  # columns that name a row of another file
    passed_over: str = ""  # columns that go out and say nothing new

    @property
    def columns(self) -> dict[str, str]:
        """Each column that is a value, with its field."""
        return {name: name for name in self.values.split()} | self.renamed

    @property
    def known(self) -> set[str]:
        """Every column that the file may have."""
        return {*self.columns, *self.refers.split(), *self.passed_over.split()}


# A row comes after all that it refers to.
TABLES = [
    InTable("topics", Topic, "topic name", "name label position in_cases", {"topic": "slug"}),
    InTable("indicators", Indicator, "indicator label", "label group unit explanation position", {"indicator": "slug"}),
    InTable(
        "schools",
        School,
        "school name",
        "letter name position colour phase setting pupils fsm_percent place known_for summary locator",
        {"school": "slug", "school_id": "guid"},
        passed_over="study",
    ),
    InTable("sections", CaseSection, "school topic summary", "summary locator", {"section_id": "guid"}, "school topic"),
    InTable("facts", Fact, "school indicator", "value number locator note", {"fact_id": "guid"}, "school indicator"),
    InTable(
        "quotes",
        Quote,
        "school topic speaker_role quote locator",
        "speaker_role speaker locator position is_fragment note",
        {"quote": "text", "quote_id": "guid"},
        "school topic",
        "study phase setting pupils fsm_percent",
    ),
    InTable("advice", Advice, "school text", "position text locator", {"advice_id": "guid"}, "school quote_id"),
    InTable(
        "codebooks",
        Codebook,
        "codebook name",
        "name version description source locator position",
        {"codebook": "slug", "codebook_id": "guid"},
    ),
    InTable(
        "codes",
        Code,
        "codebook code name",
        "name definition include exclude locator position colour",
        {"code": "slug", "code_id": "guid"},
        "codebook parent_id example_quote_id",
        "version path depth codings quotes schools",
    ),
    InTable("coders", Coder, "coder name", "name note", {"coder": "slug", "coder_id": "guid"}),
    InTable(
        "codings",
        Coding,
        "quote_id codebook code",
        "start end memo coded_at",
        {"coding_id": "guid"},
        "quote_id codebook code coder passage",
        "school code_id",
    ),
    InTable(
        "uncoded",
        Uncoded,
        "quote_id codebook reason",
        "reason",
        {"uncoded_id": "guid"},
        "quote_id codebook coder",
    ),
    InTable("themes", Theme, "theme name", "name question position locator", {"theme": "slug"}),
    InTable(
        "findings",
        Finding,
        "finding theme title statement",
        "title statement position locator note",
        {"finding": "slug", "finding_id": "guid"},
        "theme",
    ),
    InTable(
        "evidence",
        Evidence,
        "finding quote_id reason",
        "reason",
        {"evidence_id": "guid"},
        "finding quote_id coder",
    ),
    InTable(
        "case_evidence",
        CaseEvidence,
        "finding school reason",
        "reason locator",
        {"evidence_id": "guid"},
        "finding school coder",
    ),
    InTable(
        "references",
        Reference,
        "reference author year title",
        "author year title publication locator",
        {"reference": "slug"},
    ),
    InTable("glossary", GlossaryTerm, "abbreviation expansion", "abbreviation expansion note locator"),
]
MODELS: dict[str, type[models.Model]] = {"study": Study} | {one.key: one.model for one in TABLES}
