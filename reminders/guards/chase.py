"""Whether there still is something to chase, and somebody of the staff to read it."""

import datetime as dt

from accounts.permissions import is_staff
from reminders.chasing import cases
from reminders.models import Reminder


def find(day: int) -> dt.date:
    """The Monday that a list is for."""
    return dt.date.fromordinal(day)


def refusal(reminder: Reminder, day: dt.date, now: dt.datetime) -> str:
    """Why the list should not go; empty when it should."""
    if not is_staff(reminder.recipient):
        return "No longer of the staff."
    return "" if cases(now) else "There is nothing to chase."
