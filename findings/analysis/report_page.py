"""A code's report from the codings that one may see."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from findings.access import Desk
from findings.analysis.asked import AskForm, Offers, faults_of
from findings.code_report import CodeReport
from findings.models import Code, Coding


class WhoseForm(AskForm):
    """Whose codings."""

    code = None  # type: ignore[assignment]  # the address names the code
    school = None  # type: ignore[assignment]  # a report is of all schools


@dataclass(frozen=True)
class ReportPage:
    """A code, whose codings of it were asked for, and these."""

    desk: Desk
    code: Code
    form: WhoseForm
    codings: QuerySet[Coding]

    @classmethod
    def of(cls, desk: Desk, user: Any, guid: UUID, data: Any) -> "ReportPage":
        """Five queries, six once the codings are opened; the report is three more. Raises Http404."""
        code = get_object_or_404(
            Code.objects.select_related("codebook", "example__school"), codebook=desk.codebook, guid=guid
        )
        form = WhoseForm.of(Offers.at(desk, user), data)
        whose = form.offers.whose
        codings = whose.codings(form.whose) if form.is_valid() else Coding.objects.none()
        return cls(desk, code, form, codings.filter(code=code))

    @property
    def faults(self) -> list[str]:
        """What is wrong with what was asked, a line each."""
        return faults_of(self.form)

    @property
    def words(self) -> str:
        """Whose codings these are."""
        return self.form.offers.whose.words(self.form.whose)

    @property
    def report(self) -> CodeReport:
        """The report. Three queries."""
        return CodeReport.of(self.code, self.codings)
