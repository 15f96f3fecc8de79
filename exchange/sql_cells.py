"""Cells as PostgreSQL writes them itself, letter for letter as exchange.tabular and exchange.columns do.

A million rows are written in the time that the database needs, where Python would need ten times that. SQLite would
take longer than Python for it: it gives raw values, numbers apart.
`tests/exchange/test_quotes_stream.py` holds each cell against Python's.
"""

from dataclasses import dataclass

from django.db import connection

# What Python's `\\s` is besides the blank: spelt out, for each engine and each locale has its own idea of it.
BLANKS = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
)
BLANKS += "\u2028\u2029\u202f\u205f\u3000"
SIGNS = "=+-@＝＋－＠"  # as in schools.formulas

TEXT, WHOLE, NUMBER, TIME, GUID = "text", "whole number", "number", "time", "guid"


@dataclass(frozen=True)
class Raw:
    """Where a column's value lies, as a path of the ORM, and what kind of value it is."""

    path: str
    kind: str = TEXT


# In the order of exchange.columns.QUOTE and CODING. A passage is cut out of its quote's text.
QUOTE = {
    "quote_id": Raw("guid", GUID),
    "study": Raw("school__study__slug"),
    "school": Raw("school__slug"),
    "phase": Raw("school__phase"),
    "setting": Raw("school__setting"),
    "pupils": Raw("school__pupils", WHOLE),
    "fsm_percent": Raw("school__fsm_percent", NUMBER),
    "topic": Raw("topic__slug"),
    "speaker_role": Raw("speaker_role"),
    "speaker": Raw("speaker"),
    "quote": Raw("text"),
    "locator": Raw("locator"),
}
CODING = {
    "codebook": Raw("code__codebook__slug"),
    "code": Raw("code__slug"),
    "code_id": Raw("code__guid", GUID),
    "coder": Raw("coder__slug"),
    "start": Raw("start", WHOLE),
    "end": Raw("end", WHOLE),
    "passage": Raw(""),
    "memo": Raw("memo"),
    "coded_at": Raw("coded_at", TIME),
}
MEMBER = CODING | {  # in the order of CODING and MEMBER
    "coder_name": Raw("coder__name"),
    "coded_with": Raw("codebook_version"),
    "coding_id": Raw("guid", GUID),
}


def cell(x: str, kind: str, *, keep_formulas: bool = False) -> str:
    """The SQL for the cell of a value `x`, itself an SQL expression. SQLite gives text, times and GUIDs as they are."""
    postgresql = connection.vendor == "postgresql"
    match kind:
        case "text" if postgresql and not keep_formulas:
            return _guarded(x)
        case "number":
            return f"trim_scale({x})::text" if postgresql else f"CAST({x} AS TEXT)"
        case "time" if postgresql:
            return f"""to_char({x} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
        case "time":
            return f"{x} || ''"  # as a column Django would read it as a datetime first
    return x


def _guarded(x: str) -> str:
    """As schools.formulas.guarded. Nearly every text begins with a letter, which needs no second look."""
    bare = f"ltrim({x}, '''')"
    first = f"substr({bare}, 1, 1)"
    signs = ", ".join(f"'{sign}'" for sign in SIGNS)
    return (
        f"CASE WHEN ascii({x}) BETWEEN 97 AND 122 OR ascii({x}) BETWEEN 65 AND 90 THEN {x}"
        f" WHEN {first} IN ('\t', '\r', '\n') OR substr(ltrim({bare}, '{BLANKS}'), 1, 1) IN ({signs})"
        f" THEN '''' || {x} ELSE {x} END"
    )
