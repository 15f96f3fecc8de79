"""Agreement: against published worked examples, against libraries of others, and where there is no value."""

import warnings
from collections.abc import Sequence
from typing import Any

import krippendorff
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from findings.agreement import CHARACTERS, QUOTES, CodedQuote, Passage, agreement, agreement_of_ratings
from findings.measures import MEASURES, Agreement, Estimate, Interval, Result, TwoByTwo, Undefined

# Cohen (1960): two psychiatrists, 200 cases, three diagnoses.
COHEN = {(0, 0): 88, (0, 1): 10, (0, 2): 2, (1, 0): 14, (1, 1): 40, (1, 2): 6, (2, 0): 18, (2, 1): 10, (2, 2): 12}
# Fleiss (1971), table 1: thirty patients, six psychiatrists each; how many gave each of five diagnoses, in that order.
FLEISS = """
00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031
00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006
""".split()
# Fourteen raters, ten subjects, five categories: how many raters gave each subject each category.
FOURTEEN = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip
# Krippendorff's canonical data: four observers, twelve units, `.` where an observer gave none.
CANONICAL = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]


def value(result: Result, measure: str) -> float:
    found = result.estimates[measure].value
    assert isinstance(found, float), found
    return found


def reason(result: Result, measure: str) -> str:
    found = result.estimates[measure].value
    assert isinstance(found, Undefined), found
    return found.reason


def compare(
    passages: list[tuple], *, lengths: Sequence[int] = (1000,), coders: str = "ab", codes: str = "x", **asked: Any
) -> Agreement:
    """Agreement where every coder has finished every quote unless `finished` says otherwise; quotes are numbered."""
    finished = asked.pop("finished", {})
    quotes = [CodedQuote(n, length, frozenset(finished.get(n, coders))) for n, length in enumerate(lengths)]
    return agreement(
        coders=list(coders), codes=list(codes), quotes=quotes, passages=[Passage(*one) for one in passages], **asked
    )


# ── Published examples ──────────────────────────────────────────────────────────────────────────
def test_cohen_1960():
    units = [pair for pair, times in COHEN.items() for _ in range(times)]
    result = agreement_of_ratings(units)
    assert value(result, "percent") == pytest.approx(0.70)
    assert value(result, "cohen") == pytest.approx(0.492, abs=0.0005)


def test_cohen_looks_only_at_units_that_both_rated():
    both: list[list[int | None]] = [[0, 0], [1, 1], [0, 1], [1, 1]]
    alone: list[list[int | None]] = [[0, None], [None, 1], [0, None]]
    assert value(agreement_of_ratings([*both, *alone]), "cohen") == value(agreement_of_ratings(both), "cohen") == 0.5


def test_fleiss_1971():
    units = [[category for category, n in enumerate(row) for _ in range(int(n))] for row in FLEISS]
    assert (len(units), {len(unit) for unit in units}) == (30, {6})
    assert [sum(unit.count(category) for unit in units) for category in range(5)] == [26, 26, 30, 55, 43]
    result = agreement_of_ratings(units)
    assert value(result, "percent") == pytest.approx(0.5556, abs=0.00005)
    assert value(result, "fleiss") == pytest.approx(0.430, abs=0.0005)


def test_fleiss_fourteen_raters():
    units = [[category for category, n in enumerate(row) for _ in range(n)] for row in FOURTEEN]
    assert {len(unit) for unit in units} == {14}
    assert value(agreement_of_ratings(units), "fleiss") == pytest.approx(0.210, abs=0.0005)


def test_krippendorff_canonical_with_missing_values():
    units = [[None if sign == "." else sign for sign in unit] for unit in zip(*CANONICAL, strict=True)]
    assert value(agreement_of_ratings(units), "alpha") == pytest.approx(0.743, abs=0.0005)


def test_a_thousand_characters():
    compared = compare([("a", "x", 0, 100, 300), ("b", "x", 0, 200, 350)], basis=CHARACTERS)
    [result] = compared.codes
    assert result.table == TwoByTwo(both=100, first_only=100, second_only=50, neither=750)
    assert value(result, "percent") == pytest.approx(0.85)
    assert value(result, "cohen") == pytest.approx(0.483, abs=0.0005)
    assert compared.units == 1000
    assert compared.quotes == 1


# ── Independent libraries ───────────────────────────────────────────────────────────────────────
ratings = st.integers(2, 5).flatmap(
    lambda coders: st.lists(st.lists(st.integers(0, 3), min_size=coders, max_size=coders), min_size=2, max_size=30)
)
with_gaps = st.integers(2, 5).flatmap(
    lambda coders: st.lists(
        st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=coders, max_size=coders), min_size=2, max_size=30
    )
)


@settings(max_examples=150, deadline=None)
@given(ratings)
def test_complete_ratings_agree_with_nltk(units: list[list[int]]):
    assume(len({category for unit in units for category in unit}) > 1)
    from nltk.metrics.agreement import AnnotationTask

    task = AnnotationTask([(f"c{c}", f"i{i}", v) for i, unit in enumerate(units) for c, v in enumerate(unit)])
    result = agreement_of_ratings(units, resamples=0)
    assert value(result, "percent") == pytest.approx(task.avg_Ao())
    assert value(result, "fleiss") == pytest.approx(task.pi())
    assert value(result, "alpha") == pytest.approx(task.alpha())
    if len(units[0]) == 2:
        assert value(result, "cohen") == pytest.approx(task.kappa())


@settings(max_examples=150, deadline=None)
@given(with_gaps)
def test_ratings_with_gaps_agree_with_the_library_krippendorff(units: list[list[int | None]]):
    paired = [unit for unit in units if sum(one is not None for one in unit) > 1]
    assume(len(paired) > 1)
    assume(len({category for unit in paired for category in unit if category is not None}) > 1)
    table = [[float("nan") if one is None else one for one in row] for row in zip(*units, strict=True)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = krippendorff.alpha(reliability_data=table, level_of_measurement="nominal")
    assert value(agreement_of_ratings(units, resamples=0), "alpha") == pytest.approx(theirs)


spans = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.integers(0, 3), st.integers(0, 19), st.integers(1, 20)),
    max_size=25,
)


@settings(max_examples=100, deadline=None)
@given(spans, st.dictionaries(st.integers(0, 3), st.sets(st.sampled_from("abc")), max_size=2))
def test_characters_are_counted_as_one_by_one(found: list[tuple], finished: dict[int, set[str]]):
    """The sweep over passages gives what marking every single character gives."""
    found = [(coder, code, quote, start, min(start + long, 20)) for coder, code, quote, start, long in found]
    compared = compare(
        found, lengths=[20] * 4, coders="abc", codes="xy", finished=finished, basis=CHARACTERS, resamples=0
    )
    for result in compared.codes:
        marked = {(c, q, at) for c, code, q, start, end in found if code == result.code for at in range(start, end)}
        units = [
            [(coder, quote, at) in marked if coder in finished.get(quote, "abc") else None for coder in "abc"]
            for quote in range(4)
            for at in range(20)
        ]
        plain = agreement_of_ratings(units, resamples=0)
        for name in ("percent", "fleiss", "alpha"):
            ours, theirs = result.estimates[name].value, plain.estimates[name].value
            if isinstance(ours, float) and isinstance(theirs, float):
                assert ours == pytest.approx(theirs)
            else:
                assert isinstance(ours, Undefined)
                assert isinstance(theirs, Undefined)


# ── What counts ─────────────────────────────────────────────────────────────────────────────────
def test_a_quote_is_coded_so_by_any_passage():
    found = [("a", "x", 0, 0, 5), ("a", "x", 0, 7, 9), ("b", "x", 0, 900, 901), ("a", "x", 1, 0, 1)]
    [result] = compare(found, lengths=[1000] * 4).codes
    assert result.table == TwoByTwo(both=1, first_only=1, second_only=0, neither=2)


def test_overlapping_passages_of_a_coder_count_once():
    found = [("a", "x", 0, 0, 6), ("a", "x", 0, 4, 10), ("a", "x", 0, 4, 6), ("b", "x", 0, 5, 20)]
    [result] = compare(found, lengths=[100], basis=CHARACTERS).codes
    assert result.table == TwoByTwo(both=5, first_only=5, second_only=10, neither=80)


def test_an_unfinished_quote_is_missing_whatever_was_coded():
    found = [("a", "x", 0, 0, 5), ("b", "x", 0, 0, 5), ("a", "x", 1, 0, 5), ("b", "x", 1, 0, 5)]
    compared = compare(found, lengths=[9, 9, 9, 9], finished={1: "a"})
    assert compared.codes[0].table == TwoByTwo(both=1, first_only=0, second_only=0, neither=2)
    assert (compared.quotes, compared.left_out) == (3, 1)


def test_what_was_not_asked_for_is_passed_over():
    found = [("c", "x", 0, 0, 5), ("a", "z", 0, 0, 5), ("a", "x", 99, 0, 5), ("a", "x", 0, 0, 5)]
    [result] = compare(found, lengths=[9, 9]).codes
    assert result.table == TwoByTwo(both=0, first_only=1, second_only=0, neither=1)


def test_fleiss_takes_only_units_that_all_decided_and_alpha_those_of_two():
    units: list[list[int | None]] = [[1, 1, 1], [0, 0, 1], [1, 0, 1], [0, 0, 0], [1, 1, None], [0, None, None]]
    result = agreement_of_ratings(units)
    whole = agreement_of_ratings(units[:4])
    assert value(result, "fleiss") == pytest.approx(value(whole, "fleiss"))
    assert value(result, "alpha") == pytest.approx(value(agreement_of_ratings(units[:5]), "alpha"))
    assert value(result, "alpha") != pytest.approx(value(whole, "alpha"))


def test_pooled_averages_disagreements_not_kappas():
    # x: 4 quotes of each cell but one; y: hardly used.
    found = [("a", "x", n, 0, 1) for n in range(5)] + [("b", "x", n, 0, 1) for n in range(1, 6)]
    found += [("a", "y", 0, 0, 1), ("b", "y", 0, 0, 1)]
    compared = compare(found, lengths=[5] * 10, codes="xyz")
    # x: Po .8, Pe .5. y: Po 1, Pe .1² + .9² = .82. z: never used.
    assert value(compared.codes[0], "cohen") == pytest.approx(0.6)
    assert value(compared.codes[1], "cohen") == pytest.approx(1)
    assert reason(compared.codes[2], "cohen").startswith("No variation: no coder gave the code to any quote")
    assert value(compared.pooled, "cohen") == pytest.approx(1 - 0.2 / (0.5 + 0.18))
    assert value(compared.pooled, "percent") == pytest.approx((0.8 + 1 + 1) / 3)
    assert compared.pooled.table is None


# ── No value ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("basis", [QUOTES, CHARACTERS])
def test_without_variation_there_is_no_kappa_and_no_alpha(basis: str):
    never = compare([], lengths=[5] * 20, basis=basis)
    always = compare([(c, "x", n, 0, 5) for c in "ab" for n in range(20)], lengths=[5] * 20, basis=basis)
    for compared, said in ((never, "no coder gave the code to any"), (always, "all coders gave the code to every")):
        for name in ("cohen", "fleiss", "alpha"):
            assert said in reason(compared.codes[0], name)
            assert reason(compared.pooled, name).startswith("No variation")
            assert isinstance(compared.codes[0].estimates[name].interval, Undefined)
        assert value(compared.codes[0], "percent") == 1


def test_one_coder_none_and_no_codes_have_no_value():
    assert "at least two" in reason(compare([], coders="a").codes[0], "alpha")
    assert "at least two" in reason(compare([], coders="").codes[0], "percent")
    assert "No code" in reason(compare([], codes="").pooled, "fleiss")


def test_cohen_is_for_two():
    result = compare([("a", "x", 0, 0, 5)], coders="abc", lengths=[9, 9]).codes[0]
    assert "for two coders, and these are 3" in reason(result, "cohen")
    assert result.table is None
    assert value(result, "fleiss") < 0


def test_too_few_units_have_no_value():
    assert "only one quote was decided by two coders" in reason(compare([("a", "x", 0, 0, 1)]).codes[0], "cohen")
    nothing = compare([], finished={0: "a"})
    assert "no quote was decided by two coders" in reason(nothing.codes[0], "percent")
    apart = compare([], lengths=[5] * 4, coders="abc", finished=dict.fromkeys(range(4), "ab"))
    assert "no quote was decided by every coder" in reason(apart.codes[0], "fleiss")


def test_no_ratings_at_all():
    assert "at least two" in reason(agreement_of_ratings([]), "alpha")


@pytest.mark.parametrize("passage", [("a", "x", 0, -1, 5), ("a", "x", 0, 5, 5), ("a", "x", 0, 0, 11)])
def test_a_passage_beyond_its_quote_is_refused(passage: tuple):
    with pytest.raises(ValueError, match="does not lie in its quote of 10 characters"):
        compare([passage], lengths=[10])


def test_an_unknown_basis_is_refused():
    with pytest.raises(ValueError, match="'words'"):
        compare([], basis="words")


# ── Intervals ───────────────────────────────────────────────────────────────────────────────────
def interval(estimate: Estimate) -> Interval:
    assert isinstance(estimate.interval, Interval), estimate
    return estimate.interval


HALF = [("a", "x", n, 0, 5) for n in range(0, 40, 2)] + [("b", "x", n, 0, 5) for n in range(0, 40, 2) if n % 10]


def test_the_same_seed_gives_the_same_interval_and_another_another():
    first, again = (compare(HALF, lengths=[10] * 40) for _ in range(2))
    assert first == again
    other = compare(HALF, lengths=[10] * 40, seed=2)
    assert interval(other.pooled.estimates["alpha"]) != interval(first.pooled.estimates["alpha"])


def test_an_interval_surrounds_its_value_and_narrows_with_more_quotes():
    def width(times: int) -> float:
        found = [(c, x, n + 40 * k, s, e) for k in range(times) for c, x, n, s, e in HALF]
        estimate = compare(found, lengths=[10] * 40 * times).codes[0].estimates["cohen"]
        low, high = interval(estimate).low, interval(estimate).high
        assert isinstance(estimate.value, float)
        assert low < estimate.value < high
        return high - low

    assert width(9) < width(1) / 2


def test_the_interval_of_percent_agreement_is_that_of_a_share():
    """40 quotes, 4 in disagreement: the percentiles of a binomial, 0.80 to 0.975."""
    estimate = compare(HALF, lengths=[10] * 40, resamples=4000).codes[0].estimates["percent"]
    assert estimate.value == pytest.approx(0.9)
    assert interval(estimate).low == pytest.approx(0.80, abs=0.026)
    assert interval(estimate).high == pytest.approx(0.975, abs=0.026)


def test_on_characters_quotes_are_resampled():
    """Whole quotes agree or not: a hundred times as many characters make the interval no narrower."""
    short = compare(HALF, lengths=[5] * 40, basis=CHARACTERS).codes[0].estimates["alpha"]
    longer = [(c, x, n, s * 100, e * 100) for c, x, n, s, e in HALF]
    long = compare(longer, lengths=[500] * 40, basis=CHARACTERS).codes[0].estimates["alpha"]
    assert interval(long).low == pytest.approx(interval(short).low, abs=0.01)


@pytest.mark.parametrize(
    ("found", "quotes", "said"),
    [
        (HALF[:3], 9, "Too few quotes to resample: 9"),
        ([("a", "x", 0, 0, 1), ("b", "x", 0, 0, 1)], 40, "the code is rare"),
        ([(c, "x", n, 0, 5) for c in "ab" for n in range(20)], 40, "Every resample gives the same value"),
    ],
)
def test_no_interval_and_why(found: list[tuple], quotes: int, said: str):
    estimate = compare(found, lengths=[10] * quotes).codes[0].estimates["cohen"]
    assert isinstance(estimate.value, float)
    assert isinstance(estimate.interval, Undefined)
    assert said in estimate.interval.reason


def test_each_measure_is_explained():
    assert list(MEASURES) == ["percent", "cohen", "fleiss", "alpha"]
    for measure in MEASURES.values():
        assert measure.formula
        assert measure.units
    for key, author in {"cohen": "(1960)", "fleiss": "(1971)", "alpha": "(2011)"}.items():
        assert author in MEASURES[key].reference
