from django.db import migrations

from schools.search_index import install, remove


class Migration(migrations.Migration):
    dependencies = [("schools", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
