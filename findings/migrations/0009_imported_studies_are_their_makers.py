from django.db import migrations


def say_whose(apps: object, schema_editor: object) -> None:
    """What was imported is the study of whoever imported it; who speaks in it and is not known is another speaker."""
    imported = apps.get_model("findings", "Import").objects.exclude(study=None)
    studies, quotes = apps.get_model("schools", "Study").objects, apps.get_model("schools", "Quote").objects
    for study, user in imported.filter(study__is_published=False).order_by().values_list("study", "user"):
        studies.filter(pk=study).update(is_editorial=False, made_by=user)
        quotes.filter(school__study=study, speaker_role="").update(speaker_role="other")


class Migration(migrations.Migration):
    dependencies = [("findings", "0008_invitation_made_by"), ("schools", "0006_a_study_of_ones_own")]
    operations = [migrations.RunPython(say_whose, migrations.RunPython.noop)]
