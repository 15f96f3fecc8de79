"""The benchmark: sums of five schools or more, from which no school's answer can be told."""

from itertools import combinations

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from selfreview.actions import close_round, delete_team, next_round, start_review
from selfreview.benchmark import Beside, Kind, Spread, count_waiting, size_of, tells_of_none
from selfreview.models import Answer, Block, BlockCount, Level, Question, Questionnaire, Review, Team
from tests.accounts.people import make_person
from tests.factories import make_member, next_number
from tests.selfreview.cast import Cast

pytestmark = pytest.mark.django_db
SLUG = "ict-self-review"
LEVELS = [str(level) for level in Level.values]
ALIKE = {"phase": "primary", "setting": "city", "pupils": 200}


def closed_round(levels: list[str], *, user=None, join: bool = True, **details) -> Review:
    """A school that takes part, with a closed round: these levels of the first questions."""
    review, _, _ = start_review(questionnaire=Questionnaire.objects.get(), user=user or make_person())
    number = f"{100_000 + next_number()}"
    Team.objects.filter(pk=review.team_id).update(
        **ALIKE | {"urn": number, "in_benchmark": join, "confirmed_at": timezone.now()} | details
    )
    for question, level in zip(Question.objects.all(), levels, strict=False):
        Answer.objects.create(review=review, question=question, level=level, version=1)
    close_round(review=review)
    return review


def five(levels: list[str], **details) -> list[Review]:
    """Five schools of a kind, a level of the first question each."""
    return [closed_round([level], **details) for level in levels]


MIXED = ["leading", "leading", "emerging", "developing", "emerging"]


def test_four_schools_are_not_counted_and_the_fifth_counts_all():
    for level in MIXED[:4]:
        closed_round([level])
    assert count_waiting(slug=SLUG) == 0
    assert not Block.objects.exists()
    closed_round([MIXED[4]])
    assert count_waiting(slug=SLUG) == 1
    counts = {one.level: one.schools for one in BlockCount.objects.all()}
    assert counts == {"leading": 2, "emerging": 2, "developing": 1}
    assert Block.objects.get().schools == 5


def test_a_round_is_counted_once():
    five(MIXED)
    count_waiting(slug=SLUG)
    assert count_waiting(slug=SLUG) == 0
    five(MIXED)
    count_waiting(slug=SLUG)
    assert [block.schools for block in Block.objects.all()] == [5, 5]


@pytest.mark.parametrize(
    ("details", "why"),
    [
        ({"join": False}, "did not choose to take part"),
        ({"confirmed_at": None}, "nobody confirmed"),
    ],
)
def test_a_school_that_is_not_to_be_counted_is_none_of_five(details: dict, why: str):
    for level in MIXED[:4]:
        closed_round([level])
    closed_round([MIXED[4]], **details)
    assert count_waiting(slug=SLUG) == 0, why


def test_one_person_with_five_schools_is_one_school():
    person = make_person()
    for level in MIXED:
        closed_round([level], user=person)
    assert count_waiting(slug=SLUG) == 0


@pytest.mark.parametrize("left", [False, True])
def test_nobody_knows_two_schools_of_a_block(left: bool):
    """An adviser who has, or had, a place in four schools would know what the fifth said."""
    adviser = make_person()
    for review in five(MIXED):
        make_member(review.team, user=adviser, role="viewer", left_at=timezone.now() if left else None)
    assert count_waiting(slug=SLUG) == 0


def test_an_open_round_is_not_counted():
    for level in MIXED[:4]:
        closed_round([level])
    review, _, _ = start_review(questionnaire=Questionnaire.objects.get(), user=make_person())
    Team.objects.filter(pk=review.team_id).update(urn="999999", in_benchmark=True, confirmed_at=timezone.now(), **ALIKE)
    assert count_waiting(slug=SLUG) == 0


def test_only_the_newest_closed_round_of_a_school_waits():
    reviews = five(MIXED[:4])
    again = next_round(team=reviews[0].team)
    close_round(review=again)
    assert count_waiting(slug=SLUG) == 0


def test_schools_that_differ_wait_for_ten_and_count_for_all_only():
    for size in (50, 200, 400):
        five(MIXED[:3], pupils=size)
    assert count_waiting(slug=SLUG) == 0
    closed_round(["leading"], setting="village")
    assert count_waiting(slug=SLUG) == 1
    block = Block.objects.get()
    assert (block.schools, block.phase, block.setting, block.size) == (10, "", "", "")


def test_a_question_that_few_answered_or_all_alike_is_left_out():
    first = Question.objects.all()[0]
    for place, level in enumerate(MIXED):
        closed_round([level, "leading", "" if place else "emerging"])
    count_waiting(slug=SLUG)
    assert set(BlockCount.objects.values_list("question", flat=True)) == {first.pk}


def test_leaving_and_deleting_change_no_sum():
    reviews = five(MIXED)
    count_waiting(slug=SLUG)
    before = list(BlockCount.objects.order_by("pk").values())
    Team.objects.filter(pk=reviews[0].team_id).update(in_benchmark=False)
    delete_team(team=reviews[1].team)
    count_waiting(slug=SLUG)
    assert list(BlockCount.objects.order_by("pk").values()) == before
    assert Block.objects.get().schools == 5


def test_blocks_do_not_say_whose_they_are():
    fields = {field.name for model in (Block, BlockCount) for field in model._meta.get_fields()}
    assert not fields & {"team", "review", "teams", "reviews"}


@settings(deadline=None)  # a slow machine is no fault
@given(st.lists(st.lists(st.sampled_from(["", *LEVELS]), min_size=3, max_size=3), min_size=0, max_size=14))
def test_every_difference_of_two_sums_is_of_five_schools_that_differ(answers: list[list[str]]):
    """What can be computed from any views is a sum of blocks; so it is enough that each block's sum tells of none."""
    with transaction.atomic():
        for place, levels in enumerate(answers):
            closed_round(levels, pupils=200 if place % 3 else 100)
        count_waiting(slug=SLUG)
        by_block: dict[int, dict[int, dict[str, int]]] = {}
        for one in BlockCount.objects.all():
            by_block.setdefault(one.question_id, {}).setdefault(one.block_id, {})[one.level] = one.schools
        for blocks in by_block.values():
            assert all(tells_of_none(counts) for counts in blocks.values())
            for one, other in combinations(blocks.values(), 2):
                both = {level: one.get(level, 0) + other.get(level, 0) for level in LEVELS}
                left = {level: both[level] - one.get(level, 0) for level in LEVELS}
                assert tells_of_none(left)
        counted = Review.objects.exclude(counted_at=None).count()
        assert counted == sum(Block.objects.values_list("schools", flat=True))
        transaction.set_rollback(True)


def test_a_page_stands_a_school_beside_all_and_beside_its_kind():
    mine = five(MIXED)[0]
    five(["not-started", "not-started", "leading", "leading", "emerging"], setting="village")
    count_waiting(slug=SLUG)
    beside = Beside.of(Review.objects.select_related("team", "questionnaire").get(pk=mine.pk))
    assert (beside.everyone.schools, beside.similar.schools) == (10, 5)
    assert beside.kind == Kind("primary", "city", "151 to 300 pupils")
    first = beside.standings[0]
    assert first.everyone.counts == [("Not started", 2), ("Emerging", 3), ("Developing", 1), ("Leading", 4)]
    assert first.similar.counts == [("Emerging", 2), ("Developing", 1), ("Leading", 2)]
    assert (first.similar.median, first.everyone.median) == ("Developing", "Emerging")
    assert (first.label, first.words) == ("Leading", "3 levels above the middle")
    assert not beside.standings[1].everyone.shown


def test_closing_a_round_counts_what_waits():
    cast = Cast()
    for level in MIXED[:4]:
        closed_round([level])
    client = cast.client("lead_by_account")
    base = f"/review/{cast.review.guid}/"
    client.post(f"{base}team/", ALIKE | {"urn": "123456"})
    client.post(f"{base}benchmark/join/", {"join": "1"})
    client.post(
        f"{base}what/1/",
        {"level": "emerging", "text": "", "base": 1, "save_id": "3f0a1d9e-6f0b-4b61-a1f3-0d8a1e6f1a11"},
    )
    call_command("confirm_school", "123456")
    assert "No school is counted yet." in client.get(f"{base}benchmark/").content.decode()
    client.post(f"{base}rounds/close/")
    page = client.get(f"{base}benchmark/").content.decode()
    assert "5 closed rounds of schools are counted, 5 of them of schools like yours: primary" in page
    assert "2 Leading" in page
    assert "stay" in client.get(f"{base}delete/").content.decode()


def test_page_asks_as_often_for_many_schools(django_assert_num_queries):
    cast = Cast()
    Team.objects.filter(pk=cast.review.team_id).update(**ALIKE)
    client, road = cast.client("lead"), f"/review/{cast.review.guid}/benchmark/"
    five(MIXED)
    count_waiting(slug=SLUG)
    client.get(road)  # the first visit of a day is noted in the session
    with django_assert_num_queries(10):
        client.get(road)
    for _ in range(3):
        five(MIXED)
        count_waiting(slug=SLUG)
    with django_assert_num_queries(10):
        client.get(road)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({}, False),
        ({"leading": 4}, False),
        ({"leading": 5}, False),
        ({"leading": 4, "emerging": 1}, False),
        ({"leading": 3, "emerging": 2}, True),
    ],
)
def test_spread_is_shown_of_five_that_differ(counts: dict, shown: bool):
    assert Spread.of(counts).shown is shown


def test_level_that_is_not_ranked_stands_nowhere():
    spread = Spread.of({"leading": 3, "emerging": 2})
    assert [spread.beside(level) for level in ("", "not-sure", "leading", "established")] == [
        "",
        "",
        "in the middle",
        "1 level below the middle",
    ]


@pytest.mark.parametrize(
    ("pupils", "size"), [(150, "up to 150 pupils"), (151, "151 to 300 pupils"), (501, "more than 500 pupils")]
)
def test_size(pupils: int, size: str):
    assert size_of(pupils) == size


def test_schools_are_confirmed_by_whoever_runs_the_site(capsys):
    team = Team.objects.create(name="Hill School", urn="123456", in_benchmark=True)
    Team.objects.create(name="Not taking part", urn="123457")
    call_command("confirm_school")
    assert "123456  Hill School" in capsys.readouterr().out
    call_command("confirm_school", "123456")
    team.refresh_from_db()
    assert team.confirmed_at
    twin = Team.objects.create(name="Hill School again", urn="123456", in_benchmark=True)
    for urn, why in (("123456", "Another review is confirmed"), ("123457", "No review waits")):
        with pytest.raises(CommandError, match=why):
            call_command("confirm_school", urn)
    twin.refresh_from_db()
    assert twin.confirmed_at is None


@pytest.mark.parametrize(
    ("data", "stays"), [({"urn": "654321"}, False), ({"name": "Other"}, False), ({"pupils": "99"}, True)]
)
def test_another_number_or_name_is_another_school(data: dict, stays: bool):
    cast = Cast()
    known = ALIKE | {"urn": "123456", "name": "Hill School", "confirmed_at": timezone.now()}
    Team.objects.filter(pk=cast.review.team_id).update(**known)
    road = f"/review/{cast.review.guid}/team/"
    shown = {name: known.get(name, "") for name in ("name", "phase", "setting", "pupils", "fsm_percent", "urn")}
    before = {f"initial-{name}": value for name, value in shown.items()}
    assert cast.client("lead").post(road, shown | before | data).status_code == 302
    assert (Team.objects.get(pk=cast.review.team_id).confirmed_at is not None) is stays


def test_command_counts_what_waits(capsys):
    five(MIXED)
    call_command("count_benchmark")
    assert "1 block" in capsys.readouterr().out
