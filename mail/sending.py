"""Claim, check again, fence, send, settle. A row is the job and a conditional UPDATE is its lock."""

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

from mail import rules
from mail.bouncing import count_bounce
from mail.messages import Message, Skip, Wait, validate_single_line
from mail.models import Attempt, CircuitBreaker, Delivery, Pause, Suppression
from mail.rules import DeliveryState
from mail.transport import Answer, Outcome, Transport, seal

Composer = Callable[[Delivery, dt.datetime], Message | Skip | Wait]
log = structlog.get_logger("mail")
# Staff's word that this mail waits.
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

    Any number of processes may do this at once. `compose` is asked right before each mail goes, outside any
    transaction: it answers with the message, with Skip and the reason, or with Wait. One whose composer raises fails
    alone.
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
            open_for = _open_for(clock())
            rows = claim(clock(), min(limit, BATCH, open_for), lease) if open_for else []
            if not rows:
                break
            limit -= len(rows)
            batch = _send_batch(rows, compose, transport, clock, until=now + within)
            if (batch[Outcome.SENT] or batch[Outcome.LATER]) and not batch[Outcome.DOWN]:
                _close_circuit()
            counts.update(batch)
    return counts


def claim(now: dt.datetime, limit: int, lease: dt.timedelta = rules.LEASE) -> list[Delivery]:
    """Up to `limit` due rows that are nobody else's, for the length of the lease."""
    mine = uuid.uuid4()
    with transaction.atomic():
        due = claimable(now).order_by("next_attempt_at", "id")
        ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
        if not ids:
            return []
        # SQLite knows no row locks: there this second look at the same condition is what keeps two senders apart.
        claimable(now).filter(pk__in=ids).update(
            state=DeliveryState.CLAIMED, claim=mine, lease_until=now + lease, send_started_at=None
        )
    return list(Delivery.objects.filter(claim=mine, state=DeliveryState.CLAIMED).order_by("next_attempt_at", "id"))


def recover(now: dt.datetime) -> Counter[str]:
    """Judge the rows whose sender went silent after it had begun to hand them over: tried once more, then unknown.

    The claim stays, so that a sender that was only slow can still say what it knows, until somebody else claims.
    """
    lost = Delivery.objects.filter(state=DeliveryState.CLAIMED, lease_until__lt=now, send_started_at__isnull=False)
    counts: Counter[str] = Counter()
    for pk, claimed, ambiguous in lost.values_list("pk", "claim", "ambiguous"):
        row = lost.filter(pk=pk, claim=claimed)
        with transaction.atomic():
            # A row that its sender is writing just now, or was when it was stopped, holds nobody up.
            is_free = list(row.select_for_update(skip_locked=True).values_list("pk"))
            if is_free and row.update(**_after_indeterminate(ambiguous, now, "The sender went silent.")):
                Attempt.objects.create(delivery_id=pk, at=now, outcome=Outcome.INDETERMINATE, code="lease ran out")
                counts["unsure"] += 1
    return counts


def expire(now: dt.datetime) -> Counter[str]:
    """Close the rows whose time has passed; one that may have arrived is unknown, not expired."""
    late = Delivery.objects.filter(state__in=[DeliveryState.PENDING, DeliveryState.RETRY], expires_at__lt=now)
    expired = 0
    untried = late.filter(ambiguous=0)
    for pause in Pause.objects.in_force():
        held = untried.filter(**pause_scope(pause))
        expired += held.update(state=DeliveryState.EXPIRED, reason=paused_reason(pause), ended_at=now)
    reason = "Its time passed before it could be sent."
    expired += untried.update(state=DeliveryState.EXPIRED, reason=reason, ended_at=now)
    unknown = late.filter(ambiguous__gt=0).update(
        state=DeliveryState.UNKNOWN, reason="No clear answer in time.", ended_at=now
    )
    return Counter({"expired": expired, "unknown": unknown})


def pause_scope(pause: Pause) -> dict[str, Any]:
    """The filter on deliveries that a pause stands for."""
    scope: dict[str, Any] = {"kind": pause.kind} if pause.kind else {}
    return scope | ({"person": pause.person_id} if pause.person_id else {})


def paused_reason(pause: Pause) -> str:
    """Why something that a pause held up did not go in time."""
    return f"Its time passed while it was paused by staff: {pause.reason}"


def claimable(now: dt.datetime) -> QuerySet[Delivery]:
    """What may be sent at `now`: due, in time, not paused, and in nobody's hands."""
    waiting = Q(state__in=[DeliveryState.PENDING, DeliveryState.RETRY])
    # Its sender went silent before it handed anything over.
    left = Q(state=DeliveryState.CLAIMED, lease_until__lt=now, send_started_at=None)
    # Its index holds what has no outcome, and SQLite sees that only where the condition is written as the index has it.
    to_do = Delivery.objects.filter(ended_at=None, next_attempt_at__lte=now, expires_at__gte=now)
    return to_do.filter(waiting | left, ~PAUSED)


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
            _release(rows[position + 1 :])
            break
    return counts


def _send_one(
    row: Delivery, compose: Composer, transport: Transport, clock: Callable[[], dt.datetime], *, is_blocked: bool
) -> str:
    if is_blocked:
        return _close(
            row, DeliveryState.FAILED, "This address refused mail twice, so nothing more goes there.", clock()
        )
    now = clock()
    try:
        composed = compose(row, now)
        if isinstance(composed, Skip):
            return _close(row, DeliveryState.SKIPPED, composed.reason, now)
        if isinstance(composed, Wait):
            return _defer(row, composed.until)
        row.date_header = row.date_header or format_datetime(now.astimezone(dt.UTC))
        envelope = seal(build(row, composed))
    except (OperationalError, InterfaceError):
        raise  # the database is away: the lease ends and the row is sent later
    except Exception as error:
        log.exception("mail.render_failed", delivery=row.pk, kind=row.kind)
        return _close(row, DeliveryState.FAILED, f"The mail could not be built: {type(error).__name__}: {error}", now)
    if not _fence(row, composed.subject, clock()):
        return "lost"
    return _settle(row, transport.send(envelope), clock())


class Mail(EmailMultiAlternatives):
    """A mail that is the same bytes whenever it is made: its parts are divided by a mark made from its Message-ID."""

    def message(self, **kwargs: Any) -> Any:
        whole = super().message(**kwargs)
        mark = hashlib.sha256(self.extra_headers["Message-ID"].encode()).hexdigest()[:24]
        for number, part in enumerate(part for part in whole.walk() if part.is_multipart()):
            part.set_boundary(f"=_{mark}_{number}")
        return whole


def build(row: Delivery, message: Message) -> Mail:
    """The mail of one delivery: one recipient, its own Message-ID and the date frozen in the row."""
    mail = Mail(
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
    mail.attach_alternative(message.html, "text/html")
    if message.calendar:
        entry = message.calendar
        # The part that mail programs act on, and the same as a file for those that do not.
        mail.attach_alternative(entry.content.decode(), f"text/calendar; method={entry.method}")
        mail.attach("meeting.ics", entry.content, "application/ics")
    for name, content, media_type in message.attachments:
        mail.attach(validate_single_line(name), content, media_type)
    return mail


def _mine(row: Delivery) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk=row.pk, claim=row.claim)


def _fence(row: Delivery, subject: str, now: dt.datetime) -> bool:
    """Say that this row is being handed over, if it is still mine; False means hands off."""
    # One that staff paused since it was claimed stays claimed, and waits once its lease has run out.
    mine = _mine(row).filter(~PAUSED, state=DeliveryState.CLAIMED, lease_until__gt=now, send_started_at=None)
    return bool(mine.update(send_started_at=now, subject=subject, date_header=row.date_header))


def _close(row: Delivery, state: DeliveryState, reason: str, now: dt.datetime) -> str:
    mine = _mine(row).filter(state=DeliveryState.CLAIMED, send_started_at=None)
    hit = mine.update(state=state, reason=validate_single_line(reason)[:300], lease_until=None, ended_at=now)
    return state.value if hit else "lost"


def _defer(row: Delivery, until: dt.datetime) -> str:
    mine = _mine(row).filter(state=DeliveryState.CLAIMED, send_started_at=None)
    hit = mine.update(state=_waiting(row), lease_until=None, next_attempt_at=until)
    return "waits" if hit else "lost"


def _waiting(row: Delivery) -> DeliveryState:
    return DeliveryState.RETRY if row.attempts or row.ambiguous else DeliveryState.PENDING


def _release(rows: list[Delivery]) -> None:
    """Give rows back that were claimed and not tried."""
    for row in rows:
        mine = _mine(row).filter(state=DeliveryState.CLAIMED, send_started_at=None)
        mine.update(state=_waiting(row), lease_until=None)


def _settle(row: Delivery, answer: Answer, now: dt.datetime) -> str:
    """Write what came of it where the claim is still mine, and say it in one word."""
    with transaction.atomic():
        values = _verdict(row, answer, now)
        hit = _mine(row).update(**values, last_code=answer.code)
        Attempt.objects.create(delivery=row, at=now, outcome=answer.outcome, code=answer.code)
        if answer.outcome is Outcome.REFUSED and hit:
            count_bounce(row.address, answer.code, now)
    if answer.outcome is Outcome.DOWN:
        _open_circuit(answer.code, now)
    return values["state"] if answer.outcome in (Outcome.SENT, Outcome.REFUSED) else answer.outcome.value


def _verdict(row: Delivery, answer: Answer, now: dt.datetime) -> dict:
    if answer.outcome is Outcome.SENT:
        return {
            "state": DeliveryState.SENT,
            "sent_at": now,
            "ended_at": now,
            "attempts": row.attempts + 1,
            "lease_until": None,
            "reason": "",
        }
    if answer.outcome is Outcome.REFUSED:
        return {
            "state": DeliveryState.FAILED,
            "attempts": row.attempts + 1,
            "lease_until": None,
            "ended_at": now,
            "reason": "The mail server refused this address or this message.",
        }
    if answer.outcome is Outcome.DOWN:
        # Nothing is counted against the row, and it goes behind the others: it may be what the server stumbles over.
        return {"state": DeliveryState.RETRY, "send_started_at": None, "lease_until": None, "next_attempt_at": now}
    if answer.outcome is Outcome.INDETERMINATE:
        return {**_after_indeterminate(row.ambiguous, now, "No clear answer."), "attempts": row.attempts + 1}
    attempts = row.attempts + 1
    first = Attempt.objects.filter(delivery=row, outcome=Outcome.LATER).order_by("at").first()
    again = now + rules.retry_wait(attempts, random.random())  # noqa: S311
    if again > row.expires_at or (first and again > first.at + rules.RETRY_LIFE):
        return {
            "state": DeliveryState.FAILED,
            "attempts": attempts,
            "lease_until": None,
            "ended_at": now,
            "reason": "The mail server said “later” until it was too late.",
        }
    return {
        "state": DeliveryState.RETRY,
        "attempts": attempts,
        "send_started_at": None,
        "lease_until": None,
        "next_attempt_at": again,
    }


def _after_indeterminate(ambiguous: int, now: dt.datetime, reason: str) -> dict:
    if ambiguous:
        return {
            "state": DeliveryState.UNKNOWN,
            "ambiguous": ambiguous + 1,
            "lease_until": None,
            "ended_at": now,
            "reason": f"{reason} It may or may not have arrived, twice.",
        }
    return {
        "state": DeliveryState.RETRY,
        "ambiguous": 1,
        "send_started_at": None,
        "lease_until": None,
        "next_attempt_at": now + rules.UNSURE_WAIT,
        "reason": f"{reason} It may or may not have arrived.",
    }


def _open_for(now: dt.datetime) -> int:
    """How many may be claimed now: none while the server is let alone, one to try it, else as many as one likes."""
    circuit = CircuitBreaker.objects.filter(pk=1).first()
    if circuit is None or circuit.open_until is None:
        return BATCH
    return 1 if circuit.open_until <= now else 0


def _open_circuit(code: str, now: dt.datetime) -> None:
    with transaction.atomic():
        CircuitBreaker.objects.bulk_create([CircuitBreaker(pk=1)], ignore_conflicts=True)
        circuit = CircuitBreaker.objects.select_for_update().get(pk=1)
        if circuit.open_until and circuit.open_until > now:
            return  # another sender said so just before
        circuit.opened_at = circuit.opened_at or now
        circuit.seconds = rules.circuit_wait(circuit.seconds)
        circuit.open_until = now + dt.timedelta(seconds=circuit.seconds)
        circuit.last_error = code
        circuit.save(update_fields=["opened_at", "seconds", "open_until", "last_error"])
    log.error("mail.server_down", code=code, seconds=circuit.seconds)


def _close_circuit() -> None:
    opened = CircuitBreaker.objects.filter(pk=1, open_until__isnull=False)
    if opened.exists():  # a write for each batch would take SQLite's one lock for nothing
        opened.update(opened_at=None, open_until=None, seconds=0)
