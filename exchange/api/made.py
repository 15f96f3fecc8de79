"""Records made of rows: one function a kind. A row comes with what it belongs to loaded; `doors` sees to that."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from exchange.api.answers import asker_of
from findings.models import CaseEvidence, Code, Codebook, Coder, Coding, Evidence, Finding
from schools.models import DataVersion, Fact, Quote, School, Study


@dataclass(frozen=True)
class Maker:
    """Makes the records of one answer: they share the site's address and the data version."""

    site: str
    version: DataVersion

    @classmethod
    def of(cls, request: HttpRequest) -> "Maker":
        """For the answer to this request."""
        return cls(request.build_absolute_uri("/").rstrip("/"), asker_of(request).version)

    def _about(self, name: str, row: Any, study: str, html: str, **links: str) -> dict[str, Any]:
        road = reverse(f"api:{name}-record", args=[row.guid])
        roads = {"self": road, "html": html, **links}
        return {
            "guid": row.guid,
            "study": study,
            "data_version": self.version.number,
            "links": {key: self.site + value for key, value in roads.items()},
        }

    def study(self, row: Study) -> dict[str, Any]:
        """A study."""
        names = "slug title subtitle author publisher series published year fieldwork summary method is_published"
        said = _copied(row, names)
        return self._about("studies", row, row.slug, page_of_study(row, "/")) | said

    def school(self, row: School) -> dict[str, Any]:
        """A school."""
        said = _copied(row, "slug letter name position pupils fsm_percent place known_for summary locator")
        said |= {"phase": row.phase or None, "setting": row.setting or None}
        return self._about("schools", row, row.study.slug, _page_of_case(row)) | said

    def fact(self, row: Fact) -> dict[str, Any]:
        """A fact."""
        said = _copied(row, "number locator note") | _copied(row.indicator, "label group unit")
        said |= {"school": row.school.slug, "indicator": row.indicator.slug, "value": row.value or None}
        return self._about("facts", row, row.school.study.slug, _page_of_case(row.school)) | said

    def quote(self, row: Quote) -> dict[str, Any]:
        """A quote."""
        said = _copied(row, "speaker_role speaker text locator position is_fragment note")
        said |= {"school": row.school.slug, "topic": row.topic.slug}
        html = page_of_study(row.school.study, row.get_absolute_url(), row.school)
        return self._about("quotes", row, row.school.study.slug, html) | said

    def codebook(self, row: Codebook) -> dict[str, Any]:
        """A codebook, with what one is at it."""
        names = "slug name version revision description source authors position"
        said = _copied(row, f"{names} is_editorial is_published published_at shows_agreed")
        said |= {"your_role": row.role or None, "codings_open": row.opened_at is not None if row.role else None}
        return self._about("codebooks", row, row.study.slug, _page_of(row)) | said

    def code(self, row: Code) -> dict[str, Any]:
        """A code; the team's memo for its members alone."""
        said = _copied(row, "slug key name definition include exclude position colour retired_at locator")
        said |= {"codebook": row.codebook.slug, "codebook_guid": row.codebook.guid}
        said |= {"parent": row.parent and row.parent.guid, "example": row.example and row.example.guid}
        said |= {"memo": row.memo if row.role else None}
        if _is_public(row.codebook):
            html = row.codebook.study.at(row.get_absolute_url())
        else:
            html = reverse("workbench:code", args=[row.codebook.guid, row.guid])
        return self._about("codes", row, row.codebook.study.slug, html) | said

    def coding(self, row: Coding) -> dict[str, Any]:
        """A coding."""
        codebook, said = row.code.codebook, _copied(row, "start end passage memo coded_at codebook_version")
        said |= {"quote": row.quote.guid, "school": row.quote.school.slug, "coder": _coder(row.coder)}
        said |= {"codebook": codebook.slug, "code": row.code.guid, "code_key": row.code.key}
        if _is_public(codebook):
            html = codebook.study.at(row.quote.get_absolute_url())
        else:
            html = reverse("workbench:quote", args=[codebook.guid, row.quote.guid])
        return self._about("codings", row, codebook.study.slug, html) | said

    def finding(self, row: Finding) -> dict[str, Any]:
        """A finding, with the roads to its evidence."""
        said = _copied(row, "slug title statement position locator note quote_count case_count")
        said |= {"theme": row.theme.slug, "theme_name": row.theme.name}
        of_it = f"?finding={row.slug}"
        links = {
            "evidence": reverse("api:evidence") + of_it,
            "case_evidence": reverse("api:case-evidence") + of_it,
        }
        return self._about("findings", row, row.theme.study.slug, _page_of_finding(row), **links) | said

    def evidence(self, row: Evidence) -> dict[str, Any]:
        """A link of a finding to a quote."""
        said = {"finding": row.finding.slug, "coder": _coder(row.coder), "reason": row.reason}
        said |= {"quote": row.quote.guid, "school": row.quote.school.slug}
        return self._about("evidence", row, row.finding.theme.study.slug, _page_of_finding(row.finding)) | said

    def case_evidence(self, row: CaseEvidence) -> dict[str, Any]:
        """A link of a finding to a case."""
        said = {"finding": row.finding.slug, "coder": _coder(row.coder), "reason": row.reason}
        said |= {"school": row.school.slug, "locator": row.locator}
        return self._about("case-evidence", row, row.finding.theme.study.slug, _page_of_finding(row.finding)) | said


def _copied(row: Any, names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names.split()}


def _coder(coder: Coder) -> dict[str, Any]:
    return _copied(coder, "guid slug name")


def _is_public(codebook: Codebook) -> bool:
    return codebook.is_published and codebook.study.is_published


def _page_of(codebook: Codebook) -> str:
    if _is_public(codebook):
        return codebook.study.at(codebook.get_absolute_url())
    return reverse("workbench:codebook", args=[codebook.guid])


def page_of_study(study: Study, public: str, case: School | None = None) -> str:
    """The page that shows it: a public one, or that of one's own study, or of its case, at the workbench."""
    if study.is_published:
        return study.at(public)
    if study.is_editorial and study.made_by_id is None:  # it has no page yet but those of its codebooks
        return reverse("workbench:desks")
    if case is not None:
        return reverse("workbench:case", args=[study.guid, case.guid])
    return reverse("workbench:study", args=[study.guid])


def _page_of_case(school: School) -> str:
    return page_of_study(school.study, school.get_absolute_url(), school)


def _page_of_finding(finding: Finding) -> str:
    return page_of_study(finding.theme.study, finding.get_absolute_url())
