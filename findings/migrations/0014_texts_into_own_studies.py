import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('findings', '0013_study_offers'),
        ('schools', '0007_front_study'),
    ]

    operations = [
        migrations.AddField(
            model_name='import',
            name='brought',
            field=models.JSONField(default=list, help_text='GUIDs of the cases and quotes that a study got by it.'),
        ),
        migrations.AddField(
            model_name='import',
            name='into',
            field=models.ForeignKey(blank=True, help_text='Was here, and got texts by it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='imports_into', to='schools.study'),
        ),
    ]
