"""Pauses by staff: a paused reminder stays out of the delivery log, so that it joins no other email.

The operations check that the actor is staff and call those of `mail`, which does not know roles.
"""

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Person
from core.operations import require_permission
from mail import operations as mail
from mail.models import Pause, Suppression
from mail.sending import paused_reason
from reminders.models import Reminder
from reminders.permissions import can_manage_email, staff_only
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


def pause_email(*, actor: Person, reason: str, now: dt.datetime, kind: str = "", person: Person | None = None) -> Pause:
    """Pause all email, one kind, or email to one person. Raises OperationNotAllowedError."""
    require_permission(can_manage_email(actor), staff_only())
    return mail.pause(actor=actor, reason=reason, now=now, kind=kind, person=person)


def resume_email(*, actor: Person, pause: Pause, now: dt.datetime) -> Pause:
    """Resume what was paused. Raises OperationNotAllowedError."""
    require_permission(can_manage_email(actor), staff_only())
    return mail.lift_pause(actor=actor, pause=pause, now=now)


def unblock_address(*, actor: Person, suppression: Suppression) -> None:
    """Unblock an address that bounced. Raises OperationNotAllowedError."""
    require_permission(can_manage_email(actor), staff_only())
    mail.lift_suppression(address=suppression.address)
