"""The pages that tell of downloads."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from exchange.dictionary import tables
from exchange.downloads import Group, download_groups
from exchange.tabular import file_name
from exchange.views.common import study_name
from reading.citation import edition_work, schema_org
from schools.actions import data_version
from schools.models import DataVersion, Study
from schools.roads import study_at


@require_safe
def downloads(request: HttpRequest) -> HttpResponse:
    """What can be taken away, with the rows and the size to expect."""
    study, version = study_at(request), data_version()
    groups = download_groups(study)
    context = {
        "groups": groups,
        "version": version,
        "example": file_name(study_name(study), "quotes", "long", f"v{version.number}"),
        "described": _described(request, study, version, groups) if study else None,
    }
    return render(request, "exchange/downloads.html", context)


def _described(request: HttpRequest, study: Study, version: DataVersion, groups: list[Group]) -> dict[str, Any]:
    """This edition and its files in the words of schema.org."""
    files = [
        {"@type": "DataDownload", "name": one.title, "contentUrl": request.build_absolute_uri(one.address)}
        for group in groups
        for one in group.downloads
    ]
    work = edition_work(study, version, request.build_absolute_uri(study.get_absolute_url()))
    return schema_org(work, description=study.summary, distribution=files)


@require_safe
def data_dictionary(request: HttpRequest) -> HttpResponse:
    """What every column of every file holds."""
    example = file_name(study_name(study_at(request)), "quotes", "long", f"v{data_version().number}")
    return render(request, "exchange/data_dictionary.html", {"tables": tables(), "example": example})
