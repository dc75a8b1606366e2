"""A reminder that staff send by hand about a follow-up, after they have read it."""

import datetime as dt

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from core.dates import local_today
from core.operations import OperationNotAllowedError, require_permission
from mail.messages import Message, Skip
from mail.models import Delivery
from mail.operations import enqueue
from reminders.emails import staff_email
from reminders.permissions import can_manage_email, staff_only
from reminders.subjects.base import DeliveryKind
from reminders.subjects.follow_ups.base import FOLLOW_UP, FollowUp, Recipient
from reminders.subjects.follow_ups.registry import find_follow_up

_LIFETIME = dt.timedelta(days=3)
_SHOWN_PERIOD = dt.timedelta(days=60)


def last_follow_up_emails(now: dt.datetime) -> dict[str, Delivery]:
    """Return the latest email of the last 60 days about each case, by the case's reference. One query."""
    rows = Delivery.objects.filter(kind=FOLLOW_UP, created_at__gt=now - _SHOWN_PERIOD).order_by("created_at", "pk")
    return {row.subject_ref: row for row in rows}


def send_follow_up(*, actor: Person, follow_up: FollowUp, now: dt.datetime) -> list[Recipient]:
    """Send a reminder to those who can settle the case, each once a day at most. Raises OperationNotAllowedError.

    Returns those who get it now.
    """
    require_permission(can_manage_email(actor), staff_only())
    if not follow_up.reachable:
        raise OperationNotAllowedError(
            gettext("No one can be reached by email about this. Call, or correct the address first.")
        )
    today = local_today(now)
    keys = {_key(follow_up, recipient, today): recipient for recipient in follow_up.reachable}
    existing = set(Delivery.objects.filter(key__in=list(keys)).values_list("key", flat=True))
    new = {key: recipient for key, recipient in keys.items() if key not in existing}
    if not new:
        raise OperationNotAllowedError(gettext("A reminder was already sent today. Try again tomorrow, or call."))
    for key, recipient in new.items():
        enqueue(
            key=key,
            kind=FOLLOW_UP,
            address=recipient.address,
            person=recipient.person,
            subject_ref=follow_up.ref,
            context={"by": actor.pk},
            now=now,
            expires_at=now + _LIFETIME,
        )
    return list(new.values())


def follow_up_email(follow_up: FollowUp, recipient: Recipient, sender: Person, now: dt.datetime) -> Message:
    """Return the email about a case to one recipient."""
    return staff_email(follow_up.type.section(follow_up, recipient, local_today(now)), sender)


def compose_follow_up(delivery: Delivery, now: dt.datetime) -> Message | Skip:
    """Return the email about the current state of the case, or why it should no longer be sent.

    Raises Person.DoesNotExist if the sender no longer exists.
    """
    follow_up = find_follow_up(delivery.subject_ref, now)
    if follow_up is None:
        return Skip(gettext("This has been resolved."))
    recipient = next((row for row in follow_up.recipients if row.address == delivery.address), None)
    if recipient is None:
        return Skip(gettext("Someone else is responsible for this now."))
    return follow_up_email(follow_up, recipient, Person.objects.get(pk=delivery.context["by"]), now)


def _key(follow_up: FollowUp, recipient: Recipient, today: dt.date) -> str:
    return f"{FOLLOW_UP}:{follow_up.ref}:{recipient.address}:{today.isoformat()}"


FOLLOW_UP_EMAIL = DeliveryKind(FOLLOW_UP, _("Reminder sent by staff"), compose_follow_up)
