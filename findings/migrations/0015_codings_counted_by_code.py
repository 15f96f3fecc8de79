from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('findings', '0001_squashed_0014_texts_into_own_studies'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='coding',
            index=models.Index(fields=['code', 'coder'], name='coding_of_a_code_by_a_coder'),
        ),
    ]
