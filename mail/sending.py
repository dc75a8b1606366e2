"""Send the deliveries that are due. Each row is a job, and a conditional UPDATE is its lock.

A delivery goes through five steps: claim it, build the message (the composer checks once more whether to send it), mark
it as being sent, send it, record the result. A worker that stops in between loses its claim when the lease ends. What
happens then depends on the step: before "being sent" the row is claimed again, after it the row may have arrived and is
retried at most once.
"""

import datetime as dt
import hashlib
import random
import time
import uuid
from collections import Counter
from collections.abc import Callable
from email.utils import format_datetime
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from mail import rules
from mail.bounces import count_bounce
from mail.messages import Message, Skip, Wait, to_single_line
from mail.models import Attempt, CircuitBreaker, Delivery, Pause, Suppression
from mail.rules import DeliveryState
from mail.transport import Outcome, SendResult, Transport, build_envelope

Composer = Callable[[Delivery, dt.datetime], Message | Skip | Wait]
log = structlog.get_logger("mail")
# The condition that staff have paused this email.
PAUSED = Exists(Pause.objects.covering(OuterRef("kind"), OuterRef("person")))
BATCH = 20


def send_due(
    now: dt.datetime,
    compose: Composer,
    *,
    limit: int = 500,
    within: dt.timedelta = dt.timedelta(seconds=45),
    may_expire: bool = True,
    lease: dt.timedelta = rules.LEASE,
) -> Counter[str]:
    """Send up to `limit` deliveries that are due at `now`, for at most `within`, and count the outcomes.

    Several processes may run this at the same time. `compose` is called right before each message is sent, outside of a
    transaction, and returns the message, Skip with a reason, or Wait. If it raises, only that delivery fails.
    """
    started = time.monotonic()

    def clock() -> dt.datetime:
        return now + dt.timedelta(seconds=time.monotonic() - started)

    counts: Counter[str] = Counter()
    counts.update(recover(now))
    if may_expire:
        counts.update(expire(now))
    with Transport() as transport:
        while limit > 0 and clock() - now < within:
            allowed = _allowed_batch_size(clock())
            rows = claim(clock(), min(limit, BATCH, allowed), lease) if allowed else []
            if not rows:
                break
            limit -= len(rows)
            batch = _send_batch(rows, compose, transport, clock, until=now + within)
            if (batch[Outcome.SENT] or batch[Outcome.LATER]) and not batch[Outcome.DOWN]:
                _close_circuit()
            counts.update(batch)
    return counts


def claim(now: dt.datetime, limit: int, lease: dt.timedelta = rules.LEASE) -> list[Delivery]:
    """Claim up to `limit` due rows that no other worker holds, for the length of the lease."""
    claim_id = uuid.uuid4()
    with transaction.atomic():
        due = claimable(now).order_by("next_attempt_at", "id")
        ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
        if not ids:
            return []
        # SQLite has no row locks. There, checking the same condition again keeps two workers apart.
        claimable(now).filter(pk__in=ids).update(
            state=DeliveryState.CLAIMED, claim=claim_id, lease_until=now + lease, send_started_at=None
        )
    return list(Delivery.objects.filter(claim=claim_id, state=DeliveryState.CLAIMED).order_by("next_attempt_at", "id"))


def recover(now: dt.datetime) -> Counter[str]:
    """Release the rows whose worker stopped while it was sending them: retry once, then give the state "unknown".

    The claim stays, so that a worker that was only slow can record its result until another worker claims the row.
    """
    lost = Delivery.objects.filter(state=DeliveryState.CLAIMED, lease_until__lt=now, send_started_at__isnull=False)
    counts: Counter[str] = Counter()
    for pk, claim_id, count in lost.values_list("pk", "claim", "indeterminate_count"):
        row = lost.filter(pk=pk, claim=claim_id)
        with transaction.atomic():
            # Skip a row that its worker has locked, or had locked when it stopped.
            is_free = list(row.select_for_update(skip_locked=True).values_list("pk"))
            if is_free and row.update(**_after_indeterminate(count, now, _("The worker stopped while sending."))):
                Attempt.objects.create(delivery_id=pk, at=now, outcome=Outcome.INDETERMINATE, code="lease expired")
                counts["unsure"] += 1
    return counts


def expire(now: dt.datetime) -> Counter[str]:
    """Close the rows that have expired. One that may have arrived gets the state "unknown"."""
    late = Delivery.objects.filter(state__in=[DeliveryState.PENDING, DeliveryState.RETRY], expires_at__lt=now)
    expired = 0
    untried = late.filter(indeterminate_count=0)
    for pause in Pause.objects.in_force():
        held = untried.filter(**pause_scope(pause))
        expired += held.update(state=DeliveryState.EXPIRED, reason=paused_reason(pause), ended_at=now)
    reason = _("It expired before it could be sent.")
    expired += untried.update(state=DeliveryState.EXPIRED, reason=reason, ended_at=now)
    unknown = late.filter(indeterminate_count__gt=0).update(
        state=DeliveryState.UNKNOWN, reason=_("The mail server gave no clear reply in time."), ended_at=now
    )
    return Counter({"expired": expired, "unknown": unknown})


def pause_scope(pause: Pause) -> dict[str, Any]:
    """Return the filter for the deliveries that a pause affects."""
    scope: dict[str, Any] = {"kind": pause.kind} if pause.kind else {}
    return scope | ({"person": pause.person_id} if pause.person_id else {})


def paused_reason(pause: Pause) -> str:
    """Return the reason of a delivery that expired during a pause."""
    return _("It expired while staff had paused email: %(reason)s") % {"reason": pause.reason}


def claimable(now: dt.datetime) -> QuerySet[Delivery]:
    """Return the deliveries that may be sent at `now`: due, not expired, not paused, not claimed."""
    waiting = Q(state__in=[DeliveryState.PENDING, DeliveryState.RETRY])
    # The worker stopped before it started to send.
    abandoned = Q(state=DeliveryState.CLAIMED, lease_until__lt=now, send_started_at=None)
    # SQLite uses the partial index only if the condition is written exactly as in the index.
    to_do = Delivery.objects.filter(ended_at=None, next_attempt_at__lte=now, expires_at__gte=now)
    return to_do.filter(waiting | abandoned, ~PAUSED)


def _send_batch(
    rows: list[Delivery],
    compose: Composer,
    transport: Transport,
    clock: Callable[[], dt.datetime],
    *,
    until: dt.datetime,
) -> Counter[str]:
    counts: Counter[str] = Counter()
    blocked = set(
        Suppression.objects.filter(address__in=[row.address for row in rows], suppressed_at__isnull=False).values_list(
            "address", flat=True
        )
    )
    for position, row in enumerate(rows):
        outcome = _send_one(row, compose, transport, clock, is_blocked=row.address in blocked)
        counts[outcome] += 1
        if outcome == Outcome.DOWN or clock() > until:
            _release_claims(rows[position + 1 :])
            break
    return counts


def _send_one(
    row: Delivery, compose: Composer, transport: Transport, clock: Callable[[], dt.datetime], *, is_blocked: bool
) -> str:
    if is_blocked:
        return _close(row, DeliveryState.FAILED, _("This address is blocked after bounces."), clock())
    now = clock()
    try:
        composed = compose(row, now)
        if isinstance(composed, Skip):
            return _close(row, DeliveryState.SKIPPED, composed.reason, now)
        if isinstance(composed, Wait):
            return _defer(row, composed.until)
        row.date_header = row.date_header or format_datetime(now.astimezone(dt.UTC))
        envelope = build_envelope(build(row, composed))
    except (OperationalError, InterfaceError):
        raise  # the database is not available: the lease expires and the row is sent later
    except Exception as error:
        log.exception("mail.render_failed", delivery=row.pk, kind=row.kind)
        return _close(
            row,
            DeliveryState.FAILED,
            _("The email could not be created: %(error)s") % {"error": f"{type(error).__name__}: {error}"},
            now,
        )
    if not _mark_as_sending(row, composed.subject, clock()):
        return "lost"
    return _record_result(row, transport.send(envelope), clock())


class ReproducibleEmail(EmailMultiAlternatives):
    """An email with the same bytes each time it is built: its MIME boundaries are derived from its Message-ID."""

    def message(self, **kwargs: Any) -> Any:
        whole = super().message(**kwargs)
        digest = hashlib.sha256(self.extra_headers["Message-ID"].encode()).hexdigest()[:24]
        for number, part in enumerate(part for part in whole.walk() if part.is_multipart()):
            part.set_boundary(f"=_{digest}_{number}")
        return whole


def build(row: Delivery, message: Message) -> ReproducibleEmail:
    """Return the email of a delivery: one recipient, its own Message-ID and the date stored in the row."""
    email = ReproducibleEmail(
        subject=message.subject,
        body=message.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[row.address],
        headers={
            **message.headers,
            "Message-ID": row.message_id,
            "Date": row.date_header,
            "Auto-Submitted": "auto-generated",
        },
    )
    email.attach_alternative(message.html, "text/html")
    if message.calendar:
        entry = message.calendar
        # The part that mail programs process, and the same as a file for those that do not.
        email.attach_alternative(entry.content.decode(), f"text/calendar; method={entry.method}")
        email.attach("meeting.ics", entry.content, "application/ics")
    for name, content, media_type in message.attachments:
        email.attach(to_single_line(name), content, media_type)
    return email


def _owned_claim(row: Delivery) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk=row.pk, claim=row.claim)


def _mark_as_sending(row: Delivery, subject: str, now: dt.datetime) -> bool:
    """Mark the delivery as being sent.

    Return False if this worker no longer holds the claim. The delivery must not be sent then.
    """
    # A delivery that staff paused after it was claimed stays claimed until its lease expires, and then waits.
    claimed = _owned_claim(row).filter(~PAUSED, state=DeliveryState.CLAIMED, lease_until__gt=now, send_started_at=None)
    return bool(claimed.update(send_started_at=now, subject=subject, date_header=row.date_header))


def _close(row: Delivery, state: DeliveryState, reason: str, now: dt.datetime) -> str:
    claimed = _owned_claim(row).filter(state=DeliveryState.CLAIMED, send_started_at=None)
    updated = claimed.update(state=state, reason=to_single_line(reason)[:300], lease_until=None, ended_at=now)
    return state.value if updated else "lost"


def _defer(row: Delivery, until: dt.datetime) -> str:
    claimed = _owned_claim(row).filter(state=DeliveryState.CLAIMED, send_started_at=None)
    updated = claimed.update(state=_waiting(row), lease_until=None, next_attempt_at=until)
    return "waits" if updated else "lost"


def _waiting(row: Delivery) -> DeliveryState:
    return DeliveryState.RETRY if row.attempts or row.indeterminate_count else DeliveryState.PENDING


def _release_claims(rows: list[Delivery]) -> None:
    """Release rows that were claimed but not attempted."""
    for row in rows:
        claimed = _owned_claim(row).filter(state=DeliveryState.CLAIMED, send_started_at=None)
        claimed.update(state=_waiting(row), lease_until=None)


def _record_result(row: Delivery, result: SendResult, now: dt.datetime) -> str:
    """Record the result if this worker still holds the claim. Return the new state."""
    with transaction.atomic():
        values = _result_values(row, result, now)
        updated = _owned_claim(row).update(**values, last_code=result.code)
        Attempt.objects.create(delivery=row, at=now, outcome=result.outcome, code=result.code)
        if result.outcome is Outcome.REFUSED and updated:
            count_bounce(row.address, result.code, now)
    if result.outcome is Outcome.DOWN:
        _open_circuit(result.code, now)
    return values["state"] if result.outcome in (Outcome.SENT, Outcome.REFUSED) else result.outcome.value


def _result_values(row: Delivery, result: SendResult, now: dt.datetime) -> dict[str, Any]:
    if result.outcome is Outcome.SENT:
        return {
            "state": DeliveryState.SENT,
            "sent_at": now,
            "ended_at": now,
            "attempts": row.attempts + 1,
            "lease_until": None,
            "reason": "",
        }
    if result.outcome is Outcome.REFUSED:
        return {
            "state": DeliveryState.FAILED,
            "attempts": row.attempts + 1,
            "lease_until": None,
            "ended_at": now,
            "reason": _("The mail server rejected this address or this message."),
        }
    if result.outcome is Outcome.DOWN:
        # Does not count as an attempt. The row moves behind the others, in case it is what causes the failure.
        return {"state": DeliveryState.RETRY, "send_started_at": None, "lease_until": None, "next_attempt_at": now}
    if result.outcome is Outcome.INDETERMINATE:
        return {
            **_after_indeterminate(row.indeterminate_count, now, _("The mail server gave no clear reply.")),
            "attempts": row.attempts + 1,
        }
    attempts = row.attempts + 1
    first = Attempt.objects.filter(delivery=row, outcome=Outcome.LATER).order_by("at").first()
    next_attempt_at = now + rules.retry_wait(attempts, random.random())  # noqa: S311
    if next_attempt_at > row.expires_at or (first and next_attempt_at > first.at + rules.RETRY_LIFE):
        return {
            "state": DeliveryState.FAILED,
            "attempts": attempts,
            "lease_until": None,
            "ended_at": now,
            "reason": _("The mail server deferred the message until it expired."),
        }
    return {
        "state": DeliveryState.RETRY,
        "attempts": attempts,
        "send_started_at": None,
        "lease_until": None,
        "next_attempt_at": next_attempt_at,
    }


def _after_indeterminate(indeterminate_count: int, now: dt.datetime, reason: str) -> dict[str, Any]:
    if indeterminate_count:
        return {
            "state": DeliveryState.UNKNOWN,
            "indeterminate_count": indeterminate_count + 1,
            "lease_until": None,
            "ended_at": now,
            "reason": _("%(reason)s It may or may not have arrived, twice.") % {"reason": reason},
        }
    return {
        "state": DeliveryState.RETRY,
        "indeterminate_count": 1,
        "send_started_at": None,
        "lease_until": None,
        "next_attempt_at": now + rules.UNSURE_WAIT,
        "reason": _("%(reason)s It may or may not have arrived.") % {"reason": reason},
    }


def _allowed_batch_size(now: dt.datetime) -> int:
    """Return the batch size the circuit breaker allows: 0 when open, 1 when half-open, BATCH when closed."""
    circuit = CircuitBreaker.objects.filter(pk=1).first()
    if circuit is None or circuit.open_until is None:
        return BATCH
    return 1 if circuit.open_until <= now else 0


def _open_circuit(code: str, now: dt.datetime) -> None:
    with transaction.atomic():
        CircuitBreaker.objects.bulk_create([CircuitBreaker(pk=1)], ignore_conflicts=True)
        circuit = CircuitBreaker.objects.select_for_update().get(pk=1)
        if circuit.open_until and circuit.open_until > now:
            return  # another worker has just opened it
        circuit.opened_at = circuit.opened_at or now
        circuit.seconds = rules.circuit_wait(circuit.seconds)
        circuit.open_until = now + dt.timedelta(seconds=circuit.seconds)
        circuit.last_error = code
        circuit.save(update_fields=["opened_at", "seconds", "open_until", "last_error"])
    log.error("mail.server_down", code=code, seconds=circuit.seconds)


def _close_circuit() -> None:
    opened = CircuitBreaker.objects.filter(pk=1, open_until__isnull=False)
    if opened.exists():  # avoids taking the write lock of SQLite for each batch
        opened.update(opened_at=None, open_until=None, seconds=0)
