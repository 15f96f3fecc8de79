"""The front door and the pages about the site itself."""

from django.conf import settings
from django.db.models import Count, Max, Subquery
from django.db.models.functions import Coalesce, Length
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from findings.access import Desk
from findings.code_report import Tally
from findings.coding_page import QuoteDesk
from findings.models import Codebook, CodebookMember, Coder, Coding, DeskRole, Finding
from findings.passages import codes_of, segments, with_codings
from reading.citation import apa, edition_work, schema_org, study_citation
from reading.figures import shown
from reading.forms import LikeMineForm
from schools.actions import data_version
from schools.models import GlossaryTerm, Quote, Reference, School, Study
from schools.orders import NotByIndex
from schools.paging import counted, page_of
from schools.roads import study_at

GLANCE = 12  # schools on the front page
STUDIES_A_PAGE = 30
STEP = 7_919  # a prime: one day's quote is not the neighbour of the day before
HERO_LENGTH = (140, 330)  # characters of a quote that reads well in large type


def _quote_of_the_day(study: Study | None) -> Quote | None:
    """A quote of a length that reads well, another each day, the same for everyone."""
    fitting = Quote.objects.published().of(study).annotate(length=NotByIndex(Length("text")))
    quotes = fitting.filter(length__range=HERO_LENGTH, is_fragment=False).order_by("pk")
    last = Quote.objects.aggregate(last=Max("pk"))["last"]
    if last is None:
        return None
    # From a place among all keys on, and round: no more quotes are looked at than it takes to find one.
    place = timezone.localdate().toordinal() * STEP % (last + 1)
    behind, all_of_them = (quotes.filter(pk__gte=start).values("pk")[:1] for start in (place, 0))
    quote = with_codings(quotes.for_reading()).filter(pk=Coalesce(Subquery(behind), Subquery(all_of_them))).first()
    if quote is None:
        return None
    quote.codes = codes_of(quote)
    return quote


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, for whom, and the five schools at a glance."""
    study = study_at(request)
    context = {
        "quote": _quote_of_the_day(study),
        "schools": School.objects.published().of(study)[:GLANCE],
        "study": study,
        "quote_count": counted(Quote.objects.published().of(study)),
        "figures": shown(study, "schools", "gateways"),
        "has_more": Study.objects.published().filter(is_front=False).exists(),
        "like_mine": LikeMineForm(),
    }
    return render(request, "reading/home.html", context)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """The study, the method, what is ours and what is the source's, how to cite."""
    study = study_at(request)
    version = data_version()
    edition = edition_work(study, version, request.build_absolute_uri("/")) if study else None
    context = {
        "study": study,
        "citation": study_citation(study) if study else "",
        "edition": apa(edition) if edition else "",
        "described": schema_org(edition, description=study.summary) if edition and study else None,
        "references": Reference.objects.of(study),
        "codebooks": Codebook.objects.published().of(study).editorial().annotate(code_count=Count("codes")),
        "quote_count": counted(Quote.objects.published().of(study)),
        "coding_count": counted(Coding.objects.published_under(study)),
        "finding_count": Finding.objects.published().of(study).count(),
        "version": version,
    }
    return render(request, "reading/about.html", context)


@require_safe
def studies(request: HttpRequest) -> HttpResponse:
    """The published studies."""
    rows = Study.objects.published().annotate(school_count=Count("schools")).order_by("-is_front", "title", "pk")
    return render(request, "reading/studies.html", {"page": page_of(request, rows, STUDIES_A_PAGE)})


@require_safe
def study_page(request: HttpRequest) -> HttpResponse:
    """Another study than the front's: what it is, what it holds, how to cite it."""
    study = study_at(request)
    if study is None:
        raise Http404("No such study.")
    edition = edition_work(study, data_version(), request.build_absolute_uri(study.get_absolute_url()))
    context = {
        "study": study,
        "citation": study_citation(study),
        "edition": apa(edition),
        "described": schema_org(edition, description=study.summary),
        "schools": School.objects.published().of(study)[:GLANCE],
        "references": Reference.objects.of(study),
        "school_count": counted(School.objects.published().of(study)),
        "quote_count": counted(Quote.objects.published().of(study)),
        "codebook_count": Codebook.objects.published().of(study).count(),
        "finding_count": Finding.objects.published().of(study).count(),
        "has_terms": GlossaryTerm.objects.of(study).exists(),
        "figures": shown(study, "schools"),
    }
    return render(request, "reading/study_page.html", context)


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """The abbreviations of the study."""
    terms = GlossaryTerm.objects.of(study_at(request))
    return render(request, "reading/glossary.html", {"terms": terms})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "reading/accessibility.html", {"contact": settings.CONTACT_EMAIL})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What the site keeps of its visitors."""
    return render(request, "reading/privacy.html", {"contact": settings.CONTACT_EMAIL})


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in every state, from the real templates and the study's own records."""
    study = study_at(request)
    quote = (
        with_codings(Quote.objects.published().of(study).for_reading())
        .filter(codings__in=Coding.objects.published())
        .first()
    )
    if quote:
        quote.codes = codes_of(quote)
    for place, coding in enumerate(quote.shown_codings if quote else []):
        coding.mark = "abcdefghij"[place % 10]
    like_mine = LikeMineForm({"pupils": "many", "fsm": "250"})
    like_mine.is_valid()
    context = {
        "quote": quote,
        "segments": segments(quote.text, quote.shown_codings) if quote else [],
        "desk": Desk(quote.shown_codings[0].code.codebook, CodebookMember(role=DeskRole.VIEWER), Coder())
        if quote
        else None,
        "coded": QuoteDesk.of(quote, quote.shown_codings) if quote else None,
        "schools": School.objects.published().of(study)[:5],
        "colours": range(1, 9),
        "form_with_errors": like_mine,
        "form": LikeMineForm(),
        "figures": shown(study, "schools"),
        "tallies": [Tally("School A", 2, 3), Tally("School B", 1, 1)],
    }
    return render(request, "reading/styleguide.html", context)
