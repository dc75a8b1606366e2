"""One tick of the clock, and what people do to reminders."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from core.operations import Refused
from mail.models import Delivery
from mail.operations import resend as resend_delivery
from mail.sending import send_due
from meetings.models import Meeting
from members.models import Person
from members.operations import ask_all
from reminders import rules
from reminders.delivering import compose, make_deliveries, mirror_outcomes, store_plan
from reminders.models import Heartbeat, Preference, Reminder
from reminders.planning import plan
from reminders.rules import OPTIONAL_KINDS, ReminderKind, ReminderState
from taskforces.models import Workgroup

log = structlog.get_logger("reminders")
# After a gap the backlog goes out slowly.
_A_TICK, _A_TICK_AFTER_A_GAP = 500, 50


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


def tick(now: dt.datetime, *, by_operator: bool = False) -> Tick:
    """Plan, put what is due in the ledger, send. Any number may run at once: correctness is in the rows.

    `by_operator`: `now` is the operator's word, so the clock is not checked and no heartbeat is written.
    """
    after_gap = False
    if not by_operator:
        held, after_gap = _beat(now)
        if held:
            return Tick(held=held)
    ask_organizations(now)
    planned = store_plan(now)
    queued = make_deliveries(now, may_expire=not after_gap)
    outcomes = send_due(now, compose, limit=_A_TICK_AFTER_A_GAP if after_gap else _A_TICK, may_expire=not after_gap)
    mirror_outcomes()
    return Tick(planned, queued, outcomes)


def ask_organizations(now: dt.datetime) -> int:
    """In the month that the Workgroup chose, ask the active organizations whose record is due; how many were asked.

    Not before 8 in the morning of the month's first day, since the mail goes at once.
    """
    local = timezone.localtime(now, ZoneInfo(settings.TIME_ZONE))
    if local.time() < rules.MORNING or not Workgroup.objects.filter(confirmation_month=local.month).exists():
        return 0
    return len(ask_all(actor=None, now=now, today=local.date()))


def _beat(now: dt.datetime) -> tuple[str, bool]:
    """Write the heartbeat; why the clock is held, if it is, and whether a gap ended within the last day."""
    skew = _database_skew()
    if skew > rules.LARGEST_SKEW:
        log.error("reminders.clocks_differ", seconds=skew.total_seconds())
        return f"The clocks of application and database differ by {skew.total_seconds():.0f} seconds.", False
    with transaction.atomic():
        Heartbeat.objects.bulk_create([Heartbeat(pk=1, beat_at=now)], ignore_conflicts=True)
        beat = Heartbeat.objects.select_for_update().get(pk=1)
        if beat.held_at:
            return beat.hold_reason, False
        fault = rules.clock_fault(now, beat.beat_at)
        if fault:
            beat.held_at, beat.hold_reason = now, fault
            log.error("reminders.clock_held", reason=fault)
        else:
            if now - beat.beat_at > rules.GAP:
                beat.gap_at = now
            beat.beat_at = max(now, beat.beat_at)
        beat.save(update_fields=["beat_at", "held_at", "hold_reason", "gap_at"])
    return fault, beat.gap_at is not None and now - beat.gap_at < rules.A_DAY


def _database_skew() -> dt.timedelta:
    """How far the database's clock is from ours; SQLite has no clock of its own."""
    if connection.vendor != "postgresql":
        return dt.timedelta()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs: dt.datetime = cursor.fetchone()[0]
    return abs(timezone.now() - theirs)


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


@transaction.atomic
def choose(*, actor: Person, wanted: Iterable[str], now: dt.datetime) -> None:
    """Let the person get exactly the `wanted` kinds of those that can be switched off."""
    kinds = set(wanted)
    for kind in OPTIONAL_KINDS:
        if kind in kinds:
            Preference.objects.filter(person=actor, kind=kind).delete()
        else:
            stop(actor=actor, kind=kind, now=now)


def stop(*, actor: Person, kind: str, now: dt.datetime) -> None:
    """Switch one kind off; doing so twice changes nothing."""
    Preference.objects.bulk_create([Preference(person=actor, kind=kind, chosen_at=now)], ignore_conflicts=True)


@transaction.atomic
def resend(*, actor: Person, delivery: Delivery, now: dt.datetime) -> Delivery:
    """Put a failed or unknown mail back in line. Raises Refused."""
    again = resend_delivery(actor=actor, delivery=delivery, now=now)
    Reminder.objects.filter(delivery=again).update(state=ReminderState.PLANNED, reason="", not_after=again.not_after)
    return again


def resend_all(*, actor: Person, deliveries: Iterable[Delivery], now: dt.datetime) -> int:
    """Put several failed or unknown mails back in line, each by itself; how many went, without those settled since."""
    done = 0
    for delivery in deliveries:
        try:
            resend(actor=actor, delivery=delivery, now=now)
        except Refused:
            continue
        done += 1
    return done


@transaction.atomic
def record_as_told(*, meetings: Iterable[Meeting], now: dt.datetime) -> int:
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
