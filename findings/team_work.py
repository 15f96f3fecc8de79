"""Whether private work of teams may stand on records that editors keep. Never whether it does, what it is, how much."""

from collections.abc import Iterable

from django.db.models import Model

from findings.models import Codebook
from schools.models import Quote, School, Study

REFUSAL = "Private work of a team may stand on it. Nothing of such work is shown, and it is not deleted from here."


def may_stand_on(records: Iterable[Model]) -> bool:
    """Whether a team has a codebook in the study of one of the records, so that it may have worked on them.

    Not whether it did: a refusal would tell an editor what blind coders have coded. The records are of one model.
    """
    rows = list(records)
    if not rows or not isinstance(rows[0], Study | School | Quote):
        return False
    if isinstance(rows[0], Study):
        studies = {one.pk for one in rows}
    elif isinstance(rows[0], School):
        studies = {one.study_id for one in rows}
    else:
        studies = set(School.objects.filter(pk__in={one.school_id for one in rows}).values_list("study", flat=True))
    return Codebook.objects.filter(study__in=studies, is_editorial=False).exists()
