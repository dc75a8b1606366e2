"""Operations on deliveries, pauses and suppressed addresses."""

import datetime as dt
import hashlib
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _

from core.operations import OperationNotAllowedError
from mail.messages import to_single_line
from mail.models import Attempt, Delivery, Pause, Suppression
from mail.rules import RESENDABLE_STATES, UNFINISHED_STATES, DeliveryState

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

# How long a message may be sent by default: long enough to survive a weekend without a worker.
DEFAULT_LIFE = dt.timedelta(days=7)
RESEND_LIFE = dt.timedelta(days=1)


def message_id(key: str) -> str:
    """Return the Message-ID for a key. It is always the same for the same key."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def new_delivery(
    *,
    key: str,
    kind: str,
    address: str,
    person: "AbstractBaseUser | None",
    subject_ref: str,
    now: dt.datetime,
    context: dict[str, Any] | None = None,
    deliver_after: dt.datetime | None = None,
    expires_at: dt.datetime | None = None,
) -> Delivery:
    """Return an unsaved delivery."""
    start = deliver_after or now
    return Delivery(
        key=key,
        kind=kind,
        address=address,
        person_id=person.pk if person else None,
        subject_ref=subject_ref,
        context=context or {},
        created_at=now,
        deliver_after=start,
        expires_at=expires_at or start + DEFAULT_LIFE,
        next_attempt_at=start,
        message_id=message_id(key),
    )


def enqueue(
    *,
    key: str,
    kind: str,
    address: str,
    person: "AbstractBaseUser | None",
    subject_ref: str,
    now: dt.datetime,
    context: dict[str, Any] | None = None,
    deliver_after: dt.datetime | None = None,
    expires_at: dt.datetime | None = None,
) -> Delivery:
    """Return the delivery with this key, and add it to the ledger if it is not there yet. The next run sends it.

    The content is not stored. The composer of its kind builds it when it is sent.
    """
    row = new_delivery(
        key=key,
        kind=kind,
        address=address,
        person=person,
        subject_ref=subject_ref,
        now=now,
        context=context,
        deliver_after=deliver_after,
        expires_at=expires_at,
    )
    Delivery.objects.bulk_create([row], ignore_conflicts=True)
    return Delivery.objects.get(key=key)


@transaction.atomic
def resend(*, actor: models.Model, delivery: Delivery, now: dt.datetime) -> Delivery:
    """Queue a failed or unknown delivery again under its old Message-ID, and unblock its address.

    Raise OperationNotAllowedError if its state does not allow it.
    """
    current = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if current.state not in RESENDABLE_STATES:
        raise OperationNotAllowedError(_("This email has not failed, so it can't be sent again."))
    Suppression.objects.filter(address=current.address).update(suppressed_at=None, bounces=0)
    current.state = DeliveryState.PENDING
    current.reason = ""
    current.attempts = current.indeterminate_count = 0
    current.next_attempt_at = now
    current.expires_at = max(current.expires_at, now + RESEND_LIFE)
    current.claim = current.lease_until = current.send_started_at = current.ended_at = None
    current.save(
        update_fields=[
            "state",
            "reason",
            "attempts",
            "indeterminate_count",
            "next_attempt_at",
            "expires_at",
            "claim",
            "lease_until",
            "send_started_at",
            "ended_at",
        ]
    )
    Attempt.objects.create(
        delivery=current, at=now, outcome="resend", code=(_("requested by %(name)s") % {"name": actor})[:300]
    )
    return current


def remove_address(*, address: str, instead: str) -> None:
    """Replace an address by `instead` in the whole ledger, and skip the deliveries to it that are not sent yet."""
    rows = Delivery.objects.filter(address=address)
    rows.filter(state__in=UNFINISHED_STATES, send_started_at=None).update(
        state=DeliveryState.SKIPPED, reason=_("The contact information of this person was removed."), lease_until=None
    )
    rows.update(address=instead)
    Suppression.objects.filter(address=address).delete()


def cancel_deliveries(*, kind: str, subject_ref: str, reason: str, now: dt.datetime) -> int:
    """Cancel the waiting deliveries of one subject and return their number.

    One that may have arrived already gets the state "unknown", the others "skipped".
    """
    waiting = Delivery.objects.filter(
        kind=kind, subject_ref=subject_ref, state__in=[DeliveryState.PENDING, DeliveryState.RETRY]
    )
    closed = {"reason": to_single_line(reason)[:300], "ended_at": now}
    unknown = waiting.filter(indeterminate_count__gt=0).update(state=DeliveryState.UNKNOWN, **closed)
    return unknown + waiting.filter(indeterminate_count=0).update(state=DeliveryState.SKIPPED, **closed)


@transaction.atomic
def pause(
    *,
    actor: "AbstractBaseUser",
    reason: str,
    now: dt.datetime,
    kind: str = "",
    person: "AbstractBaseUser | None" = None,
) -> Pause:
    """Pause email from now on: all of it, or by kind or person. It is sent once the pause is lifted.

    Raise OperationNotAllowedError.

    Sign-in codes do not use the ledger and are still sent.
    """
    if not reason.strip():
        raise OperationNotAllowedError(_("Enter a reason. Other staff can see it."))
    same = Pause.objects.in_force().filter(kind=kind)
    if (same.filter(person_id=person.pk) if person else same.filter(person=None)).exists():
        raise OperationNotAllowedError(_("This email is already paused."))
    return Pause.objects.create(
        kind=kind,
        person_id=person.pk if person else None,
        reason=to_single_line(reason)[:200],
        paused_by_id=actor.pk,
        paused_at=now,
    )


@transaction.atomic
def lift_pause(*, actor: "AbstractBaseUser", pause: Pause, now: dt.datetime) -> Pause:
    """Resume sending. Raise OperationNotAllowedError if the pause has already been lifted."""
    current = Pause.objects.select_for_update().get(pk=pause.pk)
    if current.lifted_at:
        raise OperationNotAllowedError(_("Sending has already been resumed."))
    current.lifted_by_id, current.lifted_at = actor.pk, now
    current.save(update_fields=["lifted_by", "lifted_at"])
    return current


@transaction.atomic
def lift_suppression(*, address: str) -> None:
    """Unblock an address and reset its bounce count. Raise OperationNotAllowedError if it is not blocked."""
    held = Suppression.objects.filter(address=address, suppressed_at__isnull=False)
    if not held.update(suppressed_at=None, bounces=0):
        raise OperationNotAllowedError(_("This address is not blocked."))
