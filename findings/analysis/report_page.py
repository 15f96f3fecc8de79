"""A code's report from the codings that one may see."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from findings.access import Desk
from findings.analysis.asked import AskForm, Offers, faults_of
from findings.analysis.conditions import CODE
from findings.analysis.query import asks
from findings.code_report import CodeReport
from findings.figures import Figure, bars_figure
from findings.models import Code, Coding, QuoteNote

MOST_BARS = 40


class WhoseForm(AskForm):
    """Whose codings."""

    code: Any = None  # the address names the code
    school: Any = None  # a report is of all schools


@dataclass(frozen=True)
class ReportPage:
    """A code, whose codings of it were asked for, and these."""

    desk: Desk
    code: Code
    form: WhoseForm
    codings: QuerySet[Coding]
    notes: QuerySet[QuoteNote]

    @classmethod
    def of(cls, desk: Desk, user: Any, guid: UUID, data: Any) -> "ReportPage":
        """Five queries, six once the codings are opened; the report is four more. Raises Http404."""
        code = get_object_or_404(
            Code.objects.select_related("codebook", "example__school"), codebook=desk.codebook, guid=guid
        )
        form = WhoseForm.of(Offers.at(desk, user), data)
        whose = form.offers.whose
        codings = whose.codings(form.whose) if form.is_valid() else Coding.objects.none()
        return cls(desk, code, form, codings.filter(code=code), QuoteNote.objects.visible_to(user, desk.codebook))

    @property
    def faults(self) -> list[str]:
        """What is wrong with what was asked, a line each."""
        return faults_of(self.form)

    @property
    def words(self) -> str:
        """Whose codings these are."""
        return self.form.offers.whose.words(self.form.whose)

    @cached_property
    def report(self) -> CodeReport:
        """The report. Four queries."""
        return CodeReport.of(self.code, self.codings, self.notes, asks=self._asks)

    def _asks(self, kind: str, key: str) -> str:
        return asks([(CODE, [str(self.code.guid)]), (kind, [key])], self.form.whose)

    def figure(self) -> Figure | None:
        """How many quotes of each school have the code; None where none has."""
        tallies = self.report.by_school
        if not tallies:
            return None
        most = sorted(tallies, key=lambda one: -one.quotes)[:MOST_BARS]
        some = f" The {MOST_BARS} schools with the most." if len(tallies) > MOST_BARS else ""
        caption = f"Quotes with the code “{self.code}” by school, coded by {self.words}.{some}"
        items = [(one.label, one.quotes) for one in tallies if one in most]
        return bars_figure("report", items, caption, what="School", counted="Quotes")
