"""manage.py import_project FILE --owner EMAIL: bring in a file for somebody, as the import page does."""

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from exchange.imports.plan import Plan, in_words
from exchange.imports.writing import carrying_out
from exchange.incoming.recognise import read
from exchange.incoming.records import Unreadable
from exchange.views.importing import limits
from findings.actions import Refused, coder_of
from findings.models import Import


class Command(BaseCommand):
    help = "Import a project or codings of another program, for an account. With --preview, says what would be made."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--owner", required=True, help="the e-mail address of the account")
        parser.add_argument("--preview", action="store_true", help="say what would be made, and make nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        owner = get_user_model().objects.filter(email__iexact=options["owner"]).first()
        if owner is None:
            raise CommandError(f"There is no account of {options['owner']}.")
        try:
            with options["file"].open("rb") as file:
                held = read(file, limits())
                file.seek(0)
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            plan = Plan.of(held, user=owner, coder=coder_of(user=owner))
            new = ", ".join(in_words(plan.new())) or "nothing: all of it is here"
            if options["preview"]:
                self.stdout.write(f"{held.kind}. Would be made: {new}.")
            else:
                imported = Import(user=owner, kind=held.kind, name=options["file"].name[-120:], digest=digest)
                imported.save()
                for words in carrying_out(plan=plan, imported=imported):
                    if options["verbosity"] > 1:
                        self.stdout.write(words)
                self.stdout.write(f"{held.kind}. Made: {new}.")
        except (Unreadable, Refused, OSError) as error:
            raise CommandError(f"Nothing was imported. {error}") from error
        for words, count in plan.lost().items():
            self.stdout.write(f"Stays out: {words} ({count})")
