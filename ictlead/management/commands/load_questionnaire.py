"""manage.py load_questionnaire FILE: another self-review questionnaire, or another version of one."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ictlead.loading import LoadingError, load_questionnaire


class Command(BaseCommand):
    help = "Load a questionnaire from a file, whole or not at all. docs/questionnaires.md says how to write one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a JSON file, as docs/questionnaires.md describes it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_questionnaire(options["file"])
        except LoadingError as error:
            raise CommandError(f"Nothing was loaded. {error}") from error
        for sentence in (*loaded.kept, *loaded.answered):
            self.stdout.write(sentence)
        self.stdout.write(f"Questionnaire: {loaded.written} records written, {loaded.unchanged} as they were")
