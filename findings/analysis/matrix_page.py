"""Codes against schools, speakers, topics or a fact, and findings against schools; every cell opens its quotes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms

from findings.access import Desk
from findings.analysis.asked import AskForm, Offers, faults_of, with_default
from findings.analysis.conditions import ANY, CODED
from findings.analysis.query import asks
from findings.figures import Figure, matrix_figure
from findings.matrices import (
    COUNTED,
    QUOTES,
    Conditions,
    Dimension,
    Line,
    Matrix,
    by_fact,
    by_role,
    by_school,
    by_topic,
    code_matrix,
    finding_matrix,
    noun,
    share_of,
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
    """What was asked and what came of it; `matrix` is None where something is wrong.

    It has all columns, as the file does; `shown` has the first MOST_COLUMNS.
    """

    desk: Desk
    form: MatrixForm
    matrix: Matrix | None
    label: str  # of the columns
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
            return cls(desk, form, None, "", "")
        asked = with_default(form, "columns", SCHOOL)
        schools = offers.chosen_schools(form.cleaned_data["school"])
        counted = with_default(form, "counted", QUOTES)
        if asked == FINDINGS:
            findings = Finding.objects.filter(theme__study=desk.codebook.study_id)
            study = desk.codebook.study
            matrix = finding_matrix(Evidence.objects.of_study(study), findings, schools, counted)
            whose = "the editors’ evidence" if study.is_published else "the study’s evidence"
            return cls(desk, form, matrix, "School", whose)
        columns = _dimension(asked, schools, indicators, form.cleaned_data["bands"], desk)
        codings = offers.whose.codings(form.whose).filter(quote__school__in=[one.pk for one in schools])
        codes = offers.chosen_codes(form.cleaned_data["code"])
        for code in codes:
            code.codebook = desk.codebook
        matrix = code_matrix(codings, codes, columns, counted)
        return cls(desk, form, matrix, columns.label, offers.whose.words(form.whose))

    @cached_property
    def shown(self) -> Matrix | None:
        """The matrix as the page shows it."""
        return self.matrix.first(columns=MOST_COLUMNS) if self.matrix else None

    @property
    def left_out(self) -> int:
        """How many columns the page does not show."""
        return max(len(self.matrix.columns) - MOST_COLUMNS, 0) if self.matrix else 0

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

    def table(self) -> Iterator[tuple[str, list[ShownCell], int, str]]:
        """Row by row: its label, its cells, its total and the road to the quotes of the whole row."""
        if self.shown is None:
            return
        most = max((count for line in self.shown.counts for count in line), default=0)
        for place, (row, line) in enumerate(zip(self.shown.rows, self.shown.cells, strict=True)):
            cells = [
                ShownCell(
                    cell.count,
                    {"row": cell.row_percent, "column": cell.column_percent}.get(self.percent),
                    self._road(cell.conditions) if cell.count else "",
                    f"{noun(self.counted.lower(), cell.count)} of {row.label}: {column.label}",
                    1 + min(3, 4 * cell.count // (most + 1)),
                )
                for column, cell in zip(self.shown.columns, line, strict=True)
            ]
            yield row.label, cells, self.shown.row_totals[place], self._road(self._across | row.conditions)

    def column_sums(self) -> list[tuple[str, int, str]]:
        """Label, sum and road of each column shown."""
        if self.shown is None:
            return []
        pairs = zip(self.shown.columns, self.shown.column_totals, strict=True)
        return [(column.label, total, self._road(self._down | column.conditions)) for column, total in pairs]

    @property
    def total_road(self) -> str:
        """The quotes of all cells."""
        return self._road(self._down | self._across)

    @cached_property
    def _across(self) -> Conditions:
        """What the quotes of all columns meet. The chosen schools are asked for as they are in every road."""
        found = _of_any(self.matrix.columns) if self.matrix else {}
        found.pop(SCHOOL, None)
        return found

    @cached_property
    def _down(self) -> Conditions:
        """What the quotes of all rows meet; all codes in use have a condition that does not name each of them."""
        if self.of_findings or self.form.cleaned_data["code"]:
            return _of_any(self.matrix.rows) if self.matrix else {}
        return {CODED: [ANY]}

    @cached_property
    def _guids(self) -> dict[str, str]:
        return {node.code.slug: str(node.code.guid) for node in self.form.offers.tree}

    def _road(self, asked: Conditions) -> str:
        conditions, schools = dict(asked), self.form.cleaned_data["school"]
        if "code" in conditions:
            conditions["code"] = [self._guids[key.partition("/")[2]] for key in conditions["code"]]
        if schools and "school" not in conditions:
            conditions["school"] = schools
        return asks(conditions.items(), self.form.whose)

    def figure(self) -> Figure | None:
        """A heat map of the first MOST_DRAWN rows."""
        if self.shown is None or not self.shown.rows or not self.shown.columns:
            return None
        drawn = self.shown.first(rows=MOST_DRAWN)
        rows = "Finding" if self.of_findings else "Code"
        more = f" The first {MOST_DRAWN} rows." if len(self.shown.rows) > MOST_DRAWN else ""
        more += f" The first {MOST_COLUMNS} columns." if self.left_out else ""
        caption = f"{self.counted} by {rows.lower()} and {self.label.lower()}, of {self.words}.{more}"
        return matrix_figure("matrix", drawn, caption, rows=rows, columns=self.label)

    @property
    def row_count(self) -> int:
        """How many these are."""
        return len(self.matrix.rows) * len(self.matrix.columns) if self.matrix else 0

    def rows(self) -> Iterator[Row]:
        """A row for each cell, those that the page does not show, too."""
        matrix, counted = self.matrix, self.counted.lower()
        if matrix is None:
            return
        for row, line, across in zip(matrix.rows, matrix.counts, matrix.row_totals, strict=True):
            for column, count, down in zip(matrix.columns, line, matrix.column_totals, strict=True):
                shares = [share_of(count, across), share_of(count, down)]
                yield [
                    row.label,
                    column.label,
                    counted,
                    count,
                    *(None if one is None else round(one, 2) for one in shares),
                ]


def _of_any(lines: list[Line]) -> Conditions:
    """The condition that the quotes of any of these lines meet: all lines ask for one kind."""
    found: Conditions = {}
    for line in lines:
        for kind, values in line.conditions.items():
            found.setdefault(kind, []).extend(values)
    return found


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
