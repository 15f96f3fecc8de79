"""The figures of the public pages: each by name, from published data, with what may be asked of it."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlencode

from django.urls import reverse

from findings.comparison import Comparison
from findings.figures import Figure, matrix_figure, schools_figure
from findings.matrices import QUOTES, Line, Matrix, by_school, code_matrix
from findings.models import GATEWAYS, Code, Coding
from reading.forms import FigureForm, SchoolsFigureForm
from schools.actions import data_version
from schools.models import DataVersion, School, Study

FORMAT = 2  # goes up when the same data are drawn differently, so that no cache keeps the older drawing
IN_SCATTER = 60  # schools; more discs would cover each other


def schools_by_size(study: Study | None, chosen: list[School]) -> Figure | None:
    """Schools by pupils and free school meals; all of them, the first IN_SCATTER. One query."""
    schools = list(School.objects.published().of(study)[:IN_SCATTER])
    if not schools:
        return None
    silent = any(one.pupils is None or one.fsm_percent is None for one in schools)
    caption = "Schools by size and by the share of pupils with free school meals." + (
        " A school that does not state one of the two stands in the strip “not stated”." if silent else ""
    )
    return schools_figure("schools", schools, caption)


def gateways_by_school(study: Study | None, chosen: list[School]) -> Figure | None:
    """Quotes by gateway and school; the first schools of the study where none is chosen. Two queries, or three."""
    schools = chosen or list(School.objects.published().of(study)[: SchoolsFigureForm.MOST])
    codes = list(Code.objects.published().of(study).filter(codebook__slug=GATEWAYS).select_related("codebook"))
    if not schools or not codes:
        return None
    return _gateways_figure(code_matrix(Coding.objects.published(), codes, by_school(schools)), schools)


def _gateways_figure(matrix: Matrix, schools: list[School]) -> Figure:
    return matrix_figure(
        "gateways",
        matrix,
        "Quotes coded to each gateway, school by school; the stronger the colour, the more quotes. A quote can "
        "speak to several gateways.",
        rows="Gateway",
        columns="School",
        short=[school.letter for school in schools],
    )


@dataclass(frozen=True)
class Public:
    """How a figure is made of a study and the schools chosen, and the form that checks what its address asks for."""

    make: Callable[[Study | None, list[School]], Figure | None]
    form: type[FigureForm]


FIGURES = {
    "schools": Public(schools_by_size, FigureForm),
    "gateways": Public(gateways_by_school, SchoolsFigureForm),
}


@dataclass(frozen=True)
class Shown:
    """A figure on a page, and the query by which its files are asked for."""

    figure: Figure
    query: str

    @property
    def base(self) -> str:
        """The address of its files without their ending."""
        return reverse("exchange:figure", args=[self.figure.name, "svg"]).removesuffix(".svg")


def shown(study: Study | None, *names: str) -> list[Shown]:
    """The figures of a page of a study that have something to show. One query, and those of each figure."""
    query = urlencode({"v": version_mark(data_version())})
    made = [FIGURES[name].make(study, []) for name in names]
    return [Shown(figure, query) for figure in made if figure]


def shown_beside(comparison: Comparison) -> Shown:
    """The gateways of the schools that are compared, from the counts that the comparison holds. One query."""
    schools = comparison.schools
    lines = [Line(row.key, row.label, {}) for row in comparison.gateways]
    matrix = Matrix.of(lines, by_school(schools).lines, [row.cells for row in comparison.gateways], QUOTES)
    asked = [*(("school", one.slug) for one in schools), ("v", version_mark(data_version()))]
    return Shown(_gateways_figure(matrix, schools), urlencode(asked))


def version_mark(version: DataVersion) -> str:
    """Changes whenever a figure may look different. With it in its address a file can be kept for good."""
    when = version.changed_at and version.changed_at.isoformat()
    return sha256(repr((FORMAT, version.number, when)).encode()).hexdigest()[:12]
