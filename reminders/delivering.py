"""From a reminder that is due to a mail, and back from what became of the mail to the reminder."""

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.db.models import OuterRef, Subquery

from mail.messages import Message, Skip
from mail.models import Delivery
from mail.operations import new_delivery
from mail.rules import DeliveryState
from meetings.models import Meeting
from members.emails import compose_account_notice, compose_invitation, compose_join_answer
from reminders import guards, pausing
from reminders.emails import message_for
from reminders.models import Reminder
from reminders.planning import plan
from reminders.rules import DUTY_KINDS, ReminderKind, ReminderState

# A delivery that has come to its end, and what its reminder is then.
_ENDS = {
    DeliveryState.SENT: ReminderState.SENT,
    DeliveryState.SKIPPED: ReminderState.SKIPPED,
    DeliveryState.EXPIRED: ReminderState.EXPIRED,
    DeliveryState.FAILED: ReminderState.FAILED,
    DeliveryState.UNKNOWN: ReminderState.UNKNOWN,
}


def store_plan(now: dt.datetime) -> int:
    """Insert the reminders that are missing and close those that no longer hold; how many were inserted."""
    wanted = plan(now).wanted
    known = set(Reminder.objects.filter(key__in=list(wanted)).values_list("key", flat=True)) if wanted else set()
    missing = [row for key, row in wanted.items() if key not in known]
    Reminder.objects.bulk_create(missing, ignore_conflicts=True, batch_size=500)
    _close_stale(set(wanted), now)
    return len(missing)


def _close_stale(wanted: set[str], now: dt.datetime) -> None:
    """What is planned and waits, but would not be planned now, is looked at one by one and closed with its reason."""
    waiting = Reminder.objects.filter(state=ReminderState.PLANNED, delivery=None).select_related("recipient")
    for row in waiting:
        if row.key not in wanted:
            _, reason = guards.check(row, now)
            if reason:
                waiting.filter(pk=row.pk).update(state=ReminderState.SKIPPED, reason=reason)


def make_deliveries(now: dt.datetime, *, may_expire: bool = True) -> int:
    """Put what is due in the mail ledger and, unless that has to wait, close what is too late; how many entered."""
    waiting = Reminder.objects.filter(state=ReminderState.PLANNED, delivery=None)
    if may_expire:
        pausing.expire(waiting, now)
    in_time = waiting.filter(~pausing.PAUSED, due_at__lte=now, not_after__gte=now)
    due = list(in_time.select_related("recipient").order_by("due_at", "pk"))
    with transaction.atomic():
        Delivery.objects.bulk_create(
            [
                new_delivery(
                    key=row.key,
                    kind=row.kind,
                    address=row.recipient.email,
                    person=row.recipient,
                    subject_ref=str(row.subject_id),
                    now=now,
                    deliver_after=now,
                    not_after=row.not_after,
                )
                for row in due
            ],
            ignore_conflicts=True,
            batch_size=500,
        )
        own = Delivery.objects.filter(key=OuterRef("key")).values("pk")[:1]
        for start in range(0, len(due), 500):
            ids = [row.pk for row in due[start : start + 500]]
            waiting.filter(pk__in=ids).update(delivery=Subquery(own))
    return len(due)


def mirror_outcomes() -> None:
    """Write into each reminder what became of its delivery."""
    for ended, state in _ENDS.items():
        Reminder.objects.filter(state=ReminderState.PLANNED, delivery__state=ended).update(
            state=state,
            reason=Subquery(Delivery.objects.filter(pk=OuterRef("delivery")).values("reason")[:1]),
        )


def compose(delivery: Delivery, now: dt.datetime) -> Message | Skip:
    """The mail of any delivery as things stand now, or why it should not go. Raises KeyError for an unknown kind."""
    return _COMPOSERS[delivery.kind](delivery, now)


def _compose_reminder(delivery: Delivery, now: dt.datetime) -> Message | Skip:
    reminder = Reminder.objects.select_related("recipient").get(key=delivery.key)
    subject, reason = guards.check(reminder, now)
    if subject is None or reason:
        return Skip(reason)
    if isinstance(subject, Meeting) and reminder.kind in DUTY_KINDS:
        # A notice tells of the meeting as it is now, so what it speaks of is known only now.
        Reminder.objects.filter(pk=reminder.pk).update(speaks_of=str(subject.sequence))
    return message_for(reminder, subject, now)


_COMPOSERS: dict[str, Callable[[Delivery, dt.datetime], Message | Skip]] = {
    "invitation": compose_invitation,
    "join_answer": compose_join_answer,
    "account_notice": compose_account_notice,
    **dict.fromkeys(ReminderKind.values, _compose_reminder),
}
