"""Page-shaped reads of what went, what failed and what will go."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Min, Q, QuerySet
from django.utils import timezone

from accounts.models import Person
from accounts.permissions import is_staff
from core.dates import local_today
from mail.models import CircuitBreaker, Delivery, Pause, Suppression
from mail.rules import RESENDABLE_STATES, UNFINISHED_STATES, DeliveryState
from reminders import rules, wishes
from reminders.chasing.nudging import NUDGE
from reminders.delivering.bundling import DIGEST, OF_THE_WEEK
from reminders.models import Announcement, Heartbeat, NotificationSettings, Reminder
from reminders.planning import plan
from reminders.rules import OPTIONAL_KINDS, STAFF_KINDS, WEEKLY_CAP, ReminderKind, ReminderState

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
    circuit: CircuitBreaker | None
    unknown: int
    failed: int
    suppressed: int


@dataclass(frozen=True)
class LimitedRecipient:
    """A person whose reminders do not come as they fall due: their mails of the week are used up, or they are away."""

    person: Person
    mails: int
    cap: int
    away_until: dt.date | None
    delegate: Person | None

    @property
    def is_at_cap(self) -> bool:
        return self.mails >= self.cap


@dataclass(frozen=True)
class KindChoice:
    """A kind that a person may choose for, what it is, and how it comes to them."""

    kind: str
    label: str
    hint: str
    pace: str


def kind_choices() -> list[tuple[str, str]]:
    """Every kind of mail that the ledger knows, by value and label."""
    return [*_OF_MEMBERSHIP, (DIGEST, "Several things in one mail"), (NUDGE, "Nudge by staff"), *ReminderKind.choices]


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
        rows = rows.filter(state__in=RESENDABLE_STATES if state == "stuck" else [state])
    return rows


def rows(*, q: str = "", kind: str = "", state: str = "") -> QuerySet[Reminder]:
    """Reminders, the latest first, each with what became of it; those that never became a mail too."""
    found = Reminder.objects.select_related("recipient", "delivery").order_by("-due_at", "-id")
    if q:
        found = found.filter(Q(recipient__email__icontains=q) | Q(recipient__name__icontains=q))
    if kind:
        found = found.filter(kind=kind)
    return found.filter(state=state) if state else found


@dataclass(frozen=True)
class PauseRow:
    """A pause in words: what waits ("Every kind to everybody"), and since when, by whom and why."""

    pause: Pause
    what: str


def pause_rows(pauses: Iterable[Pause]) -> list[PauseRow]:
    """Each pause with what it holds up, in words."""
    said = []
    for pause in pauses:
        kind = kind_label(pause.kind) if pause.kind else "Every kind of mail"
        said.append(PauseRow(pause, f"{kind}, to {pause.person.name if pause.person else 'everybody'}"))
    return said


def pauses_in_force() -> list[PauseRow]:
    """What is paused now, the latest first. One query."""
    return pause_rows(Pause.objects.in_force().select_related("person", "paused_by"))


def refusing_addresses() -> QuerySet[Suppression]:
    """The addresses that refused mail and got none since; those to which nothing more goes come first."""
    return Suppression.objects.filter(bounces__gt=0).order_by(F("suppressed_at").desc(nulls_last=True), "-first_at")


def people_at(addresses: Iterable[str]) -> dict[str, Person]:
    """Whose each address is, where it is somebody's. One query."""
    return {person.email: person for person in Person.objects.filter(email__in=list(addresses))}


def stuck() -> QuerySet[Delivery]:
    """What failed or may not have arrived and can be sent again: not to an address that refuses mail."""
    refusing = Suppression.objects.filter(suppressed_at__isnull=False).values("address")
    rows = Delivery.objects.filter(state__in=RESENDABLE_STATES).exclude(address__in=refusing)
    return rows.select_related("person").order_by("-created_at", "-id")


def failed_count() -> int:
    """How many mails failed or may not have arrived and wait for somebody to look."""
    return Delivery.objects.filter(state__in=RESENDABLE_STATES).count()


def upcoming(now: dt.datetime, ahead: dt.timedelta = rules.WINDOW_AHEAD) -> list[Reminder]:
    """What will go in that time as things stand at `now`, the next one first; nothing is stored."""
    waiting = Reminder.objects.filter(state=ReminderState.PLANNED, delivery=None).select_related("recipient")
    rows = {row.key: row for row in waiting.filter(send_at__lte=now + ahead)}
    wanted = {key: row for key, row in plan(now, ahead=ahead).wanted.items() if row.state == ReminderState.PLANNED}
    stored = set(Reminder.objects.filter(key__in=list(wanted)).values_list("key", flat=True)) if wanted else set()
    rows |= {key: row for key, row in wanted.items() if key not in stored}
    return sorted(
        (row for row in rows.values() if row.expires_at >= now), key=lambda row: (row.send_at, row.recipient.name)
    )


def limited_recipients(now: dt.datetime) -> list[LimitedRecipient]:
    """Who is away or has used up their mails of the week, by name; a week begins on Monday in the site's zone."""
    today = local_today(now)
    monday = timezone.make_aware(dt.datetime.combine(today - dt.timedelta(days=today.weekday()), dt.time()))
    went = Delivery.objects.filter(OF_THE_WEEK, created_at__gte=monday, person__isnull=False)
    mails = dict(went.values_list("person").annotate(Count("pk")).order_by())
    every = NotificationSettings.objects.select_related("person", "delegate").filter(person__is_active=True)
    chosen = {wish.person_id: wish for wish in every.filter(Q(person__in=list(mails)) | Q(away_until__gte=today))}
    at_cap = {pk for pk, count in mails.items() if count >= (chosen[pk].weekly_cap if pk in chosen else WEEKLY_CAP)}
    away = {pk for pk, wish in chosen.items() if wish.away_until and wish.away_until >= today}
    people = Person.objects.filter(pk__in=at_cap | away, is_active=True).order_by("name", "pk")
    return [_held_back(person, mails.get(person.pk, 0), chosen.get(person.pk), person.pk in away) for person in people]


def _held_back(person: Person, mails: int, wish: NotificationSettings | None, is_away: bool) -> LimitedRecipient:
    cap = wish.weekly_cap if wish else WEEKLY_CAP
    until, delegate = (wish.away_until, wish.delegate) if wish and is_away else (None, None)
    return LimitedRecipient(person, mails, cap, until, delegate)


def clock_state(now: dt.datetime) -> ClockState:
    """How the clock and the mail stand at `now`."""
    beat = Heartbeat.objects.filter(pk=1).first()
    circuit = CircuitBreaker.objects.filter(pk=1, open_until__isnull=False).first()
    oldest = Delivery.objects.filter(state__in=UNFINISHED_STATES, deliver_after__lte=now).aggregate(
        at=Min("deliver_after")
    )["at"]
    return ClockState(
        beat_at=beat.beat_at if beat else None,
        is_beating=beat is not None and now - beat.beat_at <= rules.BEAT_IS_DEAD_AFTER,
        held=beat.hold_reason if beat and beat.held_at else "",
        oldest_due_at=oldest,
        circuit=circuit,
        unknown=Delivery.objects.filter(state=DeliveryState.UNKNOWN).count(),
        failed=Delivery.objects.filter(state=DeliveryState.FAILED).count(),
        suppressed=Suppression.objects.filter(suppressed_at__isnull=False).count(),
    )


def is_suppressed(address: str) -> bool:
    """Whether nothing more goes to this address until staff send to it again."""
    return Suppression.objects.filter(address=address, suppressed_at__isnull=False).exists()


def choices_of(person: Person) -> list[KindChoice]:
    """What the person may choose, each with how it comes to them; what is for staff only to staff."""
    chosen = wishes.load([person.pk])
    kinds = {kind: hint for kind, hint in OPTIONAL_KINDS.items() if kind not in STAFF_KINDS or is_staff(person)}
    return [
        KindChoice(kind, ReminderKind(kind).label, hint, chosen.pace(person.pk, kind)) for kind, hint in kinds.items()
    ]


def notification_settings_of(person: Person) -> NotificationSettings:
    """How much mail the person wants and who stands in for them; not stored where they chose nothing."""
    return NotificationSettings.objects.filter(person=person).first() or NotificationSettings(person=person)


# Announcements ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """What became of an announcement's mails so far."""

    sent: int = 0
    waiting: int = 0
    failed: int = 0
    left: int = 0
    """Skipped at the last moment, stopped or expired."""

    @property
    def total(self) -> int:
        return self.sent + self.waiting + self.failed + self.left


def deliveries_of(announcement: Announcement) -> QuerySet[Delivery]:
    """The mails of an announcement, tests aside, by the recipient's name."""
    rows = Delivery.objects.filter(key__startswith=f"announcement:{announcement.pk}:", kind=ReminderKind.ANNOUNCEMENT)
    return rows.select_related("person").order_by("person__name", "pk")


def sent_counts(announcements: Iterable[Announcement]) -> dict[int, Sent]:
    """How the mails of each stand, by the announcement's id. One query."""
    refs = [str(row.pk) for row in announcements]
    own = Delivery.objects.filter(kind=ReminderKind.ANNOUNCEMENT, subject_ref__in=refs, key__startswith="announcement:")
    states = (
        own.order_by()
        .values("subject_ref")
        .annotate(
            sent=Count("pk", filter=Q(state=DeliveryState.SENT)),
            waiting=Count("pk", filter=Q(state__in=UNFINISHED_STATES)),
            failed=Count("pk", filter=Q(state__in=RESENDABLE_STATES)),
            left=Count("pk", filter=Q(state__in=[DeliveryState.SKIPPED, DeliveryState.EXPIRED])),
        )
    )
    return {int(row["subject_ref"]): Sent(row["sent"], row["waiting"], row["failed"], row["left"]) for row in states}
