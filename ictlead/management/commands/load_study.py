"""manage.py load_study: bring the site's own study up to the fixtures of this release, or load one from a folder."""

from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.management.base import BaseCommand, CommandError, CommandParser

from exchange.study_folder import FolderError
from ictlead.loading import LoadingError, load_study
from ictlead.study_loading import Brought, load_folder
from schools.table_sizes import tell_of_large_tables


class Command(BaseCommand):
    help = (
        "Load the site's own study from fixtures/, or another one from a FOLDER of CSV files. What was edited or "
        "deleted on this site is kept as it is, and named."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="a folder with study.toml and data/*.csv")
        parser.add_argument("--owner", metavar="EMAIL", help="with a folder: make it this person's own study")
        parser.add_argument("--check", action="store_true", help="with a folder: only say what would be done")
        parser.add_argument("--overwrite", action="store_true", help="write over what was edited or deleted here too")
        parser.add_argument("--fixtures", type=Path, default=settings.BASE_DIR / "fixtures", help="the folder to read")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["folder"] is not None:
            self._load_folder(options)
        elif options["owner"] or options["check"]:
            raise CommandError("--owner and --check go with a folder: manage.py load_study FOLDER --check")
        else:
            self._load_fixtures(options)

    def _load_folder(self, options: dict[str, Any]) -> None:
        owner = _account(options["owner"]) if options["owner"] else None
        only_check = options["check"]
        try:
            brought = load_folder(options["folder"], owner=owner, overwrite=options["overwrite"], only_check=only_check)
        except FolderError as error:
            for fault in error.faults:
                self.stdout.write(fault)
            count = len(error.faults)
            raise CommandError(f"Nothing was loaded: {count} fault{'' if count == 1 else 's'}.") from error
        if not only_check:
            tell_of_large_tables()
        self._tell(brought, only_check)
        if not brought.is_published:
            whose = f"{options['owner']} alone sees it" if owner else "editors alone see it, at their desk"
            self.stdout.write(f"It is not published: {whose}.")

    def _tell(self, brought: Brought, only_check: bool) -> None:
        for line in brought.notes:
            self.stdout.write(line)
        for line in brought.changed:
            self.stdout.write(line)
        for line in brought.kept:
            self.stdout.write(f"{line} (--overwrite replaces what was edited)")
        done = "Nothing was loaded, for this was a check. It would be" if only_check else "Loaded"
        self.stdout.write(
            f"{done}: {brought.study}, {brought.made} records made, {len(brought.changed)} changed, "
            f"{brought.unchanged} unchanged, {len(brought.kept)} kept as they are here"
        )

    def _load_fixtures(self, options: dict[str, Any]) -> None:
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


def _account(email: str) -> AbstractBaseUser:
    """The account of an e-mail address that was confirmed. Raises CommandError."""
    found = EmailAddress.objects.filter(email__iexact=email, verified=True).select_related("user").first()
    if found is None:
        raise CommandError(f"There is no account whose confirmed e-mail address is {email}.")
    return found.user
