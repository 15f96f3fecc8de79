"""Codebooks and codes; the nine gateways have roads of their own and the same pages."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from findings.code_report import CodeReport
from findings.comparison import coded_quotes
from findings.models import GATEWAYS, Code, Codebook, Coding
from reading.cells import Cell, quote_cells
from reading.citation import apa, codebook_work, schema_org
from schools.actions import data_version
from schools.models import School
from schools.paging import bounded_page_of, is_many, page_of
from schools.roads import study_at

SCHOOLS_IN_MATRIX = 12
CODEBOOKS_A_PAGE = 30


@require_safe
def codebooks(request: HttpRequest) -> HttpResponse:
    """The published codebooks."""
    shown = Codebook.objects.published().of(study_at(request)).select_related("study").order_by("position", "slug")
    in_use = Count("codes", filter=Q(codes__retired_at=None))
    return render(
        request,
        "reading/codebooks.html",
        {"page": page_of(request, shown.annotate(code_count=in_use), CODEBOOKS_A_PAGE)},
    )


@dataclass(frozen=True)
class CodeRow:
    """A code in its codebook's tree: how many quotes in all, and at each school."""

    code: Code
    parent: str  # its parent's name, empty at the root
    total: int | None  # None: not counted
    cells: list[Cell]


@dataclass(frozen=True)
class CodebookPage:
    """A codebook's tree, every code after its parent, with counts of coded quotes."""

    codebook: Codebook
    schools: list[School]
    rows: list[CodeRow]

    @classmethod
    def of(cls, codebook: Codebook) -> "CodebookPage":
        """Five queries, however many codes and schools; the matrix shows the first schools of the study."""
        schools = list(School.objects.published().filter(study=codebook.study_id)[:SCHOOLS_IN_MATRIX])
        counts = coded_quotes(codebook.slug, schools)
        tree = [code for code in Code.objects.tree_of(codebook) if code.retired_at is None]
        totals = _totals([code.pk for code in tree])
        names = {code.pk: code.name for code in tree}
        rows = []
        for code in tree:
            by_school = [counts.get((code.pk, school.pk), 0) for school in schools]
            cells = quote_cells(schools, by_school, "code", code.key, code.name)
            rows.append(
                CodeRow(
                    code, names.get(code.parent_id, ""), totals.get(code.pk, 0) if totals is not None else None, cells
                )
            )
        return cls(codebook, schools, rows)


def _totals(codes: list[int]) -> dict[int, int] | None:
    """Quotes coded to each of these codes, over all schools; nothing where there are more codings than are counted.

    Codes are given by key: the database knows how common each is, and so which way to count is the shorter.
    """
    if is_many(Coding.objects.readable_for_quotes().filter(code__in=codes)):
        return None
    codings = Coding.objects.readable().filter(code__in=codes).order_by()
    return dict(codings.values_list("code").annotate(n=Count("quote", distinct=True)))


@require_safe
def codebook_page(request: HttpRequest, slug: str = GATEWAYS) -> HttpResponse:
    """One codebook."""
    published = Codebook.objects.published().of(study_at(request)).select_related("study", "follows")
    codebook = get_object_or_404(published, slug=slug)
    page = CodebookPage.of(codebook)
    work = codebook_work(codebook, data_version(), request.build_absolute_uri(request.path))
    terms = [_term(row.code, request) for row in page.rows]
    context = {
        "page": page,
        "codebook": codebook,
        "followers": codebook.followers.published(),
        "citation": apa(work),
        "described": schema_org(work, hasDefinedTerm=terms),
    }
    return render(request, "reading/codebook_page.html", context)


def _term(code: Code, request: HttpRequest) -> dict[str, str]:
    return {
        "@type": "DefinedTerm",
        "name": code.name,
        "description": code.definition,
        "identifier": f"urn:uuid:{code.guid}",
        "url": request.build_absolute_uri(code.get_absolute_url()),
    }


def gateways(request: HttpRequest) -> HttpResponse:
    """The nine gateways."""
    return codebook_page(request, GATEWAYS)


@require_safe
def code_page(request: HttpRequest, codebook: str, slug: str) -> HttpResponse:
    """One code: what it means, and every passage coded to it, school by school."""
    codes = Code.objects.published().of(study_at(request))
    codes = codes.select_related("codebook", "parent__codebook", "example__school__study")
    code = get_object_or_404(codes, codebook__slug=codebook, slug=slug)
    codings = Coding.objects.readable().filter(code=code).select_related("quote__school", "quote__topic", "coder")
    siblings = list(Code.objects.tree_of(code.codebook_id))
    place = next(index for index, one in enumerate(siblings) if one.pk == code.pk)
    example = code.example
    page = bounded_page_of(request, codings.order_by("quote__school__position", "quote__position", "start"), 30)
    context = {
        "code": code,
        "example": example if example and example.school.study.is_published else None,
        "children": [one for one in siblings if one.parent_id == code.pk],
        "previous": siblings[place - 1] if place else None,
        "next": siblings[place + 1] if place + 1 < len(siblings) else None,
        "by_school": [] if page.paginator.is_more else _by_school(code),
        "page": page,
    }
    return render(request, "reading/code_page.html", context)


def gateway_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One gateway."""
    return code_page(request, GATEWAYS, slug)


@require_safe
def code_report(request: HttpRequest, codebook: str, slug: str) -> HttpResponse:
    """All of a code on one page, designed for paper."""
    codes = Code.objects.published().of(study_at(request)).select_related("codebook")
    code = get_object_or_404(codes, codebook__slug=codebook, slug=slug)
    report = CodeReport.of(
        code, Coding.objects.readable(), asks=lambda kind, key: urlencode({"code": code.key, kind: key})
    )
    return render(request, "reading/code_report.html", {"report": report, "code": code})


def _by_school(code: Code) -> list[tuple[School, int]]:
    """Schools with the number of their quotes coded so, in the study's order; those without are left out."""
    codings = Coding.objects.readable().filter(code=code).order_by()
    counts = dict(codings.values_list("quote__school").annotate(n=Count("quote", distinct=True)))
    return [(school, counts[school.pk]) for school in School.objects.filter(pk__in=counts)]
