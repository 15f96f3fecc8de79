"""How a school stands beside others, from sums that tell nothing of any one of them.

The rule, and why it holds, stands in docs/benchmark.md. In short: closed rounds of schools that chose to take part are
counted in blocks of at least five schools, each round in one block for ever, and a block's sums never change. All that
anyone is shown is a sum of whole blocks; so is every difference of two such sums.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from selfreview.models import Answer, Block, BlockCount, Level, Membership, Question, Review, Team
from selfreview.models.benchmark import FEWEST
from selfreview.profile import RANK, median_level

MIXED_FROM = 2 * FEWEST  # schools of all kinds that wait before some of them make a block without a kind
SIZES = [(150, "up to 150 pupils"), (300, "151 to 300 pupils"), (500, "301 to 500 pupils")]
LARGEST = "more than 500 pupils"


@dataclass(frozen=True)
class Kind:
    """What makes schools similar: phase, setting and a band of size."""

    phase: str
    setting: str
    size: str

    @classmethod
    def of(cls, team: Team) -> "Kind | None":
        """A team's; None where it has not said all three."""
        if not (team.phase and team.setting and team.pupils):
            return None
        return cls(team.phase, team.setting, size_of(team.pupils))


def size_of(pupils: int) -> str:
    """The band that a number of pupils falls into."""
    return next((label for most, label in SIZES if pupils <= most), LARGEST)


# ── Counting ────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def count_waiting(*, slug: str) -> int:
    """Make blocks of the closed rounds that wait to be counted, of a questionnaire in any version. How many were made.

    Two blocks are never made at once (the questionnaire's first round is held), so no round is counted twice.
    """
    waiting = _waiting(slug)
    blocks = []
    by_kind: dict[Kind | None, list[Review]] = defaultdict(list)
    for review in waiting:
        by_kind[Kind.of(review.team)].append(review)
    left: list[Review] = []
    for kind, reviews in by_kind.items():
        if kind is not None and len(reviews) >= FEWEST:
            blocks.append(_count(slug, kind, reviews))
        else:
            left += reviews
    if len(left) >= MIXED_FROM:
        blocks.append(_count(slug, None, left))
    return len(blocks)


def _waiting(slug: str) -> list[Review]:
    """The newest closed round of each team that takes part, where it is not counted and nobody is there twice.

    A team takes part when it chose to and whoever runs the site has confirmed that it is the school of its number, so
    that nobody can invent four schools to see a fifth. Nobody with an account may belong, or have belonged, to two
    schools of a block: who knows the answers of four could tell the fifth's.
    """
    rounds = (
        Review.objects.select_for_update(of=("self",))
        .filter(team__in_benchmark=True, questionnaire__slug=slug, state=Review.State.CLOSED)
        .exclude(team__confirmed_at=None)
        .select_related("team")
        .order_by("team", "-number")
    )
    newest: dict[int, Review] = {}
    for review in rounds:
        newest.setdefault(review.team_id, review)
    uncounted = sorted((one for one in newest.values() if one.counted_at is None), key=lambda one: one.closed_at)
    people = _people([one.team_id for one in uncounted])
    taken: set[int] = set()
    waiting = []
    for review in uncounted:
        if not people[review.team_id] & taken:
            waiting.append(review)
            taken |= people[review.team_id]
    return waiting


def _people(teams: Iterable[int]) -> dict[int, set[int]]:
    """The accounts that belong to each team, or did."""
    people: dict[int, set[int]] = defaultdict(set)
    members = Membership.objects.filter(team__in=list(teams), user__isnull=False)
    for team, user in members.values_list("team", "user"):
        people[team].add(user)
    return people


def _count(slug: str, kind: Kind | None, reviews: Sequence[Review]) -> Block:
    block = Block.objects.create(slug=slug, schools=len(reviews), **(vars(kind) if kind else {}))
    BlockCount.objects.bulk_create(
        BlockCount(block=block, question_id=question, level=level, schools=schools)
        for question, counts in _counts(slug, reviews).items()
        for level, schools in counts.items()
    )
    Review.objects.filter(pk__in=[one.pk for one in reviews]).update(counted_at=timezone.now())
    return block


def _counts(slug: str, reviews: Sequence[Review]) -> dict[int, Counter[str]]:
    """Schools by level of each question (its first version), where that tells nothing of any one of them.

    A question is left out that fewer than five of the schools gave a level to, or all of them but one, or all, the same
    level: a block's sum can be had as the difference of two larger ones, and then each school's answer would be plain,
    to everyone or to the one that differs.
    """
    first = Question.objects.first_versions(slug)
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    levels = Answer.objects.filter(review__in=reviews).exclude(level="").values_list("question", "level")
    for question, level in levels:
        counts[first[question]][level] += 1
    return {question: found for question, found in counts.items() if tells_of_none(found)}


def tells_of_none(counts: Mapping[str, int]) -> bool:
    """Whether schools by level may be shown: at least five of them, and at least two that are not at the commonest."""
    total = sum(counts.values())
    return total >= FEWEST and max(counts.values()) <= total - 2


# ── Showing ─────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Group:
    """Schools to stand beside: how many rounds are counted, and of each question how many stand at each level."""

    label: str
    schools: int
    counts: dict[int, dict[str, int]]  # by the first version of the question

    @classmethod
    def of(cls, label: str, slug: str, kind: Kind | None = None) -> "Group":
        """All blocks of a questionnaire, or those of a kind of school. Two queries."""
        blocks = Block.objects.filter(slug=slug, **(vars(kind) if kind else {}))
        schools = blocks.aggregate(n=Sum("schools"))["n"] or 0
        counts: dict[int, dict[str, int]] = defaultdict(dict)
        summed = BlockCount.objects.filter(block__in=blocks).values_list("question", "level").annotate(n=Sum("schools"))
        for question, level, n in summed.order_by():
            counts[question][level] = n
        return cls(label, schools, counts)

    def spread(self, question: int) -> "Spread":
        """Of one question, by its first version."""
        return Spread.of(self.counts.get(question, {}))


@dataclass(frozen=True)
class Spread:
    """How schools stand with a question: counts by level in the order of levels, and the middle of the ranked ones."""

    shown: bool
    counts: list[tuple[str, int]]  # label of a level that schools chose, and how many
    median: str

    @classmethod
    def of(cls, counts: dict[str, int]) -> "Spread":
        """Of schools by level."""
        if not tells_of_none(counts):
            return cls(False, [], "")
        median = median_level([level for level, n in counts.items() for _ in range(n)])
        chosen = [(str(Level(level).label), counts[level]) for level in Level.values if counts.get(level)]
        return cls(True, chosen, str(Level(median).label) if median else "")

    def beside(self, level: str) -> str:
        """Where a level stands against the middle, in words; nothing where they cannot be compared."""
        middle = next((rank for name, rank in RANK.items() if Level(name).label == self.median), None)
        if level not in RANK or middle is None:
            return ""
        steps = RANK[level] - middle
        if steps == 0:
            return "in the middle"
        return f"{abs(steps)} level{'' if abs(steps) == 1 else 's'} {'above' if steps > 0 else 'below'} the middle"


@dataclass(frozen=True)
class Standing:
    """A question, the level that a school chose, and how others stand with it."""

    question: Question
    level: str
    everyone: Spread
    similar: Spread

    @property
    def label(self) -> str:
        """The level in words; nothing without one."""
        return str(Level(self.level).label) if self.level else ""

    @property
    def words(self) -> str:
        """Against all schools, in words."""
        return self.everyone.beside(self.level)


@dataclass(frozen=True)
class Beside:
    """A round beside others: all schools, and those of its kind."""

    everyone: Group
    similar: Group
    kind: Kind | None
    standings: list[Standing]

    @classmethod
    def of(cls, review: Review) -> "Beside":
        """Of a round with its team and questionnaire loaded. Seven queries, however many schools are counted."""
        slug, kind = review.questionnaire.slug, Kind.of(review.team)
        everyone = Group.of("All schools", slug)
        similar = Group.of("Schools like yours", slug, kind) if kind else Group("Schools like yours", 0, {})
        first = Question.objects.first_versions(slug)
        levels = dict(review.answers.values_list("question", "level"))
        questions = Question.objects.filter(section__questionnaire=review.questionnaire_id).select_related("section")
        standings = [
            Standing(one, levels.get(one.pk, ""), everyone.spread(first[one.pk]), similar.spread(first[one.pk]))
            for one in questions
        ]
        return cls(everyone, similar, kind, standings)
