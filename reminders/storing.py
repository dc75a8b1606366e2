"""The plan as rows: what is missing is inserted, what is no longer planned is closed."""

import datetime as dt

from reminders import rules
from reminders.models import Reminder
from reminders.rules import NOTICE_KINDS, UNSENT_STATES, ReminderState
from reminders.schedule import build_plan, check_reminder

_BATCH_SIZE = 500


def store_plan(now: dt.datetime) -> int:
    """Insert the reminders that are missing and close those that are no longer due; how many were inserted."""
    stored = 0
    handled_by_delegates = _notified_delegates(now)
    # Of all that is planned only a number each is kept: a million open items must fit.
    planned: set[int] = set()

    def store(batch: dict[str, Reminder]) -> None:
        nonlocal stored
        planned.update(map(hash, batch))
        known = set(Reminder.objects.filter(key__in=list(batch)).values_list("key", flat=True))
        missing = [row for key, row in batch.items() if key not in known and key not in handled_by_delegates]
        Reminder.objects.bulk_create(missing, ignore_conflicts=True, batch_size=_BATCH_SIZE)
        stored += len(missing)
        _update_waiting_notices(batch)

    build_plan(now, sink=store)
    _close_stale(planned, now)
    return stored


def _update_waiting_notices(batch: dict[str, Reminder]) -> None:
    """Let a notice that waits for the morning follow its meeting where that was moved."""
    notices = [key for key, row in batch.items() if row.kind in NOTICE_KINDS]
    waiting = Reminder.objects.filter(key__in=notices, state=ReminderState.PLANNED, delivery=None)
    changed = [row for row in waiting if row.obsolete_at != batch[row.key].obsolete_at]
    for row in changed:
        planned = batch[row.key]
        row.obsolete_at, row.expires_at, row.send_at = planned.obsolete_at, planned.expires_at, planned.send_at
    Reminder.objects.bulk_update(changed, ["obsolete_at", "expires_at", "send_at"], batch_size=_BATCH_SIZE)


def _notified_delegates(now: dt.datetime) -> set[str]:
    """Return the keys that reminders sent to delegates would have for the people who were away.

    Reminders with these keys are not sent again. Meeting notices are not included: a person who is back needs the
    entry in their own calendar.
    """
    rows = Reminder.objects.filter(delegated_from__isnull=False, due_at__gte=now - rules.WINDOW_BACK)
    rows = rows.exclude(state__in=UNSENT_STATES).exclude(kind__in=NOTICE_KINDS)
    return {rules.reminder_key_for(key, person) for key, person in rows.values_list("key", "delegated_from")}


def _close_stale(planned: set[int], now: dt.datetime) -> None:
    """Check what waits but would not be planned now, one by one, and close it with its reason."""
    waiting = Reminder.objects.filter(state=ReminderState.PLANNED, delivery=None)
    in_window = waiting.filter(due_at__gte=now - rules.WINDOW_BACK)
    keys = in_window.order_by().values_list("pk", "key").iterator(chunk_size=2000)
    stale = [pk for pk, key in keys if hash(key) not in planned]
    for start in range(0, len(stale), _BATCH_SIZE):
        rows = Reminder.objects.filter(pk__in=stale[start : start + _BATCH_SIZE])
        for row in rows.select_related("recipient", "delegated_from"):
            _, reason = check_reminder(row, now)
            if reason:
                waiting.filter(pk=row.pk).update(state=ReminderState.SKIPPED, reason=reason)
