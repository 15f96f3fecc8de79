"""What every Word document of the site is made with. It loads python-docx: import it where a document is wanted."""

from collections.abc import Iterable

from docx.document import Document as WordDocument


def without_controls(text: str) -> str:
    """XML knows no control characters; a person can paste them all the same."""
    return "".join(sign for sign in text if (sign >= " " or sign in "\t\n") and sign not in "\ufffe\uffff")


def add_table(document: WordDocument, header: list[str], rows: Iterable[list[str]]) -> None:
    """A table with a header row, at the end of the document."""
    table = document.add_table(rows=1, cols=len(header), style="Light Grid Accent 1")
    for cell, text in zip(table.rows[0].cells, header, strict=True):
        cell.text = without_controls(text)
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = without_controls(text)
