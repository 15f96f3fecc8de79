from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("selfreview", "0006_freeze_closed_rounds")]
    operations = [
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('frozen__isnull', False), ('state', 'closed')), models.Q(('closed_at', None), ('frozen__isnull', True), ('state__in', ['views', 'open'])), _connector='OR'), name='review_closed_has_time'),
        ),
    ]
