"""A synthetic study: schools with sections and facts, quotes, a codebook of the editors, and codings. Written as rows.

Everything is uneven, as in real studies: a few schools said much, a few codes are used all the time, most quotes have
one coding or none and some have a dozen.
"""

from collections.abc import Iterator
from uuid import UUID

import numpy as np

from findings.models import Code, Codebook, Coder, Coding
from ictlead.synthetic import MARK, SLUG
from ictlead.synthetic.bulk import give_back_ids, insert, moment, next_id
from ictlead.synthetic.words import Speech
from schools.models import CaseSection, Fact, Indicator, Phase, Quote, School, Setting, Study, Topic
from schools.search_index import added_at_once

CHUNK = 20_000  # quotes made at a time, with their codings
CODES = 40
MOST_CODINGS = 30  # of one quote
TOPICS = ["context", "use", "direction", "making-it-happen", "people", "advice"]
INDICATORS = ["computers", "boards", "network", "training", "technician"]
LETTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
ROLES = [*["headteacher"] * 7, *["teacher"] * 2, "ict-coordinator"]


def make_study(*, seed: int, schools: int, quotes: int, codings: int) -> Study:
    """Write the study, in the transaction of the caller. The same seed and numbers give the same study, GUIDs included.

    Raises ValueError for numbers that cannot be: quotes without a school, more codings than 30 a quote.
    """
    if quotes and not schools:
        raise ValueError("Quotes need a school: ask for --schools 1 or more.")
    if codings > quotes * MOST_CODINGS:
        raise ValueError(f"A quote has at most {MOST_CODINGS} codings: ask for more quotes or fewer codings.")
    random = np.random.default_rng(seed)
    study = _study(seed)
    topics = [
        Topic.objects.create(study=study, slug=slug, name=slug.capitalize(), label=slug[:20], position=place)
        for place, slug in enumerate(TOPICS)
    ]
    first = _schools(study, schools, topics, random)
    if quotes:
        codes = _codebook(study, seed)
        with added_at_once():
            _quotes(range(first, first + schools), quotes, codings, topics, codes, random)
    return study


def guids(random: np.random.Generator, count: int) -> Iterator[UUID]:
    """So many UUIDs of version 4."""
    drawn = random.bytes(16 * count)
    for place in range(0, 16 * count, 16):
        yield UUID(bytes=drawn[place : place + 16], version=4)


def _study(seed: int) -> Study:
    """It takes the front, so that the pages at the front are measured with it."""
    Study.objects.filter(is_front=True).update(is_front=False)
    return Study.objects.create(
        slug=f"{SLUG}{seed}",
        title=f"Synthetic study {seed}",
        author="Nobody",
        published=str(moment().year),
        year=moment().year,
        summary=MARK,
        method=MARK,
        source_lines=9_999_999,
        is_published=True,
        is_front=True,
    )


def _letter(number: int) -> str:
    """The sign of a school: up to four characters, each number its own."""
    signs = ""
    while True:
        number, rest = divmod(number, len(LETTERS))
        signs = LETTERS[rest] + signs
        if not number:
            return signs


def _schools(study: Study, count: int, topics: list[Topic], random: np.random.Generator) -> int:
    """Write the schools, after all others in reading order; the primary key of the first."""
    first = next_id(School)
    last = School.objects.order_by("-position").values_list("position", flat=True).first() or 0
    pupils, meals = random.integers(40, 900, count).tolist(), random.integers(0, 700, count).tolist()
    phases, settings = ["", *Phase.values], ["", *Setting.values]
    rows = (
        (
            first + n,
            guid,
            study.pk,
            f"{study.slug}-{n + 1}",
            _letter(n),
            f"Synthetic school {n + 1}",
            last + n + 1,
            n % 8 + 1,
            phases[n % 5],
            settings[n * 7 % 5],
            pupils[n] if n % 11 else None,
            meals[n] / 10 if n % 13 else None,
            "Nowhere",
            "Being made up",
            MARK,
            f"L{n + 1}",
        )
        for n, guid in enumerate(guids(random, count))
    )
    columns = "id guid study_id slug letter name position colour phase setting pupils fsm_percent place known_for"
    insert(School, [*columns.split(), "summary", "locator"], rows)
    give_back_ids(School)
    keys = range(first, first + count)
    ids = guids(random, count * len(topics))
    insert(
        CaseSection,
        ["guid", "school_id", "topic_id", "summary", "locator"],
        ((next(ids), key, topic.pk, f"{MARK} It has a {topic.label}.", "L1") for key in keys for topic in topics),
    )
    indicators = [
        Indicator.objects.create(study=study, slug=slug, label=slug.capitalize(), group="equipment", position=place)
        for place, slug in enumerate(INDICATORS)
    ]
    ids = guids(random, count * len(indicators))
    rows_of_facts = ((next(ids), key, one.pk, str(key % 40 + 1), "L1") for key in keys for one in indicators)
    insert(Fact, ["guid", "school_id", "indicator_id", "value", "locator"], rows_of_facts)
    return first


def _codebook(study: Study, seed: int) -> list[int]:
    """A published codebook of eight codes with four below each; the codes' primary keys, most used first."""
    codebook = Codebook.objects.create(
        study=study, slug=f"{SLUG}{seed}", name=f"Synthetic codebook {seed}", description=MARK, is_published=True
    )
    codes: list[Code] = []
    for place in range(CODES):
        parent = None if place < 8 else codes[place % 8]
        code = Code(codebook=codebook, parent=parent, slug=f"idea-{place + 1}", name=f"Idea {place + 1}")
        code.definition, code.position, code.colour = MARK, place, place % 8 + 1
        code.save()
        codes.append(code)
    return [code.pk for code in codes]


def _quotes(
    schools: range, count: int, codings: int, topics: list[Topic], codes: list[int], random: np.random.Generator
) -> None:
    """Write quotes and codings, chunk by chunk: neither is ever in memory as a whole."""
    weights = random.lognormal(0, 1, len(schools))
    each = random.multinomial(count, weights / weights.sum())
    school_of = np.repeat(np.arange(schools.start, schools.stop), each)
    place_of = np.arange(count) - np.repeat(np.cumsum(each) - each, each) + 1
    number_of = _shares(codings, count, random)
    editors = Coder.objects.get(slug="editors").pk
    first, next_id_of_codings = next_id(Quote), next_id(Coding)
    speech, now = Speech(random), moment()
    for begin in range(0, count, CHUNK):
        part = slice(begin, min(begin + CHUNK, count))
        texts = list(speech.sentences(part.stop - part.start))
        keys = range(first + begin, first + part.stop)
        draws = random.integers(0, 1000, len(keys)).tolist()
        rows = zip(
            keys,
            guids(random, len(keys)),
            school_of[part].tolist(),
            (topics[draw % len(topics)].pk for draw in draws),
            (ROLES[draw % 10] for draw in draws),
            texts,
            (f"L{place}" for place in place_of[part].tolist()),
            place_of[part].tolist(),
            strict=True,
        )
        insert(Quote, "id guid school_id topic_id speaker_role text locator position".split(), rows)
        numbers = number_of[part].tolist()
        made = list(_codings(keys, texts, numbers, codes, random))
        ids = range(next_id_of_codings, next_id_of_codings + len(made))
        next_id_of_codings += len(made)
        whole = (
            (key, guid, *coding, editors, now)
            for key, guid, coding in zip(ids, guids(random, len(made)), made, strict=True)
        )
        insert(Coding, "id guid quote_id code_id start end memo coder_id coded_at".split(), whole)
    give_back_ids(Quote, Coding)


def _shares(codings: int, quotes: int, random: np.random.Generator) -> np.ndarray:
    """How many codings each quote has, `codings` in all and at most 30 of one."""
    weights = random.pareto(1.5, quotes) + 0.05
    numbers = np.minimum(random.multinomial(codings, weights / weights.sum()), MOST_CODINGS)
    while left := codings - int(numbers.sum()):
        room = np.flatnonzero(numbers < MOST_CODINGS)
        numbers[random.permutation(room)[:left]] += 1
    return numbers


def _codings(
    keys: range, texts: list[str], numbers: list[int], codes: list[int], random: np.random.Generator
) -> Iterator[tuple[int, int, int, int, str]]:
    """Rows (quote, code, start, end, memo). A quote has a code at most once; passages begin and end with a word."""
    total = sum(numbers)
    leading = np.minimum((random.pareto(1.0, len(numbers)) * 4).astype(int), CODES - 1).tolist()
    starts, ends = random.random(total).tolist(), random.random(total).tolist()
    place = 0
    for key, text, number, lead in zip(keys, texts, numbers, leading, strict=True):
        for step in range(number):
            start = text.find(" ", int(starts[place] * len(text) * 0.6)) + 1
            end = text.find(" ", start + int(ends[place] * (len(text) - start)))
            place += 1
            yield key, codes[(lead + step) % CODES], start, end if end > start else len(text), MARK
