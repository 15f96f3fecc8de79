"""Whether private work of teams stands on records that editors keep. Never what it is, nor how much."""

from collections.abc import Iterable

from django.db.models import Model, QuerySet

from findings.models import Codebook, Coding, Decision, FrameworkCell, QuoteNote
from schools.models import Quote, School, Study

REFUSAL = "Private work of a team stands on it. Nothing of that work is shown, and it is not deleted from here."


def stands_on(records: Iterable[Model]) -> bool:
    """Whether a team worked on one of the quotes, or on a quote of one of the schools, or has a codebook in a study.

    The records are of one model.
    """
    rows = list(records)
    if not rows:
        return False
    kept: list[QuerySet] = []
    if isinstance(rows[0], Study):
        kept = [Codebook.objects.filter(study__in=rows, is_editorial=False)]
    elif isinstance(rows[0], School):
        kept = [*_on_quotes("quote__school", rows), FrameworkCell.objects.filter(school__in=rows)]
    elif isinstance(rows[0], Quote):
        kept = _on_quotes("quote", rows)
    return any(one.exists() for one in kept)


def _on_quotes(path: str, rows: list[Model]) -> list[QuerySet]:
    of_rows = {f"{path}__in": rows}
    return [
        Coding.objects.filter(**of_rows, code__codebook__is_editorial=False),
        QuoteNote.objects.filter(**of_rows),
        Decision.objects.filter(**of_rows),
    ]
