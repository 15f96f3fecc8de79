"""What the end of accounts and codebooks left behind until now: histories, and for whom invitations were."""

from django.db import migrations
from django.db.models import Q
from django.utils import timezone


def forget(apps: object, schema_editor: object) -> None:
    """Of codebooks, codings and coders that are gone for good nothing stays; what the editors deleted keeps its trace."""
    rows = {name: apps.get_model("findings", name).objects for name in ("Codebook", "Code", "Coder", "Invitation")}
    past = {name: apps.get_model("findings", f"Historical{name}").objects for name in ("Codebook", "Code", "Coder")}
    past["Coding"] = apps.get_model("findings", "HistoricalCoding").objects
    over = Q(used_at__isnull=False) | Q(expires_at__lte=timezone.now())
    rows["Invitation"].filter(over).update(note="")
    gone = past["Codebook"].filter(is_editorial=False).exclude(id__in=rows["Codebook"].values("pk"))
    books = set(gone.values_list("id", flat=True))
    past["Code"].filter(codebook_id__in=books).delete()
    gone.delete()
    known = past["Coding"].exclude(code_id__in=rows["Code"].values("pk"))
    known.exclude(code_id__in=past["Code"].values("id")).delete()  # its code has not even a history: a codebook ended
    agreed_or_person = Q(agreed_for_id__isnull=False) | Q(is_person=True) | Q(slug__startswith="name-")
    past["Coder"].filter(agreed_or_person).exclude(id__in=rows["Coder"].values("pk")).delete()


class Migration(migrations.Migration):
    dependencies = [("findings", "0011_steps_that_are_noted")]
    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
