"""What the API reckons: matrices, and the quotes that a member's query finds. The pages' dataclasses do the work."""

from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from exchange.api import doors
from exchange.api.answers import asker_of
from exchange.api.lists import QUOTES, paged
from exchange.api.made import page_of_study
from exchange.api.paging import PageForm, faults_of
from exchange.api.problems import bad_request
from findings.access import Desk, desk_of
from findings.analysis.matrix_page import MOST_COLUMNS, MatrixForm, MatrixPage
from findings.analysis.query import QuoteQuery
from findings.filters import KeysField
from findings.matrices import Dimension, Matrix, by_role, by_school, by_topic, code_matrix, finding_matrix
from findings.models import Code, Codebook, Evidence, Finding
from schools.models import Quote, School, Study, Topic
from schools.speakers import roles_of

COUNTED = [("", "Quotes"), ("quotes", "Quotes"), ("codings", "Codings"), ("characters", "Characters")]
COLUMNS = [("", "Schools"), ("school", "Schools"), ("role", "Speakers"), ("topic", "Topics")]


class CodesMatrixForm(forms.Form):
    """A matrix of a published codebook. Members have more to choose from: the parameters of the workbench's page."""

    columns = forms.ChoiceField(required=False, choices=COLUMNS, label="What the columns are")
    counted = forms.ChoiceField(required=False, choices=COUNTED, label="What is counted")
    school = KeysField(required=False, label="Schools, by slug", noun="school", find=lambda keys: ())

    @classmethod
    def of(cls, codebook: Codebook, data: QueryDict) -> "CodesMatrixForm":
        """The form, with the schools of the codebook's study to choose from."""
        form = cls(data)
        fields: dict[str, Any] = form.fields
        fields["school"].find = lambda keys: School.objects.filter(study=codebook.study_id, slug__in=keys)
        return form


class FindingsMatrixForm(forms.Form):
    """A matrix of findings: evidence is of whole quotes, so it has no codings to count."""

    counted = forms.ChoiceField(
        required=False, choices=[one for one in COUNTED if one[0] != "codings"], label="What is counted"
    )


def codes_matrix(request: HttpRequest, guid: UUID) -> dict[str, Any]:
    """Codes of a codebook against schools, speakers or topics; for members, as the workbench's page has it."""
    user = asker_of(request).user
    codebook = doors.codebooks(user).filter(guid=guid).first()
    if codebook is None:
        raise Http404
    if codebook.role:
        page = _page_of_member(desk_of(request, guid), request)
        shown = page.shown and Matrix.of(page.shown.rows, page.shown.columns, page.shown.counts, page.shown.counted)
        return _record(request, codebook, shown, page.label, page.left_out)
    form = CodesMatrixForm.of(codebook, request.GET)
    if wrong := faults_of(request, form):
        raise bad_request(wrong)
    chosen = form.cleaned_data["school"]
    columns, left_out = _columns(form.cleaned_data["columns"], chosen, codebook)
    codings = doors.codings(user, [codebook])
    if chosen:
        codings = codings.filter(quote__school__in=chosen)
    codes = Code.objects.filter(codebook=codebook, retired_at=None).select_related("codebook")
    counted = form.cleaned_data["counted"] or "quotes"
    matrix = code_matrix(codings, codes.order_by("position", "pk"), columns, counted)
    return _record(request, codebook, matrix, columns.label, left_out)


def findings_matrix(request: HttpRequest, guid: UUID) -> dict[str, Any]:
    """Findings of a study against its schools."""
    study, form = doors.studies(asker_of(request).user).filter(guid=guid).first(), FindingsMatrixForm(request.GET)
    if study is None:
        raise Http404
    if wrong := faults_of(request, form):
        raise bad_request(wrong)
    schools = School.objects.filter(study=study)
    left_out = schools.count() - MOST_COLUMNS
    findings = Finding.objects.filter(theme__study=study)
    counted = form.cleaned_data["counted"] or "quotes"
    matrix = finding_matrix(Evidence.objects.of_study(study), findings, list(schools[:MOST_COLUMNS]), counted)
    return _record(request, study, matrix, "School", max(left_out, 0))


def query(request: HttpRequest, response: HttpResponse, guid: UUID) -> dict[str, Any]:
    """The quotes that a member's query finds, in the language of the workbench's query builder."""
    desk, form = desk_of(request, guid), PageForm(request.GET)
    own = {name: values for name, values in request.GET.lists() if name not in form.fields}
    asked = QuoteQuery.of(desk, request.user, _query_dict(own))
    known = {name for name, _ in parse_qsl(asked.address, keep_blank_values=True)}
    unknown = [f"{name[:60]}: there is no such parameter." for name in own if name not in known and any(own[name])]
    wrong = unknown + asked.faults + [f"{name}: {words}" for name, found in form.errors.items() for words in found]
    if wrong:
        raise bad_request(wrong)
    rows = asked.quotes.select_related("school__study", "topic")
    return paged(QUOTES, request, response, rows, form)


def _query_dict(values: dict[str, list[str]]) -> QueryDict:
    asked = QueryDict(mutable=True)
    for name, given in values.items():
        asked.setlist(name, given)
    return asked


def _page_of_member(desk: Desk, request: HttpRequest) -> MatrixPage:
    asked = request.GET.copy()
    if asked.get("columns") == "school":
        asked["columns"] = ""
    if asked.get("counted") == "quotes":
        asked["counted"] = ""
    page = MatrixPage.of(desk, request.user, asked)
    unknown = [f"{name[:60]}: there is no such parameter." for name in asked if name not in MatrixForm.base_fields]
    if wrong := unknown + page.faults:
        raise bad_request(wrong)
    return page


def _columns(asked: str, schools: list[School], codebook: Codebook) -> tuple[Dimension, int]:
    """The first columns, and how many are left out. `schools`: those chosen; where none is, all of the study."""
    if asked == "role":
        return by_role(roles_of(Quote.objects.filter(school__study=codebook.study_id))), 0
    if asked == "topic":
        topics = Topic.objects.filter(study=codebook.study_id)
        return by_topic(topics[:MOST_COLUMNS]), max(topics.count() - MOST_COLUMNS, 0)
    of_study = School.objects.filter(study=codebook.study_id)
    if schools:
        of_study = of_study.filter(pk__in=[one.pk for one in schools])
    return by_school(of_study[:MOST_COLUMNS]), max(of_study.count() - MOST_COLUMNS, 0)


def _record(
    request: HttpRequest, of: Codebook | Study, matrix: Matrix | None, label: str, left_out: int
) -> dict[str, Any]:
    if matrix is None:
        raise Http404
    if isinstance(of, Study):
        study, html = of.slug, page_of_study(of, reverse("reading:findings"))
    else:
        public = of.is_published and of.study.is_published and not of.role
        study = of.study.slug
        html = of.study.at(of.get_absolute_url()) if public else reverse("workbench:matrix", args=[of.guid])
    return {
        "guid": of.guid,
        "study": study,
        "data_version": asker_of(request).version.number,
        "links": {"self": request.build_absolute_uri(request.path), "html": request.build_absolute_uri(html)},
        "counted": matrix.counted,
        "by": label,
        "rows": [{"key": line.key, "label": line.label} for line in matrix.rows],
        "columns": [{"key": line.key, "label": line.label} for line in matrix.columns],
        "cells": [[cell.count for cell in row] for row in matrix.cells],
        "row_totals": matrix.row_totals,
        "column_totals": matrix.column_totals,
        "total": matrix.total,
        "left_out": left_out,
    }
