"""What measures of agreement there are, in words, and what comes of them. `findings.agreement` computes it.

It loads nothing heavy, so that a page can name and explain the measures.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """A measure as it is explained to a reader."""

    key: str
    name: str
    formula: str
    units: str
    reference: str


MEASURES = {
    one.key: one
    for one in [
        Measure(
            "percent",
            "Percent agreement",
            "Of all pairs of coders' decisions on the same unit, the share in which both decided alike. Chance is not "
            "taken into account: two coders who hardly ever use a code agree nearly always.",
            "Units decided by at least two coders.",
            "",
        ),
        Measure(
            "cohen",
            "Cohen’s kappa",
            "Observed agreement less the agreement expected by chance, divided by 1 less the agreement expected by "
            "chance; by chance means that each of the two coders keeps to their own share of coded units.",
            "Two coders; units decided by both.",
            "Cohen, J (1960) A coefficient of agreement for nominal scales, Educational and Psychological "
            "Measurement, 20 (1), 37–46",
        ),
        Measure(
            "fleiss",
            "Fleiss’ kappa",
            "As Cohen’s, for any number of coders: agreement is the share of pairs of coders who decided alike, and by "
            "chance means that every coder keeps to the share of units that all coders together coded.",
            "Units decided by every coder.",
            "Fleiss, J L (1971) Measuring nominal scale agreement among many raters, Psychological Bulletin, 76 (5), "
            "378–382",
        ),
        Measure(
            "alpha",
            "Krippendorff’s alpha (nominal)",
            "1 less the observed disagreement divided by the disagreement expected when all decisions are dealt out to "
            "the units at random, without putting any back. Decisions may be missing; a unit weighs as much as it has "
            "decisions.",
            "Units decided by at least two coders.",
            "Krippendorff, K (2004) Content Analysis: An Introduction to Its Methodology, 2nd edition, Sage; "
            "Krippendorff, K (2011) Computing Krippendorff’s Alpha-Reliability, University of Pennsylvania",
        ),
    ]
}
POOLED_REFERENCE = (
    "De Vries, H, Elliott, M N, Kanouse, D E and Teleki, S S (2008) Using pooled kappa to summarize interrater "
    "agreement across many items, Field Methods, 20 (3), 272–282"
)


@dataclass(frozen=True)
class Undefined:
    """There is no value, and why."""

    reason: str


@dataclass(frozen=True)
class Interval:
    """From the 2.5th to the 97.5th percentile of the resamples."""

    low: float
    high: float


@dataclass(frozen=True)
class Estimate:
    """A measure's value, at most 1 (percent agreement: 0 to 1), and its interval; either may be undefined."""

    value: float | Undefined
    interval: Interval | Undefined


@dataclass(frozen=True)
class TwoByTwo:
    """Units by what two coders decided, in the order of the coders."""

    both: int
    first_only: int
    second_only: int
    neither: int


@dataclass(frozen=True)
class Result:
    """Agreement on one code, or pooled over all (`code` is None). `table` is there for one code and two coders."""

    code: str | None
    estimates: dict[str, Estimate]
    table: TwoByTwo | None = None


@dataclass(frozen=True)
class Agreement:
    """What was compared and what came of it. `quotes` were finished by two or more coders; `left_out` were not."""

    basis: str
    coders: list[str]
    quotes: int
    left_out: int
    units: int
    resamples: int
    seed: int
    codes: list[Result]
    pooled: Result
