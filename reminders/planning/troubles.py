"""Mail that did not go through: to staff, once a day at most."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import Person
from mail.models import CircuitBreaker, Delivery, Suppression
from mail.rules import RESENDABLE_STATES
from reminders import rules
from reminders.models import Reminder
from reminders.planning.wanted import Plan
from reminders.rules import ReminderKind, ReminderState, morning_of


@dataclass(frozen=True)
class DeliveryProblems:
    """What went wrong since a moment: mails, addresses that get nothing more, and the mail server."""

    failed: list[Delivery]
    suppressed: list[Suppression]
    circuit: CircuitBreaker | None

    def __bool__(self) -> bool:
        return bool(self.failed or self.suppressed or self.circuit)


def troubles_since(moment: dt.datetime) -> DeliveryProblems:
    """What went wrong since; mail about troubles is left out, so that one cannot bring the next."""
    failed = Delivery.objects.filter(state__in=RESENDABLE_STATES, ended_at__gte=moment).exclude(
        kind=ReminderKind.MAIL_FAILED
    )
    suppressed = Suppression.objects.filter(suppressed_at__gte=moment)
    circuit = CircuitBreaker.objects.filter(Q(pk=1), opened_at__isnull=False).first()
    return DeliveryProblems(
        list(failed.select_related("person").order_by("ended_at", "pk")), list(suppressed.order_by("pk")), circuit
    )


def notified_until(person: Person, now: dt.datetime, but: int | None = None) -> dt.datetime:
    """Until when this person has been told of troubles; a day and a half ago at the earliest."""
    said = (ReminderState.SENT, ReminderState.MERGED)
    last = Reminder.objects.filter(recipient=person, kind=ReminderKind.MAIL_FAILED, state__in=said)
    if but is not None:
        last = last.exclude(pk=but)
    last_at = last.order_by("-due_at").values_list("delivery__sent_at", flat=True).first()
    earliest = now - rules.A_DAY - rules.A_DAY / 2
    return max(last_at or earliest, earliest)


def plan_troubles(result: Plan) -> None:
    """One reminder a day at most for each of the staff, while there is something that they have not been told."""
    if not troubles_since(result.now - rules.A_DAY - rules.A_DAY / 2):
        return
    for person in result.audience.staff:
        today = result.now.astimezone(person.zone).date()
        due_at = max(morning_of(today, person.zone), result.now)
        if troubles_since(notified_until(person, result.now)):
            result.want(
                ReminderKind.MAIL_FAILED,
                person,
                subject=today.toordinal(),
                occasion=today.isoformat(),
                offset="once",
                subject_version=today.isoformat(),
                due_at=due_at,
                expires_at=due_at + rules.A_DAY,
                obsolete_at=due_at + rules.A_WEEK,
            )
