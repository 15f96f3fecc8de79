"""manage.py seed_scale: a synthetic study and synthetic reviews of any size, and away with them again."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from ictlead.synthetic import SLUG
from ictlead.synthetic.removal import remove_all
from schools.actions import publish_change
from schools.models import Study


class Command(BaseCommand):
    """`seed_scale --schools 500 --quotes 100000 --codings 200000 --reviews 1000`; `seed_scale --remove`."""

    help = (
        "Write a published synthetic study and self-reviews, marked as such, to try the site at scale; or remove them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name, number in {"schools": 50, "quotes": 10_000, "codings": 20_000, "reviews": 0}.items():
            parser.add_argument(f"--{name}", type=int, default=number, help=f"how many (default {number:,})")
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same study (default 1)")
        parser.add_argument("--remove", action="store_true", help="delete all that this command ever made")

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        with transaction.atomic():
            done = self._remove() if options["remove"] else self._make(options)
            publish_change()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # so that the database plans for the size that it has now
        self.stdout.write(f"{done} in {time.monotonic() - begun:.0f} s.")

    def _remove(self) -> str:
        studies, reviews = remove_all()
        return f"Removed {studies:,} synthetic studies and {reviews:,} synthetic reviews"

    def _make(self, options: dict[str, Any]) -> str:
        # numpy is heavy: read it when it is wanted.
        from ictlead.synthetic.reviews import make_reviews
        from ictlead.synthetic.studies import make_study

        asked = {name: options[name] for name in ("schools", "quotes", "codings")}
        if min(*asked.values(), options["reviews"], options["seed"]) < 0:
            raise CommandError("Numbers are 0 or more.")
        slug = f"{SLUG}{options['seed']}"
        if Study.objects.filter(slug=slug).exists():
            raise CommandError(
                f"The study {slug} is there already. Choose another --seed, or run it with --remove first."
            )
        try:
            make_study(seed=options["seed"], **asked)
            make_reviews(seed=options["seed"], count=options["reviews"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        told = ", ".join(f"{number:,} {name}" for name, number in asked.items())
        return f"Made the synthetic study {slug}: {told}, {options['reviews']:,} reviews,"
