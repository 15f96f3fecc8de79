"""Delete reviews that nobody with an account belongs to and nobody has written in for a year."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from selfreview.actions import TOUCHED_EVERY, delete_team
from selfreview.models import Membership, Review, Team


class Command(BaseCommand):
    """`purge_abandoned` says what would go; `--delete` deletes it."""

    help = "Delete self-reviews without an account after months of silence. Says what would go; --delete does it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--months", type=int, default=12, help="months without a save (default 12)")
        parser.add_argument("--delete", action="store_true", help="delete, and do not only say so")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["months"] < 1:
            raise CommandError("--months is at least 1.")
        before = timezone.now() - timedelta(days=options["months"] * 365.25 / 12) - TOUCHED_EVERY
        silent = (
            Team.objects.filter(created_at__lt=before)
            .exclude(reviews__touched_at__gte=before)
            .exclude(members__in=Membership.objects.filter(user__isnull=False, left_at=None))
        )
        count = silent.count()
        if not options["delete"]:
            self.stdout.write(f"{count} abandoned reviews would be deleted. Run again with --delete to delete them.")
            return
        deleted = 0
        for pk in list(silent.values_list("pk", flat=True)):
            with transaction.atomic():
                # Held and asked again: somebody may have come back meanwhile.
                list(Review.objects.select_for_update().filter(team=pk).order_by("pk"))
                team = silent.filter(pk=pk).first()
                if team:
                    delete_team(team=team)
                    deleted += 1
        self.stdout.write(f"{deleted} abandoned reviews deleted.")
