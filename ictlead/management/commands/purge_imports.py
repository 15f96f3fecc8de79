"""manage.py purge_imports: forget files that somebody brought, and never decided about."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from findings.models import Import


class Command(BaseCommand):
    help = "Delete files that were previewed more than a day ago and not imported. Nothing was made of them."

    def handle(self, *args: Any, **options: Any) -> None:
        before = timezone.now() - timedelta(days=1)
        old = Import.objects.filter(state=Import.State.PREVIEWED, made_at__lt=before)
        count = old.count()
        old.delete()
        self.stdout.write(f"{count} undecided file{'' if count == 1 else 's'} deleted.")
