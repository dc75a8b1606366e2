"""The reminders' mails. Each looks again at what it speaks of; nothing is sent here.

Each kind of thing has a module here with `piece`, what a mail says of it; `making` puts pieces into a mail.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from mail.messages import Message
from reminders.emails import chase, items, meetings, minutes, organizations, progress, terms, troubles
from reminders.emails.making import EmailSection, alone, delegate_email
from reminders.models import Reminder
from reminders.rules import ReminderKind

SECTION_BUILDERS: dict[str, Callable[[Reminder, Any, dt.datetime], EmailSection]] = {
    ReminderKind.MEETING_SCHEDULED: meetings.piece,
    ReminderKind.MEETING_CHANGED: meetings.piece,
    ReminderKind.MEETING_CANCELLED: meetings.piece,
    ReminderKind.MEETING_AHEAD: meetings.piece,
    ReminderKind.MEETING_SOON: meetings.piece,
    ReminderKind.RSVP_MISSING: meetings.piece,
    ReminderKind.ITEM_DUE: items.piece,
    ReminderKind.ITEM_OVERDUE: items.piece,
    ReminderKind.ITEM_ESCALATED: items.piece,
    ReminderKind.PROGRESS_DUE: progress.piece,
    ReminderKind.PROGRESS_LATE: progress.piece,
    ReminderKind.ORGANIZATION_CONFIRM: organizations.piece,
    ReminderKind.MINUTES_WAITING: minutes.piece,
    ReminderKind.TERM_ENDING: terms.piece,
    ReminderKind.TERM_PAST: terms.piece,
    ReminderKind.MAIL_FAILED: troubles.piece,
    ReminderKind.CHASE: chase.piece,
}


def piece_of(reminder: Reminder, subject: Any, now: dt.datetime) -> EmailSection:
    """What a mail says of one reminder's subject as it stands now."""
    piece = SECTION_BUILDERS[reminder.kind](reminder, subject, now)
    return delegate_email(reminder, piece, now) if reminder.delegated_from else piece


def message_for(reminder: Reminder, subject: Any, now: dt.datetime) -> Message:
    """The mail of one reminder about its subject as it stands now."""
    return alone(reminder, piece_of(reminder, subject, now))
