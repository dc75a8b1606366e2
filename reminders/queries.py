"""Page-shaped reads of what went, what failed and what will go."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Min, Q, QuerySet

from mail.models import Circuit, Delivery, Suppression
from mail.rules import MAY_RESEND, TO_DO, DeliveryState
from members.models import Person
from reminders import rules
from reminders.models import Heartbeat, Preference, Reminder
from reminders.planning import plan
from reminders.rules import OPTIONAL_KINDS, ReminderKind, ReminderState

_OF_MEMBERSHIP = [
    ("invitation", "Invitation"),
    ("join_answer", "Answer to a request to join"),
    ("account_notice", "Account notice"),
]


@dataclass(frozen=True)
class ClockState:
    """Whether the machinery runs: the last tick, what holds it, the oldest mail that is due, the mail server."""

    beat_at: dt.datetime | None
    is_beating: bool
    held: str
    oldest_due_at: dt.datetime | None
    circuit: Circuit | None
    unknown: int
    failed: int


@dataclass(frozen=True)
class KindChoice:
    """A kind that a person may switch off, what it is, and whether it is on."""

    kind: str
    label: str
    hint: str
    is_on: bool


def kind_choices() -> list[tuple[str, str]]:
    """Every kind of mail that the ledger knows, by value and label."""
    return [*_OF_MEMBERSHIP, *ReminderKind.choices]


def kind_label(kind: str) -> str:
    """A kind in words; the bare kind where it has none."""
    return dict(kind_choices()).get(kind, kind)


def ledger(*, q: str = "", kind: str = "", state: str = "") -> QuerySet[Delivery]:
    """Deliveries, the latest first, by part of a name or address, by kind, and by state ("stuck": to send again)."""
    rows = Delivery.objects.select_related("person").order_by("-created_at", "-id")
    if q:
        rows = rows.filter(Q(address__icontains=q) | Q(person__name__icontains=q))
    if kind:
        rows = rows.filter(kind=kind)
    if state:
        rows = rows.filter(state__in=MAY_RESEND if state == "stuck" else [state])
    return rows


def failed_count() -> int:
    """How many mails failed or may not have arrived and wait for somebody to look."""
    return Delivery.objects.filter(state__in=MAY_RESEND).count()


def upcoming(now: dt.datetime) -> list[Reminder]:
    """What will go in the next 48 hours as things stand at `now`, the next one first; nothing is stored."""
    gone = set(
        Reminder.objects.exclude(state=ReminderState.PLANNED, delivery=None)
        .filter(due_at__gte=now - rules.WINDOW_BACK)
        .values_list("key", flat=True)
    )
    rows = [row for row in plan(now).wanted.values() if row.key not in gone and row.not_after >= now]
    return sorted(rows, key=lambda row: (row.due_at, row.recipient.name))


def clock_state(now: dt.datetime) -> ClockState:
    """How the clock and the mail stand at `now`."""
    beat = Heartbeat.objects.filter(pk=1).first()
    circuit = Circuit.objects.filter(pk=1, open_until__isnull=False).first()
    oldest = Delivery.objects.filter(state__in=TO_DO, deliver_after__lte=now).aggregate(at=Min("deliver_after"))["at"]
    return ClockState(
        beat_at=beat.beat_at if beat else None,
        is_beating=beat is not None and now - beat.beat_at <= rules.BEAT_IS_DEAD_AFTER,
        held=beat.hold_reason if beat and beat.held_at else "",
        oldest_due_at=oldest,
        circuit=circuit,
        unknown=Delivery.objects.filter(state=DeliveryState.UNKNOWN).count(),
        failed=Delivery.objects.filter(state=DeliveryState.FAILED).count(),
    )


def is_suppressed(address: str) -> bool:
    """Whether nothing more goes to this address until staff send to it again."""
    return Suppression.objects.filter(address=address, suppressed_at__isnull=False).exists()


def choices_of(person: Person) -> list[KindChoice]:
    """What the person may switch off, each with whether it is on."""
    off = set(Preference.objects.filter(person=person).values_list("kind", flat=True))
    return [KindChoice(kind, ReminderKind(kind).label, hint, kind not in off) for kind, hint in OPTIONAL_KINDS.items()]
