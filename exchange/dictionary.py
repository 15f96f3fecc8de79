"""Every table that goes out, with its columns: what /data-dictionary/ shows and docs/data-dictionary.md must say."""

from exchange import columns, desk_workbook, study_columns
from exchange.columns import Column, Table
from exchange.datapackage import all_datasets
from exchange.quotes_workbook import SHEETS

WORKBOOK = Table(
    "workbook",
    "Workbook: /quotes.xlsx",
    "A sheet README tells of the file; each sheet after it has the columns of the table that it names. Numbers and "
    "times are stored as such; text is stored as text and never calculated.",
    [
        Column("quotes", "sheet", f"{SHEETS['quotes']} As /quotes.csv with layout=quotes."),
        Column("codings", "sheet", f"{SHEETS['codings']} As data/codings.csv of the data package."),
        Column("wide", "sheet", f"{SHEETS['wide']} As /quotes.csv with layout=wide."),
        Column("codebook", "sheet", f"{SHEETS['codebook']} As the CSV of a codebook."),
        Column("cases", "sheet", f"{SHEETS['cases']} As /schools.csv."),
        Column("data dictionary", "sheet", SHEETS["data dictionary"]),
    ],
)

DESK_WORKBOOK = Table(
    "desk-workbook",
    "Workbook of a team: /workbench/…/workbook.xlsx",
    "For members, as far as each may see. As /quotes.xlsx; the last sheet names the columns of all.",
    [
        Column("quotes", "sheet", f"{desk_workbook.SHEETS['quotes']} As data/quotes.csv of the data package."),
        Column("codings", "sheet", f"{desk_workbook.SHEETS['codings']} As data/codings.csv, with name and version."),
        Column("wide", "sheet", desk_workbook.SHEETS["wide"]),
        Column("notes", "sheet", f"{desk_workbook.SHEETS['notes']} As notes.csv, without the quote."),
        Column(
            "codebook", "sheet", f"{desk_workbook.SHEETS['codebook']} As data/codebooks.csv, and the columns below."
        ),
        Column("codes", "sheet", f"{desk_workbook.SHEETS['codes']} As codebook.csv of the team."),
        Column("cases", "sheet", f"{desk_workbook.SHEETS['cases']} As data/schools.csv of the data package."),
        Column("facts", "sheet", f"{desk_workbook.SHEETS['facts']} As data/facts.csv of the data package."),
        Column("findings", "sheet", f"{desk_workbook.SHEETS['findings']} As /findings.csv."),
        Column("data dictionary", "sheet", desk_workbook.SHEETS["data dictionary"]),
        *study_columns.CODEBOOK_MEMBER,
    ],
)


def tables() -> list[Table]:
    """The tables of the CSV files, of the workbook, and of the data package."""
    package = [
        Table(
            f"package-{one.key}",
            f"Data package: data/{one.key}.csv",
            one.rows_are,
            one.columns + (study_columns.FACT_OF_SCHOOL if one.key == "schools" else []),
        )
        for one in all_datasets()
    ]
    return [*columns.TABLES, *study_columns.TABLES, WORKBOOK, DESK_WORKBOOK, *package]
