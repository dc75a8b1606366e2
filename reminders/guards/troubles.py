"""Whether there still is trouble with mail that this person has not been told of."""

import datetime as dt

from accounts.permissions import is_staff
from reminders.models import Reminder
from reminders.planning.troubles import DeliveryProblems, notified_until, troubles_since


def find(day: int) -> dt.date:
    """The day that a reminder of troubles is for."""
    return dt.date.fromordinal(day)


def refusal(reminder: Reminder, day: dt.date, now: dt.datetime) -> str:
    """Why the reminder should not go; empty when it should."""
    if not is_staff(reminder.recipient):
        return "No longer of the staff."
    return "" if troubles_of(reminder, now) else "What went wrong was put right, or told already."


def troubles_of(reminder: Reminder, now: dt.datetime) -> DeliveryProblems:
    """What this reminder has to tell."""
    return troubles_since(notified_until(reminder.recipient, now, but=reminder.pk))
