"""Co-occurrence: against counting every pair by hand, and a drawing that is the same each time."""

from itertools import combinations

import pytest

from findings.cooccurrence import NEAR, PASSAGE, QUOTE, Cooccurrence, layout, network
from findings.models import Code, Coding
from schools.models import Quote, School
from tests.factories import make_code, make_codebook, make_coding, make_quote, make_school
from tests.reading.scale import add_schools

pytestmark = pytest.mark.django_db


def published() -> tuple[list[Code], list[Coding]]:
    return list(Code.objects.published()), list(Coding.objects.published().select_related("quote"))


def shared(found: Cooccurrence, one: Code, other: Code) -> int:
    there, back = found.between(one, other), found.between(other, one)
    assert (there.shared, there.first, there.second) == (back.shared, back.second, back.first)
    return there.shared


def test_same_quote_and_same_passage_agree_with_counting_by_hand():
    codes, codings = published()
    by_quote = Cooccurrence.of(Coding.objects.published(), codes, Quote.objects.all(), QUOTE)
    by_passage = Cooccurrence.of(Coding.objects.published(), codes, Quote.objects.all(), PASSAGE)
    met = 0
    for one, other in combinations(codes, 2):
        ones = [coding for coding in codings if coding.code_id == one.pk]
        others = [coding for coding in codings if coding.code_id == other.pk]
        both = {coding.quote_id for coding in ones} & {coding.quote_id for coding in others}
        overlapping = {
            a.quote_id for a in ones for b in others if a.quote_id == b.quote_id and a.start < b.end and b.start < a.end
        }
        assert shared(by_quote, one, other) == len(both)
        assert shared(by_passage, one, other) == len(overlapping)
        assert by_quote.between(one, other).first == len({coding.quote_id for coding in ones})
        met += bool(overlapping)
    assert met


def test_passages_that_only_touch_do_not_overlap():
    quote = make_quote(text="x" * 20)
    one, other = (make_code(make_codebook(quote.school.study)) for _ in range(2))
    make_coding(quote, one, start=0, end=5)
    make_coding(quote, other, start=5, end=9)
    found = Cooccurrence.of(Coding.objects.all(), [one, other], Quote.objects.all(), PASSAGE)
    assert shared(found, one, other) == 0
    assert found.between(one, other).jaccard == 0
    make_coding(quote, one, start=4, end=6)
    again = Cooccurrence.of(Coding.objects.all(), [one, other], Quote.objects.all(), PASSAGE)
    assert again.between(one, other).jaccard == 1


def case_of(pattern: str, codes: dict[str, Code], school: School) -> None:
    """A case written as words: "a - ab" is a quote coded a, one coded to nothing, one coded a and b."""
    for position, signs in enumerate(pattern.split()):
        quote = make_quote(school, position=10 * position)
        for sign in signs.strip("-"):
            make_coding(quote, codes[sign])


def test_nearest_within_a_case():
    school = make_school()
    book = make_codebook(school.study)
    codes = {sign: make_code(book) for sign in "abc"}
    case_of("a - b - - a", codes, school)
    case_of("b ab", codes, make_school(school.study))
    case_of("a c", codes, make_school(school.study))  # has no b: says nothing of a and b
    found = Cooccurrence.of(Coding.objects.all(), list(codes.values()), Quote.objects.all(), NEAR)
    # First case: a 2, 3; b 2. Second case: a 0; b 1, 0.
    together = found.between(codes["a"], codes["b"])
    assert together.distance == pytest.approx((2 + 3 + 2 + 0 + 1 + 0) / 6)
    assert together.shared == 2  # the quote with both counts once, as on the page that it opens
    assert (together.first, together.second) == (4, 3)
    assert together.jaccard is None
    assert found.between(codes["b"], codes["c"]).distance is None
    wide = Cooccurrence.of(Coding.objects.all(), list(codes.values()), Quote.objects.all(), NEAR, reach=2)
    assert wide.between(codes["a"], codes["b"]).shared == 4


@pytest.mark.parametrize(("kind", "queries"), [(PASSAGE, 1), (QUOTE, 1), (NEAR, 2)])
def test_as_many_queries_for_many(kind: str, queries: int, django_assert_num_queries):
    codes, _ = published()
    for _ in range(2):
        with django_assert_num_queries(queries):
            Cooccurrence.of(Coding.objects.published(), codes, Quote.objects.all(), kind)
        add_schools(40, quotes_each=30)


def test_an_unknown_kind_is_refused():
    with pytest.raises(KeyError):
        Cooccurrence.of(Coding.objects.all(), [], Quote.objects.all(), "somehow")


def test_a_network_holds_what_meets_often_enough():
    codes, _ = published()
    found = Cooccurrence.of(Coding.objects.published(), codes, Quote.objects.all(), QUOTE)
    nodes, edges = network(found, at_least=3)
    assert {node.code for node in nodes} == {code for code in codes if found.quotes[code.pk]}
    assert {(edge.first.code.pk, edge.second.code.pk) for edge in edges} == {
        pair for pair, one in found.pairs.items() if one.shared >= 3
    }
    assert network(found, at_least=3) == (nodes, edges)
    for axis in ("x", "y"):
        values = [getattr(node, axis) for node in nodes]
        assert (min(values), max(values)) == (0, 1)
    places = [(node.x, node.y) for node in nodes]
    assert min(abs(a - c) + abs(b - d) for (a, b), (c, d) in combinations(places, 2)) > 0.03


def test_what_goes_together_stands_near():
    places = layout([1, 2, 3, 4, 5, 6], {(1, 4): 5.0, (2, 5): 1.0})

    def apart(one: int, other: int) -> float:
        return abs(complex(*places[one]) - complex(*places[other]))

    assert apart(1, 4) < min(apart(1, other) for other in (2, 3, 5, 6))


@pytest.mark.parametrize("keys", [[], [7]])
def test_a_layout_of_hardly_anything(keys: list[int]):
    assert layout(keys, {}) == dict.fromkeys(keys, (0.5, 0.5))
