"""How large a file will be, reckoned from how many records it holds and how long their texts are.

Bytes for each record beside its text, as measured; no file is made for it. What comes out is right within a factor of
two, which is enough to know what one is in for. `held` counts records by kind, and the characters of their texts under
“<kind> text”; what it does not name counts as none.
"""

from collections import Counter

ZIPPED = 0.3  # how much is left of a workbook's text in its zip


def quotes_size(held: Counter) -> int:
    """Quotes as CSV, without codes."""
    return held["quotes text"] + held["quotes"] * 130


def wide_size(held: Counter) -> int:
    """Quotes as CSV with a column for each code."""
    return quotes_size(held) + held["quotes"] * held["codes"] * 2


def long_size(held: Counter) -> int:
    """Codings as CSV, each with its quote; `bare` quotes without one keep a row."""
    return held["coded text"] + held["codings text"] + held["codings"] * 270 + held["bare text"] + held["bare"] * 140


def workbook_size(held: Counter) -> int:
    """The published workbook."""
    text = quotes_size(held) + held["codings text"] + held["codings"] * 500 + wide_size(held)
    return int((text + held["quotes"] * held["codes"] * 25) * ZIPPED + held["quotes"] * 60 + 25_000)


def schools_size(held: Counter) -> int:
    """Schools with their facts as CSV."""
    return held["schools text"] + held["facts text"] + held["schools"] * 250 + 700


def findings_size(held: Counter) -> int:
    """Findings with their evidence as CSV; `lone` ones without any keep a row."""
    return (
        200 + held["evidence text"] + held["lone text"] + (held["evidence"] + held["told"]) * 470 + held["lone"] * 200
    )


def codebook_csv_size(held: Counter) -> int:
    """A codebook as CSV."""
    return held["codes text"] + held["codes"] * 160 + 180


def codebook_qdc_size(held: Counter) -> int:
    """A codebook as .qdc; `said` is what it says of itself."""
    return held["codes text"] + held["codes"] * 330 + held["said text"] + 500


def project_size(held: Counter) -> int:
    """A project as .qdpx."""
    texts = sum(held[f"{name} text"] for name in ("quotes", "codings", "facts", "schools", "notes"))
    size = texts * 1.1 + held["codings"] * 900 + held["evidence"] * 500 + held["told"] * 400 + held["facts"] * 190
    size += held["quotes"] * 700 + held["schools"] * 1500 + held["codes"] * 900 + held["notes"] * 700 + 9000
    return int(size * 0.19)


def package_size(held: Counter) -> int:
    """A study as a data package."""
    texts = sum(held[f"{name} text"] for name in ("quotes", "codings", "facts", "schools"))
    size = texts + held["sections text"] + held["codings"] * 300 + held["evidence"] * 180 + held["facts"] * 130
    size += held["quotes"] * 200 + held["told"] * 180 + held["sections"] * 80 + held["schools"] * 1600 + 90_000
    return int(size * 0.37)


def notes_size(held: Counter) -> int:
    """Notes on quotes as CSV, each with its quote."""
    return held["notes text"] + held["noted text"] + held["notes"] * 250 + 250


def desk_workbook_size(held: Counter) -> int:
    """A team's workbook."""
    size = held["quotes text"] * 2 + held["codings text"] + held["notes text"] + held["facts text"]
    size += held["quotes"] * (500 + held["codes"] * 27) + held["codings"] * 520 + held["codes"] * 500
    rows = held["facts"] + held["notes"] + held["schools"]
    return int((size * 0.6 + findings_size(held)) * ZIPPED + rows * 80 + 24_000)
