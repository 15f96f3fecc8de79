"""manage.py prepare: everything between new code and a site that can be served; what is up to date costs nothing."""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from schools.table_sizes import tell_of_large_tables


class Command(BaseCommand):
    help = "Apply migrations, load the study and collect the static files, each only where something is new."

    def handle(self, *args: Any, **options: Any) -> None:
        self._migrate()
        call_command("load_study", stdout=self.stdout)
        tell_of_large_tables()
        self._collect_static()

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write(f"Migrations: {f'{len(plan)} applied' if plan else 'up to date'} ({connection.vendor})")

    def _collect_static(self) -> None:
        stamp = settings.STATIC_ROOT.with_name("static.digest")
        digest = static_digest()
        if stamp.is_file() and settings.STATIC_ROOT.is_dir() and stamp.read_text() == digest:
            self.stdout.write("Static files: up to date")
            return
        stamp.unlink(missing_ok=True)
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(digest)
        self.stdout.write(f"Static files: collected in {settings.STATIC_ROOT}")


def static_digest() -> str:
    """SHA-256 over the names and contents of all static files, and over how they are stored."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            digest.update(name.encode() + b"\0" + Path(storage.path(name)).read_bytes())
    return digest.hexdigest()
