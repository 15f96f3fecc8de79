"""Confirm that a review that wants to be counted in the benchmark is of the school whose number it gives."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction
from django.utils import timezone

from selfreview.models import Team


class Command(BaseCommand):
    """`confirm_school` lists the schools that wait; with numbers it confirms those. Nothing else of them is told."""

    help = "List the schools that wait to be confirmed for the benchmark, or confirm those of these numbers (URN)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("urn", nargs="*", help="the numbers to confirm, after you have asked the schools")

    def handle(self, *args: Any, **options: Any) -> None:
        waiting = Team.objects.filter(in_benchmark=True, confirmed_at=None).exclude(urn="").order_by("urn", "pk")
        if not options["urn"]:
            for team in waiting.iterator():
                self.stdout.write(f"{team.urn}  {team.name or '(no name)'}  since {team.created_at:%d %B %Y}")
            self.stdout.write(f"{waiting.count()} wait. Confirm one with: manage.py confirm_school URN")
            return
        for urn in options["urn"]:
            self._confirm(urn, list(waiting.filter(urn=urn)))

    def _confirm(self, urn: str, teams: list[Team]) -> None:
        if len(teams) != 1:
            number = "No review waits" if not teams else f"{len(teams)} reviews wait"
            raise CommandError(f"{number} with the number {urn}. Nothing more was confirmed.")
        teams[0].confirmed_at = timezone.now()
        try:
            with transaction.atomic():
                teams[0].save(update_fields=["confirmed_at"])
        except IntegrityError as error:
            raise CommandError(f"Another review is confirmed for {urn} already. Nothing more was confirmed.") from error
        self.stdout.write(f"{urn} is confirmed.")
