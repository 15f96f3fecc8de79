"""Remind members of their actions, by e-mail."""

import logging
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from selfreview.reminders import due_reminders, remind

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """`send_reminders` may run daily or hourly, and twice at once: no reminder is sent twice."""

    help = "Remind members who asked for it of actions that are due within a week or overdue. Each is told once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say how many would be reminded, and send nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        people = told = failed = 0
        for member, due in due_reminders(timezone.localdate()):
            if options["dry_run"]:
                people += 1
                continue
            try:
                count = remind(member, due)
            except (OSError, ValueError) as error:  # its own words may hold the address: for no log
                logger.error("A reminder could not be sent: %s", type(error).__name__)
                failed += 1
                continue
            people, told = people + bool(count), told + count
        if options["dry_run"]:
            self.stdout.write(f"{people} members have actions due soon or overdue. Nothing was sent.")
            return
        self.stdout.write(f"Reminded {people} members of {told} actions.")
        if failed:
            raise CommandError(f"{failed} messages could not be sent and are tried again next time.")
