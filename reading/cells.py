"""Cells of a table that open what they count."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse

from schools.models import School


@dataclass(frozen=True)
class Cell:
    """A count of quotes, the list that shows them, and how the link's words end."""

    count: int
    href: str
    said: str
    told: bool = False  # the case tells of it too, outside quotations


def quote_cells(schools: Iterable[School], counts: Iterable[int], parameter: str, key: str, label: str) -> list[Cell]:
    """A cell for each school's count of the quotes that `?school=…&parameter=key` lists."""
    return [
        Cell(count, _road(school, parameter, key), f"of {school.name} on “{label}”")
        for school, count in zip(schools, counts, strict=True)
    ]


def _road(school: School, parameter: str, key: str) -> str:
    asked = QueryDict(mutable=True)
    asked.update({"school": school.slug, parameter: key})
    return f"{reverse('reading:quotes')}?{asked.urlencode(safe='/')}"
