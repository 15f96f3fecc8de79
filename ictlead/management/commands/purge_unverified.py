"""manage.py purge_unverified: forget accounts whose address nobody has shown to be theirs."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ictlead.accounts.belongings import forget_account


class Command(BaseCommand):
    help = "Delete accounts that were made and never verified. Says what would go; with --delete it goes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=30, help="days since the account was made (default 30)")
        parser.add_argument("--delete", action="store_true", help="delete, and do not only say so")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["days"] < 1:
            raise CommandError("--days is at least 1.")
        before = timezone.now() - timedelta(days=options["days"])
        made = get_user_model().objects.filter(date_joined__lt=before, last_login=None, is_staff=False)
        unverified = made.exclude(emailaddress__verified=True)
        count = unverified.count()
        if not options["delete"]:
            self.stdout.write(f"{count} unverified accounts would be deleted. Run again with --delete to delete them.")
            return
        for user in unverified.iterator():
            forget_account(user=user)
        self.stdout.write(f"{count} unverified accounts deleted.")
