"""manage.py check_study: is the loaded study whole, consistent and, beside its source text, true to it?"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ictlead.checking import read_source, source_faults, study_faults, summary
from schools.models import Study

STUDY = "gill-2007"  # the checks count what this report holds


class Command(BaseCommand):
    help = "Check the published study. Names each fault in a line and ends with an error where there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--source", type=Path, help="the report's text, to check quotations and copied sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        study = Study.objects.filter(slug=STUDY).first()
        if study is None:
            raise CommandError(f"The study {STUDY} is not loaded. Run `manage.py load_study`.")
        faults = study_faults(study)
        if options["source"]:
            faults += source_faults(study, self._lines(options["source"]), settings.BASE_DIR / "templates")
        else:
            self.stdout.write(
                "Not checked without --source: that quotations are verbatim, that our prose copies nothing"
            )
        for fault in faults:
            self.stdout.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} faults in {study.slug}.")
        self.stdout.write(f"{study.slug}: {summary(study)}. No fault found.")

    def _lines(self, path: Path) -> list[str]:
        try:
            return read_source(path)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
