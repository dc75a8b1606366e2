"""The outcome of each delivery, written into the reminders that it contained."""

from django.db.models import F, OuterRef, Subquery

from mail.models import Delivery
from mail.rules import DeliveryState
from reminders.models import Reminder
from reminders.rules import ReminderState

# The final states of a delivery, and the state of its reminder then.
_FINAL_STATES = {
    DeliveryState.SENT: ReminderState.SENT,
    DeliveryState.SKIPPED: ReminderState.SKIPPED,
    DeliveryState.EXPIRED: ReminderState.EXPIRED,
    DeliveryState.FAILED: ReminderState.FAILED,
    DeliveryState.UNKNOWN: ReminderState.UNKNOWN,
}
_TRANSMITTED = (DeliveryState.SENT, DeliveryState.UNKNOWN)


def record_outcomes() -> None:
    """Write the outcome of each delivery into its reminders."""
    in_delivery = Reminder.objects.filter(state=ReminderState.PLANNED, delivery__isnull=False)
    own_reason = Subquery(Delivery.objects.filter(pk=OuterRef("delivery")).values("reason")[:1])
    for ended, state in _FINAL_STATES.items():
        single = in_delivery.filter(delivery__state=ended, delivery__key=F("key"))
        single.update(state=state, reason=own_reason)
    _record_bounces(own_reason)
    merged = in_delivery.filter(delivery__state__in=list(_FINAL_STATES))
    ids = list(merged.order_by().values_list("delivery", flat=True).distinct())
    for start in range(0, len(ids), 500):
        for delivery in Delivery.objects.filter(pk__in=ids[start : start + 500]):
            _record_merged(delivery)


def _record_bounces(reason: Subquery) -> None:
    """Mark the reminders of emails that were sent and later bounced as failed."""
    bounced = Delivery.objects.filter(state=DeliveryState.FAILED, sent_at__isnull=False)
    delivered = Reminder.objects.filter(state__in=[ReminderState.SENT, ReminderState.MERGED, ReminderState.UNKNOWN])
    delivered.filter(delivery__in=bounced).update(state=ReminderState.FAILED, reason=reason)


def _record_merged(delivery: Delivery) -> None:
    contained = Reminder.objects.filter(state=ReminderState.PLANNED, delivery=delivery)
    parts = delivery.context.get("parts")
    if delivery.state in _TRANSMITTED or delivery.state == DeliveryState.SKIPPED:
        # What was added after the email was composed is sent in the next one.
        contained.exclude(pk__in=parts or ()).update(delivery=None)
    state = _FINAL_STATES[DeliveryState(delivery.state)]
    if state == ReminderState.SENT and parts and len(parts) > 1:
        state = ReminderState.MERGED
    contained.update(state=state, reason=delivery.reason)
