"""One run of planning and sending from the command line; the Celery task calls the same function."""

import datetime as dt
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from reminders import operations
from reminders.previews import simulate_run

INTERVAL = 60


def parse_moment(text: str) -> dt.datetime:
    """ISO 8601 as an aware moment: a bare date is 12:00, a time without offset is in TIME_ZONE.

    Raises CommandError on anything else.
    """
    example = "Enter a date such as 2026-12-03 or 2026-12-03T08:00."
    try:
        day = parse_date(text)
        moment = dt.datetime.combine(day, dt.time(12)) if day else parse_datetime(text)
    except ValueError as error:
        raise CommandError(f"--at {text}: {error}. {example}") from error
    if moment is None:
        raise CommandError(f"--at {text} is not a valid ISO 8601 date. {example}")
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


class Command(BaseCommand):
    help = "Plan and send the reminders that are due. Running it twice sends nothing twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at", metavar="WHEN", help="act as if it were WHEN (ISO 8601); no clock check")
        parser.add_argument(
            "--dry-run", action="store_true", help="list the emails that would be sent; nothing is sent or saved"
        )
        parser.add_argument("--loop", action="store_true", help=f"run every {INTERVAL} seconds until stopped")
        parser.add_argument(
            "--confirm-clock", action="store_true", help="confirm the time after a long gap and resume sending"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        at = parse_moment(options["at"]) if options["at"] else None
        if at and (options["loop"] or options["confirm_clock"]):
            raise CommandError("--at cannot be used with --loop or --confirm-clock.")
        if options["dry_run"]:
            self._dry_run(at or timezone.now())
            return
        if options["confirm_clock"]:
            operations.confirm_clock(actor=None, now=timezone.now())
        if options["loop"]:
            self._loop()
            return
        done = operations.tick(at or timezone.now(), by_operator=at is not None)
        self.stdout.write(str(done))
        if done.held:
            raise CommandError("Nothing was sent. Check the server's clock, then run send_reminders --confirm-clock.")

    def _loop(self) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        while not stop.is_set():
            self.stdout.write(f"{timezone.now():%Y-%m-%dT%H:%M:%SZ} {operations.tick(timezone.now())}")
            stop.wait(INTERVAL)

    def _dry_run(self, now: dt.datetime) -> None:
        rows = simulate_run(now)
        for delivery, preview in rows:
            if preview.message:
                self.stdout.write(f"send  {delivery.address}  {preview.message.subject}")
            else:
                self.stdout.write(f"skip  {delivery.address}  {delivery.kind}: {preview.skip_reason}")
        count = sum(preview.message is not None for _, preview in rows)
        self.stdout.write(f"{count} would be sent. Nothing was saved.")
