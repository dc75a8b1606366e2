"""Email that was not delivered: to staff, once a day at most."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import Person
from accounts.permissions import is_staff
from core.dates import format_time, timezone_abbreviation
from mail.models import CircuitBreaker, Delivery, Suppression
from mail.rules import RESENDABLE_STATES
from reminders import rules
from reminders.emails import EmailSection, page_url
from reminders.link_actions import ActionButton
from reminders.models import Reminder
from reminders.plan import ReminderPlan
from reminders.rules import ReminderKind, ReminderState, morning_of
from reminders.subjects.base import Subject

_MAX_LINES = 12
# What is older was reported, or is no news.
_REPORTED_PERIOD = rules.ONE_DAY + rules.ONE_DAY / 2


@dataclass(frozen=True)
class DeliveryProblemList:
    """What went wrong since a moment: failed deliveries, addresses that are blocked now, and the mail server."""

    failed: list[Delivery]
    suppressed: list[Suppression]
    circuit: CircuitBreaker | None

    def __bool__(self) -> bool:
        return bool(self.failed or self.suppressed or self.circuit)


class DeliveryProblems(Subject):
    """One reminder a day at most for each of the staff, while there is a problem that they have not been told of."""

    kinds = (ReminderKind.DELIVERY_PROBLEMS,)

    def plan(self, plan: ReminderPlan) -> None:
        if not problems_since(plan.now - _REPORTED_PERIOD):
            return
        for person in plan.audience.staff:
            today = plan.now.astimezone(person.zone).date()
            due_at = max(morning_of(today, person.zone), plan.now)
            if problems_since(notified_until(person, plan.now)):
                plan.add_reminder(
                    ReminderKind.DELIVERY_PROBLEMS,
                    person,
                    subject=today.toordinal(),
                    occasion=today.isoformat(),
                    offset="once",
                    subject_version=today.isoformat(),
                    due_at=due_at,
                    expires_at=due_at + rules.ONE_DAY,
                    obsolete_at=due_at + rules.ONE_WEEK,
                )

    def find(self, pk: int) -> dt.date:
        """The day that a reminder is for."""
        return dt.date.fromordinal(pk)

    def skip_reason(self, reminder: Reminder, day: dt.date, now: dt.datetime) -> str:
        if not is_staff(reminder.recipient):
            return "No longer of the staff."
        return "" if _problems_of(reminder, now) else "What went wrong was put right, or told already."

    def section(self, reminder: Reminder, day: dt.date, now: dt.datetime) -> EmailSection:
        problems = _problems_of(reminder, now)
        count = len(problems.failed) + len(problems.suppressed)
        what = f"{count} mail problem{'' if count == 1 else 's'}" if count else "The mail server takes no mail"
        return EmailSection(
            subject=f"{what} to look at",
            title=what,
            call_to_action="Look at what did not go through, and send it again where that helps.",
            facts=_facts(problems, reminder.recipient),
            why="You get this because you are on the portal's staff.",
            button=ActionButton("Open the mail ledger", page_url("reminders:delivery_log") + "?state=stuck"),
            points_title="What",
            points=_lines(problems),
        )


def problems_since(moment: dt.datetime) -> DeliveryProblemList:
    """What went wrong since; email about problems is left out, so that one cannot cause the next."""
    failed = Delivery.objects.filter(state__in=RESENDABLE_STATES, ended_at__gte=moment)
    failed = failed.exclude(kind=ReminderKind.DELIVERY_PROBLEMS)
    suppressed = Suppression.objects.filter(suppressed_at__gte=moment)
    circuit = CircuitBreaker.objects.filter(Q(pk=1), opened_at__isnull=False).first()
    return DeliveryProblemList(
        list(failed.select_related("person").order_by("ended_at", "pk")), list(suppressed.order_by("pk")), circuit
    )


def notified_until(person: Person, now: dt.datetime, exclude: int | None = None) -> dt.datetime:
    """Until when this person has been told of problems; a day and a half ago at the earliest.

    The reminder with the id `exclude` does not count.
    """
    delivered = (ReminderState.SENT, ReminderState.MERGED)
    last = Reminder.objects.filter(recipient=person, kind=ReminderKind.DELIVERY_PROBLEMS, state__in=delivered)
    if exclude is not None:
        last = last.exclude(pk=exclude)
    last_at = last.order_by("-due_at").values_list("delivery__sent_at", flat=True).first()
    earliest = now - _REPORTED_PERIOD
    return max(last_at or earliest, earliest)


def _problems_of(reminder: Reminder, now: dt.datetime) -> DeliveryProblemList:
    """The problems that this reminder reports."""
    return problems_since(notified_until(reminder.recipient, now, exclude=reminder.pk))


def _facts(problems: DeliveryProblemList, person: Person) -> list[tuple[str, str]]:
    failed, suppressed = len(problems.failed), len(problems.suppressed)
    facts = [("Mails that failed or may not have arrived", str(failed))] if failed else []
    facts += [("Addresses that get no more mail", str(suppressed))] if suppressed else []
    if problems.circuit and problems.circuit.opened_at:
        opened = problems.circuit.opened_at.astimezone(person.zone)
        facts.append(("Mail server", f"takes no mail since {format_time(opened)} {timezone_abbreviation(opened)}"))
    return facts


def _lines(problems: DeliveryProblemList) -> list[str]:
    lines = [f"{row.get_state_display()}: {row.subject or row.kind} to {row.address}" for row in problems.failed]
    lines += [f"No more mail to {row.address}" for row in problems.suppressed]
    if len(lines) > _MAX_LINES:
        lines = [*lines[:_MAX_LINES], f"and {len(lines) - _MAX_LINES} more"]
    return lines
