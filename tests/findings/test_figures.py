"""Figures: the drawing has the table's numbers and the size it promises, in both themes, and asks no network."""

import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from django.conf import settings

from findings.agreement import CodedQuote, Passage, agreement
from findings.coding_figures import agreement_figure, network_figure, progress_figure
from findings.cooccurrence import Cooccurrence, network
from findings.drawing import HEAT, PNG_SCALE, THEMES, TOKENS, png, svg, themed
from findings.figures import Figure, bars_figure, matrix_figure, schools_figure
from findings.matrices import by_role, by_school, code_matrix
from findings.models import GATEWAYS, Code, Coding
from schools.models import Quote, School

pytestmark = pytest.mark.django_db
SPACE = {"svg": "http://www.w3.org/2000/svg"}


def schools() -> Figure:
    return schools_figure("schools", list(School.objects.all()), "Schools.")


def gateways(*, roles: bool = False) -> Figure:
    codes = Code.objects.filter(codebook__slug=GATEWAYS).select_related("codebook")
    columns = by_role() if roles else by_school(School.objects.all())
    matrix = code_matrix(Coding.objects.published(), codes, columns)
    return matrix_figure("gateways", matrix, "Gateways.", rows="Gateway", columns="School")


def together() -> Figure:
    found = Cooccurrence.of(Coding.objects.published(), Code.objects.select_related("codebook"), Quote.objects.all())
    return network_figure("network", *network(found, at_least=2), "Together.")


def agreed() -> Figure:
    quotes = [CodedQuote(n, 9, frozenset("ab")) for n in range(40)]
    passages = [Passage(coder, "x", n, 0, 5) for coder, step in (("a", 2), ("b", 4)) for n in range(0, 40, step)]
    found = agreement(coders="ab", codes="xy", quotes=quotes, passages=passages)
    return agreement_figure("agreement", found, {"x": "Voice", "y": "Never used"}, "alpha", "Alpha", "Agreement.")


BUILT: dict[str, Callable[[], Figure]] = {
    "schools": schools,
    "matrix": gateways,
    "roles": lambda: gateways(roles=True),
    "bars": lambda: bars_figure("bars", [("One", 3), ("Two", 0), ("One", 4)], "Bars.", what="Code", counted="Quotes"),
    "network": together,
    "progress": lambda: progress_figure("progress", [("Coder 1", 3), ("Coder 2", 12)], 12, "Progress."),
    "agreement": agreed,
    "nothing": lambda: bars_figure("bars", [], "Nothing.", what="Code", counted="Quotes"),
    "no schools": lambda: schools_figure("schools", [], "None."),
    "hostile": lambda: bars_figure("bars", [("<script>\"\\n'&", 1), ("", 2)], "X", what="Code", counted="Quotes"),
}


def texts(drawing: bytes) -> list[str]:
    root = ElementTree.fromstring(drawing)
    return ["".join(one.itertext()) for one in root.iterfind(".//svg:text", SPACE)]


@pytest.mark.parametrize("theme", list(THEMES))
@pytest.mark.parametrize("name", list(BUILT))
def test_a_figure_is_drawn_in_the_size_that_it_promises(name: str, theme: str):
    figure = BUILT[name]()
    root = ElementTree.fromstring(svg(figure.spec, theme))
    assert (root.get("width"), root.get("height")) == (str(figure.width), str(figure.height))
    assert {len(row) for row in figure.rows} <= {len(figure.header)}
    assert figure.alt
    assert figure.caption


@pytest.mark.parametrize("name", list(BUILT))
def test_a_drawing_carries_nothing_that_acts_or_is_fetched(name: str):
    drawing = svg(BUILT[name]().spec).decode()
    assert not re.search(r"<script|<style|<foreignObject|<image|<a[ >]|\sstyle=|\son\w+=|href=|url\(", drawing)


def test_the_matrix_draws_every_number_of_its_table():
    figure = gateways()
    numbers = [str(cell) for row in figure.rows for cell in row[1:]]
    drawn = [text for text in texts(svg(figure.spec)) if text.isdigit()]
    assert sorted(drawn) == sorted(numbers)
    assert len(numbers) == 45


def test_schools_stand_by_letter_in_their_own_colour_also_where_they_are_silent():
    figure = schools()
    assert figure.rows == [
        ["School A", 100, 0.0],
        ["School B", 230, None],
        ["School C", None, 48.0],
        ["School D", 497, 3.0],
        ["School E", 640, 35.0],
    ]
    for theme, place in (("light", 0), ("dark", 1)):
        drawing = svg(figure.spec, theme)
        assert {"A", "B", "C", "D", "E"} <= set(texts(drawing))
        for school in School.objects.all():
            assert TOKENS[f"hue-{school.colour}"][place] in drawing.decode()


def test_agreement_says_where_there_is_no_value():
    figure = agreed()
    assert figure.rows[1][:4] == ["Never used", None, None, None]
    assert str(figure.rows[1][4]).startswith("No variation")
    assert figure.rows[2][0] == "All codes, pooled"
    drawn = texts(svg(figure.spec))
    assert drawn.count("no value") == 1
    assert [text for text in drawn if text in {"Voice", "Never used"}] == ["Voice", "Never used"]


def test_the_same_numbers_give_the_same_drawing():
    assert svg(together().spec) == svg(together().spec)


def test_png_has_more_pixels():
    figure = gateways()
    head = png(figure.spec)[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(head[16:20], "big") == PNG_SCALE * figure.width


def test_no_specification_reads_an_address():
    spec = {"data": {"url": "https://example.org/data.csv"}, "mark": "bar"}
    for draw in (svg, png):
        with pytest.raises(ValueError, match="not allowed"):
            draw(spec)


def test_unknown_themes_and_tokens_are_refused():
    with pytest.raises(KeyError):
        themed({}, "sepia")
    with pytest.raises(KeyError):
        themed({"mark": {"color": "token:mauve"}}, "light")


def test_tokens_are_those_of_the_style_sheet():
    css = (settings.BASE_DIR / "static/css/tokens.css").read_text()
    found = dict(re.findall(r"--([\w-]+): (light-dark\([^)]*\))", css))
    assert {name: found[name] for name in TOKENS} == {name: f"light-dark({a}, {b})" for name, (a, b) in TOKENS.items()}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [0, 1])
def test_numbers_can_be_read_on_the_darkest_cell(theme: int):
    high, low = sorted((luminance(TOKENS["ink"][theme]), luminance(TOKENS[HEAT[theme]][theme])), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 4.5
