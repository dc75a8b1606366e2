"""The check right before a mail goes: whether what it says is still so, and still for this person.

Each kind of thing has a module here with `find`, which reads it anew, and `refusal`.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from core.dates import format_date
from meetings.models import RSVP
from meetings.rules import RSVPAnswer
from reminders import audience, wishes
from reminders.guards import chase, items, meetings, minutes, organizations, progress, terms, troubles
from reminders.models import Reminder
from reminders.rules import DELEGATED_KINDS, ReminderKind

_Find = Callable[[int], Any]
_Refusal = Callable[[Reminder, Any, dt.datetime], str]
_MEETING: tuple[_Find, _Refusal] = (meetings.find, meetings.refusal)
_ITEM: tuple[_Find, _Refusal] = (items.find, items.refusal)
_PROGRESS: tuple[_Find, _Refusal] = (progress.find, progress.refusal)
_TERM: tuple[_Find, _Refusal] = (terms.find, terms.refusal)
GUARDS: dict[str, tuple[_Find, _Refusal]] = {
    ReminderKind.MEETING_SCHEDULED: _MEETING,
    ReminderKind.MEETING_CHANGED: _MEETING,
    ReminderKind.MEETING_CANCELLED: _MEETING,
    ReminderKind.MEETING_AHEAD: _MEETING,
    ReminderKind.MEETING_SOON: _MEETING,
    ReminderKind.RSVP_MISSING: _MEETING,
    ReminderKind.ITEM_DUE: _ITEM,
    ReminderKind.ITEM_OVERDUE: _ITEM,
    ReminderKind.ITEM_ESCALATED: _ITEM,
    ReminderKind.PROGRESS_DUE: _PROGRESS,
    ReminderKind.PROGRESS_LATE: _PROGRESS,
    ReminderKind.ORGANIZATION_CONFIRM: (organizations.find, organizations.refusal),
    ReminderKind.MINUTES_WAITING: (meetings.find, minutes.refusal),
    ReminderKind.TERM_ENDING: _TERM,
    ReminderKind.TERM_PAST: _TERM,
    ReminderKind.MAIL_FAILED: (troubles.find, troubles.refusal),
    ReminderKind.CHASE: (chase.find, chase.refusal),
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
    chosen = wishes.load({reminder.recipient_id, reminder.principal_id})
    if any(chosen.is_off(person, reminder.kind) for person in (reminder.recipient_id, reminder.principal_id)):
        return subject, "Switched off by this person."
    return subject, _absence_refusal(reminder, chosen, now) or refusal(reminder, subject, now)


def _absence_refusal(reminder: Reminder, chosen: wishes.NotificationPreferences, now: dt.datetime) -> str:
    """Why another should get this: because of an absence that began, or one that ended."""
    person = reminder.delegated_from or reminder.recipient
    until = chosen.away_until(person, now)
    is_absent = chosen.is_absent(person, now)
    if reminder.kind not in DELEGATED_KINDS or not (is_absent or reminder.delegated_from):
        return ""
    sends_alternate = (
        reminder.kind in meetings.AHEAD
        and RSVP.objects.filter(meeting=reminder.subject_id, person=person, answer=RSVPAnswer.ALTERNATE).exists()
    )
    if not (is_absent or sends_alternate):
        return f"{person} is back."
    around = audience.load_around(person)
    delegate = around.delegate(person, wishes.load(around.people), now)
    if reminder.delegated_from is not None:
        is_right = delegate is not None and delegate.pk == reminder.recipient_id
        return "" if is_right else f"Another stands in for {person} now."
    if delegate is None or not is_absent:
        return ""
    why = f"Away until {format_date(until, now.date())}" if until else "The address refuses mail"
    return f"{why}: {delegate} gets this instead."
