"""Email that was not delivered: to staff, once a day at most."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
        """Return the day that a reminder is for."""
        return dt.date.fromordinal(pk)

    def skip_reason(self, reminder: Reminder, day: dt.date, now: dt.datetime) -> str:
        if not is_staff(reminder.recipient):
            return _("No longer a member of staff.")
        return "" if _problems_of(reminder, now) else _("The problems were resolved or already reported.")

    def section(self, reminder: Reminder, day: dt.date, now: dt.datetime) -> EmailSection:
        problems = _problems_of(reminder, now)
        count = len(problems.failed) + len(problems.suppressed)
        what = ngettext("%(count)d email delivery problem", "%(count)d email delivery problems", count)
        what = what % {"count": count} if count else _("The mail server is not accepting email")
        return EmailSection(
            subject=what,
            title=what,
            call_to_action=_("Some email was not delivered. Check the email log and send it again if needed."),
            facts=_facts(problems, reminder.recipient),
            why=_("You're receiving this because you're a member of Workgroup staff."),
            summary=_("email delivery problems"),
            button=ActionButton(_("Open the email log"), page_url("reminders:delivery_log") + "?state=stuck"),
            points_title=_("Problems"),
            points=_lines(problems),
        )


def problems_since(moment: dt.datetime) -> DeliveryProblemList:
    """Return the problems since the moment, except failed emails about problems, so that one cannot cause the next."""
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
    """Return the problems that this reminder reports."""
    return problems_since(notified_until(reminder.recipient, now, exclude=reminder.pk))


def _facts(problems: DeliveryProblemList, person: Person) -> list[tuple[str, str]]:
    failed, suppressed = len(problems.failed), len(problems.suppressed)
    facts = [(_("Emails that failed or may not have arrived"), str(failed))] if failed else []
    facts += [(_("Newly blocked addresses"), str(suppressed))] if suppressed else []
    if problems.circuit and problems.circuit.opened_at:
        opened = problems.circuit.opened_at.astimezone(person.zone)
        values = {"time": format_time(opened), "zone": timezone_abbreviation(opened)}
        facts.append((_("Mail server"), _("Not accepting email since %(time)s %(zone)s") % values))
    return facts


def _lines(problems: DeliveryProblemList) -> list[str]:
    failed = _("%(state)s: %(subject)s, to %(address)s")
    lines = [
        failed % {"state": row.get_state_display(), "subject": row.subject or row.kind, "address": row.address}
        for row in problems.failed
    ]
    lines += [_("Blocked: %(address)s") % {"address": row.address} for row in problems.suppressed]
    if len(lines) > _MAX_LINES:
        more = _("and %(count)d more") % {"count": len(lines) - _MAX_LINES}
        lines = [*lines[:_MAX_LINES], more]
    return lines
