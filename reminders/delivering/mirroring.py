"""What became of each mail, written into the reminders that it held."""

from django.db.models import F, OuterRef, Subquery

from mail.models import Delivery
from mail.rules import DeliveryState
from reminders.models import Reminder
from reminders.rules import ReminderState

# A delivery that has come to its end, and what its reminder is then.
_ENDS = {
    DeliveryState.SENT: ReminderState.SENT,
    DeliveryState.SKIPPED: ReminderState.SKIPPED,
    DeliveryState.EXPIRED: ReminderState.EXPIRED,
    DeliveryState.FAILED: ReminderState.FAILED,
    DeliveryState.UNKNOWN: ReminderState.UNKNOWN,
}
_HANDED_OVER = (DeliveryState.SENT, DeliveryState.UNKNOWN)


def mirror_outcomes() -> None:
    """Write into each reminder what became of its delivery."""
    under_way = Reminder.objects.filter(state=ReminderState.PLANNED, delivery__isnull=False)
    own_reason = Subquery(Delivery.objects.filter(pk=OuterRef("delivery")).values("reason")[:1])
    for ended, state in _ENDS.items():
        by_itself = under_way.filter(delivery__state=ended, delivery__key=F("key"))
        by_itself.update(state=state, reason=own_reason)
    _mirror_bounces(own_reason)
    merged = under_way.filter(delivery__state__in=list(_ENDS))
    ids = list(merged.order_by().values_list("delivery", flat=True).distinct())
    for start in range(0, len(ids), 500):
        for delivery in Delivery.objects.filter(pk__in=ids[start : start + 500]):
            _mirror_merged(delivery)


def _mirror_bounces(reason: Subquery) -> None:
    """What was sent and came back later has failed after all."""
    came_back = Delivery.objects.filter(state=DeliveryState.FAILED, sent_at__isnull=False)
    said = Reminder.objects.filter(state__in=[ReminderState.SENT, ReminderState.MERGED, ReminderState.UNKNOWN])
    said.filter(delivery__in=came_back).update(state=ReminderState.FAILED, reason=reason)


def _mirror_merged(delivery: Delivery) -> None:
    held = Reminder.objects.filter(state=ReminderState.PLANNED, delivery=delivery)
    parts = delivery.context.get("parts")
    if delivery.state in _HANDED_OVER or delivery.state == DeliveryState.SKIPPED:
        # What came after the mail was built goes in the next one.
        held.exclude(pk__in=parts or ()).update(delivery=None)
    state = _ENDS[DeliveryState(delivery.state)]
    if state == ReminderState.SENT and parts and len(parts) > 1:
        state = ReminderState.MERGED
    held.update(state=state, reason=delivery.reason)
