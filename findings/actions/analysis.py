"""What a member writes while analysing: summaries of the framework matrix, and queries kept under a name.

Neither changes the codebook or its codings, so a published codebook takes them, too.
"""

from django.db import transaction
from django.utils import timezone

from findings.actions.base import Refused, note_down
from findings.models import Code, Codebook, Coder, FrameworkCell, SavedQuery
from schools.models import School

MOST_QUERIES = 200  # of one member at one codebook


class Stale(Exception):
    """Something else was saved meanwhile; nothing was written. `saved` is what stands there now."""

    def __init__(self, saved: FrameworkCell) -> None:
        super().__init__("Another summary was saved meanwhile.")
        self.saved = saved


@transaction.atomic
def save_summary(*, coder: Coder, school: School, code: Code, text: str, base: int) -> FrameworkCell:
    """Save one's own summary. `base` is the version that was read, 0 where there was none.

    Raises Stale where another was saved meanwhile, unless it says the same; Refused where school or code is gone.
    """
    Codebook.objects.select_for_update().filter(pk=code.codebook_id).first()
    if not (School.objects.filter(pk=school.pk).exists() and Code.objects.filter(pk=code.pk).exists()):
        raise Refused("This code or this case was deleted meanwhile. Keep what you wrote: it cannot be saved here.")
    cell = FrameworkCell.objects.filter(coder=coder, school=school, code=code).first()
    if cell is None:
        return FrameworkCell.objects.create(coder=coder, school=school, code=code, text=text)
    if cell.text == text:
        return cell
    if cell.version != base:
        raise Stale(cell)
    cell.text, cell.version, cell.saved_at = text, cell.version + 1, timezone.now()
    cell.save(update_fields=["text", "version", "saved_at"])
    return cell


@transaction.atomic
def save_query(*, codebook: Codebook, owner: Coder, name: str, asked: str) -> SavedQuery:
    """Keep a query under a name. Raises Refused for a name that one has already."""
    Codebook.objects.select_for_update().get(pk=codebook.pk)
    own = SavedQuery.objects.filter(codebook=codebook, owner=owner)
    if own.filter(name=name).exists():
        raise Refused(f"You have a query “{name}” already. Choose another name, or delete that one first.")
    if own.count() >= MOST_QUERIES:
        raise Refused(f"You keep {MOST_QUERIES} queries here, which is the most. Delete one first.")
    note_down(codebook=codebook, coder=owner, verb="save-query", words="A query saved")
    return SavedQuery.objects.create(codebook=codebook, owner=owner, name=name, asked=asked)


@transaction.atomic
def delete_query(*, query: SavedQuery) -> None:
    """Delete a query. The codings stay as they are."""
    note_down(codebook=query.codebook, coder=query.owner, verb="delete-query", words="A query deleted")
    query.delete()
