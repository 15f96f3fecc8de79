"""manage.py seed_scale: synthetic studies of the size asked for, marked, searchable, the same each time, removable."""

import io
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from findings.models import Code, Codebook, Coding
from schools.actions import data_version
from schools.models import Fact, Quote, School, Study
from schools.search import search
from selfreview.models import Answer, Membership, Review, Team
from tests.factories import make_coding, make_evidence, make_quote

pytestmark = pytest.mark.django_db

COUNTED = (Study, School, Fact, Quote, Codebook, Code, Coding, Team, Membership, Review, Answer)


def seed(*asked: str, **options: Any) -> None:
    call_command("seed_scale", *asked, verbosity=0, stdout=io.StringIO(), **options)


def counts() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in COUNTED}


def test_seed_scale_makes_what_is_asked_for_and_takes_it_away_again(client):
    before, version = counts(), data_version().number
    seed(schools=4, quotes=60, codings=90, reviews=3)
    made = {name: number - before[name] for name, number in counts().items()}
    assert (made["School"], made["Quote"], made["Coding"], made["Review"], made["Study"]) == (4, 60, 90, 3, 1)
    assert made["Answer"] > 0
    assert data_version().number == version + 1
    quote = Quote.objects.filter(school__slug__startswith="synthetic-").order_by("-pk")[0]
    assert "Synthetic school" in client.get(quote.get_absolute_url()).content.decode()
    for coding in Coding.objects.filter(quote__school__slug__startswith="synthetic-").select_related("quote"):
        assert 0 <= coding.start < coding.end <= len(coding.quote.text)
    assert make_quote(quote.school).pk > quote.pk  # the keys go on from those that were written
    make_evidence(quote=quote)
    seed(remove=True)
    after = counts()
    assert {name: after[name] - before[name] for name in ("Quote", "Coding", "School", "Team", "Answer", "Fact")} == (
        dict.fromkeys(("Quote", "Coding", "School", "Team", "Answer", "Fact"), 0)
    )
    assert not Study.objects.filter(slug__startswith="synthetic-").exists()


def test_seed_scale_keeps_the_search_index(client):
    seed(schools=1, quotes=200, codings=0)
    found = search(Quote.objects.filter(school__slug__startswith="synthetic-"), "pupils")
    told = [one for one in Quote.objects.filter(school__slug__startswith="synthetic-") if "pupil" in one.text.lower()]
    assert {one.pk for one in found} == {one.pk for one in told}
    assert told
    later = make_quote(told[0].school, text="Nobody had heard of zamsholat.")
    assert [one.pk for one in search(Quote.objects.all(), "zamsholat")] == [later.pk]


def test_seed_scale_makes_the_same_study_from_the_same_seed():
    def made() -> list[tuple]:
        rows = Quote.objects.filter(school__slug__startswith="synthetic-").order_by("school__slug", "position")
        return list(rows.values_list("guid", "text", "school__slug", "speaker_role"))

    seed(schools=2, quotes=20, codings=30)
    first = made()
    seed(remove=True)
    seed(schools=2, quotes=20, codings=30)
    assert made() == first
    seed("--seed", "2", schools=2, quotes=20, codings=30)
    assert len(made()) == 40


def test_seed_scale_leaves_real_records_alone():
    coding = make_coding()
    before = counts()
    seed(schools=2, quotes=20, codings=30, reviews=2)
    seed(remove=True)
    assert counts() == before
    coding.refresh_from_db()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"schools": 0, "quotes": 5, "codings": 0}, "Quotes need a school"),
        ({"schools": 1, "quotes": 5, "codings": 500}, "at most 30 codings"),
        ({"schools": 1, "quotes": -5, "codings": 0}, "0 or more"),
    ],
)
def test_seed_scale_says_what_cannot_be(options, said):
    before = counts()
    with pytest.raises(CommandError, match=said):
        seed(**options)
    assert counts() == before


def test_seed_scale_makes_no_study_twice():
    seed(schools=1, quotes=1, codings=1)
    with pytest.raises(CommandError, match="is there already"):
        seed(schools=1, quotes=1, codings=1)
