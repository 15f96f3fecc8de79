"""Synthetic self-reviews: teams of one, with a round and the answers that the team has given so far."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np

from ictlead.synthetic import SLUG
from ictlead.synthetic.bulk import give_back_ids, insert, moment, next_id
from ictlead.synthetic.studies import guids
from ictlead.synthetic.words import Speech
from selfreview.models import Answer, AnswerRevision, Level, Membership, Question, Questionnaire, Review, Team

CHUNK = 1_000  # rounds made at a time


def make_reviews(*, seed: int, count: int) -> None:
    """Write so many, in the transaction of the caller. Nobody can open them: no link leads there, and no account.

    Where a real member has the hash of a private link, these have the seed and a number; so they can be told apart.
    Raises ValueError where there is no questionnaire to answer.
    """
    in_use = Questionnaire.objects.in_use()
    if not in_use:
        raise ValueError("There is no published questionnaire to answer. Run `manage.py load_study` first.")
    questionnaire, random = in_use[0], np.random.default_rng([seed, 1])
    questions = list(Question.objects.filter(section__questionnaire=questionnaire).values_list("pk", flat=True))
    team, member, review, answer = (next_id(model) for model in (Team, Membership, Review, Answer))
    speech, now = Speech(random), moment()
    for begin in range(0, count, CHUNK):
        numbers = range(begin, min(begin + CHUNK, count))
        ids = guids(random, 3 * len(numbers))
        insert(
            Team,
            ["id", "guid", "name", "created_at"],
            ((team + n, next(ids), f"Synthetic school {n + 1}", now) for n in numbers),
        )
        members = ((member + n, next(ids), team + n, "lead", f"{SLUG}{seed}-{n}", now) for n in numbers)
        insert(Membership, ["id", "guid", "team_id", "role", "return_hash", "joined_at"], members)
        rounds = ((review + n, next(ids), team + n, questionnaire.pk, now, now) for n in numbers)
        insert(Review, ["id", "guid", "team_id", "questionnaire_id", "opened_at", "touched_at"], rounds)
        given = list(_answers(numbers, review, member, questions, speech, random, now))
        names = "review_id updated_by_id question_id level text is_complete version updated_at".split()
        insert(Answer, ["id", *names], ((answer + n, *row) for n, row in enumerate(given)))
        saves = guids(random, len(given))
        insert(
            AnswerRevision,
            "answer_id saved_by_id level text is_complete number saved_at save_id".split(),
            ((answer + n, row[1], *row[3:6], 1, now, next(saves)) for n, row in enumerate(given)),
        )
        answer += len(given)
    give_back_ids(Team, Membership, Review, Answer)


def _answers(
    numbers: range,
    review: int,
    member: int,
    questions: list[int],
    speech: Speech,
    random: np.random.Generator,
    now: datetime,
) -> Iterator[tuple[Any, ...]]:
    """Some teams have answered everything, most are on their way."""
    levels = Level.values[:5]
    done = (random.beta(1.2, 1.2, len(numbers)) * (len(questions) + 1)).astype(int).tolist()
    texts, drawn = speech.sentences(sum(done)), random.integers(0, 5, sum(done)).tolist()
    for n, far in zip(numbers, done, strict=True):
        for question in questions[:far]:
            yield review + n, member + n, question, levels[drawn.pop()], next(texts), True, 1, now
