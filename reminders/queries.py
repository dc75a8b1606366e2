"""Page-shaped reads of what was sent, what failed and what will be sent."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Min, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.permissions import is_staff
from core.dates import local_today
from mail.models import CircuitBreaker, Delivery, Pause, Suppression
from mail.rules import RESENDABLE_STATES, UNFINISHED_STATES, DeliveryState
from reminders import rules
from reminders.digest import DIGEST, OF_THE_WEEK
from reminders.models import Announcement, Heartbeat, NotificationSettings, Reminder
from reminders.preferences import load_preferences
from reminders.rules import POLICIES, WEEKLY_CAP, ReminderKind, ReminderState
from reminders.schedule import build_plan
from reminders.subjects import DELIVERY_KINDS

_MEMBERSHIP_KINDS = [
    ("invitation", _("Invitation")),
    ("join_answer", _("Response to a request to join")),
    ("account_notice", _("Account notice")),
]


@dataclass(frozen=True)
class ClockState:
    """Whether sending works: the last tick, why it is on hold, the oldest email that is due, the mail server."""

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
    """A person whose reminders are not sent as they fall due: they reached their weekly cap, or they are away."""

    person: Person
    emails: int
    cap: int
    away_until: dt.date | None
    delegate: Person | None

    @property
    def is_at_cap(self) -> bool:
        return self.emails >= self.cap


@dataclass(frozen=True)
class KindChoice:
    """A kind that a person may choose a frequency for, what it is, and the frequency now."""

    kind: str
    label: str
    hint: str
    frequency: str


def kind_choices() -> list[tuple[str, str | Promise]]:
    """Every kind of email in the delivery log, by value and label."""
    direct = [(kind.value, kind.label) for kind in DELIVERY_KINDS if kind.value not in ReminderKind.values]
    return [*_MEMBERSHIP_KINDS, (DIGEST, _("Summary of several reminders")), *direct, *ReminderKind.choices]


def kind_label(kind: str) -> str:
    """Return the label of a kind, or its value if it has no label."""
    return str(dict(kind_choices()).get(kind, kind))


def delivery_log(*, q: str = "", kind: str = "", state: str = "") -> QuerySet[Delivery]:
    """Deliveries, the latest first, by part of a name or address, kind, and state ("stuck": can be sent again)."""
    rows = Delivery.objects.select_related("person").order_by("-created_at", "-id")
    if q:
        rows = rows.filter(Q(address__icontains=q) | Q(person__name__icontains=q))
    if kind:
        rows = rows.filter(kind=kind)
    if state:
        rows = rows.filter(state__in=RESENDABLE_STATES if state == "stuck" else [state])
    return rows


def reminder_list(*, q: str = "", kind: str = "", state: str = "") -> QuerySet[Reminder]:
    """Reminders, the latest first, each with its outcome; those for which no email was composed too."""
    found = Reminder.objects.select_related("recipient", "delivery").order_by("-due_at", "-id")
    if q:
        found = found.filter(Q(recipient__email__icontains=q) | Q(recipient__name__icontains=q))
    if kind:
        found = found.filter(kind=kind)
    return found.filter(state=state) if state else found


@dataclass(frozen=True)
class PauseRow:
    """A pause with the label of what waits: "All email, to everyone"."""

    pause: Pause
    label: str


def pause_rows(pauses: Iterable[Pause]) -> list[PauseRow]:
    """Each pause with the label of what waits."""
    rows = []
    for pause in pauses:
        kind = kind_label(pause.kind) if pause.kind else gettext("All email")
        text = gettext("%(kind)s, to %(name)s") if pause.person else gettext("%(kind)s, to everyone")
        rows.append(PauseRow(pause, text % {"kind": kind, "name": pause.person.name if pause.person else ""}))
    return rows


def pauses_in_force() -> list[PauseRow]:
    """Return the pauses that are in force, the latest first. One query."""
    return pause_rows(Pause.objects.in_force().select_related("person", "paused_by"))


def bounced_addresses() -> QuerySet[Suppression]:
    """Return the addresses that bounced and received no email since, the blocked ones first."""
    return Suppression.objects.filter(bounces__gt=0).order_by(F("suppressed_at").desc(nulls_last=True), "-first_at")


def people_by_address(addresses: Iterable[str]) -> dict[str, Person]:
    """Return the people who have one of these addresses, by address. One query."""
    return {person.email: person for person in Person.objects.filter(email__in=list(addresses))}


def resendable_deliveries() -> QuerySet[Delivery]:
    """Return the deliveries that can be sent again: they failed or may not have arrived, and no address is blocked."""
    blocked = Suppression.objects.filter(suppressed_at__isnull=False).values("address")
    rows = Delivery.objects.filter(state__in=RESENDABLE_STATES).exclude(address__in=blocked)
    return rows.select_related("person").order_by("-created_at", "-id")


def failed_count() -> int:
    """How many deliveries failed or may not have arrived and were not sent again."""
    return Delivery.objects.filter(state__in=RESENDABLE_STATES).count()


def upcoming_reminders(now: dt.datetime, ahead: dt.timedelta = rules.WINDOW_AHEAD) -> list[Reminder]:
    """Return the reminders to be sent within `ahead` as known at `now`, the next one first; store nothing."""
    waiting = Reminder.objects.filter(state=ReminderState.PLANNED, delivery=None).select_related("recipient")
    rows = {row.key: row for row in waiting.filter(send_at__lte=now + ahead)}
    plan = build_plan(now, ahead=ahead)
    planned = {key: row for key, row in plan.reminders.items() if row.state == ReminderState.PLANNED}
    stored = set(Reminder.objects.filter(key__in=list(planned)).values_list("key", flat=True)) if planned else set()
    rows |= {key: row for key, row in planned.items() if key not in stored}
    return sorted(
        (row for row in rows.values() if row.expires_at >= now), key=lambda row: (row.send_at, row.recipient.name)
    )


def limited_recipients(now: dt.datetime) -> list[LimitedRecipient]:
    """Who is away or has reached their weekly cap, by name; a week begins on Monday in the site's zone."""
    today = local_today(now)
    monday = timezone.make_aware(dt.datetime.combine(today - dt.timedelta(days=today.weekday()), dt.time()))
    of_the_week = Delivery.objects.filter(OF_THE_WEEK, created_at__gte=monday, person__isnull=False)
    emails = dict(of_the_week.values_list("person").annotate(Count("pk")).order_by())
    every = NotificationSettings.objects.select_related("person", "delegate").filter(person__is_active=True)
    chosen = {row.person_id: row for row in every.filter(Q(person__in=list(emails)) | Q(away_until__gte=today))}
    at_cap = {pk for pk, count in emails.items() if count >= (chosen[pk].weekly_cap if pk in chosen else WEEKLY_CAP)}
    away = {pk for pk, row in chosen.items() if row.away_until and row.away_until >= today}
    people = Person.objects.filter(pk__in=at_cap | away, is_active=True).order_by("name", "pk")
    return [
        _limited_recipient(person, emails.get(person.pk, 0), chosen.get(person.pk), person.pk in away)
        for person in people
    ]


def _limited_recipient(
    person: Person, emails: int, settings: NotificationSettings | None, is_away: bool
) -> LimitedRecipient:
    cap = settings.weekly_cap if settings else WEEKLY_CAP
    until, delegate = (settings.away_until, settings.delegate) if settings and is_away else (None, None)
    return LimitedRecipient(person, emails, cap, until, delegate)


def clock_state(now: dt.datetime) -> ClockState:
    """Return the state of the clock and of sending at `now`."""
    beat = Heartbeat.objects.filter(pk=1).first()
    circuit = CircuitBreaker.objects.filter(pk=1, open_until__isnull=False).first()
    oldest = Delivery.objects.filter(state__in=UNFINISHED_STATES, deliver_after__lte=now).aggregate(
        at=Min("deliver_after")
    )["at"]
    return ClockState(
        beat_at=beat.beat_at if beat else None,
        is_beating=beat is not None and now - beat.beat_at <= rules.HEARTBEAT_TIMEOUT,
        held=beat.hold_reason if beat and beat.held_at else "",
        oldest_due_at=oldest,
        circuit=circuit,
        unknown=Delivery.objects.filter(state=DeliveryState.UNKNOWN).count(),
        failed=Delivery.objects.filter(state=DeliveryState.FAILED).count(),
        suppressed=Suppression.objects.filter(suppressed_at__isnull=False).count(),
    )


def is_suppressed(address: str) -> bool:
    """Whether this address is blocked until staff send to it again."""
    return Suppression.objects.filter(address=address, suppressed_at__isnull=False).exists()


def preference_choices(person: Person) -> list[KindChoice]:
    """Return the kinds for which the person can choose a frequency; kinds for staff are only returned for staff."""
    preferences = load_preferences([person.pk])
    return [
        KindChoice(kind, str(kind.label), str(policy.hint), preferences.frequency(person.pk, kind))
        for kind, policy in POLICIES.items()
        if not policy.is_mandatory and (not policy.is_for_staff or is_staff(person))
    ]


def notification_settings_of(person: Person) -> NotificationSettings:
    """Return the person's weekly limit, absence and delegate; an unsaved default if the person has chosen nothing."""
    return NotificationSettings.objects.filter(person=person).first() or NotificationSettings(person=person)


# Announcements ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AnnouncementOutcomes:
    """How many emails of an announcement have which outcome so far."""

    sent: int = 0
    waiting: int = 0
    failed: int = 0
    unsent: int = 0
    """Skipped at the last moment, stopped or expired."""

    @property
    def total(self) -> int:
        return self.sent + self.waiting + self.failed + self.unsent


def deliveries_of(announcement: Announcement) -> QuerySet[Delivery]:
    """Return the emails of an announcement, except tests, ordered by the recipient's name."""
    rows = Delivery.objects.filter(key__startswith=f"announcement:{announcement.pk}:", kind=ReminderKind.ANNOUNCEMENT)
    return rows.select_related("person").order_by("person__name", "pk")


def announcement_outcomes(announcements: Iterable[Announcement]) -> dict[int, AnnouncementOutcomes]:
    """Return the outcomes of each announcement that has emails, by the announcement's id. One query."""
    refs = [str(row.pk) for row in announcements]
    own = Delivery.objects.filter(kind=ReminderKind.ANNOUNCEMENT, subject_ref__in=refs, key__startswith="announcement:")
    states = (
        own.order_by()
        .values("subject_ref")
        .annotate(
            sent=Count("pk", filter=Q(state=DeliveryState.SENT)),
            waiting=Count("pk", filter=Q(state__in=UNFINISHED_STATES)),
            failed=Count("pk", filter=Q(state__in=RESENDABLE_STATES)),
            unsent=Count("pk", filter=Q(state__in=[DeliveryState.SKIPPED, DeliveryState.EXPIRED])),
        )
    )
    return {
        int(row["subject_ref"]): AnnouncementOutcomes(row["sent"], row["waiting"], row["failed"], row["unsent"])
        for row in states
    }
