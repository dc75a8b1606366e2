"""One run of the scheduler, and what people do to reminders."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from core.operations import EditConflictError, OperationNotAllowedError, create, lock, require_permission, save_changes
from mail.models import Delivery
from mail.operations import cancel_deliveries, enqueue, new_delivery
from mail.operations import resend as resend_delivery
from mail.sending import claimable, send_due
from meetings.models import Meeting
from reminders import rules
from reminders.composing import compose
from reminders.digest import make_deliveries
from reminders.models import Announcement, Heartbeat, NotificationSettings, Preference, Reminder
from reminders.outcomes import record_outcomes
from reminders.permissions import can_choose_preferences, can_manage_email, colleagues_of, staff_only
from reminders.rules import OPTIONAL_KINDS, Frequency, ReminderKind, ReminderState, policy_of
from reminders.schedule import build_plan
from reminders.storing import store_plan
from reminders.subjects import SUBJECTS, announcements

log = structlog.get_logger("reminders")
_MAX_EMAILS_A_TICK = 500
# After a gap the backlog is sent slowly.
_MAX_EMAILS_A_MINUTE_AFTER_GAP = 50
# When more is due than one batch, workers share the batches.
_BATCH_SIZE, _MAX_BATCHES = 100, 16
_SKEW_LOGGED, _SKEW_LOG_INTERVAL = "reminders.clock_skew", dt.timedelta(hours=1)


@dataclass(frozen=True)
class Tick:
    """What one run of the scheduler did; `held` says why it did nothing."""

    planned: int = 0
    queued: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    held: str = ""

    def __str__(self) -> str:
        if self.held:
            return f"held: {self.held}"
        counts = [f"{outcome} {count}" for outcome, count in sorted(self.outcomes.items()) if count]
        return ", ".join([f"planned {self.planned}", f"due {self.queued}", *(counts or ["nothing to send"])])


def tick(now: dt.datetime, *, by_operator: bool = False, fan_out: Callable[[int], None] | None = None) -> Tick:
    """Plan, put what is due into the delivery log, send. Any number may run at once: correctness is in the rows.

    `by_operator`: an operator chose `now`, so the clock is not checked and no heartbeat is written.
    `fan_out` gets the number of batches to be sent by others when much is due; without it this tick sends itself.
    """
    after_gap = False
    if not by_operator:
        held, after_gap = _beat(now)
        if held:
            return Tick(held=held)
    for subject in SUBJECTS:
        subject.prepare(now)
    planned = store_plan(now)
    queued = make_deliveries(now, may_expire=not after_gap, catching_up=after_gap)
    batches = 0 if after_gap or fan_out is None else _batches(now)
    if fan_out is not None and batches > 1:
        fan_out(batches)
        return Tick(planned, queued, Counter({"handed to workers": batches}))
    return Tick(planned, queued, send(now, after_gap=after_gap))


def send(now: dt.datetime, *, after_gap: bool = False) -> Counter[str]:
    """Send what is due in the delivery log and record the outcomes in the reminders; how often each outcome."""
    limit = _MAX_EMAILS_A_TICK
    if after_gap:
        recent = Delivery.objects.filter(sent_at__gt=now - dt.timedelta(minutes=1)).count()
        limit = max(_MAX_EMAILS_A_MINUTE_AFTER_GAP - recent, 0)
    outcomes = send_due(now, compose, limit=limit, may_expire=not after_gap)
    record_outcomes()
    return outcomes


def send_batch(now: dt.datetime) -> Counter[str]:
    """Send one worker's share of what is due; nothing while the clock is on hold or after a gap."""
    beat = Heartbeat.objects.filter(pk=1).first()
    if beat is None or beat.held_at or _is_after_gap(beat, now):
        return Counter()
    return send(now)


def _batches(now: dt.datetime) -> int:
    """How many batches are due, up to the maximum that is worth sharing."""
    most = _BATCH_SIZE * _MAX_BATCHES
    due = len(claimable(now).order_by().values_list("pk", flat=True)[:most])
    return -(-due // _BATCH_SIZE)


def _beat(now: dt.datetime) -> tuple[str, bool]:
    """Write the heartbeat. Returns why the clock is on hold, if it is, and whether a gap ended within the last day."""
    database_time = _database_clock()
    skew = abs(timezone.now() - database_time)
    if skew > rules.MAX_CLOCK_SKEW:
        _log_skew(skew, database_time)
        seconds = round(skew.total_seconds())
        text = ngettext(
            "The clocks of the application and the database differ by %(count)d second.",
            "The clocks of the application and the database differ by %(count)d seconds.",
            seconds,
        )
        return text % {"count": seconds}, False
    with transaction.atomic():
        Heartbeat.objects.bulk_create([Heartbeat(pk=1, beat_at=now)], ignore_conflicts=True)
        beat = Heartbeat.objects.select_for_update().get(pk=1)
        if beat.held_at:
            return beat.hold_reason, False
        fault = rules.clock_error(now, beat.beat_at)
        if fault:
            beat.held_at, beat.hold_reason = now, fault
            log.error("reminders.paused_after_clock_jump", reason=fault)
        else:
            if now - beat.beat_at > rules.MIN_GAP:
                beat.gap_at = now
            beat.beat_at = max(now, beat.beat_at)
        beat.save(update_fields=["beat_at", "held_at", "hold_reason", "gap_at"])
    return fault, _is_after_gap(beat, now)


def _is_after_gap(beat: Heartbeat, now: dt.datetime) -> bool:
    return beat.gap_at is not None and now - beat.gap_at < rules.ONE_DAY


def _database_clock() -> dt.datetime:
    """Return the current time of the database's clock; the time of this server if the database is not PostgreSQL."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        database_time: dt.datetime = cursor.fetchone()[0]
    return database_time


def _log_skew(skew: dt.timedelta, database_time: dt.datetime) -> None:
    """Log the skew once an hour by the database's clock: ours is the one that may be wrong."""
    logged_at = cache.get(_SKEW_LOGGED)
    if logged_at is None or database_time - logged_at > _SKEW_LOG_INTERVAL:
        cache.set(_SKEW_LOGGED, database_time, None)
        log.error("reminders.clock_skew", seconds=skew.total_seconds())


@transaction.atomic
def confirm_clock(*, actor: Person | None, now: dt.datetime) -> None:
    """Trust the clock again after a gap or a step back; `actor` is None at the console of the server."""
    require_permission(actor is None or can_manage_email(actor), staff_only())
    Heartbeat.objects.bulk_create([Heartbeat(pk=1, beat_at=now)], ignore_conflicts=True)
    beat = Heartbeat.objects.select_for_update().get(pk=1)
    if beat.held_at:
        beat.gap_at = now
    beat.beat_at, beat.held_at, beat.hold_reason = now, None, ""
    beat.save(update_fields=["beat_at", "held_at", "hold_reason", "gap_at"])
    log.warning("reminders.clock_confirmed", by=str(actor or "console"))


@dataclass(frozen=True)
class PreferenceChoice:
    """What a person chose: the frequency of each kind, the weekly cap, and a delegate until when."""

    frequencies: Mapping[str, str]
    weekly_cap: int = rules.WEEKLY_CAP
    away_until: dt.date | None = None
    delegate: Person | None = None


@transaction.atomic
def save_preferences(*, actor: Person, choice: PreferenceChoice, now: dt.datetime) -> None:
    """Store the preferences of a person and apply them to reminders that are waiting. Raises OperationNotAllowedError.

    Kinds that are not named stay as they are; mandatory kinds cannot be chosen.
    """
    require_permission(can_choose_preferences(actor), _("Sign in to change your email settings."))
    if choice.delegate is not None and not colleagues_of(actor).filter(pk=choice.delegate.pk).exists():
        raise OperationNotAllowedError(_("Choose a delegate from your own organization."))
    for kind, frequency in choice.frequencies.items():
        if kind in OPTIONAL_KINDS:
            _set_frequency(actor, kind, Frequency(frequency), now)
    NotificationSettings.objects.update_or_create(
        person=actor,
        defaults={
            "weekly_cap": choice.weekly_cap,
            "away_until": choice.away_until,
            "delegate": choice.delegate,
            "chosen_at": now,
        },
    )
    _replan(actor, now)


@transaction.atomic
def unsubscribe(*, actor: Person, kinds: Iterable[str], now: dt.datetime) -> None:
    """Switch these kinds off; doing so twice changes nothing."""
    require_permission(can_choose_preferences(actor), _("Sign in to change your email settings."))
    for kind in kinds:
        _set_frequency(actor, kind, Frequency.OFF, now)
    _replan(actor, now)


def _set_frequency(person: Person, kind: str, frequency: Frequency, now: dt.datetime) -> None:
    if frequency == policy_of(kind).default_frequency:
        Preference.objects.filter(person=person, kind=kind).delete()
        return
    Preference.objects.update_or_create(person=person, kind=kind, defaults={"frequency": frequency, "chosen_at": now})


def _replan(person: Person, now: dt.datetime) -> None:
    """Let the next tick decide again when what waits for the person is sent."""
    waiting = Reminder.objects.filter(recipient=person, state=ReminderState.PLANNED, delivery=None)
    waiting.update(send_at=now)


@transaction.atomic
def resend(*, actor: Person, delivery: Delivery, now: dt.datetime) -> Delivery:
    """Queue a failed or unknown delivery again. Raises OperationNotAllowedError."""
    require_permission(can_manage_email(actor), staff_only())
    again = resend_delivery(actor=actor, delivery=delivery, now=now)
    failed = Reminder.objects.filter(delivery=again, state__in=[ReminderState.FAILED, ReminderState.UNKNOWN])
    failed.update(state=ReminderState.PLANNED, reason="", expires_at=again.expires_at)
    return again


def resend_all(*, actor: Person, deliveries: Iterable[Delivery], now: dt.datetime) -> int:
    """Queue several failed or unknown deliveries again, each by itself; how many, without those settled since."""
    require_permission(can_manage_email(actor), staff_only())
    done = 0
    for delivery in deliveries:
        try:
            resend(actor=actor, delivery=delivery, now=now)
        except OperationNotAllowedError:
            continue
        done += 1
    return done


@transaction.atomic
def create_announcement(*, actor: Person, **values: Any) -> Announcement:
    """Create an announcement; nothing is sent. Raises ValidationError."""
    require_permission(can_manage_email(actor), staff_only())
    return create(Announcement, actor=actor, created_by=actor, **values)


@transaction.atomic
def edit_announcement(*, actor: Person, announcement: Announcement, version: int | None, **values: Any) -> Announcement:
    """Change an announcement that is not sent yet.

    Raises EditConflictError, OperationNotAllowedError and ValidationError.
    """
    require_permission(can_manage_email(actor), staff_only())
    current = lock(announcement, version)
    if current.sent_at:
        raise OperationNotAllowedError(_("This announcement is already being sent. Stop it, or write a new one."))
    save_changes(current, actor=actor, **values)
    return current


@transaction.atomic
def send_test_announcement(*, actor: Person, announcement: Announcement, now: dt.datetime) -> Delivery:
    """Send the announcement to the actor alone, with the next tick."""
    require_permission(can_manage_email(actor), staff_only())
    return enqueue(
        key=f"announcement-test:{announcement.pk}:{actor.pk}:{now:%Y%m%dT%H%M%S}",
        kind=ReminderKind.ANNOUNCEMENT,
        address=actor.email,
        person=actor,
        subject_ref=str(announcement.pk),
        context={announcements.TEST: True},
        now=now,
    )


@transaction.atomic
def send_announcement(
    *, actor: Person, announcement: Announcement, version: int | None, checksum: str, now: dt.datetime
) -> int:
    """Queue one email a person, sent after a delay of a few minutes; how many.

    `checksum` is that of the recipients that the actor saw. Raises EditConflictError, and OperationNotAllowedError
    when it was sent already, has no recipients, or when the recipients have changed.
    """
    require_permission(can_manage_email(actor), staff_only())
    current = lock(announcement)
    if current.sent_at:
        raise OperationNotAllowedError(_("This announcement was already sent. Each person gets it once."))
    if version is not None and current.version != version:
        raise EditConflictError(current)
    found = announcements.find_recipients(current)
    if not found.included:
        raise OperationNotAllowedError(_("No one would get this. Choose a wider audience."))
    if found.checksum != checksum:
        raise OperationNotAllowedError(_("The recipients have changed. Review the new list, then send it."))
    rows = [
        new_delivery(
            key=f"announcement:{current.pk}:{row.person.pk}",
            kind=ReminderKind.ANNOUNCEMENT,
            address=row.person.email,
            person=row.person,
            subject_ref=str(current.pk),
            now=now,
            deliver_after=now + rules.SEND_DELAY,
        )
        for row in found.included
    ]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    save_changes(current, actor=actor, sent_at=now, sent_by=actor)
    return len(rows)


@transaction.atomic
def stop_announcement(*, actor: Person, announcement: Announcement, now: dt.datetime) -> int:
    """Cancel the emails that are still waiting; how many. Raises OperationNotAllowedError."""
    require_permission(can_manage_email(actor), staff_only())
    current = lock(announcement)
    if not current.sent_at:
        raise OperationNotAllowedError(_("This announcement has not been sent."))
    if current.stopped_at:
        raise OperationNotAllowedError(_("This announcement was already stopped."))
    save_changes(current, actor=actor, stopped_at=now, stopped_by=actor)
    return cancel_deliveries(
        kind=ReminderKind.ANNOUNCEMENT,
        subject_ref=str(current.pk),
        reason=_("%(name)s stopped this announcement.") % {"name": actor.name},
        now=now,
    )


@transaction.atomic
def mark_as_notified(*, meetings: Iterable[Meeting], now: dt.datetime) -> int:
    """Record that people know of these meetings from elsewhere, so that no first notice is sent; how many."""
    ids = {meeting.pk: meeting for meeting in meetings}
    rows = [
        row
        for row in build_plan(now).reminders.values()
        if row.kind == ReminderKind.MEETING_SCHEDULED and row.subject_id in ids
    ]
    for row in rows:
        row.state = ReminderState.SENT
        row.reason = _("Notified outside the portal.")
        row.due_at = ids[row.subject_id].scheduled_at or now
    Reminder.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)
