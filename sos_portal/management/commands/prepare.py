"""`manage.py prepare`: prepare the database and the static files. Running it again changes nothing."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand

from accounts.models import Person


class Command(BaseCommand):
    help = "Migrate, create the cache table, load the records and the demonstration, and collect the static files."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("prepare: database")
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        self.stdout.write("prepare: records")
        call_command("load_workgroup", stdout=self.stdout, stderr=self.stderr)
        people = set(Person.objects.values_list("is_demonstration", flat=True))
        if settings.DEMO and people == {True, False}:
            self.stdout.write("demonstration: skipped, because people were added to it")
        elif settings.DEMO:
            call_command("load_demo", verbosity=0, stdout=self.stdout, stderr=self.stderr)
        self._collect_static()

    def _collect_static(self) -> None:
        """Collect and compress the static files if one of them has changed."""
        stamp = Path(settings.STATIC_ROOT) / ".collected"
        state = hashlib.sha256("\n".join(_static_files()).encode()).hexdigest()
        if stamp.exists() and stamp.read_text(encoding="utf-8") == state:
            return
        self.stdout.write("prepare: static files")
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(state, encoding="utf-8")


def _static_files() -> Iterator[str]:
    """Yield each static file with its size and modification time."""
    for finder in get_finders():
        for path, storage in finder.list([]):
            yield f"{path} {storage.size(path)} {storage.get_modified_time(path)}"
