"""Each mail as things stand right before it goes: every part is looked at by itself."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError

from accounts.emails import compose_account_notice
from mail.messages import Message, Skip, Wait
from mail.models import Delivery, Pause
from members.emails import compose_invitation, compose_join_answer
from reminders import announcing, guards, pausing, timing
from reminders.chasing.nudging import NUDGE, compose_nudge
from reminders.delivering.bundling import DIGEST
from reminders.emails import piece_of
from reminders.emails.making import EmailSection, alone, merged
from reminders.models import Reminder
from reminders.rules import NOTICE_KINDS, ReminderKind, ReminderState

log = structlog.get_logger("reminders")
Part = tuple[Reminder, EmailSection]
_AWAY = (OperationalError, InterfaceError)  # the database is away: nothing is judged, the lease ends
# What a mail holds, whether it has gone or not: a copy is built from what its original says.
_SAID = (ReminderState.PLANNED, ReminderState.SENT, ReminderState.MERGED, ReminderState.UNKNOWN)


def compose(delivery: Delivery, now: dt.datetime) -> Message | Skip | Wait:
    """The mail of any delivery as things stand now, or why it should not go. Raises KeyError for an unknown kind."""
    return COMPOSERS[delivery.kind](delivery, now)


def _compose_reminders(delivery: Delivery, now: dt.datetime) -> Message | Skip | Wait:
    original = delivery.context.get("copy_of")
    key = original or delivery.key
    rows = Reminder.objects.filter(delivery__key=key, state__in=_SAID)
    if not original and Pause.objects.in_force().exists():
        # What staff paused since waits outside, and joins another mail once it may go.
        rows.filter(pausing.PAUSED, state=ReminderState.PLANNED).update(delivery=None)
    rows = rows.select_related("recipient", "delegated_from").order_by("due_at", "pk")
    reminders = list(rows)
    return _night(delivery, reminders, now) or _build(delivery, reminders, now, is_copy=bool(original))


def _night(delivery: Delivery, reminders: list[Reminder], now: dt.datetime) -> Skip | Wait | None:
    """Why a mail does not go in its receiver's quiet hours; None where it may go."""
    if not reminders:
        return None
    zone = reminders[0].recipient.zone
    if not timing.is_quiet(now, zone) or any(timing.is_urgent(now, row.urgent_at, zone) for row in reminders):
        return None
    morning = timing.end_of_quiet_hours(now, zone)
    late = Skip(timing.TOO_LATE_AFTER_THE_NIGHT)
    return Wait(morning, timing.WAITS_FOR_THE_MORNING) if morning <= delivery.expires_at else late


def _build(delivery: Delivery, reminders: list[Reminder], now: dt.datetime, *, is_copy: bool) -> Message | Skip:
    parts: list[Part] = []
    reason, error = "Nothing that this was to say is left.", None
    for reminder in reminders:
        try:
            subject, refusal = _judge(reminder, now)
            if refusal:
                reason = refusal
                _close(reminder, ReminderState.SKIPPED, refusal, is_copy)
                continue
            if reminder.kind in NOTICE_KINDS and not is_copy:
                # A notice tells of the meeting as it is now, so what it speaks of is known only now.
                Reminder.objects.filter(pk=reminder.pk).update(subject_version=str(subject.sequence))
            parts.append((reminder, piece_of(reminder, subject, now)))
        except _AWAY:
            raise
        except Exception as failure:
            error = _fail(reminder, failure, is_copy)
    return _put_together(delivery, parts, reason, error, is_copy=is_copy)


def _judge(reminder: Reminder, now: dt.datetime) -> tuple[Any, str]:
    subject, refusal = guards.check(reminder, now)
    if not refusal and reminder.expires_at < now:
        refusal = "Its time passed before it could be sent."
    return subject, refusal


def _put_together(
    delivery: Delivery, parts: list[Part], reason: str, error: Exception | None, *, is_copy: bool
) -> Message | Skip:
    """One mail of all parts; a part that cannot be shown fails alone."""
    parts.sort(key=lambda part: ReminderKind.values.index(part[0].kind))
    while parts:
        try:
            message = message_of(parts, is_copy=is_copy)
        except _AWAY:
            raise
        except Exception as failure:
            sound = [part for part in parts if _shows(part, is_copy)]
            if len(sound) == len(parts):
                raise
            error, parts = failure, sound
            continue
        if not is_copy:
            held = [reminder.pk for reminder, _ in parts]
            delivery.context = {**delivery.context, "parts": held}
            Delivery.objects.filter(pk=delivery.pk, claim=delivery.claim).update(context=delivery.context)
        return message
    if error:
        raise error
    return Skip(reason)


def message_of(parts: list[Part], *, is_copy: bool = False) -> Message:
    """One mail of the parts, in their order."""
    if len(parts) == 1:
        return alone(*parts[0], is_copy=is_copy)
    first = parts[0][1].subject
    return merged(parts[0][0].recipient, parts, f"{first} (and {len(parts) - 1} more)", is_copy=is_copy)


def _shows(part: Part, is_copy: bool) -> bool:
    try:
        alone(*part, is_copy=is_copy)
    except _AWAY:
        raise
    except Exception as failure:
        _fail(part[0], failure, is_copy)
        return False
    return True


def _fail(reminder: Reminder, failure: Exception, is_copy: bool) -> Exception:
    log.error("reminders.render_failed", reminder=reminder.pk, kind=reminder.kind, exc_info=failure)
    reason = f"The mail could not be built: {type(failure).__name__}: {failure}"
    _close(reminder, ReminderState.FAILED, reason[:300], is_copy)
    return failure


def _close(reminder: Reminder, state: ReminderState, reason: str, is_copy: bool) -> None:
    if not is_copy:
        Reminder.objects.filter(pk=reminder.pk, state=ReminderState.PLANNED).update(state=state, reason=reason)


COMPOSERS: dict[str, Callable[[Delivery, dt.datetime], Message | Skip | Wait]] = {
    "invitation": compose_invitation,
    "join_answer": compose_join_answer,
    "account_notice": compose_account_notice,
    NUDGE: compose_nudge,
    DIGEST: _compose_reminders,
    **dict.fromkeys(ReminderKind.values, _compose_reminders),
    ReminderKind.ANNOUNCEMENT: announcing.compose,
}
