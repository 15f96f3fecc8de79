"""manage.py load_study: bring the study up to the fixtures of this release."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ictlead.loading import LoadingError, load_study


class Command(BaseCommand):
    help = "Load the study from fixtures/. What was edited or deleted on this site is kept as it is, and named."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--overwrite", action="store_true", help="write over what was edited or deleted here too")
        parser.add_argument("--fixtures", type=Path, default=settings.BASE_DIR / "fixtures", help="the folder to read")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_study(options["fixtures"], overwrite=options["overwrite"])
        except LoadingError as error:
            raise CommandError(f"Nothing was loaded. {error}") from error
        if not loaded.is_new:
            self.stdout.write(f"Study: up to date (data version {loaded.version})")
            return
        for line in loaded.kept:
            self.stdout.write(f"Study: {line} (--overwrite replaces it)")
        for line in loaded.answered:
            self.stdout.write(f"Study: {line}")
        self.stdout.write(
            f"Study: {loaded.written} records written, {loaded.unchanged} unchanged, {len(loaded.kept)} kept as they "
            f"were changed here (data version {loaded.version})"
        )
