"""The lists of the API: what each holds, in which order, and by what it is filtered."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from exchange.api import doors, filters, records
from exchange.api.answers import asker_of
from exchange.api.made import Maker
from exchange.api.paging import USUAL, PageForm, cursor_after, cut, faults_of, read_cursor
from exchange.api.problems import bad_request


@dataclass(frozen=True)
class Listed:
    """A list: its name in addresses, what a record is, who may see which, its order, and how a row becomes a record."""

    name: str
    one: str
    about: str
    record: type[records.Record]
    door: Callable[[Any], QuerySet]
    filters: Any
    order: tuple[str, ...]
    make: Callable[[Maker, Any], dict[str, Any]]
    find: Callable[[Any, Any], QuerySet] | None = field(default=None)  # one of them by GUID, where that takes a road

    def page(self, request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
        """The page that the address asks for. Raises Problem where something in it is wrong."""
        user, form = asker_of(request).user, PageForm(request.GET)
        forms, narrowed = filters.chosen_rows(self.filters, self.door(user), request)
        if wrong := faults_of(request, form, *forms):
            raise bad_request(wrong)
        return paged(self, request, response, narrowed(), form)

    def found(self, request: HttpRequest, guid: Any) -> dict[str, Any]:
        """The record of this identity. Raises Http404 where there is none, or none that one may see."""
        if wrong := faults_of(request):
            raise bad_request(wrong)
        user = asker_of(request).user
        row = (self.find(user, guid) if self.find else self.door(user).filter(guid=guid)).first()
        if row is None:
            raise Http404
        return self.make(Maker.of(request), row)


def paged(
    listed: Listed, request: HttpRequest, response: HttpResponse, rows: QuerySet, form: PageForm
) -> dict[str, Any]:
    """A page of these rows, with the address of the next in it and in its Link header. Needs a valid form."""
    cursor, limit = form.cleaned_data["cursor"], form.cleaned_data["limit"] or USUAL
    try:
        after = read_cursor(listed.name, listed.order, cursor) if cursor else None
    except ValueError as error:
        raise bad_request([f"cursor: {error}"]) from error
    found, more = cut(rows, listed.order, after, limit)
    following = None
    if more:
        asked = [(name, value) for name, values in request.GET.lists() for value in values if name != "cursor"]
        asked.append(("cursor", cursor_after(listed.name, listed.order, found[-1])))
        following = f"{request.build_absolute_uri(request.path)}?{urlencode(asked)}"
        response["Link"] = f'<{following}>; rel="next"'
    maker = Maker.of(request)
    return {
        "data_version": maker.version.number,
        "changed_at": maker.version.changed_at,
        "next": following,
        "items": [listed.make(maker, row) for row in found],
    }


QUOTES = Listed(
    "quotes",
    "quote",
    "What participants said, verbatim, in reading order. The filters are those of the page of quotes.",
    records.QuoteRecord,
    doors.quotes,
    filters.QuoteList,
    ("school__position", "school__guid", "position", "guid"),
    Maker.quote,
)
LISTS = [
    Listed(
        "studies",
        "study",
        "The pieces of research that the cases come from: those that everyone may read and, with a token, your own, "
        "which you made or code at. Cases, facts, quotes and findings are those of the same studies.",
        records.StudyRecord,
        doors.studies,
        filters.StudyList,
        ("guid",),
        Maker.study,
    ),
    Listed(
        "schools",
        "school",
        "The cases. The filters are those of the page of schools.",
        records.SchoolRecord,
        doors.schools,
        filters.SchoolList,
        ("position", "guid"),
        Maker.school,
    ),
    Listed(
        "facts",
        "fact",
        "What the source states of each school for each indicator; a value is null where it is silent.",
        records.FactRecord,
        doors.facts,
        filters.FactList,
        ("school__position", "school__guid", "indicator__position", "guid"),
        Maker.fact,
    ),
    QUOTES,
    Listed(
        "codebooks",
        "codebook",
        "Sets of codes: those that everyone may read and, with a token, your own.",
        records.CodebookRecord,
        doors.codebooks,
        filters.CodebookList,
        ("position", "guid"),
        Maker.codebook,
    ),
    Listed(
        "codes",
        "code",
        "What to look for in a quote: the codes of those codebooks.",
        records.CodeRecord,
        doors.codes,
        filters.CodeList,
        ("codebook__position", "codebook__guid", "position", "guid"),
        Maker.code,
    ),
    Listed(
        "codings",
        "coding",
        "Passages of quotes with the codes that they speak to. Without `codebook` or `code` those that everyone may "
        "read. Name a codebook of yours, with a token, for its codings as far as you may see them: while coders work "
        "blind, your own alone. The filters of quotes narrow the quotes that codings are of.",
        records.CodingRecord,
        doors.codings,
        filters.CodingList,
        (
            "quote__school__position",
            "quote__school__guid",
            "quote__position",
            "quote__guid",
            "start",
            "end",
            "guid",
        ),
        Maker.coding,
        doors.coding,
    ),
    Listed(
        "findings",
        "finding",
        "What the study found; each leads to the quotes and the cases that bear it out.",
        records.FindingRecord,
        doors.findings,
        filters.FindingList,
        ("theme__position", "position", "guid"),
        Maker.finding,
    ),
    Listed(
        "evidence",
        "link to a quote",
        "Which quotes bear a finding out, and why. The links are the editors’; in your own study, all of its.",
        records.EvidenceRecord,
        doors.evidence,
        filters.EvidenceList,
        ("finding__theme__position", "finding__position", "finding__guid", "guid"),
        Maker.evidence,
    ),
    Listed(
        "case-evidence",
        "link to a case",
        "Which cases bear a finding out, outside quotations, and why. The links are the editors’; in your "
        "own study, all of its.",
        records.CaseEvidenceRecord,
        doors.case_evidence,
        filters.CaseEvidenceList,
        ("finding__theme__position", "finding__position", "finding__guid", "guid"),
        Maker.case_evidence,
    ),
]
