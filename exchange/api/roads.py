"""Every road of the API, with what its description says of it."""

from collections.abc import Callable
from functools import cache
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from ninja import NinjaAPI

from exchange.api import computed
from exchange.api.answers import asker_of
from exchange.api.lists import LISTS, Listed
from exchange.api.paging import PageForm, faults_of
from exchange.api.problems import Problem, bad_request, not_found, told
from exchange.api.records import SITE, MatrixRecord, QuoteRecord, Start, example_of, page_of
from exchange.api.said import ABOUT, COMPONENTS, described, parameters_of, query_parameters

PAGES = {one.name: page_of(one.record) for one in LISTS}

api = NinjaAPI(
    title="ICT Lead",
    version="1.0.0",
    description=ABOUT,
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    openapi_extra={"tags": [{"name": "Start", "description": "Where to begin."}]},
)
api.add_exception_handler(Problem, told)
api.add_exception_handler(Http404, not_found)


@api.get(
    "",
    response=Start,
    url_name="start",
    operation_id="start",
    summary="Where to begin",
    tags=["Start"],
    openapi_extra=described("The lists, and where this API is described.", example=example_of(Start)),
)
def start(request: HttpRequest) -> dict[str, Any]:
    """The lists, and where this API is described."""
    if wrong := faults_of(request):
        raise bad_request(wrong)
    asker, site = asker_of(request), request.build_absolute_uri("/").rstrip("/")
    return {
        "name": "ICT Lead",
        "data_version": asker.version.number,
        "changed_at": asker.version.changed_at,
        "signed_in": asker.user.is_authenticated,
        "lists": {one.name: site + reverse(f"api:{one.name}") for one in LISTS},
        "description": site + reverse("api:openapi"),
        "html": site + reverse("api:docs"),
    }


def _add(listed: Listed) -> None:
    """The two roads of a list: a page of it, and one of its records."""

    def page(request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
        return listed.page(request, response)

    def record(request: HttpRequest, guid: UUID) -> dict[str, Any]:
        return listed.found(request, guid)

    name, tag = listed.name.replace("-", " "), listed.name.replace("-", " ").capitalize()
    example = {
        "data_version": 3,
        "changed_at": "2026-11-23T12:00:00Z",
        "next": f"{SITE}/api/v1/{listed.name}/?cursor=WyJ4Il0",
        "items": [example_of(listed.record)],
    }
    asked = [*parameters_of(PageForm.base_fields), *query_parameters(listed.filters)]
    api.get(
        f"{listed.name}/",
        response=PAGES[listed.name],
        url_name=listed.name,
        operation_id=f"list_{listed.name.replace('-', '_')}",
        summary=f"List {name}",
        tags=[tag],
        openapi_extra=described(listed.about, example=example, parameters=asked),
    )(page)
    api.get(
        f"{listed.name}/{{uuid:guid}}/",
        response=listed.record,
        url_name=f"{listed.name}-record",
        operation_id=f"read_{listed.name.replace('-', '_')}",
        summary=f"Read one {listed.one}",
        tags=[tag],
        openapi_extra=described(f"One {listed.one}, by its GUID.", example=example_of(listed.record), missing=True),
    )(record)


for _listed in LISTS:
    _add(_listed)


@api.get(
    "codebooks/{uuid:guid}/matrix/",
    response=MatrixRecord,
    url_name="codes-matrix",
    operation_id="codes_matrix",
    summary="Set the codes of a codebook against schools, speakers or topics",
    tags=["Matrices"],
    openapi_extra=described(
        "How much of each code there is, as far as you may see the codings. Members of a codebook can also ask with "
        "the parameters of its matrix page: `by`, `code`, `bands`, and as columns a fact (`fact-<indicator>`) or "
        "`findings`.",
        example=example_of(MatrixRecord),
        parameters=parameters_of(computed.CodesMatrixForm.base_fields)
        + parameters_of(computed.MatrixForm.base_fields, only=("by", "code", "bands", "percent")),
        missing=True,
    ),
)
def codes_matrix(request: HttpRequest, guid: UUID) -> dict[str, Any]:
    """Codes of a codebook against schools, speakers or topics."""
    return computed.codes_matrix(request, guid)


@api.get(
    "studies/{uuid:guid}/matrix/",
    response=MatrixRecord,
    url_name="findings-matrix",
    operation_id="findings_matrix",
    summary="Set the findings of a study against its schools",
    tags=["Matrices"],
    openapi_extra=described(
        "How much bears each finding out, school by school.",
        example=example_of(MatrixRecord),
        parameters=parameters_of(computed.FindingsMatrixForm.base_fields),
        missing=True,
    ),
)
def findings_matrix(request: HttpRequest, guid: UUID) -> dict[str, Any]:
    """Findings of a study against its schools."""
    return computed.findings_matrix(request, guid)


@api.get(
    "codebooks/{uuid:guid}/query/",
    response=PAGES["quotes"],
    url_name="query",
    operation_id="query",
    summary="Find quotes by any combination of codes, facts, speakers and words",
    tags=["Quotes"],
    openapi_extra=described(
        "For members of a codebook: the quotes that meet conditions on the codings that you may see, in the language "
        "of the workbench’s query page. Put the conditions together there, and take its address: "
        "`kind1=code&value1=<guid>&kind2=school&value2=a&how2=not`.",
        example={
            "data_version": 3,
            "changed_at": "2026-11-23T12:00:00Z",
            "next": None,
            "items": [example_of(QuoteRecord)],
        },
        parameters=[
            *parameters_of(PageForm.base_fields),
            *(
                {"name": name, "in": "query", "required": False, "description": words, "schema": {"type": "string"}}
                for name, words in (
                    ("by", "Whose codings: own, all, agreed, editors, or a coder’s GUID. It may be repeated."),
                    ("kind1", "What the first condition is of: code, near, school, role, topic, words …"),
                    ("value1", "What it asks for, for example a code’s GUID. It may be repeated."),
                    ("how1", "How it asks: `not` turns it round."),
                    ("join1", "How it joins the one before: `or` for an alternative."),
                )
            ),
        ],
        missing=True,
    ),
)
def query(request: HttpRequest, response: HttpResponse, guid: UUID) -> dict[str, Any]:
    """The quotes that a member's query finds."""
    return computed.query(request, response, guid)


@cache
def views_by_name() -> dict[str, Callable[..., HttpResponse]]:
    """The view of each road, by its name in `exchange.api.urls`."""
    return {one.name: one.callback for one in api.urls[0] if isinstance(one, URLPattern) and one.name}


def openapi() -> dict[str, Any]:
    """The API's own description, as an OpenAPI document."""
    document = api.get_openapi_schema(path_prefix=reverse("api:start"))
    document["components"] |= COMPONENTS
    document["security"] = [{}, {"token": []}]
    return document
