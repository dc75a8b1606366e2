"""`manage.py export_records`: export everything about an organization, a body, or a period as one zip file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date

from core.dates import local_today
from exchange import operations
from exchange.bundle.scope import Scope
from members.models import Organization
from taskforces.models import Body


class Command(BaseCommand):
    help = "Export the records of an organization, a body, or a period as one zip file of HTML, CSV, and originals."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the zip file to write; it must not exist")
        parser.add_argument("--organization", metavar="KEY", help="the key of an organization")
        parser.add_argument("--body", metavar="SLUG", help="the slug of a task force or of the full Workgroup")
        parser.add_argument("--from", dest="starts_on", metavar="DATE", help="the first day, such as 2026-01-01")
        parser.add_argument("--to", dest="ends_on", metavar="DATE", help="the last day")
        parser.add_argument("--with-contact", action="store_true", help="include email addresses and phone numbers")

    def handle(self, *args: Any, **options: Any) -> None:
        target = Path(options["file"])
        if target.exists():
            raise CommandError(f"{target} already exists. Enter another file name.")
        try:
            scope = Scope(
                organization=_find(Organization, "key", options["organization"]),
                body=_find(Body, "slug", options["body"]),
                starts_on=_parse_date(options["starts_on"]),
                ends_on=_parse_date(options["ends_on"]),
                with_contact=options["with_contact"],
            )
        except ValueError as error:
            raise CommandError(str(error)) from error
        now = timezone.now()
        content = operations.export_records(actor=None, scope=scope, now=now, today=local_today(now))
        try:
            target.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{target} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"Wrote {target}: {scope.describe()}, {len(content):,} bytes.")


def _find(model: Any, field: str, value: str | None) -> Any:
    if not value:
        return None
    found = model.objects.filter(**{field: value}).first()
    if found is None:
        raise CommandError(f"There is no {model._meta.verbose_name} with the {field} {value!r}.")
    return found


def _parse_date(text: str | None) -> Any:
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise CommandError(f"{text!r} is not a valid date. Use a format like 2026-01-31.")
    return day
