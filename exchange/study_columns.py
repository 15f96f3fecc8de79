"""The columns of a study's other tables: schools, facts, codes, findings and all that links them.

Read by the CSV files, the workbook, the data package, /data-dictionary/ and its test, as exchange/columns.py is.
A record comes with what it belongs to loaded; exchange/datasets.py sees to that.
"""

from operator import attrgetter

from exchange.columns import CODING, FLAG, NUMBER, TEXT, TIME, WHOLE, Column, Table
from findings.models import Code

IDENTITY = "identity, a UUID. It never changes and is the same in every export."
LINES = "Where the source says so, by line of its text."


def _column(name: str, kind: str, meaning: str, path: str = "") -> Column:
    """A column whose value lies at `path` of its record: at its own name, where none is given."""
    return Column(name, kind, meaning, attrgetter(path or name))


def _flag(name: str, meaning: str) -> Column:
    return Column(name, FLAG, meaning, lambda record: int(getattr(record, name)))


SCHOOL = [
    _column("school_id", TEXT, f"The school's {IDENTITY}", "guid"),
    _column("study", TEXT, "The study's short name.", "study.slug"),
    _column("school", TEXT, "The school's short name, as in addresses.", "slug"),
    _column("letter", TEXT, "The sign that the school has in the report."),
    _column("name", TEXT, "The school's name in the report."),
    _column("phase", TEXT, "The ages taught: infant, junior, primary or secondary. Empty: not stated."),
    _column("setting", TEXT, "rural-village, town-outskirts, town-centre or city. Empty: not stated."),
    _column("pupils", WHOLE, "Pupils on roll. Empty: not stated."),
    _column("fsm_percent", NUMBER, "Pupils with free school meals, in per cent, 0 to 100. Empty: not stated."),
    _column("place", TEXT, "Where it lies, as far as the report tells."),
    _column("known_for", TEXT, "Signature practice, in a phrase of this site."),
    _column("summary", TEXT, "The school in two or three sentences of this site."),
    _column("locator", TEXT, LINES),
]
SCHOOL_MORE = [  # in the data package
    _column("position", WHOLE, "The school's place in the study."),
    _column("colour", WHOLE, "1 to 8: the colour that the school keeps everywhere."),
]
FACT_OF_SCHOOL = [
    Column(
        "fact/indicator",
        TEXT,
        "One column for each indicator, named by its short name: what the source states of the school, in this site's "
        "words. Empty: not stated.",
    ),
    Column(
        "fact/indicator/number",
        NUMBER,
        "After the text, for indicators that have numbers: the number in it, in the indicator's unit.",
    ),
]
INDICATOR = [
    _column("indicator", TEXT, "The indicator's short name.", "slug"),
    _column("label", TEXT, "What is asked."),
    _column("group", TEXT, "The group that it stands in, by its short name."),
    _column("unit", TEXT, "The unit of its numbers: %, years, PCs."),
    _column("explanation", TEXT, "What is meant."),
    _column("position", WHOLE, "Its place among the indicators."),
]
FACT = [
    _column("fact_id", TEXT, f"The fact's {IDENTITY}", "guid"),
    _column("school", TEXT, "The school's short name.", "school.slug"),
    _column("indicator", TEXT, "The indicator's short name.", "indicator.slug"),
    _column("value", TEXT, "What the source states, in this site's words. Empty: not stated."),
    _column("number", NUMBER, "The number in it, in the indicator's unit. Empty: there is none."),
    _column("locator", TEXT, LINES),
    _column("note", TEXT, "Where two places of the source differ, how; where no line is named, why."),
]
TOPIC = [
    _column("topic", TEXT, "The topic's short name.", "slug"),
    _column("name", TEXT, "The heading as printed."),
    _column("label", TEXT, "The heading in a word or two."),
    _column("position", WHOLE, "Its place in the report."),
    _flag("in_cases", "1: every case has this heading. 0: it is another part of the report."),
]
SECTION = [
    _column("section_id", TEXT, f"The section's {IDENTITY}", "guid"),
    _column("school", TEXT, "The school's short name.", "school.slug"),
    _column("topic", TEXT, "The topic's short name.", "topic.slug"),
    _column("summary", TEXT, "What the case says, in this site's words; [L137] alone is the place of that quote."),
    _column("locator", TEXT, LINES),
]
QUOTE_MORE = [
    _column("position", WHOLE, "The quote's place in the case, in reading order."),
    _flag("is_fragment", "1: words quoted inside a sentence of the report."),
    _column("note", TEXT, "Editorial: how the text stands in print."),
]
ADVICE = [
    _column("advice_id", TEXT, f"The advice's {IDENTITY}", "guid"),
    _column("school", TEXT, "The school's short name.", "school.slug"),
    _column("position", WHOLE, "Its number at the school."),
    _column("text", TEXT, "The advice, in this site's words."),
    Column("quote_id", TEXT, "The quote that gives it. Empty: none does.", lambda one: one.quote and one.quote.guid),
    _column("locator", TEXT, LINES),
]
CODEBOOK = [
    _column("codebook_id", TEXT, f"The codebook's {IDENTITY}", "guid"),
    _column("codebook", TEXT, "The codebook's short name.", "slug"),
    _column("name", TEXT, "The codebook's name."),
    _column("version", TEXT, "The codebook's own version."),
    _column("description", TEXT, "What it is for and how it was made."),
    _column("source", TEXT, "Where its codes' names come from."),
    _column("locator", TEXT, LINES),
    _column("position", WHOLE, "Its place among the codebooks."),
]


def _counted(name: str, meaning: str) -> Column:
    """A count of codings, where they may be counted: see `exchange.datasets.outlined`."""
    return Column(
        name,
        WHOLE,
        f"{meaning} Empty: the codings are not public.",
        lambda code: getattr(code.counts, name, None),
    )


CODE = [
    _column("code_id", TEXT, f"The code's {IDENTITY}", "guid"),
    _column("codebook", TEXT, "The codebook's short name.", "codebook.slug"),
    _column("version", TEXT, "The codebook's own version.", "codebook.version"),
    _column("path", TEXT, "The names of the codes above it and its own, joined by “ > ”."),
    _column("code", TEXT, "The code's short name, unique in its codebook.", "slug"),
    _column("name", TEXT, "The code's name."),
    _column("depth", WHOLE, "How many codes stand above it."),
    _column("parent_id", TEXT, "The code above it. Empty: none is.", "above"),
    _column("position", WHOLE, "Its place among the codes of the codebook."),
    _column("definition", TEXT, "What the code means."),
    _column("include", TEXT, "When to use it."),
    _column("exclude", TEXT, "When not to use it."),
    Column(
        "example_quote_id",
        TEXT,
        "A quote that is a clear example. Empty: none is.",
        lambda code: code.example and code.example.guid,
    ),
    _column("locator", TEXT, LINES),
    _counted("codings", "Codings to this very code, not to those below it."),
    _counted("quotes", "Quotes with such a coding."),
    _counted("schools", "Schools with such a quote."),
]
CODE_MORE = [  # in the data package
    _column("colour", WHOLE, "1 to 8: the hue of its passages."),
]
CODE_MEMBER = [  # for members
    _column("memo", TEXT, "What the team notes about the code."),
    *CODE_MORE,
    _column("number_key", WHOLE, "1 to 9: the key that assigns it on the coding page. Empty: none does."),
    _column("retired_at", TIME, "Since when it takes no codings, in UTC. Empty: it does."),
    Column(
        "merged_into",
        TEXT,
        "The code that took its codings over, by its identity. Empty: none did.",
        lambda code: code.merged_into and code.merged_into.guid,
    ),
]
CODEBOOK_MEMBER = [  # for members
    _column("revision", WHOLE, "Goes up with every change of its codes."),
    _column("authors", TEXT, "Who is cited, as written at its publication."),
    _column("opened_at", TIME, "When all members began to see all codings, in UTC. Empty: coders work blind."),
    _column("published_at", TIME, "When it was published, in UTC. Empty: it is not."),
    _flag("shows_agreed", "1: the agreed codings were published, too."),
]
CODER = [
    _column("coder", TEXT, "The coder's short name.", "slug"),
    _column("coder_id", TEXT, f"The coder's {IDENTITY}", "guid"),
    _column("name", TEXT, "The coder's name."),
    _column("note", TEXT, "Whose reading it is."),
]
CODING_ALONE = [
    _column("coding_id", TEXT, f"The coding's {IDENTITY}", "guid"),
    _column("quote_id", TEXT, "The quote that it is of.", "quote.guid"),
    _column("school", TEXT, "The school's short name.", "quote.school.slug"),
    *CODING,
]
UNCODED = [
    _column("uncoded_id", TEXT, f"The statement's {IDENTITY}", "guid"),
    _column("quote_id", TEXT, "The quote that speaks to no code of the codebook.", "quote.guid"),
    _column("codebook", TEXT, "The codebook's short name.", "codebook.slug"),
    _column("coder", TEXT, "Who says so, by short name.", "coder.slug"),
    _column("reason", TEXT, "Why."),
]
THEME = [
    _column("theme", TEXT, "The theme's short name.", "slug"),
    _column("name", TEXT, "The theme's name."),
    _column("question", TEXT, "The heading as printed."),
    _column("position", WHOLE, "Its place among the themes."),
    _column("locator", TEXT, LINES),
]
FINDING = [
    _column("finding_id", TEXT, f"The finding's {IDENTITY}", "guid"),
    _column("finding", TEXT, "The finding's short name, as in addresses.", "slug"),
    _column("theme", TEXT, "The theme's short name.", "theme.slug"),
    _column("title", TEXT, "The finding in a few words."),
    _column("statement", TEXT, "What the study found, in this site's words."),
    _column("position", WHOLE, "Its place among the theme's findings."),
    _column("locator", TEXT, LINES),
    _column("note", TEXT, "What is to be known of it."),
]
EVIDENCE = [
    _column("evidence_id", TEXT, f"The link's {IDENTITY}", "guid"),
    _column("finding", TEXT, "The finding's short name.", "finding.slug"),
    _column("quote_id", TEXT, "The quote that bears it out.", "quote.guid"),
    _column("coder", TEXT, "Who linked them, by short name.", "coder.slug"),
    _column("reason", TEXT, "Why it bears the finding out."),
]
CASE_EVIDENCE = [
    _column("evidence_id", TEXT, f"The link's {IDENTITY}", "guid"),
    _column("finding", TEXT, "The finding's short name.", "finding.slug"),
    _column("school", TEXT, "The school whose case tells of it.", "school.slug"),
    _column("coder", TEXT, "Who linked them, by short name.", "coder.slug"),
    _column("reason", TEXT, "Why it bears the finding out."),
    _column("locator", TEXT, LINES),
]
REFERENCE = [
    _column("reference", TEXT, "The work's short name.", "slug"),
    _column("author", TEXT, "Who wrote it."),
    _column("year", WHOLE, "When it came out."),
    _column("title", TEXT, "Its title."),
    _column("publication", TEXT, "Place and publisher, as printed."),
    _column("locator", TEXT, LINES),
]
GLOSSARY = [
    _column("abbreviation", TEXT, "As the report writes it."),
    _column("expansion", TEXT, "What it stands for."),
    _column("note", TEXT, "What it was, in this site's words."),
    _column("locator", TEXT, LINES),
]
# /findings.csv, after the columns of the finding. The record is a link, or stands for there being none.
SUPPORT = [
    _column("evidence_id", TEXT, "The link's identity. Empty: nothing is linked to the finding.", "link.guid"),
    _column("evidence", TEXT, "quote: a quote bears it out. case: the case tells of it outside quotations.", "kind"),
    _column("school", TEXT, "The school's short name.", "school.slug"),
    _column("quote_id", TEXT, "The quote's identity, where it is one.", "quote.guid"),
    _column("quote", TEXT, "The words, verbatim.", "quote.text"),
    _column("evidence_locator", TEXT, "Where the source has the quote, or tells of it.", "place"),
    _column("coder", TEXT, "Who linked them, by short name.", "link.coder.slug"),
    _column("reason", TEXT, "Why it bears the finding out.", "link.reason"),
]

LONGEST_TAG = 200  # characters that Taguette keeps


def _tag(code: Code) -> str:
    """A code as a tag of Taguette: a full stop parts what stands below what, and so is no part of a name."""
    return ".".join(name.replace(".", "·") for name in code.path.split(" > "))[:LONGEST_TAG]


TAG = [
    Column("tag", TEXT, "The names of the codes above it and its own, joined by full stops; one within is “·”.", _tag),
    _column("description", TEXT, "What the code means, in a few sentences.", "definition"),
]

TABLES = [
    Table(
        "schools",
        "Schools: /schools.csv",
        "Each school is one row. The filters are those of /schools/.",
        SCHOOL + FACT_OF_SCHOOL,
    ),
    Table(
        "codes",
        "Codes: /codebooks/<codebook>.csv",
        "Each code is one row, every code after the code above it.",
        CODE,
    ),
    Table(
        "tags",
        "Codes as tags: /codebooks/<codebook>.csv?layout=tags",
        "Each code in use is one row, as Taguette’s “Import codebook” takes it. A team’s codebook.csv has it, too.",
        TAG,
    ),
    Table(
        "member-codes",
        "Codes of a team: /workbench/…/codebook.csv",
        "For members. The columns of /codebooks/<codebook>.csv, counted over the codings that one may see, and these.",
        CODE_MEMBER,
    ),
    Table(
        "findings",
        "Findings: /findings.csv",
        "Each piece of evidence is one row; a finding without evidence keeps one row, whose cells there are empty.",
        FINDING + SUPPORT,
    ),
]
