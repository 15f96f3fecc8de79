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
        "Who speaks: headteacher, teacher, ict-coordinator, support-staff, governor, parent, pupil or other.",
        lambda quote: quote.speaker_role,
    ),
    Column(
        "speaker",
        TEXT,
        "The name or sign that the source gives the speaker. Empty: it gives none.",
        lambda quote: quote.speaker,
    ),
    Column("quote", TEXT, "The words, verbatim, without the quotation marks around them.", lambda quote: quote.text),
    Column(
        "locator",
        TEXT,
        "Where the source has it, by line of its text: L137, L404+L406 or L129-L133; "
        "Q3 for quote 3, whose line nobody named.",
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

# Values of a coding in a member's file, after those above.
MEMBER = [
    Column("coder_name", TEXT, "Who coded, as fellow coders see it.", lambda coding: coding.coder.name),
    Column(
        "coded_with",
        TEXT,
        "Version and revision of the codebook when this was coded. Empty: as published.",
        lambda coding: coding.codebook_version,
    ),
    Column(
        "coding_id",
        TEXT,
        "The coding's identity, a UUID. It never changes and is the same in every export.",
        lambda coding: str(coding.guid),
    ),
]

# Values of a note on a quote, that is loaded with its quote and its coder.
NOTE = [
    Column("note_id", TEXT, "The note's identity, a UUID. It never changes.", lambda note: str(note.guid)),
    Column("coder", TEXT, "Who notes, by short name.", lambda note: note.coder.slug),
    Column("coder_name", TEXT, "Who notes, as fellow coders see it.", lambda note: note.coder.name),
    Column("note", TEXT, "The memo on the quote. Empty: none is written.", lambda note: note.memo),
    Column("is_key", FLAG, "1: the coder marked the quote as a key quote.", lambda note: int(note.is_key)),
    Column(
        "done_at",
        TIME,
        "When the coder said to be done with the quote, in UTC. Empty: not done.",
        lambda note: note.done_at,
    ),
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

# What the pages of the analysis show, for members
CODE_NAME = Column("code", TEXT, "The code by its name.")
ANALYSIS = [
    Table(
        "agreement",
        "Agreement: /workbench/…/agreement.csv",
        "Each code has one row for each measure; the rows without a code are of all codes, pooled. Nobody has this "
        "file before the codings are opened.",
        [
            Column("code", TEXT, "The code by its name. Empty: all codes, pooled."),
            Column("measure", TEXT, "percent, cohen, fleiss or alpha."),
            Column("value", NUMBER, "The measure, at most 1. Empty: there is no value."),
            Column("low", NUMBER, "Where the 95 % interval begins. Empty: there is no interval."),
            Column("high", NUMBER, "Where the 95 % interval ends. Empty: there is no interval."),
            Column("reason", TEXT, "Why there is no value or no interval. Empty where there are both."),
            Column("unit", TEXT, "What was compared: quotes or characters."),
            Column("coders", TEXT, "Who was compared, by name, in the order of the counts."),
            Column("quotes", WHOLE, "Quotes that at least two of the coders are done with."),
            Column("units", WHOLE, "Units in these quotes."),
            Column("both", WHOLE, "Units that both of two coders coded so. Empty: not two coders, or pooled."),
            Column("first_only", WHOLE, "Units that the first alone coded so. Empty: as above."),
            Column("second_only", WHOLE, "Units that the second alone coded so. Empty: as above."),
            Column("neither", WHOLE, "Units that neither coded so. Empty: as above."),
        ],
    ),
    Table(
        "matrix",
        "Matrix: /workbench/…/matrix.csv",
        "Each cell of the matrix is one row.",
        [
            Column("row", TEXT, "The code or the finding by its name."),
            Column("column", TEXT, "The school, speaker, topic or what the fact states."),
            Column("counted", TEXT, "What is counted: quotes, codings or characters."),
            Column("count", WHOLE, "How many."),
            Column("row_percent", NUMBER, "The share of the row's sum in per cent. Empty: the sum is 0."),
            Column("column_percent", NUMBER, "The share of the column's sum in per cent. Empty: the sum is 0."),
        ],
    ),
    Table(
        "together",
        "Codes that go together: /workbench/…/together.csv",
        "Each pair of codes that meets is one row, the most frequent first.",
        [
            Column("first_code", TEXT, "One code by its name."),
            Column("second_code", TEXT, "The other code by its name."),
            Column("kind", TEXT, "What together means: quote, passage or near."),
            Column("together", WHOLE, "Quotes in which they go together."),
            Column("first", WHOLE, "Quotes with the one code."),
            Column("second", WHOLE, "Quotes with the other code."),
            Column("jaccard", NUMBER, "Quotes with both as a share of quotes with either, 0 to 1. Empty for near."),
            Column("mean_distance", NUMBER, "For near: the mean distance to the nearest, in quotes. Else empty."),
        ],
    ),
    Table(
        "framework",
        "Framework matrix: /workbench/…/framework.csv",
        "Each cell with a summary of your own or with quotes is one row.",
        [
            CODE_NAME,
            Column("school", TEXT, "The school's short name, as in addresses."),
            Column("summary", TEXT, "Your own summary. Empty: none is written."),
            Column("quotes", WHOLE, "Quotes of the school that are coded so, as far as you may see."),
            Column("saved_at", TIME, "When the summary was saved, in UTC. Empty: none is written."),
        ],
    ),
    Table(
        "words",
        "Words in context: /workbench/…/words.csv",
        "Each place where the words stand is one row, the first 2,000 in the order of the page.",
        [
            *[column for column in QUOTE if column.name in {"quote_id", "school", "speaker_role", "locator"}],
            Column("start", WHOLE, "Where the words begin, in Unicode code points of the quote, from 0."),
            Column("end", WHOLE, "Where they end, counted like start; the character there is the first after them."),
            Column("left", TEXT, "Up to ten words before."),
            Column("hit", TEXT, "The words found, as they stand."),
            Column("right", TEXT, "Up to ten words after."),
        ],
    ),
    Table(
        "frequencies",
        "Word frequencies: /workbench/…/frequencies.csv",
        "Each word of the group is one row, the most frequent first.",
        [
            Column("group", TEXT, "Whose words: a school, a kind of speaker, or all quotes."),
            Column("word", TEXT, "The word in small letters; with forms together, its most frequent form."),
            Column("count", WHOLE, "How often the group says it."),
            Column("per_thousand", NUMBER, "How often in a thousand words of the group."),
            Column("rest", WHOLE, "How often all others say it. Empty: there are no others."),
            Column("g2", NUMBER, "Log-likelihood of the difference. Empty: there are no others."),
            Column("log_ratio", NUMBER, "Binary logarithm of the ratio of the frequencies. Empty: no others."),
        ],
    ),
]

TABLES: list[Table] = [
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
        "member-codings",
        "Codings of a team: /workbench/…/codings.csv",
        "For members, as far as each may see. The columns of the quote and of the coding as in layout=long, and these. "
        "Each coding is one row; a quote without coding keeps one row, whose cells here are empty. What a query finds "
        "(query.csv) and the report of a code (codes/…/report.csv) have the same columns.",
        MEMBER,
    ),
    Table(
        "member-notes",
        "Notes of a team: /workbench/…/notes.csv",
        "For members, as far as each may see: while coders work blind, one's own. The columns of the quote, and these. "
        "Each coder's note on a quote is one row.",
        NOTE,
    ),
    *ANALYSIS,
    Table(
        "figure",
        "Numbers of a figure: /figures/….csv",
        "The table under the figure: its first column names what a row is of, the others are headed as there. Empty: "
        "not stated, or no value.",
        [],
    ),
]
