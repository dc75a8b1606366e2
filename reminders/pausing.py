"""Pauses by staff: a paused reminder stays out of the delivery log, so that it joins no other email."""

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from mail.models import Pause
from mail.sending import paused_reason
from reminders.models import Reminder
from reminders.rules import ReminderState

PAUSED = Exists(Pause.objects.covering(OuterRef("kind"), OuterRef("recipient")))


def expire_reminders(waiting: QuerySet[Reminder], now: dt.datetime) -> None:
    """Close the waiting reminders that have expired; the reason names the pause where one was the cause."""
    late = waiting.filter(expires_at__lt=now)
    for pause in Pause.objects.in_force():
        scope: dict[str, object] = {"kind": pause.kind} if pause.kind else {}
        scope |= {"recipient": pause.person_id} if pause.person_id else {}
        late.filter(**scope).update(state=ReminderState.EXPIRED, reason=paused_reason(pause))
    late.update(state=ReminderState.EXPIRED, reason=_("Expired before it could be sent."))
