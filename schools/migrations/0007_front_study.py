from django.conf import settings
from django.db import migrations, models


def say_which(apps: object, schema_editor: object) -> None:
    """Until now the pages at the front began with the first study that was published."""
    studies = apps.get_model("schools", "Study").objects
    first = studies.filter(is_published=True).order_by("pk").first()
    if first is not None:
        studies.filter(pk=first.pk).update(is_front=True)


class Migration(migrations.Migration):

    dependencies = [
        ('schools', '0006_a_study_of_ones_own'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalstudy',
            name='is_front',
            field=models.BooleanField(default=False, help_text='Its pages are the site’s front; those of others lie below.'),
        ),
        migrations.AddField(
            model_name='study',
            name='is_front',
            field=models.BooleanField(default=False, help_text='Its pages are the site’s front; those of others lie below.'),
        ),
        migrations.AddConstraint(
            model_name='study',
            constraint=models.UniqueConstraint(condition=models.Q(('is_front', True)), fields=('is_front',), name='study_front_once', violation_error_message='Another study is at the front. Take it from there first.'),
        ),
        migrations.RunPython(say_which, migrations.RunPython.noop),
    ]
