"""Quotes: the list with its filters, and one quote with all that was made of it."""

from dataclasses import dataclass
from string import ascii_lowercase
from uuid import UUID

from django.core.paginator import Page
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from findings.facets import facets
from findings.filters import QuoteFilter
from findings.models import Codebook, Coding, Evidence, Uncoded
from findings.passages import Segment, codes_of, segments, with_codings
from reading.choices import Chosen, chosen_of
from reading.citation import quote_citation, quote_work, schema_org
from schools.case_text import Block, blocks
from schools.lists import AFTER, along_the_index
from schools.lists import after as go_on
from schools.models import CaseSection, Quote
from schools.paging import NoSuchPage, bounded_page_of
from schools.roads import study_at
from schools.search import first_found, has_words, marked, parse


@require_safe
def quotes(request: HttpRequest) -> HttpResponse:
    """All quotes, filtered, searched and sorted, with counts beside each choice."""
    study = study_at(request)
    shown = Quote.objects.published().of(study).for_reading()
    quote_filter = QuoteFilter(request.GET, queryset=shown, study=study)
    sound = quote_filter.is_valid()
    page, after = _listed(request, quote_filter)
    words = quote_filter.form.cleaned_data.get("q") or ""
    hits = marked(list(page), words) if words else {}
    for quote in page:
        quote.codes = codes_of(quote)
        quote.pieces = hits.get(quote.pk)
    groups = facets(quote_filter, is_more=page.paginator.is_more or bool(after))
    goes_on = page.paginator.is_more and not page.has_next()
    sort = quote_filter.order()
    context = {
        "filter": quote_filter,
        "page": page,
        "after": after,
        "goes_on": goes_on and sort in AFTER,
        "ends": goes_on and sort not in AFTER,
        "ranked_few": page.paginator.is_more and sort == "relevance",
        "groups": groups,
        "chosen": [*_codebooks(quote_filter), *chosen_of(request.GET, groups)],
        "words_too_common": bool(words) and not parse(words),
        "no_words": bool(words) and not has_words(words),
    }
    return render(request, "reading/quotes.html", context, status=200 if sound else 400)


def _listed(request: HttpRequest, quote_filter: QuoteFilter) -> tuple[Page, Quote | None]:
    """The page of the list that is asked for, and the quote after which that list begins. Raises Http404."""
    found, counted, sort, after = quote_filter.qs, quote_filter.narrowed(), quote_filter.order(), _after(request)

    def going_on(quotes: QuerySet[Quote]) -> QuerySet[Quote]:
        return go_on(quotes, after, sort) if after and sort in AFTER else quotes

    def few_of_many(quotes: QuerySet[Quote]) -> QuerySet[Quote]:
        """The same quotes, asked for in the way that is quickest for the first few of very many."""
        if sort == "relevance":
            return first_found(quotes)
        rows = with_codings(going_on(quote_filter.of_many()))
        return along_the_index(rows) if sort in {"shortest", "longest"} else rows

    rows = with_codings(going_on(found))
    return bounded_page_of(request, rows, counted=going_on(counted), fewer=few_of_many), after


def _after(request: HttpRequest) -> Quote | None:
    """The quote after which the list goes on, where it is too long for numbers. Raises Http404."""
    if not (asked := request.GET.get("after")):
        return None
    try:
        guid = UUID(asked)
    except ValueError as error:
        raise NoSuchPage("There is no such place in this list. Begin at its start.") from error
    return get_object_or_404(Quote.objects.published().of(study_at(request)).select_related("school"), guid=guid)


def _codebooks(quote_filter: QuoteFilter) -> list[Chosen]:
    """The codebooks in force; they come by address and have no tick boxes."""
    books = quote_filter.form.cleaned_data.get("codebook") or []
    return [Chosen("codebook", one.slug, "Codebook", one.name) for one in books]


@dataclass(frozen=True)
class QuotePage:
    """A quote as its page shows it."""

    quote: Quote
    segments: list[Segment]
    codings: list[Coding]
    shown_name: str  # the name of the code whose passages alone are marked
    shown_code: str  # codebook/code whose passages alone are marked; empty for all
    uncoded: list[Uncoded]
    evidence: list[Evidence]
    before: Block | None
    after: Block | None
    previous: Quote | None
    next: Quote | None

    @classmethod
    def of(cls, quote: Quote, code: str = "") -> "QuotePage":
        """Seven queries, however much was made of the quote. A team's codings show where its code is asked for."""
        asked_for = Q(code__codebook__is_editorial=True) | Q(code__codebook__slug=code.partition("/")[0])
        codings = list(Coding.objects.readable().for_reading().filter(asked_for, quote=quote))
        for number, coding in enumerate(codings):
            # A letter, for a gateway has a number of its own.
            coding.mark = ascii_lowercase[number] if number < len(ascii_lowercase) else str(number + 1)
            coding.quote = quote
        marked_codings = [one for one in codings if one.code.key == code] if code else codings
        neighbours = Quote.objects.filter(school=quote.school_id)
        before, after = _around(quote)
        uncoded = quote.uncoded.filter(codebook__in=Codebook.objects.published())
        return cls(
            quote=quote,
            segments=segments(quote.text, marked_codings),
            codings=codings,
            shown_code=code if code and marked_codings else "",
            shown_name=marked_codings[0].code.name if code and marked_codings else "",
            uncoded=list(uncoded.select_related("codebook", "coder")),
            evidence=list(quote.evidence.published().select_related("finding__theme", "coder").order_by("finding")),
            before=before,
            after=after,
            previous=neighbours.filter(position__lt=quote.position).order_by("-position").first(),
            next=neighbours.filter(position__gt=quote.position).order_by("position").first(),
        )


def _around(quote: Quote) -> tuple[Block | None, Block | None]:
    """The paragraphs of the case before and after the quote."""
    section = CaseSection.objects.filter(school=quote.school_id, topic=quote.topic_id).first()
    if section is None:
        return None, None
    laid = blocks(section, [quote])
    here = next(index for index, block in enumerate(laid) if block.quote is quote)
    before = [block for block in laid[:here] if block.paragraph]
    after = [block for block in laid[here + 1 :] if block.paragraph]
    return (before[-1] if before else None), (after[0] if after else None)


@require_safe
def quote_page(request: HttpRequest, guid: UUID) -> HttpResponse:
    """One quote."""
    published = Quote.objects.published().of(study_at(request)).select_related("school__study", "topic")
    quote = get_object_or_404(published, guid=guid)
    address = request.build_absolute_uri(request.path)
    context = {
        "page": QuotePage.of(quote, request.GET.get("code", "")),
        "quote": quote,
        "school": quote.school,
        "citation": quote_citation(quote, address),
        "described": schema_org(quote_work(quote, address)),
    }
    return render(request, "reading/quote_page.html", context)
