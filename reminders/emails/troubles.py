"""What mails say to staff of mail that did not go through."""

import datetime as dt

from django.conf import settings
from django.urls import reverse

from core.dates import format_time, timezone_abbreviation
from reminders.answers.parts import Offer
from reminders.emails.making import EmailSection
from reminders.guards.troubles import troubles_of
from reminders.models import Reminder

_MAX_LINES = 12


def piece(reminder: Reminder, day: dt.date, now: dt.datetime) -> EmailSection:
    """What went wrong since the person was told of such last."""
    troubles = troubles_of(reminder, now)
    failed, held = len(troubles.failed), len(troubles.suppressed)
    facts = [("Mails that failed or may not have arrived", str(failed))] if failed else []
    facts += [("Addresses that get no more mail", str(held))] if held else []
    if troubles.circuit and troubles.circuit.opened_at:
        opened = troubles.circuit.opened_at.astimezone(reminder.recipient.zone)
        facts.append(("Mail server", f"takes no mail since {format_time(opened)} {timezone_abbreviation(opened)}"))
    lines = [f"{row.get_state_display()}: {row.subject or row.kind} to {row.address}" for row in troubles.failed]
    lines += [f"No more mail to {row.address}" for row in troubles.suppressed]
    if len(lines) > _MAX_LINES:
        lines = [*lines[:_MAX_LINES], f"and {len(lines) - _MAX_LINES} more"]
    count = failed + held
    what = f"{count} mail problem{'' if count == 1 else 's'}" if count else "The mail server takes no mail"
    return EmailSection(
        subject=f"{what} to look at",
        title=what,
        ask="Look at what did not go through, and send it again where that helps.",
        facts=facts,
        why="You get this because you are on the portal's staff.",
        button=Offer("Open the mail ledger", settings.SITE_URL + reverse("reminders:ledger") + "?state=stuck"),
        points_title="What",
        points=lines,
    )
