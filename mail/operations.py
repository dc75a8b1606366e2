"""What is done with deliveries: put one in the ledger, send one again."""

import datetime as dt
import hashlib
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction

from core.operations import OperationNotAllowedError
from mail.messages import validate_single_line
from mail.models import Attempt, Delivery, Pause, Suppression
from mail.rules import RESENDABLE_STATES, UNFINISHED_STATES, DeliveryState

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

# How long a message is worth sending where the caller says nothing: a weekend without a worker loses none.
DEFAULT_LIFE = dt.timedelta(days=7)
RESEND_LIFE = dt.timedelta(days=1)


def message_id(key: str) -> str:
    """The Message-ID that belongs to a key, the same whenever it is asked for."""
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
    """A delivery that is not stored yet."""
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
    """The delivery with this key, put in the ledger unless it is there already; the next tick sends it.

    The content is not stored: the composer of its kind builds it at sending time.
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
    """Put a failed or unknown delivery back in line under its old Message-ID, and let its address be tried again.

    Raises OperationNotAllowedError when it is in no state to be sent again.
    """
    current = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if current.state not in RESENDABLE_STATES:
        raise OperationNotAllowedError("This message has not failed, so there is nothing to send again.")
    Suppression.objects.filter(address=current.address).update(suppressed_at=None, bounces=0)
    current.state = DeliveryState.PENDING
    current.reason = ""
    current.attempts = current.ambiguous = 0
    current.next_attempt_at = now
    current.expires_at = max(current.expires_at, now + RESEND_LIFE)
    current.claim = current.lease_until = current.send_started_at = current.ended_at = None
    current.save(
        update_fields=[
            "state",
            "reason",
            "attempts",
            "ambiguous",
            "next_attempt_at",
            "expires_at",
            "claim",
            "lease_until",
            "send_started_at",
            "ended_at",
        ]
    )
    Attempt.objects.create(delivery=current, at=now, outcome="resend", code=f"asked for by {actor}"[:300])
    return current


def remove_address(*, address: str, instead: str) -> None:
    """Put `instead` in the place of an address wherever the ledger names it; what waits there is closed as skipped."""
    rows = Delivery.objects.filter(address=address)
    rows.filter(state__in=UNFINISHED_STATES, send_started_at=None).update(
        state=DeliveryState.SKIPPED, reason="The contact data of this person were removed.", lease_until=None
    )
    rows.update(address=instead)
    Suppression.objects.filter(address=address).delete()


def withdraw(*, kind: str, subject_ref: str, reason: str, now: dt.datetime) -> int:
    """Close what of one subject waits and was not handed over; one that may have arrived is unknown. How many."""
    waiting = Delivery.objects.filter(
        kind=kind, subject_ref=subject_ref, state__in=[DeliveryState.PENDING, DeliveryState.RETRY]
    )
    closed = {"reason": validate_single_line(reason)[:300], "ended_at": now}
    unknown = waiting.filter(ambiguous__gt=0).update(state=DeliveryState.UNKNOWN, **closed)
    return unknown + waiting.filter(ambiguous=0).update(state=DeliveryState.SKIPPED, **closed)


@transaction.atomic
def pause(
    *,
    actor: "AbstractBaseUser",
    reason: str,
    now: dt.datetime,
    kind: str = "",
    person: "AbstractBaseUser | None" = None,
) -> Pause:
    """Let mail wait from now on, by kind, by person, or all of it; what waits goes once it is lifted.

    Raises OperationNotAllowedError.

    Codes for signing in do not pass through the ledger and go on.
    """
    if not reason.strip():
        raise OperationNotAllowedError("Say why this mail waits: your colleagues read it.")
    same = Pause.objects.in_force().filter(kind=kind)
    if (same.filter(person_id=person.pk) if person else same.filter(person=None)).exists():
        raise OperationNotAllowedError("This is paused already.")
    return Pause.objects.create(
        kind=kind,
        person_id=person.pk if person else None,
        reason=validate_single_line(reason)[:200],
        paused_by_id=actor.pk,
        paused_at=now,
    )


@transaction.atomic
def lift_pause(*, actor: "AbstractBaseUser", pause: Pause, now: dt.datetime) -> Pause:
    """Let the mail go on. Raises OperationNotAllowedError when it goes on already."""
    current = Pause.objects.select_for_update().get(pk=pause.pk)
    if current.lifted_at:
        raise OperationNotAllowedError("This pause was lifted already.")
    current.lifted_by_id, current.lifted_at = actor.pk, now
    current.save(update_fields=["lifted_by", "lifted_at"])
    return current


@transaction.atomic
def lift_suppression(*, address: str) -> None:
    """Let mail go to an address again; it is tried anew, twice.

    Raises OperationNotAllowedError when nothing holds it back.
    """
    held = Suppression.objects.filter(address=address, suppressed_at__isnull=False)
    if not held.update(suppressed_at=None, bounces=0):
        raise OperationNotAllowedError("Mail goes to this address already.")
