"""Whether minutes still wait, and for this person."""

import datetime as dt

from meetings.models import Meeting
from meetings.rules import MinutesStatus
from reminders.audience import load
from reminders.models import Reminder


def refusal(reminder: Reminder, meeting: Meeting, now: dt.datetime) -> str:
    """Why the reminder should not go; empty when it should."""
    if meeting.minutes_status != MinutesStatus.DRAFT:
        return "The minutes are published."
    audience = load(person_id=reminder.principal_id, body_id=meeting.body_id)
    keepers = {person.pk for person in audience.minute_takers_of(meeting.body_id)}
    return "" if reminder.principal_id in keepers else f"No longer keeps the minutes of the {meeting.body.title}."
