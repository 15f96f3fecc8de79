"""The short way of an autosave: what holds of nearly every one is asked in one statement, and written in two.

Everybody who writes saves every few seconds. Such a save goes on from the answer as it stands, in a round that takes
it. Where that is not so (the first save of an answer, somebody else's in between, a repeat, a round that has moved on,
somebody who may not), nothing is done here, and the long way of `access` and `actions.writing` decides and answers. Who
may save is decided by the same functions on both ways. The SQL is written out, for putting it together took longer than
all else.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, models, transaction
from django.http import HttpRequest
from django.utils import timezone

from selfreview.access import acting, claims, let_in, stay_known
from selfreview.actions import TOUCHED_EVERY, Content, Saved
from selfreview.models import Answer, AnswerRevision, Membership, Review

CONTENT = Answer.CONTENT
MOST = 32_767  # no question stands further back; SQLite takes no number without end
OF_ROUND, OF_PLACE = 6, 5  # columns of STANDS, which those of the answer follow
# The round and the place are held as they are until the save is there, and others hold them so at the same time: who
# closes the round or takes the place away waits. SQLite has one writer, who holds all.
STANDS = f"""
    SELECT r.id, r.team_id, r.state, r.pen_for_all, r.pen_id, r.touched_at > %s,
           m.id, m.guid, m.user_id, m.role, m.return_hash,
           a.id, a.version, {", ".join(f"a.{name}" for name in CONTENT)}
    FROM selfreview_review r
    JOIN selfreview_membership m ON m.team_id = r.team_id
    JOIN selfreview_section s ON s.questionnaire_id = r.questionnaire_id
    JOIN selfreview_question q ON q.section_id = s.id
    JOIN selfreview_answer a ON a.review_id = r.id AND a.question_id = q.id
    WHERE r.guid = %s AND s.slug = %s AND q.position = %s AND m.left_at IS NULL AND (m.user_id = %s OR m.guid IN ({{}}))
"""
WRITE = f"""
    UPDATE selfreview_answer SET {", ".join(f"{name} = %s" for name in CONTENT)},
           version = %s, updated_at = %s, updated_by_id = %s
    WHERE id = %s AND version = %s
"""
KEEP = f"""
    INSERT INTO selfreview_answerrevision
           ({", ".join(CONTENT)}, number, saved_at, saved_by_id, answer_id, save_id)
    VALUES ({", ".join(["%s"] * len(CONTENT))}, %s, %s, %s, %s, %s)
"""


def save(
    request: HttpRequest, guid: UUID, section: str, position: int, *, content: Content, base: int, save_id: UUID
) -> Saved | None:
    """Save an answer begun from version `base`, if that is all there is to it. None: nothing was done."""
    guids, account = claims(request)
    if (not guids and account is None) or position > MOST:
        return None
    now = timezone.now()
    try:
        with transaction.atomic():
            rows = _asked(now - TOUCHED_EVERY, guid, section, position, account, guids)
            answer = _takes(request, rows, content, base)
            if answer is None or not _written(answer, now, base, save_id):
                return None
    except IntegrityError:  # a save of this name is there already
        return None
    stay_known(request)
    return Saved(answer, is_new=True, version=answer.version)


def _asked(
    since: datetime, guid: UUID, section: str, position: int, account: int | None, guids: list[str]
) -> list[tuple]:
    """A row of STANDS for each place by which this browser could be let in."""
    holders = ", ".join(["%s"] * len(guids)) or "NULL"
    hold = " FOR SHARE OF r, m" if connection.features.has_select_for_update else ""
    ready = [_ready(Review, "touched_at", since), _ready(Review, "guid", guid), section, position, account]
    with connection.cursor() as cursor:
        cursor.execute(STANDS.format(holders) + hold, [*ready, *(_ready(Membership, "guid", one) for one in guids)])
        return cursor.fetchall()


def _ready(model: type[models.Model], name: str, value: Any) -> Any:
    """A value as this engine keeps it in a column."""
    return model._meta.get_field(name).get_db_prep_value(value, connection)


def _takes(request: HttpRequest, rows: list[tuple], content: Content, base: int) -> Answer | None:
    """The answer with what is to be saved, where the round takes this save of this browser."""
    places = [
        Membership(pk=pk, guid=UUID(str(guid)), team_id=row[1], user_id=user, role=role, return_hash=link)
        for row in rows
        for pk, guid, user, role, link in [row[OF_ROUND : OF_ROUND + OF_PLACE]]
    ]
    mine = let_in(request, places)
    if not mine:
        return None
    member = acting(mine)
    review_id, team, state, pen_for_all, pen_id, was_touched = rows[0][:OF_ROUND]
    answer_id, version, *stands = rows[0][OF_ROUND + OF_PLACE :]
    review = Review(pk=review_id, team_id=team, state=state, pen_for_all=pen_for_all, pen_id=pen_id)
    if not (was_touched and review.takes_answer_of(member)):
        return None
    if version != base or Content(**dict(zip(CONTENT, stands, strict=True))) == content:
        return None
    wanted = {name: getattr(content, name) for name in CONTENT}
    return Answer(pk=answer_id, review=review, version=version + 1, updated_by=member, **wanted)


def _written(answer: Answer, now: datetime, base: int, save_id: UUID) -> bool:
    """Whether it was still the version that the save goes on from; then it is written, with its revision."""
    answer.updated_at = now
    said = [getattr(answer, name) for name in CONTENT]
    at = _ready(Answer, "updated_at", now)
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [*said, answer.version, at, answer.updated_by_id, answer.pk, base])
        if cursor.rowcount != 1:
            return False
        name = _ready(AnswerRevision, "save_id", save_id)
        cursor.execute(KEEP, [*said, answer.version, at, answer.updated_by_id, answer.pk, name])
    return True
