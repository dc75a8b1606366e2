"""The check right before a mail goes: whether what it says is still so, and still for this person.

Each kind of thing has a module here with `find`, which reads it anew, and `refusal`.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from reminders.guards import items, meetings, organizations, progress
from reminders.models import Preference, Reminder
from reminders.rules import ReminderKind

_Find = Callable[[int], Any]
_Refusal = Callable[[Reminder, Any, dt.datetime], str]
_MEETING: tuple[_Find, _Refusal] = (meetings.find, meetings.refusal)
_ITEM: tuple[_Find, _Refusal] = (items.find, items.refusal)
_PROGRESS: tuple[_Find, _Refusal] = (progress.find, progress.refusal)
GUARDS: dict[str, tuple[_Find, _Refusal]] = {
    ReminderKind.MEETING_SCHEDULED: _MEETING,
    ReminderKind.MEETING_CHANGED: _MEETING,
    ReminderKind.MEETING_CANCELLED: _MEETING,
    ReminderKind.MEETING_AHEAD: _MEETING,
    ReminderKind.ITEM_DUE: _ITEM,
    ReminderKind.ITEM_OVERDUE: _ITEM,
    ReminderKind.ITEM_ESCALATED: _ITEM,
    ReminderKind.PROGRESS_DUE: _PROGRESS,
    ReminderKind.PROGRESS_LATE: _PROGRESS,
    ReminderKind.ORGANIZATION_CONFIRM: (organizations.find, organizations.refusal),
}


def check(reminder: Reminder, now: dt.datetime) -> tuple[Any, str]:
    """What the reminder speaks of as it stands now, and why it should not go; the reason is empty when it should."""
    find, refusal = GUARDS[reminder.kind]
    try:
        subject = find(reminder.subject_id)
    except ObjectDoesNotExist:
        return None, "What this speaks of is not there any more."
    if not reminder.recipient.is_active:
        return subject, "This person's account is no longer active."
    if Preference.objects.filter(person=reminder.recipient_id, kind=reminder.kind).exists():
        return subject, "Switched off by this person."
    return subject, refusal(reminder, subject, now)
