"""How far coders are: quotes that they said they are done with, by school. It tells nothing of what they coded."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from findings.models import Codebook, CodebookMember, Coder, DeskRole, QuoteNote
from schools.models import Quote, School


@dataclass(frozen=True)
class SchoolProgress:
    """A school with its number of quotes, and by coder how many are done."""

    school: School
    quotes: int
    done: list[int]  # in the order of the coders


def coders_of(codebook: Codebook) -> list[Coder]:
    """The members who code, in the order in which they joined. One query."""
    members = CodebookMember.objects.filter(codebook=codebook).exclude(role=DeskRole.VIEWER)
    return [one.user.coder for one in members.select_related("user__coder") if hasattr(one.user, "coder")]


def progress_of(codebook: Codebook, coders: Iterable[Coder]) -> list[SchoolProgress]:
    """The schools of the codebook's study that have quotes, in their order. Three queries."""
    every = list(coders)
    quotes = Quote.objects.filter(school__study=codebook.study_id).order_by()
    totals = dict(quotes.values_list("school").annotate(n=Count("pk")))
    notes = QuoteNote.objects.filter(codebook=codebook, coder__in=every, done_at__isnull=False).order_by()
    counted = notes.values_list("quote__school", "coder").annotate(n=Count("pk"))
    done = {(school, coder): n for school, coder, n in counted}
    schools = School.objects.filter(study=codebook.study_id)
    return [
        SchoolProgress(one, totals[one.pk], [done.get((one.pk, coder.pk), 0) for coder in every])
        for one in schools
        if one.pk in totals
    ]
