"""`manage.py load_demo`: a demonstration by role on top of the real records."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.operations import OperationNotAllowedError
from demo import building


class Command(BaseCommand):
    help = "Make people by role, meetings, strategies, updates and action items; refuses where real people are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=int, default=1, metavar="N", help="N times as many action items (1)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is not a demonstration. Set DEMO=on to make it one.")
        path = settings.VAR_DIR / "demo-accounts.txt"
        try:
            outcome = building.build(now=timezone.now(), scale=max(options["scale"], 1), accounts_file=path)
        except OperationNotAllowedError as error:
            raise CommandError(str(error)) from error
        state = "made" if outcome.made else "stands as it was"
        self.stdout.write(f"demonstration: {state}, {outcome.people} people")
        if options["verbosity"]:
            self.stdout.write("".join(f"  {address}\n" for address in outcome.addresses), ending="")
            self.stdout.write(f"  password: {outcome.password}")
