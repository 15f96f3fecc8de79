"""A study of one's own: begun, filled with cases and quotes, and removed. Private until it is published.

What is made many at a time leaves no history, like what is loaded: history begins with the first edit. What is removed
takes its history along: of what somebody said and wants taken out, nothing stays.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction
from django.utils import timezone
from django.utils.text import slugify

from schools.actions import delete_rows
from schools.fields import NUMBERED
from schools.models import Fact, Indicator, Quote, School, Study, Topic
from schools.search_index import drop_deleted_words

BATCH = 500  # rows written at a time
MOST_SCHOOLS = 500  # of a study
MOST_QUOTES = 50_000  # of a study
HUES = 8
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NO_PLACE = "The maker of the study names no line for it."
DEFAULT_TOPIC = "Interviews"


class StudyFullError(Exception):
    """A study would have more than it can hold. Its words say how many."""


@dataclass(frozen=True)
class NewQuote:
    """Words to add to a case. `locator` empty: no line is known; `topic` empty: the study's first."""

    school: School
    text: str
    speaker: str = ""
    role: str = "other"
    topic: Topic | None = None
    locator: str = ""
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class NewFact:
    """What is known of a case, by the label of its indicator."""

    school: School
    label: str
    value: str
    number: Decimal | None = None
    locator: str = ""


@transaction.atomic
def start_study(*, user: AbstractBaseUser, title: str, **fields: Any) -> Study:
    """A private study of one's own with a first topic, so that quotes can be added to it."""
    guid = fields.pop("guid", None) or uuid4()
    defaults = {"author": "", "published": "", "summary": "", "year": timezone.now().year}
    study = Study.objects.create(
        guid=guid,
        slug=f"study-{guid.hex}",
        title=title,
        is_editorial=False,
        is_published=False,
        made_by=user,
        **defaults | fields,
    )
    topic_named(study=study, name=DEFAULT_TOPIC)
    return study


@transaction.atomic
def add_schools(*, study: Study, rows: Sequence[dict[str, Any]]) -> list[School]:
    """Cases at the end of a study, each with a letter and a colour of its own as far as they go.

    `rows`: the fields of each; `name` alone is needed. Raises StudyFullError.
    """
    there = list(_held(study).schools.values_list("letter", "colour", "position"))
    if len(there) + len(rows) > MOST_SCHOOLS:
        raise StudyFullError(f"A study has at most {MOST_SCHOOLS:,} cases.")
    letters = {letter for letter, _, _ in there} | {row["letter"] for row in rows if row.get("letter")}
    free_letters = (one for one in signs() if one not in letters)
    position = max((place for _, _, place in there), default=0)
    made = []
    for row in rows:
        position += 1
        guid = row.get("guid") or uuid4()
        defaults = {
            "guid": guid,
            "slug": f"case-{guid.hex}",
            "position": position,
            "colour": (position - 1) % HUES + 1,
            "known_for": "",
            "summary": "",
            "locator": "",
        }
        school = School(study=study, **defaults | row)
        school.letter = school.letter or next(free_letters)
        made.append(school)
    return list(School.objects.bulk_create(made, batch_size=BATCH))


def add_school(*, study: Study, name: str, **fields: Any) -> School:
    """One case at the end of a study."""
    return add_schools(study=study, rows=[{"name": name} | fields])[0]


@transaction.atomic
def add_quotes(*, study: Study, rows: Sequence[NewQuote]) -> list[Quote]:
    """Quotes at the end of their cases, in the order given. Raises StudyFullError."""
    _held(study)
    if Quote.objects.filter(school__study=study).count() + len(rows) > MOST_QUOTES:
        raise StudyFullError(f"A study has at most {MOST_QUOTES:,} quotes.")
    places = {key: Places(key) for key in {row.school.pk for row in rows}}
    first = None if all(row.topic for row in rows) else first_topic(study=study)
    made = [
        Quote(
            school=row.school,
            topic=row.topic or first,
            text=row.text,
            speaker=row.speaker,
            speaker_role=row.role,
            position=places[row.school.pk].next_position(),
            locator=row.locator or places[row.school.pk].next_locator(),
            **row.fields,
        )
        for row in rows
    ]
    return list(Quote.objects.bulk_create(made, batch_size=BATCH))


@transaction.atomic
def add_facts(*, study: Study, rows: Iterable[NewFact]) -> list[Fact]:
    """Facts of cases that have none for the indicator yet; indicators are made by their labels."""
    _held(study)
    known = {one.label.casefold(): one for one in study.indicators.all()}
    made = []
    for row in rows:
        key = row.label.casefold()
        if key not in known:
            known[key] = Indicator.objects.create(
                study=study,
                label=row.label,
                slug=free_slug(row.label, {one.slug for one in known.values()}, "fact"),
                group=Indicator.Group.SCHOOL,
                position=max((one.position for one in known.values()), default=0) + 1,
            )
        fact = Fact(school=row.school, indicator=known[key], value=row.value, number=row.number)
        fact.locator, fact.note = row.locator, "" if row.locator else NO_PLACE
        made.append(fact)
    return list(Fact.objects.bulk_create(made, batch_size=BATCH))


def topic_named(*, study: Study, name: str) -> Topic:
    """The study's topic of this name, made where there is none."""
    found = study.topics.filter(name__iexact=name).first()
    if found is not None:
        return found
    there = list(study.topics.values_list("slug", "position"))
    slug = free_slug(name, {slug for slug, _ in there}, "topic")
    position = max((place for _, place in there), default=0) + 1
    return Topic.objects.create(study=study, slug=slug, name=name, label=name[:40], position=position)


def first_topic(*, study: Study) -> Topic:
    """Where quotes without a topic go."""
    return study.topics.first() or topic_named(study=study, name=DEFAULT_TOPIC)


@transaction.atomic
def remove_rows(*, rows: models.QuerySet) -> None:
    """Remove cases, quotes or facts of a private study, with their history and all that stands on them."""
    if rows.model is School:
        delete_rows(Fact.objects.filter(school__in=rows))
        delete_rows(Quote.objects.filter(school__in=rows))
    delete_rows(rows)
    drop_deleted_words()


def free_slug(name: str, taken: set[str], otherwise: str) -> str:
    """A short name made of a name that none of `taken` is, which it joins."""
    stem = slugify(name)[:40].strip("-") or otherwise
    slug = stem if stem not in taken else next(one for n in count(2) if (one := f"{stem}-{n}") not in taken)
    taken.add(slug)
    return slug


def _held(study: Study) -> Study:
    """The study, locked until the transaction ends: two people who add at once choose no place twice."""
    return Study.objects.select_for_update().get(pk=study.pk)


def signs() -> Iterable[str]:
    """A to Z, AA to ZZ, AAA to ZZZ."""
    yield from ALPHABET
    yield from (one + other for one in ALPHABET for other in ALPHABET)
    yield from (one + two + three for one in ALPHABET for two in ALPHABET for three in ALPHABET)


class Places:
    """Free places of a case."""

    def __init__(self, school_id: int) -> None:
        rows = list(Quote.objects.filter(school=school_id).values_list("position", "locator"))
        self.position = max((position for position, _ in rows), default=0)
        numbers = [locator.removeprefix(NUMBERED) for _, locator in rows if locator.startswith(NUMBERED)]
        self.number = max((int(one.partition(".")[0]) for one in numbers), default=0)

    def next_position(self) -> int:
        """After the last quote."""
        self.position += 1
        return self.position

    def next_locator(self) -> str:
        """The number after the last one of the case, for a quote whose line nobody named."""
        self.number += 1
        return f"{NUMBERED}{self.number}"
