"""The framework matrix: codes by schools, with one's own summaries in the cells. Nobody reads another's."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Page
from django.db.models import Count, Sum
from django.db.models.functions import Length

from findings.access import Desk
from findings.analysis.asked import AskForm, Offers, faults_of
from findings.analysis.conditions import CODE, SCHOOL
from findings.analysis.query import asks
from findings.forms import TextField
from findings.models import SUMMARY_LIMIT, Code, FrameworkCell
from schools.models import School
from schools.paging import page_number

CODES_A_PAGE = 20
MOST_SCHOOLS = 8  # columns
Row = list[Any]


class SummaryForm(forms.Form):
    """One's own words on a code at a school; `base` is the version that was read."""

    base = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    text = TextField(max_length=SUMMARY_LIMIT, label="Your summary", rows=12)


@dataclass(frozen=True)
class Box:
    """A cell: one's own summary, if there is one, how many quotes there are, and the road to them."""

    school: School
    code: Code
    cell: FrameworkCell | None
    quotes: int
    road: str


@dataclass(frozen=True)
class FrameworkPage:
    """What was asked, and the matrix of it."""

    desk: Desk
    form: AskForm
    schools: list[School]
    left_out: int  # schools beyond MOST_SCHOOLS
    codes: list[Code]

    @classmethod
    def of(cls, desk: Desk, user: Any, data: Any) -> "FrameworkPage":
        """Four queries, five once the codings are opened; the cells are two more."""
        form = AskForm.of(Offers.at(desk, user), data)
        if not form.is_valid():
            return cls(desk, form, [], 0, [])
        schools = form.offers.chosen_schools(form.cleaned_data["school"])
        codes = form.offers.chosen_codes(form.cleaned_data["code"])
        return cls(desk, form, schools[:MOST_SCHOOLS], max(len(schools) - MOST_SCHOOLS, 0), codes)

    @property
    def most_rows(self) -> int:
        """As many rows as the file may have: a cell without summary and quotes has none."""
        return len(self.codes) * (len(self.schools) + self.left_out)

    @property
    def written(self) -> int:
        """Characters of one's own summaries under this codebook. One query."""
        own = FrameworkCell.objects.filter(coder=self.desk.coder, code__codebook=self.desk.codebook)
        length: int | None = own.aggregate(length=Sum(Length("text")))["length"]
        return length or 0

    @property
    def faults(self) -> list[str]:
        """What is wrong with what was asked, a line each."""
        return faults_of(self.form)

    def page(self, asked: str) -> Page:
        """CODES_A_PAGE codes. Raises NoSuchPage."""
        return page_number(asked, self.codes, CODES_A_PAGE)

    def boxes(self, codes: list[Code], schools: list[School]) -> list[tuple[Code, list[Box]]]:
        """Code by code its cells, in the order of the schools. Two queries."""
        own = FrameworkCell.objects.filter(coder=self.desk.coder, code__in=codes, school__in=schools)
        cells = {(one.code_id, one.school_id): one for one in own}
        visible = self.form.offers.whose.codings(self.form.whose).filter(code__in=codes).order_by()
        counted = visible.values_list("code", "quote__school").annotate(n=Count("quote", distinct=True))
        counts = {(code, school): n for code, school, n in counted}
        return [(code, [self._box(code, one, cells, counts) for one in schools]) for code in codes]

    def _box(self, code: Code, school: School, cells: dict, counts: dict) -> Box:
        place = (code.pk, school.pk)
        road = asks([(CODE, [str(code.guid)]), (SCHOOL, [school.slug])], self.form.whose)
        return Box(school, code, cells.get(place), counts.get(place, 0), road)

    def rows(self) -> Iterator[Row]:
        """A row for each cell that has a summary or quotes, for all schools chosen."""
        schools = self.form.offers.chosen_schools(self.form.cleaned_data["school"])
        for code, boxes in self.boxes(self.codes, schools):
            for box in boxes:
                if box.cell or box.quotes:
                    text, when = (box.cell.text, box.cell.saved_at) if box.cell else (None, None)
                    yield [code.name, box.school.slug, text, box.quotes, when]
