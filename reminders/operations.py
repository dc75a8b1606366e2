"""One tick of the clock, and what people do to reminders."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Person
from core.operations import EditConflictError, OperationNotAllowedError, create, lock, save_changes
from mail.models import Delivery
from mail.operations import cancel_deliveries, enqueue, new_delivery
from mail.operations import resend as resend_delivery
from mail.sending import claimable, send_due
from meetings.models import Meeting
from members.operations import request_all_confirmations
from reminders import announcing, rules
from reminders.delivering import compose, make_deliveries, mirror_outcomes, store_plan
from reminders.models import Announcement, Heartbeat, NotificationSettings, Preference, Reminder
from reminders.permissions import colleagues_of
from reminders.planning import plan
from reminders.rules import OPTIONAL_KINDS, Frequency, ReminderKind, ReminderState, default_frequency
from taskforces.models import Workgroup

log = structlog.get_logger("reminders")
_A_TICK = 500
# After a gap the backlog goes out slowly.
_A_MINUTE_AFTER_A_GAP = 50
# When more is due than one share, others are asked to help.
_A_BATCH, _MAX_BATCHES = 100, 16
_SKEW_SAID, _SKEW_SAID_EVERY = "reminders.clock_skew", dt.timedelta(hours=1)


@dataclass(frozen=True)
class Tick:
    """What one tick did; `held` says why it did nothing."""

    planned: int = 0
    queued: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    held: str = ""

    def __str__(self) -> str:
        if self.held:
            return f"held: {self.held}"
        told = [f"{word} {count}" for word, count in sorted(self.outcomes.items()) if count]
        return ", ".join([f"planned {self.planned}", f"due {self.queued}", *(told or ["nothing to send"])])


def tick(now: dt.datetime, *, by_operator: bool = False, fan_out: Callable[[int], None] | None = None) -> Tick:
    """Plan, put what is due in the ledger, send. Any number may run at once: correctness is in the rows.

    `by_operator`: `now` is the operator's word, so the clock is not checked and no heartbeat is written.
    `fan_out` gets the number of batches to be sent by others when much is due; without it this tick sends itself.
    """
    after_gap = False
    if not by_operator:
        held, after_gap = _beat(now)
        if held:
            return Tick(held=held)
    ask_organizations(now)
    planned = store_plan(now)
    queued = make_deliveries(now, may_expire=not after_gap, catching_up=after_gap)
    batches = 0 if after_gap or fan_out is None else _batches(now)
    if fan_out is not None and batches > 1:
        fan_out(batches)
        return Tick(planned, queued, Counter({"handed to workers": batches}))
    return Tick(planned, queued, send(now, after_gap=after_gap))


def send(now: dt.datetime, *, after_gap: bool = False) -> Counter[str]:
    """Send what is due in the ledger and write into the reminders what became of it; how often each outcome."""
    limit = _A_TICK
    if after_gap:
        lately = Delivery.objects.filter(sent_at__gt=now - dt.timedelta(minutes=1)).count()
        limit = max(_A_MINUTE_AFTER_A_GAP - lately, 0)
    outcomes = send_due(now, compose, limit=limit, may_expire=not after_gap)
    mirror_outcomes()
    return outcomes


def send_batch(now: dt.datetime) -> Counter[str]:
    """A worker's share of what is due; none while the clock is held or a gap is being caught up with."""
    beat = Heartbeat.objects.filter(pk=1).first()
    if beat is None or beat.held_at or _is_after_gap(beat, now):
        return Counter()
    return send(now)


def _batches(now: dt.datetime) -> int:
    """How many workers' shares are due, up to the most that are worth asking for."""
    most = _A_BATCH * _MAX_BATCHES
    due = len(claimable(now).order_by().values_list("pk", flat=True)[:most])
    return -(-due // _A_BATCH)


def ask_organizations(now: dt.datetime) -> int:
    """In the month that the Workgroup chose, ask the active organizations whose record is due; how many were asked.

    Not before 8 in the morning of the month's first day, since the mail goes at once.
    """
    local = timezone.localtime(now, ZoneInfo(settings.TIME_ZONE))
    if local.time() < rules.MORNING or not Workgroup.objects.filter(confirmation_month=local.month).exists():
        return 0
    return len(request_all_confirmations(actor=None, now=now, today=local.date()))


def _beat(now: dt.datetime) -> tuple[str, bool]:
    """Write the heartbeat; why the clock is held, if it is, and whether a gap ended within the last day."""
    theirs = _database_clock()
    skew = abs(timezone.now() - theirs)
    if skew > rules.MAX_SKEW:
        _alert_of_skew(skew, theirs)
        return f"The clocks of application and database differ by {skew.total_seconds():.0f} seconds.", False
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
            if now - beat.beat_at > rules.GAP:
                beat.gap_at = now
            beat.beat_at = max(now, beat.beat_at)
        beat.save(update_fields=["beat_at", "held_at", "hold_reason", "gap_at"])
    return fault, _is_after_gap(beat, now)


def _is_after_gap(beat: Heartbeat, now: dt.datetime) -> bool:
    return beat.gap_at is not None and now - beat.gap_at < rules.A_DAY


def _database_clock() -> dt.datetime:
    """What time it is by the database's clock; SQLite has none of its own."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs: dt.datetime = cursor.fetchone()[0]
    return theirs


def _alert_of_skew(skew: dt.timedelta, theirs: dt.datetime) -> None:
    """Say it once an hour by the database's clock: ours is the one that may be wrong."""
    responded_at = cache.get(_SKEW_SAID)
    if responded_at is None or theirs - responded_at > _SKEW_SAID_EVERY:
        cache.set(_SKEW_SAID, theirs, None)
        log.error("reminders.clock_skew", seconds=skew.total_seconds())


@transaction.atomic
def confirm_clock(*, actor: Person | None, now: dt.datetime) -> None:
    """Trust the clock again after a gap or a step back, on a person's word (None: at the console of the server)."""
    Heartbeat.objects.bulk_create([Heartbeat(pk=1, beat_at=now)], ignore_conflicts=True)
    beat = Heartbeat.objects.select_for_update().get(pk=1)
    if beat.held_at:
        beat.gap_at = now
    beat.beat_at, beat.held_at, beat.hold_reason = now, None, ""
    beat.save(update_fields=["beat_at", "held_at", "hold_reason", "gap_at"])
    log.warning("reminders.clock_confirmed", by=str(actor or "console"))


@dataclass(frozen=True)
class Choice:
    """How a person wants to be reminded: each kind's pace, mails a week at most, and who stands in until when."""

    paces: Mapping[str, str]
    weekly_cap: int = rules.WEEKLY_CAP
    away_until: dt.date | None = None
    delegate: Person | None = None


@transaction.atomic
def choose(*, actor: Person, choice: Choice, now: dt.datetime) -> None:
    """Let what the person chose hold from now on, for what waits already too. Raises OperationNotAllowedError.

    Kinds that are not named stay as they are; duty mail cannot be chosen.
    """
    if choice.delegate is not None and not colleagues_of(actor).filter(pk=choice.delegate.pk).exists():
        raise OperationNotAllowedError("Choose somebody of your own organization to stand in.")
    for kind, pace in choice.paces.items():
        if kind in OPTIONAL_KINDS:
            _set_frequency(actor, kind, Frequency(pace), now)
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
def stop(*, actor: Person, kinds: Iterable[str], now: dt.datetime) -> None:
    """Switch these kinds off; doing so twice changes nothing."""
    for kind in kinds:
        _set_frequency(actor, kind, Frequency.OFF, now)
    _replan(actor, now)


def _set_frequency(person: Person, kind: str, pace: Frequency, now: dt.datetime) -> None:
    if pace == default_frequency(kind):
        Preference.objects.filter(person=person, kind=kind).delete()
        return
    Preference.objects.update_or_create(person=person, kind=kind, defaults={"pace": pace, "chosen_at": now})


def _replan(person: Person, now: dt.datetime) -> None:
    """Let the next tick work out anew when what waits for the person goes."""
    waiting = Reminder.objects.filter(recipient=person, state=ReminderState.PLANNED, delivery=None)
    waiting.update(send_at=now)


@transaction.atomic
def resend(*, actor: Person, delivery: Delivery, now: dt.datetime) -> Delivery:
    """Put a failed or unknown mail back in line. Raises OperationNotAllowedError."""
    again = resend_delivery(actor=actor, delivery=delivery, now=now)
    failed = Reminder.objects.filter(delivery=again, state__in=[ReminderState.FAILED, ReminderState.UNKNOWN])
    failed.update(state=ReminderState.PLANNED, reason="", expires_at=again.expires_at)
    return again


def resend_all(*, actor: Person, deliveries: Iterable[Delivery], now: dt.datetime) -> int:
    """Put several failed or unknown mails back in line, each by itself; how many went, without those settled since."""
    done = 0
    for delivery in deliveries:
        try:
            resend(actor=actor, delivery=delivery, now=now)
        except OperationNotAllowedError:
            continue
        done += 1
    return done


@transaction.atomic
def write_announcement(*, actor: Person, **values: Any) -> Announcement:
    """A new announcement that nobody has got yet. Raises ValidationError."""
    return create(Announcement, actor=actor, created_by=actor, **values)


@transaction.atomic
def edit_announcement(*, actor: Person, announcement: Announcement, version: int | None, **values: Any) -> Announcement:
    """Change what is not sent yet. Raises EditConflictError, OperationNotAllowedError and ValidationError."""
    current = lock(announcement, version)
    if current.sent_at:
        raise OperationNotAllowedError("This announcement is on its way. Stop it, or write a new one.")
    save_changes(current, actor=actor, **values)
    return current


@transaction.atomic
def send_test_announcement(*, actor: Person, announcement: Announcement, now: dt.datetime) -> Delivery:
    """Send the announcement as it stands to the actor alone, with the next tick."""
    return enqueue(
        key=f"announcement-test:{announcement.pk}:{actor.pk}:{now:%Y%m%dT%H%M%S}",
        kind=ReminderKind.ANNOUNCEMENT,
        address=actor.email,
        person=actor,
        subject_ref=str(announcement.pk),
        context={announcing.TEST: True},
        now=now,
    )


@transaction.atomic
def send_announcement(
    *, actor: Person, announcement: Announcement, version: int | None, mark: str, now: dt.datetime
) -> int:
    """Put one mail a person into the ledger, held back for a few minutes; how many.

    `mark` is that of the recipients that the actor saw. Raises EditConflictError, and OperationNotAllowedError when
    it was sent already, is for
    nobody, or when the recipients are others by now.
    """
    current = lock(announcement)
    if current.sent_at:
        raise OperationNotAllowedError("This announcement was sent already. Each person gets it once.")
    if version is not None and current.version != version:
        raise EditConflictError(current)
    found = announcing.recipients(current)
    if not found.going:
        raise OperationNotAllowedError("Nobody would get this. Choose a wider audience.")
    if found.mark != mark:
        raise OperationNotAllowedError("The recipients have changed meanwhile. Read the new list, then send.")
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
        for row in found.going
    ]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    save_changes(current, actor=actor, sent_at=now, sent_by=actor)
    return len(rows)


@transaction.atomic
def stop_announcement(*, actor: Person, announcement: Announcement, now: dt.datetime) -> int:
    """Let nothing more of it go; how many mails were still waiting. Raises OperationNotAllowedError."""
    current = lock(announcement)
    if not current.sent_at:
        raise OperationNotAllowedError("This announcement was not sent.")
    if current.stopped_at:
        raise OperationNotAllowedError("This announcement was stopped already.")
    save_changes(current, actor=actor, stopped_at=now, stopped_by=actor)
    return cancel_deliveries(
        kind=ReminderKind.ANNOUNCEMENT,
        subject_ref=str(current.pk),
        reason=f"{actor.name} stopped this announcement.",
        now=now,
    )


@transaction.atomic
def mark_as_notified(*, meetings: Iterable[Meeting], now: dt.datetime) -> int:
    """Note that the people of these meetings know of them from elsewhere, so that no first notice goes; how many."""
    ids = {meeting.pk: meeting for meeting in meetings}
    rows = [
        row for row in plan(now).wanted.values() if row.kind == ReminderKind.MEETING_SCHEDULED and row.subject_id in ids
    ]
    for row in rows:
        row.state = ReminderState.SENT
        row.reason = "Told outside the portal."
        row.due_at = ids[row.subject_id].scheduled_at or now
    Reminder.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)
