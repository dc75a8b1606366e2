"""`manage.py load_demo`: make a demonstration by role in addition to the loaded records."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.operations import OperationNotAllowedError
from demo import builder


class Command(BaseCommand):
    help = "Make people by role, meetings, strategies, updates, and action items. Not for a database with real people."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=int, default=1, metavar="N", help="make N times as many action items")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(_("This site is not a demonstration. Set DEMO=on to make it one."))
        path = settings.VAR_DIR / "demo-accounts.txt"
        try:
            result = builder.build(now=timezone.now(), scale=max(options["scale"], 1), path=path)
        except OperationNotAllowedError as error:
            raise CommandError(str(error)) from error
        if result.is_new:
            message = ngettext(
                "demonstration: made %(count)d person", "demonstration: made %(count)d people", result.people
            )
        else:
            message = ngettext(
                "demonstration: unchanged, %(count)d person",
                "demonstration: unchanged, %(count)d people",
                result.people,
            )
        self.stdout.write(message % {"count": result.people})
        if options["verbosity"]:
            self.stdout.write("".join(f"  {address}\n" for address in result.addresses), ending="")
            self.stdout.write(f"  password: {result.password}")
