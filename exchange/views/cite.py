"""Citations as files: of the report, of this edition, of a quotation, of a codebook's version."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from exchange.citation import FORMAT, STYLES
from exchange.tabular import file_name
from exchange.views.common import bad_request, etag, faults, published_study
from findings.models import Codebook
from reading.citation import Work, codebook_work, edition_work, quote_work, study_work
from schools.actions import data_version
from schools.models import Quote


@require_safe
def cite_study(request: HttpRequest, slug: str, ending: str) -> HttpResponseBase:
    """The report."""
    return _cited(request, study_work(published_study(slug)), ending)


@require_safe
def cite_data(request: HttpRequest, slug: str, ending: str) -> HttpResponseBase:
    """This site's data of a study, at today's data version."""
    study = published_study(slug)
    url = request.build_absolute_uri(study.get_absolute_url())
    return _cited(request, edition_work(study, data_version(), url), ending)


@require_safe
def cite_quote(request: HttpRequest, guid: UUID, ending: str) -> HttpResponseBase:
    """A quotation."""
    quote = get_object_or_404(Quote.objects.published().select_related("school__study"), guid=guid)
    return _cited(
        request, quote_work(quote, request.build_absolute_uri(quote.school.study.at(quote.get_absolute_url()))), ending
    )


@require_safe
def cite_codebook(request: HttpRequest, slug: str, ending: str) -> HttpResponseBase:
    """A codebook at its version."""
    codebook = get_object_or_404(Codebook.objects.published().select_related("study"), slug=slug)
    url = request.build_absolute_uri(codebook.study.at(codebook.get_absolute_url()))
    return _cited(request, codebook_work(codebook, data_version(), url), ending)


def _cited(request: HttpRequest, work: Work, ending: str) -> HttpResponseBase:
    style = next((one for one in STYLES if one.ending == ending), None)
    if style is None:
        raise Http404(f"Citations end in {', '.join(one.ending for one in STYLES)}.")
    if found := faults(request.GET):
        return bad_request(found)
    name = file_name(work.key, extension=ending)
    tag = etag(request, data_version(), FORMAT)
    response = HttpResponse(
        style.write(work),
        content_type=f"{style.content_type}; charset=utf-8",
        headers={"Content-Disposition": content_disposition_header(ending != "txt", name), "ETag": tag},
    )
    return get_conditional_response(request, etag=tag, response=response)
