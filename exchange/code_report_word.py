"""The report of a code as a Word document, with real headings and tables. It loads python-docx."""

from collections.abc import Sequence
from io import BytesIO

from docx import Document
from docx.document import Document as WordDocument

from exchange.word import add_table, without_controls
from findings.code_report import CodeReport, Tally
from findings.models import Code, Coding, QuoteNote
from schools.fields import locator_words

NOTE = "The passages are participants’ own words. What they are coded to, and why, is the reading of those who coded."


def code_report_word(report: CodeReport, said: str, *, with_memo: bool = False) -> bytes:
    """The file: definition, counts by school and speaker, every passage under its school with its reason.

    `said`: where it is from, in a line.
    `with_memo`: what the team notes about the code, too. It is not published, so only members take it away.
    """
    document = Document()
    code = report.code
    document.core_properties.title = without_controls(f"Report of the code {code.name}")
    document.core_properties.author = "ICT Lead"
    document.add_heading(without_controls(code.name), level=0)
    document.add_paragraph(without_controls(f"{code.codebook.name}, version {code.codebook.version}"))
    document.add_paragraph(without_controls(said))
    _definition(document, code)
    if with_memo and code.memo:
        document.add_heading("Memo", level=1)
        document.add_paragraph(without_controls(code.memo))
    document.add_heading("How much", level=1)
    document.add_paragraph(_amount(report))
    _tallies(document, "School", report.by_school)
    document.add_paragraph()
    _tallies(document, "Speaker", report.by_role)
    document.add_heading("Passages", level=1)
    document.add_paragraph(NOTE)
    for school, codings, notes in report.schools:
        document.add_heading(without_controls(school.name), level=2)
        for coding in codings:
            _passage(document, coding)
        _notes(document, notes)
    if report.left_out:
        document.add_paragraph(f"{report.left_out:,} more passages are in the CSV file of this report.")
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _definition(document: WordDocument, code: Code) -> None:
    document.add_heading("Definition", level=1)
    document.add_paragraph(without_controls(code.definition))
    shown = code.example
    example = f"“{shown.text}” ({shown.school.name}, {locator_words(shown.locator)})" if shown else ""
    for label, text in (("Include when", code.include), ("Exclude when", code.exclude), ("Example", example)):
        if text:
            paragraph = document.add_paragraph()
            paragraph.add_run(f"{label}: ").bold = True
            paragraph.add_run(without_controls(text))


def _amount(report: CodeReport) -> str:
    if not report.passages:
        return "No passage has this code."
    passages = f"{report.passages:,} passage{'' if report.passages == 1 else 's'}"
    return f"{passages} in {report.quotes:,} quote{'' if report.quotes == 1 else 's'}."


def _tallies(document: WordDocument, label: str, tallies: Sequence[Tally]) -> None:
    if tallies:
        rows = ([one.label, f"{one.quotes:,}", f"{one.passages:,}"] for one in tallies)
        add_table(document, [label, "Quotes", "Passages"], rows)


def _passage(document: WordDocument, coding: Coding) -> None:
    quote = coding.quote
    document.add_paragraph(f"“{without_controls(coding.passage)}”", style="Intense Quote")
    document.add_paragraph(without_controls(coding.memo))
    place = f"{quote.said_by}, {quote.topic.label}, {locator_words(quote.locator)}"
    document.add_paragraph(without_controls(f"{place}; coded by {coding.coder.name}")).runs[0].italic = True


def _notes(document: WordDocument, notes: Sequence[QuoteNote]) -> None:
    if notes:
        document.add_heading("Memos on these quotes", level=3)
    for one in notes:
        document.add_paragraph(without_controls(one.memo))
        place = f"{one.coder.name}, on {locator_words(one.quote.locator)}"
        document.add_paragraph(without_controls(place)).runs[0].italic = True
