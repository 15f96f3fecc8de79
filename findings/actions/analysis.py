"""What a member writes while analysing: summaries of the framework matrix, and queries kept under a name.

Neither changes the codebook or its codings, so a published codebook takes them, too, and there they can be undone.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from findings.actions.base import Changes, Refused, batches, record
from findings.models import Code, Codebook, Coder, FrameworkCell, SavedQuery, Step
from schools.models import School

QUERIES = frozenset({"save-query", "delete-query"})  # verbs of steps that any member makes, viewers, too
ANALYSIS = QUERIES | {"summary"}  # of steps that change neither the codebook nor its codings
MOST_QUERIES = 200  # of one member at one codebook


class Stale(Exception):
    """Something else was saved meanwhile; nothing was written. `saved` is what stands there now."""

    def __init__(self, saved: FrameworkCell) -> None:
        super().__init__("Another summary was saved meanwhile.")
        self.saved = saved


@transaction.atomic
def save_summary(*, coder: Coder, school: School, code: Code, text: str, base: int) -> FrameworkCell:
    """Save one's own summary, in a step. `base` is the version that was read, 0 where there was none.

    Raises Stale where another was saved meanwhile, unless it says the same; Refused where school or code is gone.
    """
    held = Codebook.objects.select_for_update().filter(pk=code.codebook_id).first()
    if held is None or not (School.objects.filter(pk=school.pk).exists() and Code.objects.filter(pk=code.pk).exists()):
        raise Refused("This code or this case was deleted meanwhile. Keep what you wrote: it cannot be saved here.")
    cell = FrameworkCell.objects.filter(coder=coder, school=school, code=code).first()
    changes = Changes()
    if cell is None:
        cell = changes.begin(FrameworkCell(coder=coder, school=school, code=code, text=text), text="")
    elif cell.text == text:
        return cell
    elif cell.version != base:
        raise Stale(cell)
    else:
        cell.version, cell.saved_at = cell.version + 1, timezone.now()
        changes.update(cell, also=["version", "saved_at"], text=text)
    words = f"Summary of “{code}” at {school} written"
    record(codebook=held, coder=coder, verb="summary", words=words, changes=changes)
    return cell


def forget_summaries(cells: Iterable[int]) -> None:
    """Delete the steps in which summaries, by their keys, were written: they hold every earlier text."""
    gone = set(cells)
    books = Codebook.objects.filter(study__schools__summaries__in=gone)
    steps = Step.objects.filter(verb="summary", codebook__in=books).only("after")
    told = [step.pk for step in steps.iterator(chunk_size=100) if gone & {pk for _, pk, _ in step.after}]
    for batch in batches(told):
        Step.objects.filter(pk__in=batch).delete()


@transaction.atomic
def save_query(*, codebook: Codebook, owner: Coder, name: str, asked: str) -> SavedQuery:
    """Keep a query under a name. Raises Refused for a name that one has already."""
    held = Codebook.objects.select_for_update().get(pk=codebook.pk)
    own = SavedQuery.objects.filter(codebook=codebook, owner=owner)
    if own.filter(name=name).exists():
        raise Refused(f"You have a query “{name}” already. Choose another name, or delete that one first.")
    check_room_for_queries(held, owner, 1)
    changes = Changes()
    query = changes.create(SavedQuery(codebook=held, owner=owner, name=name, asked=asked))
    record(codebook=held, coder=owner, verb="save-query", words="A query saved", changes=changes)
    return query


def check_room_for_queries(codebook: Codebook, owner: Coder, more: int) -> None:
    """Raise Refused where a member would keep too many queries with so many more."""
    if SavedQuery.objects.filter(codebook=codebook, owner=owner).count() + more > MOST_QUERIES:
        raise Refused(f"You keep {MOST_QUERIES} queries here, which is the most. Delete one first.")


@transaction.atomic
def delete_query(*, query: SavedQuery) -> None:
    """Delete a query, in a step that can be undone. The codings stay as they are."""
    held = Codebook.objects.select_for_update().get(pk=query.codebook_id)
    changes = Changes()
    if SavedQuery.objects.filter(pk=query.pk).exists():
        changes.delete(query)
    record(codebook=held, coder=query.owner, verb="delete-query", words="A query deleted", changes=changes)
