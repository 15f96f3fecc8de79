"""Coders who gave no name were called by their user name. They get a number instead: a user name is nobody's business."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def number_coders(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Name who stands by the user name after the place among the members of the first codebook joined."""
    coders = apps.get_model("findings", "Coder").objects.filter(is_person=True, user__isnull=False)
    members = apps.get_model("findings", "CodebookMember").objects
    for coder in coders.select_related("user").order_by("pk").iterator():
        if coder.name != coder.user.username.partition("@")[0][:80]:
            continue
        first = members.filter(user=coder.user).order_by("joined_at", "pk").first()
        place = members.filter(codebook=first.codebook, pk__lte=first.pk).count() if first else 0
        coder.name = f"Coder {place}" if place else ""
        coder.save(update_fields=["name"])


class Migration(migrations.Migration):
    dependencies = [("findings", "0006_imports")]
    operations = [migrations.RunPython(number_coders, migrations.RunPython.noop)]
