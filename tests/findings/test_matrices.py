"""Matrices: counts that agree with counting by hand, and cells that open what they count."""

from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.test import Client

from findings.comparison import coded_quotes, finding_support
from findings.matrices import (
    CHARACTERS,
    CODINGS,
    COUNTED,
    QUOTES,
    Dimension,
    Matrix,
    by_fact,
    by_role,
    by_school,
    by_topic,
    code_matrix,
    finding_matrix,
    united,
)
from findings.models import GATEWAYS, Code, Coding, Evidence, Finding
from schools.models import Fact, Quote, School, Topic
from tests.factories import (
    loaded_study,
    make_code,
    make_codebook,
    make_coding,
    make_fact,
    make_indicator,
    make_quote,
    make_school,
)
from tests.reading.scale import add_schools

pytestmark = pytest.mark.django_db


def gateways() -> list[Code]:
    return list(Code.objects.published().filter(codebook__slug=GATEWAYS).select_related("codebook"))


def dimensions() -> dict[str, Dimension]:
    schools = list(School.objects.published())
    pupils = Fact.objects.filter(indicator__slug="pupils")
    return {
        "school": by_school(schools),
        "role": by_role(),
        "topic": by_topic(Topic.objects.all()),
        "fact": by_fact(schools, pupils, "Pupils", [Decimal(150), Decimal(300)]),
    }


def numbers(matrix: Matrix) -> list[list[int]]:
    return [[cell.count for cell in row] for row in matrix.cells]


def test_code_by_school_counts_quotes_as_the_comparison_does():
    schools, codes = list(School.objects.published()), gateways()
    matrix = code_matrix(Coding.objects.published(), codes, by_school(schools))
    counts = coded_quotes(GATEWAYS, schools)
    assert numbers(matrix) == [[counts.get((code.pk, one.pk), 0) for one in schools] for code in codes]
    assert matrix.total == sum(counts.values()) == sum(matrix.row_totals) == sum(matrix.column_totals)


def test_finding_by_school_counts_the_evidence():
    schools, findings = list(School.objects.published()), list(Finding.objects.published())
    matrix = finding_matrix(Evidence.objects.published(), findings, schools)
    support = finding_support(schools)
    assert numbers(matrix) == [
        [support[one.pk, school.pk].quotes if (one.pk, school.pk) in support else 0 for school in schools]
        for one in findings
    ]
    characters = finding_matrix(Evidence.objects.published(), findings, schools, CHARACTERS)
    assert characters.total == sum(len(one.quote.text) for one in Evidence.objects.published().select_related("quote"))
    with pytest.raises(ValueError, match="not in codings"):
        finding_matrix(Evidence.objects.published(), findings, schools, CODINGS)


@pytest.mark.parametrize("name", ["school", "role", "topic", "fact"])
def test_a_cell_opens_the_quotes_that_it_counts(client: Client, name: str):
    matrix = code_matrix(Coding.objects.published(), gateways(), dimensions()[name])
    opened = 0
    for row in matrix.cells:
        for cell in row:
            if cell.count and opened < 4:
                opened += 1
                page = client.get(f"/quotes/?{urlencode(cell.conditions, doseq=True)}")
                assert page.context["page"].paginator.count == cell.count
    assert opened


@pytest.mark.parametrize("counted", list(COUNTED))
@pytest.mark.parametrize("name", ["school", "role", "topic", "fact"])
def test_every_dimension_holds_every_coding(name: str, counted: str):
    codings = Coding.objects.published().filter(code__codebook__slug=GATEWAYS)
    matrix = code_matrix(codings, gateways(), dimensions()[name], counted)
    by_hand = {
        CODINGS: codings.count(),
        QUOTES: len({(one.quote_id, one.code_id) for one in codings}),
        CHARACTERS: len({(one.quote_id, one.code_id, at) for one in codings for at in range(one.start, one.end)}),
    }
    assert matrix.total == by_hand[counted]
    for row, across in zip(matrix.cells, matrix.row_totals, strict=True):
        assert sum(cell.row_percent or 0 for cell in row) == pytest.approx(100 if across else 0)
    for column, down in zip(zip(*matrix.cells, strict=True), matrix.column_totals, strict=True):
        assert sum(cell.column_percent or 0 for cell in column) == pytest.approx(100 if down else 0)


def test_overlaps_and_second_coders_count_once_in_quotes_and_characters():
    quote = make_quote(text="x" * 50)
    code = make_code(make_codebook(quote.school.study))
    for start, end in [(0, 10), (5, 15), (5, 7), (20, 30)]:
        make_coding(quote, code, start=start, end=end)
    one = by_school([quote.school])
    found = [code_matrix(Coding.objects.all(), [code], one, counted).total for counted in (CODINGS, QUOTES, CHARACTERS)]
    assert found == [4, 1, 25]


def test_only_the_codings_given_are_counted():
    quote = make_quote()
    code = make_code(make_codebook(quote.school.study))
    mine = make_coding(quote, code)
    make_coding(make_quote(quote.school), code)
    matrix = code_matrix(Coding.objects.filter(coder=mine.coder), [code], by_school([quote.school]))
    assert matrix.total == 1
    assert code_matrix(Coding.objects.none(), [code], by_role()).cells[0][0].row_percent is None


def test_bands_hold_their_lower_bound_and_words_stand_for_themselves():
    first = make_school()
    schools = [first, *(make_school(first.study) for _ in range(4))]
    indicator = make_indicator(first.study)
    for school, number in zip(schools, [Decimal(150), Decimal(149), Decimal(300), None], strict=False):
        make_fact(school, indicator, value=str(number or "A great many"), number=number)
    make_fact(schools[4], indicator, value="", locator="")
    found = by_fact(schools, Fact.objects.filter(indicator=indicator), "Pupils", [Decimal(150), Decimal(300)])
    assert [(line.label, line.conditions["school"]) for line in found.lines] == [
        ("under 150", [schools[1].slug]),
        ("150 to under 300", [schools[0].slug]),
        ("300 and more", [schools[2].slug]),
        ("A great many", [schools[3].slug]),
        ("not stated", [schools[4].slug]),
    ]
    plain = by_fact(schools, Fact.objects.filter(indicator=indicator), "Pupils")
    assert [line.label for line in plain.lines] == ["150", "149", "300", "A great many", "not stated"]


def test_one_query_for_few_and_for_many(django_assert_num_queries):
    def totals() -> dict[str, int]:
        codes, schools = gateways(), list(loaded_study().schools.all())
        with django_assert_num_queries(len(COUNTED)):
            return {
                counted: code_matrix(Coding.objects.published(), codes, by_school(schools), counted).total
                for counted in COUNTED
            }

    few = totals()
    add_schools(30, quotes_each=20)
    assert totals() == {counted: total + 600 * (7 if counted == CHARACTERS else 1) for counted, total in few.items()}


@pytest.mark.parametrize(
    ("passages", "expected"),
    [
        ([], []),
        ([(0, 3), (3, 5)], [(0, 5)]),
        ([(0, 9), (1, 2), (8, 12), (20, 21)], [(0, 12), (20, 21)]),
    ],
)
def test_united(passages: list, expected: list):
    assert list(united(passages)) == expected


def test_there_is_nothing_to_count_without_codes():
    matrix = code_matrix(Coding.objects.all(), [], by_school(School.objects.all()))
    assert (matrix.cells, matrix.total, matrix.column_totals) == ([], 0, [0] * 5)
    assert Quote.objects.exists()
