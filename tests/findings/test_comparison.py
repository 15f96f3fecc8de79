"""The comparison: the same rows for all schools, counts that agree with the records."""

import pytest

from findings.comparison import Comparison, Row, Support
from findings.models import CaseEvidence, Coding, Evidence, Finding
from schools.models import Fact, School

pytestmark = pytest.mark.django_db


def compared(*slugs: str) -> Comparison:
    found = {school.slug: school for school in School.objects.all()}
    return Comparison.of([found[slug] for slug in slugs])


def test_all_schools_have_the_same_rows_in_the_order_asked_for():
    comparison = compared("d", "a", "c")
    assert [school.slug for school in comparison.schools] == ["d", "a", "c"]
    rows = [row for group in comparison.facts for row in group.rows]
    assert len(rows) == 28
    assert {len(row.cells) for row in rows} == {3}
    assert [fact.value for fact in next(row for row in rows if row.key == "pupils").cells][1].startswith("100")
    assert [row.key for row in comparison.topics] == [
        "context", "use", "direction", "making-it-happen", "people", "advice",
    ]  # fmt: skip
    assert len(comparison.gateways) == 9
    assert [len(group.rows) for group in comparison.findings] == [10, 8, 6]
    assert [len(items) for items in comparison.advice] == [5, 2, 5]


def test_gateway_counts_are_quotes_not_codings():
    comparison = compared("b", "e")
    for row in comparison.gateways:
        for school, count in zip(comparison.schools, row.cells, strict=True):
            codings = Coding.objects.filter(code__slug=row.key, code__codebook__slug="gateways", quote__school=school)
            assert count == len({coding.quote_id for coding in codings})


def test_finding_support_is_the_evidence_linked():
    comparison = compared("a", "b", "c", "d", "e")
    for row in (row for group in comparison.findings for row in group.rows):
        finding = Finding.objects.get(slug=row.key)
        for school, cell in zip(comparison.schools, row.cells, strict=True):
            assert cell.quotes == Evidence.objects.filter(finding=finding, quote__school=school).count()
            assert cell.case == CaseEvidence.objects.filter(finding=finding, school=school).exists()


@pytest.mark.parametrize(
    ("cells", "equal", "words"),
    [
        ([2, 2], True, "same"),
        ([0, 0], True, "same"),
        ([1, 2], False, "differs"),
        ([Fact(value="Yes"), Fact(value="yes ")], True, "same"),
        ([Fact(value=""), None], True, "same"),
        ([Fact(value="Yes"), Fact(value="")], False, "partly stated"),
        ([Fact(value="Yes"), Fact(value="No")], False, "differs"),
        ([Support(0, False), Support(0, False)], True, "same"),
        ([Support(1, False), Support(1, True)], False, "differs"),
    ],
)
def test_row_says_how_its_cells_differ(cells: list, equal: bool, words: str):
    row = Row("A row", cells)
    assert row.is_equal is equal
    assert row.difference == words
