"""The tables and the figures of the analysis that can be taken away, by name."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404

from findings.access import Desk
from findings.analysis.agreement_page import AgreementPage
from findings.analysis.framework_page import FrameworkPage
from findings.analysis.matrix_page import MatrixPage
from findings.analysis.report_page import ReportPage
from findings.analysis.together_page import TogetherPage
from findings.analysis.words_page import ContextPage, FrequencyPage
from findings.coding_figures import progress_figure
from findings.figures import Figure
from findings.progress import SchoolProgress, coders_of, progress_of

TABLES: dict[str, Any] = {
    "agreement": AgreementPage,
    "matrix": MatrixPage,
    "together": TogetherPage,
    "framework": FrameworkPage,
    "words": ContextPage,
    "frequencies": FrequencyPage,
}


def progress_drawn(rows: list[SchoolProgress], coders: list[Any]) -> Figure | None:
    """How many quotes each coder is done with."""
    quotes = sum(row.quotes for row in rows)
    if not coders or not quotes:
        return None
    done = [(one.name, sum(row.done[place] for row in rows)) for place, one in enumerate(coders)]
    return progress_figure("progress", done, quotes, "Quotes that each coder has marked as done.")


def _progress(desk: Desk, user: Any, data: Any) -> Figure | None:
    coders = coders_of(desk.codebook) if desk.is_lead or desk.is_open else [desk.coder] if desk.may_code else []
    return progress_drawn(progress_of(desk.codebook, coders), coders)


def _report(desk: Desk, user: Any, data: Any) -> Figure | None:
    """Of the code that `of` names. Raises Http404 for none."""
    try:
        code = UUID(data.get("of", ""))
    except ValueError as error:
        raise Http404("No such code.") from error
    return ReportPage.of(desk, user, code, data).figure()


FIGURES: dict[str, Callable[[Desk, Any, Any], Figure | None]] = {
    "agreement": lambda desk, user, data: AgreementPage.of(desk, user, data, drawn=True).figure(),
    "matrix": lambda desk, user, data: MatrixPage.of(desk, user, data).figure(),
    "together": lambda desk, user, data: TogetherPage.of(desk, user, data).figure(),
    "progress": _progress,
    "report": _report,
    "frequencies": lambda desk, user, data: FrequencyPage.of(desk, user, data).figure(),
}
