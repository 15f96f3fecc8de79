"""What every column of every file holds: read by the exporters, by /data-dictionary/ and by its test."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

TEXT, WHOLE, NUMBER, FLAG, TIME = "text", "whole number", "number", "0 or 1", "time"


@dataclass(frozen=True)
class Column:
    """A column: its name in the header, the kind of its cells, what they mean, and how a record gives its own."""

    name: str
    kind: str
    meaning: str
    value: Callable[[Any], Any] = str


@dataclass(frozen=True)
class Table:
    """A file, or a part of one: its rows in words, and its columns in their order."""

    key: str
    title: str
    rows: str
    columns: list[Column]


# Values of a quote that is loaded with its topic, its school and the school's study.
QUOTE = [
    Column(
        "quote_id",
        TEXT,
        "The quote's identity, a UUID. It never changes and is the same in every export.",
        lambda quote: str(quote.guid),
    ),
    Column("study", TEXT, "The study's short name, as in addresses.", lambda quote: quote.school.study.slug),
    Column("school", TEXT, "The school's short name, as in addresses.", lambda quote: quote.school.slug),
    Column(
        "phase",
        TEXT,
        "The ages that the school teaches: infant, junior, primary or secondary. Empty: not stated.",
        lambda quote: quote.school.phase,
    ),
    Column(
        "setting",
        TEXT,
        "Where the school stands: rural-village, town-outskirts, town-centre or city. Empty: not stated.",
        lambda quote: quote.school.setting,
    ),
    Column("pupils", WHOLE, "Pupils on roll. Empty: not stated.", lambda quote: quote.school.pupils),
    Column(
        "fsm_percent",
        NUMBER,
        "Pupils with free school meals, in per cent of all pupils, 0 to 100. Empty: not stated.",
        lambda quote: quote.school.fsm_percent,
    ),
    Column(
        "topic",
        TEXT,
        "The heading under which the quote is printed, by its short name.",
        lambda quote: quote.topic.slug,
    ),
    Column(
        "speaker_role",
        TEXT,
        "Who speaks: headteacher, teacher or ict-coordinator.",
        lambda quote: quote.speaker_role,
    ),
    Column("quote", TEXT, "The words, verbatim, without the quotation marks around them.", lambda quote: quote.text),
    Column(
        "locator",
        TEXT,
        "Where the source has it, by line of its text: L137, L404+L406 or L129-L133.",
        lambda quote: quote.locator,
    ),
]

# Values of a coding that is loaded with its quote, its coder, its code and the code's codebook.
CODING = [
    Column("codebook", TEXT, "The codebook of the code, by its short name.", lambda coding: coding.code.codebook.slug),
    Column("code", TEXT, "The code, by its short name. It is unique in its codebook.", lambda coding: coding.code.slug),
    Column(
        "code_id",
        TEXT,
        "The code's identity, a UUID. It never changes and is the same in every export.",
        lambda coding: str(coding.code.guid),
    ),
    Column(
        "coder",
        TEXT,
        "Who coded, by short name. Published codings are by editors: they are this site's reading, not the report's.",
        lambda coding: coding.coder.slug,
    ),
    Column(
        "start",
        WHOLE,
        "Where the coded passage begins: how many characters (Unicode code points) of the quote stand before it, not "
        "counting an apostrophe that guards the cell.",
        lambda coding: coding.start,
    ),
    Column(
        "end",
        WHOLE,
        "Where the coded passage ends, counted like start; the character at this place is the first one after it.",
        lambda coding: coding.end,
    ),
    Column("passage", TEXT, "The words of the quote from start to end.", lambda coding: coding.passage),
    Column("memo", TEXT, "Why the passage speaks to the code.", lambda coding: coding.memo),
    Column("coded_at", TIME, "When it was coded, in UTC: 2026-11-23T12:00:00Z.", lambda coding: coding.coded_at),
]

# Layout "wide", after the columns of the quote.
CODE = Column(
    "codebook/code",
    FLAG,
    "One column for each published code, named by its codebook and its code. 1: the quote has a coding to this very "
    "code. 0: it has none.",
)

# /compare.csv
COMPARISON = [
    Column(
        "section",
        TEXT,
        "The part of the comparison: Facts with its group, Topics, Gateways, Findings with its theme, or Advice.",
    ),
    Column(
        "row",
        TEXT,
        "What is compared: a fact, topic, gateway or finding by its name; advice by its number.",
    ),
]
SCHOOL = Column(
    "school",
    TEXT,
    "One column for each chosen school, named by its short name, in the order chosen. Facts, topics, advice: the text; "
    "empty where the source is silent. Gateways: how many quotes are coded to it. Findings: the evidence; empty where "
    "none is linked.",
)

TABLES = [
    Table(
        "quotes",
        "Quotes: /quotes.csv",
        "Every layout begins with these columns. With layout=quotes there are no others, and each quote is one row.",
        QUOTE,
    ),
    Table(
        "long",
        "Codings of quotes: layout=long",
        "After the columns of the quote. Each coding is one row, in the order of the passages; a quote without coding "
        "keeps one row, whose cells here are empty. Where codes were chosen, only codings to them are shown; where a "
        "codebook was chosen, only its codings. This is the layout when none is named.",
        CODING,
    ),
    Table(
        "wide",
        "Codes of quotes: layout=wide",
        "After the columns of the quote. Each quote is one row. Where a codebook was chosen, only its codes have a "
        "column; chosen codes narrow the quotes, not the columns. A code's column does not count codings to the codes "
        "below it.",
        [CODE],
    ),
    Table(
        "code-report",
        "Report of a code: /codebooks/…/report.csv",
        "The columns of the quote, then those of the coding, as in layout=long. Each passage with the code is one row, "
        "school by school in reading order.",
        [],
    ),
    Table(
        "comparison",
        "Comparison: /compare.csv",
        "Each row of the comparison is one row, in the same order; hide=equal leaves out the rows that the page hides.",
        [*COMPARISON, SCHOOL],
    ),
    Table(
        "figure",
        "Numbers of a figure: /figures/….csv",
        "The table under the figure: its first column names what a row is of, the others are headed as there. Empty: "
        "not stated, or no value.",
        [],
    ),
]
