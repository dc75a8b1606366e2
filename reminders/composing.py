"""Each email as things are right before it is sent: every reminder in it is checked by itself.

`compose` is what the delivery log calls. The dry run and the previews compose emails the same way.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import structlog
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.emails import compose_account_notice
from mail.messages import Message, Skip, Wait
from mail.models import Delivery, Pause
from members.emails import compose_invitation, compose_join_answer
from reminders import pausing, timing
from reminders.digest import DIGEST
from reminders.emails import EmailSection, delegate_section, digest_email, single_email
from reminders.models import Reminder
from reminders.rules import ReminderKind, ReminderState
from reminders.schedule import check_reminder
from reminders.subjects import DELIVERY_KINDS, subject_of

log = structlog.get_logger("reminders")
Part = tuple[Reminder, EmailSection]
# The database is away: nothing is decided, and the worker's lease expires.
_DATABASE_ERRORS = (OperationalError, InterfaceError)
# What an email contains, whether it was sent or not: a copy is composed from the reminders of its original.
_CONTAINED_STATES = (ReminderState.PLANNED, ReminderState.SENT, ReminderState.MERGED, ReminderState.UNKNOWN)


@dataclass
class Composition:
    """The reminders of one email, sorted by what becomes of them."""

    parts: list[Part] = field(default_factory=list)
    skipped: list[tuple[Reminder, str]] = field(default_factory=list)
    failed: list[tuple[Reminder, Exception]] = field(default_factory=list)

    @property
    def skip_reason(self) -> str:
        """Why nothing is left to send."""
        return self.skipped[-1][1] if self.skipped else _("Nothing is left to send.")

    def message(self, *, is_copy: bool = False) -> Message | None:
        """One email of all parts, or None where nothing is left; a part that cannot be rendered fails alone."""
        while self.parts:
            try:
                return _message_of(self.parts, is_copy=is_copy)
            except _DATABASE_ERRORS:
                raise
            except Exception:
                if not self._drop_failing_parts(is_copy=is_copy):
                    raise
        return None

    def _drop_failing_parts(self, *, is_copy: bool) -> bool:
        sound = []
        for part in self.parts:
            try:
                single_email(*part, is_copy=is_copy)
            except _DATABASE_ERRORS:
                raise
            except Exception as failure:
                self.failed.append((part[0], failure))
            else:
                sound.append(part)
        has_dropped = len(sound) < len(self.parts)
        self.parts = sound
        return has_dropped


def check_parts(reminders: Iterable[Reminder], now: dt.datetime) -> Composition:
    """Check each reminder and write its section; nothing is stored."""
    composition = Composition()
    for reminder in reminders:
        try:
            subject, reason = check_reminder(reminder, now)
            if not reason and reminder.expires_at < now:
                reason = _("Expired before it could be sent.")
            if reason:
                composition.skipped.append((reminder, reason))
                continue
            section = subject_of(reminder.kind).section(reminder, subject, now)
            if reminder.delegated_from:
                section = delegate_section(reminder, section, now)
            composition.parts.append((reminder, section))
        except _DATABASE_ERRORS:
            raise
        except Exception as failure:
            composition.failed.append((reminder, failure))
    composition.parts.sort(key=lambda part: ReminderKind.values.index(part[0].kind))
    return composition


def compose(delivery: Delivery, now: dt.datetime) -> Message | Skip | Wait:
    """Return the email of a delivery with current data, or why it should not be sent, or not yet.

    Raises KeyError for an unknown kind.
    """
    return COMPOSERS[delivery.kind](delivery, now)


def _compose_reminders(delivery: Delivery, now: dt.datetime) -> Message | Skip | Wait:
    original = delivery.context.get("copy_of")
    key = original or delivery.key
    rows = Reminder.objects.filter(delivery__key=key, state__in=_CONTAINED_STATES)
    if not original and Pause.objects.in_force().exists():
        # What staff paused since then leaves this email, and joins another one once it may be sent.
        rows.filter(pausing.PAUSED, state=ReminderState.PLANNED).update(delivery=None)
    reminders = list(rows.select_related("recipient", "delegated_from").order_by("due_at", "pk"))
    return _defer_to_morning(delivery, reminders, now) or _build(delivery, reminders, now, is_copy=bool(original))


def _defer_to_morning(delivery: Delivery, reminders: list[Reminder], now: dt.datetime) -> Skip | Wait | None:
    """Why an email is not sent in its recipient's quiet hours; None where it may be."""
    if not reminders:
        return None
    zone = reminders[0].recipient.zone
    if not timing.is_quiet(now, zone) or any(timing.is_urgent(now, row.urgent_at, zone) for row in reminders):
        return None
    morning = timing.end_of_quiet_hours(now, zone)
    is_too_late = morning > delivery.expires_at
    return Skip(str(timing.EXPIRES_IN_QUIET_HOURS)) if is_too_late else Wait(morning, str(timing.QUIET_HOURS))


def _build(delivery: Delivery, reminders: list[Reminder], now: dt.datetime, *, is_copy: bool) -> Message | Skip:
    """Compose the email and store what became of each reminder; a copy stores nothing."""
    composition = check_parts(reminders, now)
    try:
        message = composition.message(is_copy=is_copy)
    finally:
        _log_failures(composition)
        if not is_copy:
            _store_results(composition)
    if message is not None:
        if not is_copy:
            delivery.context = {**delivery.context, "parts": [reminder.pk for reminder, _ in composition.parts]}
            Delivery.objects.filter(pk=delivery.pk, claim=delivery.claim).update(context=delivery.context)
        return message
    if composition.failed:
        raise composition.failed[-1][1]
    return Skip(composition.skip_reason)


def render_error(error: Exception) -> str:
    """Return the reason shown to staff when an email could not be composed."""
    return _("The email could not be created: %(error)s") % {"error": f"{type(error).__name__}: {error}"}


def _log_failures(composition: Composition) -> None:
    for reminder, failure in composition.failed:
        log.error("reminders.render_failed", reminder=reminder.pk, kind=reminder.kind, exc_info=failure)


def _store_results(composition: Composition) -> None:
    for reminder, reason in composition.skipped:
        _close(reminder, ReminderState.SKIPPED, reason)
    for reminder, failure in composition.failed:
        reason = render_error(failure)
        _close(reminder, ReminderState.FAILED, reason[:300])
    for reminder, section in composition.parts:
        if section.subject_version is not None:
            Reminder.objects.filter(pk=reminder.pk).update(subject_version=section.subject_version)


def _close(reminder: Reminder, state: ReminderState, reason: str) -> None:
    Reminder.objects.filter(pk=reminder.pk, state=ReminderState.PLANNED).update(state=state, reason=reason)


def _message_of(parts: list[Part], *, is_copy: bool) -> Message:
    """One email of the parts, in their order."""
    if len(parts) == 1:
        return single_email(*parts[0], is_copy=is_copy)
    first = parts[0][1].subject
    more = len(parts) - 1
    subject = ngettext("%(first)s (and %(count)d more)", "%(first)s (and %(count)d more)", more)
    subject %= {"first": first, "count": more}
    return digest_email(parts[0][0].recipient, parts, subject, is_copy=is_copy)


COMPOSERS: dict[str, Callable[[Delivery, dt.datetime], Message | Skip | Wait]] = {
    "invitation": compose_invitation,
    "join_answer": compose_join_answer,
    "account_notice": compose_account_notice,
    DIGEST: _compose_reminders,
    **dict.fromkeys(ReminderKind.values, _compose_reminders),
    **{kind.value: kind.compose for kind in DELIVERY_KINDS},
}
