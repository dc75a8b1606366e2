"""The plan as rows: what is missing is inserted, what no longer holds is closed."""

import datetime as dt

from reminders import guards, rules
from reminders.models import Reminder
from reminders.planning import plan
from reminders.rules import NOTICE_KINDS, ReminderState

UNSENT_STATES = (ReminderState.SKIPPED, ReminderState.EXPIRED, ReminderState.FAILED)


def store_plan(now: dt.datetime) -> int:
    """Insert the reminders that are missing and close those that no longer hold; how many were inserted."""
    stored = 0
    handed_on = _notified_delegates(now)
    # Of all that is wanted only a number each is kept: a million open items must fit.
    wanted: set[int] = set()

    def store(batch: dict[str, Reminder]) -> None:
        nonlocal stored
        wanted.update(map(hash, batch))
        known = set(Reminder.objects.filter(key__in=list(batch)).values_list("key", flat=True))
        missing = [row for key, row in batch.items() if key not in known and key not in handed_on]
        Reminder.objects.bulk_create(missing, ignore_conflicts=True, batch_size=500)
        stored += len(missing)
        _follow_meeting(batch)

    plan(now, sink=store)
    _close_stale(wanted, now)
    return stored


def _follow_meeting(batch: dict[str, Reminder]) -> None:
    """Let news that waits for the morning go by when its meeting is now."""
    news = [key for key, row in batch.items() if row.kind in NOTICE_KINDS]
    waiting = Reminder.objects.filter(key__in=news, state=ReminderState.PLANNED, delivery=None)
    changed = [row for row in waiting if row.obsolete_at != batch[row.key].obsolete_at]
    for row in changed:
        wanted = batch[row.key]
        row.obsolete_at, row.expires_at, row.send_at = wanted.obsolete_at, wanted.expires_at, wanted.send_at
    Reminder.objects.bulk_update(changed, ["obsolete_at", "expires_at", "send_at"], batch_size=500)


def _notified_delegates(now: dt.datetime) -> set[str]:
    """The keys that would be those of people who were away, of what their stand-ins were told: it is not said twice.

    But for the news of meetings: whoever is back needs the entry in their own calendar.
    """
    rows = Reminder.objects.filter(delegated_from__isnull=False, due_at__gte=now - rules.WINDOW_BACK)
    rows = rows.exclude(state__in=UNSENT_STATES).exclude(kind__in=NOTICE_KINDS)
    return {rules.key_for(key, person) for key, person in rows.values_list("key", "delegated_from")}


def _close_stale(wanted: set[int], now: dt.datetime) -> None:
    """What waits, but would not be planned now, is looked at one by one and closed with its reason."""
    waiting = Reminder.objects.filter(state=ReminderState.PLANNED, delivery=None)
    in_window = waiting.filter(due_at__gte=now - rules.WINDOW_BACK)
    keys = in_window.order_by().values_list("pk", "key").iterator(chunk_size=2000)
    stale = [pk for pk, key in keys if hash(key) not in wanted]
    for start in range(0, len(stale), 500):
        rows = Reminder.objects.filter(pk__in=stale[start : start + 500])
        for row in rows.select_related("recipient", "delegated_from"):
            _, reason = guards.check(row, now)
            if reason:
                waiting.filter(pk=row.pk).update(state=ReminderState.SKIPPED, reason=reason)
