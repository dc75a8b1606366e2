"""What should be sent by how things are now, and whether a reminder still should: no watermark, nothing to lose."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _

from reminders import rules
from reminders.delegation import delegation_skip_reason
from reminders.models import Reminder
from reminders.plan import ReminderPlan
from reminders.preferences import load_preferences
from reminders.subjects import SUBJECTS, subject_of


def build_plan(
    now: dt.datetime,
    sink: Callable[[dict[str, Reminder]], None] | None = None,
    *,
    ahead: dt.timedelta = rules.WINDOW_AHEAD,
) -> ReminderPlan:
    """All reminders that are due from 24 hours ago to `ahead`; passed to `sink` in batches, where given.

    Takes a fixed number of queries, whatever the number of meetings, items and people.
    """
    plan = ReminderPlan(now, sink=sink, ahead=ahead)
    for subject in SUBJECTS:
        subject.plan(plan)
    plan.flush()
    return plan


def check_reminder(reminder: Reminder, now: dt.datetime) -> tuple[Any, str]:
    """Read the subject of a reminder as it is now. Returns it with the reason why the reminder should not be sent.

    The reason is empty where it should. Called right before an email is sent, and for what is no longer planned.
    """
    handler = subject_of(reminder.kind)
    try:
        subject = handler.find(reminder.subject_id)
    except ObjectDoesNotExist:
        return None, _("The subject of this reminder no longer exists.")
    if not reminder.recipient.is_active:
        return subject, _("The account is closed.")
    preferences = load_preferences({reminder.recipient_id, reminder.principal_id})
    if any(preferences.is_off(person, reminder.kind) for person in (reminder.recipient_id, reminder.principal_id)):
        return subject, _("Unsubscribed by this person.")
    moment = handler.delegation_moment(reminder, subject, now)
    if moment is not None:
        reason = delegation_skip_reason(reminder, moment, preferences, lambda: handler.sends_alternate(reminder))
        if reason:
            return subject, reason
    return subject, handler.skip_reason(reminder, subject, now)
