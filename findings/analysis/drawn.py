"""A figure of the workbench on its page: drawn for the one who asks, and kept by no cache."""

from dataclasses import dataclass

from django.urls import reverse

from findings.access import Desk
from findings.figures import Figure


@dataclass(frozen=True)
class Drawn:
    """A figure, and the address of its files without their ending: what `components/_figure.html` shows."""

    figure: Figure
    base: str
    query: str

    @classmethod
    def of(cls, desk: Desk, figure: Figure, query: str) -> "Drawn":
        """The files answer the same parameters as the page, and see no more than the page does."""
        road = reverse("exchange:workbench_figure", args=[desk.codebook.guid, figure.name, "svg"])
        return cls(figure, road.removesuffix(".svg"), query)
