"""The pages that tell of downloads."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from exchange.dictionary import tables
from exchange.tabular import file_name
from exchange.views.common import study_name
from schools.actions import data_version


@require_safe
def data_dictionary(request: HttpRequest) -> HttpResponse:
    """What every column of every file holds."""
    example = file_name(study_name(), "quotes", "long", f"v{data_version().number}")
    return render(request, "exchange/data_dictionary.html", {"tables": tables(), "example": example})
