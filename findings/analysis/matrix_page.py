"""Codes against schools, speakers, topics or a fact, and findings against schools; every cell opens its quotes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django import forms

from findings.access import Desk
from findings.analysis.asked import AskForm, Offers, faults_of, with_default
from findings.analysis.query import asks
from findings.figures import Figure, matrix_figure
from findings.matrices import (
    COUNTED,
    QUOTES,
    Cell,
    Dimension,
    Matrix,
    by_fact,
    by_role,
    by_school,
    by_topic,
    code_matrix,
    finding_matrix,
)
from findings.models import Evidence, Finding
from schools.models import Fact, Indicator, Quote, School, Topic
from schools.speakers import roles_of

MOST_COLUMNS = 40
MOST_DRAWN = 60  # rows of a figure
SCHOOL, ROLE, TOPIC, FACT, FINDINGS = "school", "role", "topic", "fact-", "findings"
PERCENTS = [("", "None"), ("row", "Of the row"), ("column", "Of the column")]
Row = list[Any]


class MatrixForm(AskForm):
    """What is set against what, and what is counted."""

    columns = forms.ChoiceField(required=False, label="Columns")
    bands = forms.CharField(
        required=False,
        max_length=120,
        label="Bands of a fact",
        help_text="Where the columns are a fact with numbers: the edges, like 150, 300.",
    )
    counted = forms.ChoiceField(
        required=False, label="Count", choices=[("", "Quotes"), ("codings", "Codings"), ("characters", "Characters")]
    )
    percent = forms.ChoiceField(required=False, label="Percentages", choices=PERCENTS)

    def clean_bands(self) -> list[Decimal]:
        """Ascending numbers. Thousands may have a comma without a blank after it."""
        said = re.sub(r",(?=\d{3}\b)", "", self.cleaned_data["bands"])
        parts = [part for part in re.split(r"[,;\s]+", said) if part]
        if len(parts) > 20 or not all(re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,2})?", part) for part in parts):
            raise forms.ValidationError("Write the edges of the bands as numbers, like 150, 300.")
        edges = [Decimal(part) for part in parts]
        if edges != sorted(set(edges)):
            raise forms.ValidationError("Write the edges of the bands from the smallest to the largest, each once.")
        return edges

    def clean(self) -> dict[str, Any]:
        """Evidence is of whole quotes: it has no codings."""
        said = super().clean() or self.cleaned_data
        if said.get("columns") == FINDINGS and said.get("counted") == "codings":
            self.add_error("counted", "Findings are borne out by quotes, not by codings: count quotes or characters.")
        if said.get("bands") and not str(said.get("columns", "")).startswith(FACT):
            self.add_error("bands", "Bands are for a fact: choose a fact as columns, or leave them empty.")
        return said


@dataclass(frozen=True)
class ShownCell:
    """A count with its percentage, if wanted, and the road to its quotes."""

    count: int
    percent: float | None
    road: str
    said: str
    heat: int  # 1 to 4


@dataclass(frozen=True)
class MatrixPage:
    """What was asked and what came of it; `matrix` is None where something is wrong."""

    desk: Desk
    form: MatrixForm
    matrix: Matrix | None
    label: str  # of the columns
    left_out: int  # columns beyond MOST_COLUMNS
    words: str

    @classmethod
    def of(cls, desk: Desk, user: Any, data: Any) -> "MatrixPage":
        """Six queries, one more for topics, a fact or findings, and one more once the codings are opened."""
        offers = Offers.at(desk, user)
        form = MatrixForm.of(offers, data)
        indicators = list(Indicator.objects.filter(study=desk.codebook.study_id).in_groups())
        form.fields["columns"].choices = [
            ("", "Schools"),
            (ROLE, "Speakers"),
            (TOPIC, "Topics"),
            *((FACT + one.slug, one.label) for one in indicators),
            (FINDINGS, "Findings (as rows) by school"),
        ]
        if not form.is_valid():
            return cls(desk, form, None, "", 0, "")
        asked = with_default(form, "columns", SCHOOL)
        schools = offers.chosen_schools(form.cleaned_data["school"])
        counted = with_default(form, "counted", QUOTES)
        if asked == FINDINGS:
            shown = schools[:MOST_COLUMNS]
            findings = Finding.objects.filter(theme__study=desk.codebook.study_id)
            matrix = finding_matrix(Evidence.objects.published(), findings, shown, counted)
            return cls(desk, form, matrix, "School", len(schools) - len(shown), "the editors’ evidence")
        columns = _dimension(asked, schools, indicators, form.cleaned_data["bands"], desk)
        left_out = max(len(columns.lines) - MOST_COLUMNS, 0)
        columns = replace(columns, lines=columns.lines[:MOST_COLUMNS])
        places = {value: place for value, place in columns.places.items() if place < MOST_COLUMNS}
        codings = offers.whose.codings(form.whose).filter(quote__school__in=[one.pk for one in schools])
        codes = offers.chosen_codes(form.cleaned_data["code"])
        for code in codes:
            code.codebook = desk.codebook
        matrix = code_matrix(codings, codes, replace(columns, places=places), counted)
        return cls(desk, form, matrix, columns.label, left_out, offers.whose.words(form.whose))

    @property
    def faults(self) -> list[str]:
        """What is wrong with what was asked, a line each."""
        return faults_of(self.form)

    @property
    def counted(self) -> str:
        """What is counted, as a heading says it."""
        return COUNTED[with_default(self.form, "counted", QUOTES)]

    @property
    def percent(self) -> str:
        """Of what the percentages are; empty for none."""
        return with_default(self.form, "percent", "")

    @property
    def of_findings(self) -> bool:
        """The rows are findings, not codes."""
        return with_default(self.form, "columns", "") == FINDINGS

    def table(self) -> Iterator[tuple[str, list[ShownCell], int]]:
        """Row by row: its label, its cells, its total."""
        if self.matrix is None:
            return
        most = max((cell.count for row in self.matrix.cells for cell in row), default=0)
        guids = {node.code.slug: str(node.code.guid) for node in self.form.offers.tree}
        schools = self.form.cleaned_data["school"]
        for place, (row, line) in enumerate(zip(self.matrix.rows, self.matrix.cells, strict=True)):
            cells = [
                ShownCell(
                    cell.count,
                    {"row": cell.row_percent, "column": cell.column_percent}.get(self.percent),
                    self._road(cell, guids, schools) if cell.count else "",
                    f"{self.counted.lower()} of {row.label}: {column.label}",
                    1 + min(3, 4 * cell.count // (most + 1)),
                )
                for column, cell in zip(self.matrix.columns, line, strict=True)
            ]
            yield row.label, cells, self.matrix.row_totals[place]

    def _road(self, cell: Cell, guids: dict[str, str], schools: list[str]) -> str:
        conditions = dict(cell.conditions)
        if "code" in conditions:
            conditions["code"] = [guids[key.partition("/")[2]] for key in conditions["code"]]
        if schools and "school" not in conditions:
            conditions["school"] = schools
        return asks(conditions.items(), self.form.whose)

    def figure(self) -> Figure | None:
        """A heat map of the first MOST_DRAWN rows."""
        if self.matrix is None or not self.matrix.rows or not self.matrix.columns:
            return None
        drawn = replace(self.matrix, rows=self.matrix.rows[:MOST_DRAWN], cells=self.matrix.cells[:MOST_DRAWN])
        rows = "Finding" if self.of_findings else "Code"
        more = f" The first {MOST_DRAWN} rows." if len(self.matrix.rows) > MOST_DRAWN else ""
        caption = f"{self.counted} by {rows.lower()} and {self.label.lower()}, of {self.words}.{more}"
        return matrix_figure("matrix", drawn, caption, rows=rows, columns=self.label)

    def rows(self) -> Iterator[Row]:
        """A row for each cell."""
        for row, line in zip(self.matrix.rows, self.matrix.cells, strict=True) if self.matrix else ():
            for column, cell in zip(self.matrix.columns if self.matrix else (), line, strict=True):
                shares = [None if one is None else round(one, 2) for one in (cell.row_percent, cell.column_percent)]
                yield [row.label, column.label, self.counted.lower(), cell.count, *shares]


def _dimension(
    asked: str, schools: list[School], indicators: list[Indicator], bands: list[Decimal], desk: Desk
) -> Dimension:
    if asked == ROLE:
        return by_role(roles_of(Quote.objects.filter(school__study=desk.codebook.study_id)))
    if asked == TOPIC:
        return by_topic(Topic.objects.filter(study=desk.codebook.study_id))
    if asked == SCHOOL:
        return by_school(schools)
    [indicator] = [one for one in indicators if FACT + one.slug == asked]
    facts = Fact.objects.filter(indicator=indicator, school__in=[one.pk for one in schools])
    return by_fact(schools, facts, indicator.label, bands)
