"""The schools: list, one case, and which are like mine."""

from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from findings.comparison import Support, finding_support
from findings.models import GATEWAYS, Code, Finding
from findings.passages import codes_of, with_codings
from reading.choices import chosen_of, school_choices
from reading.filters import SchoolFilter
from reading.forms import LikeMineForm
from schools.case_text import Block, blocks
from schools.models import Advice, CaseSection, Fact, Indicator, Quote, School, Study, Topic
from schools.paging import bounded_page_of
from schools.roads import study_at
from schools.similar import Mine, nearest


@require_safe
def schools(request: HttpRequest) -> HttpResponse:
    """All schools, filtered and sorted."""
    study = study_at(request)
    school_filter = SchoolFilter(request.GET, queryset=School.objects.published().of(study), study=study)
    groups = school_choices(school_filter)
    context = {
        "filter": school_filter,
        "page": bounded_page_of(
            request, school_filter.qs.annotate(quote_count=_quote_count()), 24, counted=school_filter.qs
        ),
        "groups": groups,
        "chosen": chosen_of(request.GET, groups),
        "like_mine": LikeMineForm(),
    }
    return render(request, "reading/schools.html", context, status=200 if school_filter.is_valid() else 400)


def _quote_count() -> Coalesce:
    """A school's number of quotes, counted for the schools of the page only."""
    quotes = Quote.objects.filter(school=OuterRef("pk")).order_by().values("school")
    return Coalesce(Subquery(quotes.annotate(n=Count("pk")).values("n")), 0)


@require_safe
def like_mine(request: HttpRequest) -> HttpResponse:
    """The schools ranked by their likeness to the visitor's own."""
    form = LikeMineForm(request.GET or None)
    ranking = []
    if form.is_valid() and any(form.cleaned_data.get(name) not in (None, "") for name in form.fields):
        said = form.cleaned_data
        mine = Mine(said["pupils"], said["fsm"], said["setting"])
        ranking = nearest(mine, School.objects.published().of(study_at(request)).iterator(chunk_size=500))
    bad = form.is_bound and not form.is_valid()
    return render(request, "reading/like_mine.html", {"form": form, "ranking": ranking}, status=400 if bad else 200)


@dataclass(frozen=True)
class CasePage:
    """A case as its page shows it."""

    school: School
    facts: list[tuple[str, list[Fact]]]
    topics: list[tuple[Topic, CaseSection, list[Block]]]
    elsewhere: list[Quote]  # quotes of this school that stand outside the cases, in the report's rationale
    codes: list[tuple[Code, int]]  # of the front study the gateways, of another one all of the editors'
    findings: list[tuple[Finding, Support]]
    advice: list[Advice]
    quote_count: int
    previous: School | None
    next: School | None

    @classmethod
    def of(cls, school: School, study: Study) -> "CasePage":
        """A school of a study. Ten queries, however much the case holds."""
        quotes = list(with_codings(school.quotes.for_reading().order_by("position")))
        by_topic: dict[int, list[Quote]] = {}
        for quote in quotes:
            quote.codes = codes_of(quote)
            by_topic.setdefault(quote.topic_id, []).append(quote)
        sections = CaseSection.objects.for_cases([school]).order_by("topic__position")
        topics = [(one.topic, one, blocks(one, by_topic.pop(one.topic_id, []))) for one in sections]
        facts = groupby(Fact.objects.for_cases([school]), key=lambda fact: fact.indicator.group)
        neighbours = School.objects.published().filter(study=school.study_id)
        return cls(
            school=school,
            facts=[(Indicator.Group(group).label, list(members)) for group, members in facts],
            topics=topics,
            elsewhere=[quote for left in by_topic.values() for quote in left],
            codes=_codes(quotes, GATEWAYS if study.is_front else ""),
            findings=_findings(school),
            advice=list(school.advice.select_related("quote")),
            quote_count=len(quotes),
            previous=neighbours.filter(position__lt=school.position).order_by("-position").first(),
            next=neighbours.filter(position__gt=school.position).order_by("position").first(),
        )


def _codes(quotes: list[Quote], codebook: str) -> list[tuple[Code, int]]:
    """Codes, of one codebook where it is named, with the number of quotes coded to them, most first."""
    counted: dict[Code, set[int]] = {}
    for quote in quotes:
        for coding in quote.shown_codings:
            if codebook in ("", coding.code.codebook.slug):
                counted.setdefault(coding.code, set()).add(quote.pk)
    ranked = sorted(counted.items(), key=lambda item: (-len(item[1]), item[0].codebook_id, item[0].position))
    return [(code, len(ids)) for code, ids in ranked]


def _findings(school: School) -> list[tuple[Finding, Support]]:
    support = {finding: one for (finding, _), one in finding_support([school]).items()}
    findings = Finding.objects.published().filter(pk__in=support).select_related("theme")
    return [(finding, support[finding.pk]) for finding in findings]


@require_safe
def case_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One school's case."""
    study = study_at(request)
    if study is None:
        raise Http404("No study is published.")
    school = get_object_or_404(School.objects.published().of(study), slug=slug)
    return render(request, "reading/case_page.html", {"case": CasePage.of(school, study), "school": school})
