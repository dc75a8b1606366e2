"""The reminders' mails. Each looks again at what it speaks of; nothing is sent here.

Each kind of thing has a module here with `message`.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from mail.messages import Message
from reminders.emails import items, meetings, progress
from reminders.models import Reminder
from reminders.rules import ReminderKind

MESSAGES: dict[str, Callable[[Reminder, Any, dt.datetime], Message]] = {
    ReminderKind.MEETING_SCHEDULED: meetings.message,
    ReminderKind.MEETING_CHANGED: meetings.message,
    ReminderKind.MEETING_CANCELLED: meetings.message,
    ReminderKind.MEETING_AHEAD: meetings.message,
    ReminderKind.ITEM_DUE: items.message,
    ReminderKind.ITEM_OVERDUE: items.message,
    ReminderKind.ITEM_ESCALATED: items.message,
    ReminderKind.PROGRESS_DUE: progress.message,
    ReminderKind.PROGRESS_LATE: progress.message,
}


def message_for(reminder: Reminder, subject: Any, now: dt.datetime) -> Message:
    """The mail of one reminder about its subject as it stands now."""
    return MESSAGES[reminder.kind](reminder, subject, now)
