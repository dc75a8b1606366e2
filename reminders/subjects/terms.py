"""Terms near their planned end: to their person, the chair and staff; and, once past it, to the latter two."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.permissions import is_staff
from core.dates import format_date, format_relative_date
from reminders import rules
from reminders.audience import Audience
from reminders.emails import EmailSection, page_url
from reminders.link_actions import ActionButton
from reminders.models import Reminder
from reminders.plan import ReminderPlan
from reminders.rules import ReminderKind
from reminders.subjects.base import Step, SteppedSubject
from taskforces.models import Term
from taskforces.permissions import leads

_SPARE_DAYS = 4


class Terms(SteppedSubject):
    """Reminders of current terms, counted from their planned end."""

    kinds = (ReminderKind.TERM_ENDING, ReminderKind.TERM_PAST)
    steps = (
        *(Step(ReminderKind.TERM_ENDING, f"{days}d", -days) for days in rules.TERM_DAYS),
        Step(ReminderKind.TERM_PAST, "past", 1),
    )

    def subjects(self, plan: ReminderPlan) -> Iterable[Term]:
        today = plan.now.date()
        ending = Term.objects.current().filter(
            planned_end_on__gte=today - dt.timedelta(days=_SPARE_DAYS),
            planned_end_on__lte=today + dt.timedelta(days=max(rules.TERM_DAYS) + _SPARE_DAYS),
        )
        return ending.select_related("seat", "person").order_by("pk")

    def anchor(self, term: Term) -> dt.date | None:
        return term.planned_end_on

    def people(self, kind: str, term: Term, audience: Audience) -> list[Person]:
        """The body's chair and staff, who find a successor; before the end the person of the term too."""
        people = {person.pk: person for person in (*audience.chairs_of(term.seat.body_id), *audience.staff)}
        people.pop(term.person_id, None)
        own = [audience.people[term.person_id]] if term.person_id in audience.people else []
        return [*(own if kind == ReminderKind.TERM_ENDING else ()), *people.values()]

    def audience_scope(self, term: Term) -> dict[str, Any]:
        return {"body_id": term.seat.body_id}

    def find(self, pk: int) -> Term:
        return Term.objects.select_related("seat__body", "seat__organization", "person").get(pk=pk)

    def closed_reason(self, term: Term) -> str:
        return "" if Term.objects.current().filter(pk=term.pk).exists() else "The term has ended."

    def rescheduled_reason(self, term: Term) -> str:
        return "The term has another end now."

    def reassigned_reason(self, reminder: Reminder, term: Term) -> str:
        if reminder.principal_id == term.person_id:
            return "The organization of this seat is on leave or has left."
        return "No longer chairs this body, nor is of the staff."

    def section(self, reminder: Reminder, term: Term, now: dt.datetime) -> EmailSection:
        person, body = reminder.recipient, term.seat.body
        today = now.astimezone(person.zone).date()
        end = term.planned_end_on or today
        is_own, is_past = term.person_id == person.pk, reminder.kind == ReminderKind.TERM_PAST
        day = format_date(end, today)
        whose = "Your term" if is_own else f"{term.person}'s term"
        facts = [("Seat", str(term.seat)), ("Person", str(term.person))]
        if term.seat.organization:
            facts.append(("Organization", term.seat.organization.name))
        facts.append(("Planned end", f"{day} ({format_relative_date(end, today)})"))
        can_edit_roster = is_staff(person) or leads(person, body)
        page = "taskforces:roster" if can_edit_roster else "taskforces:detail"
        return EmailSection(
            subject=f"{whose} {'ended' if is_past else 'ends'} {day}: {body.title}",
            title=f"{whose} on the {body.title}",
            call_to_action=_call_to_action(term, day, format_relative_date(end, today), is_own=is_own, is_past=is_past),
            facts=facts,
            why=_why(is_own, is_staff(person), body.title),
            button=ActionButton(
                "Open the roster" if can_edit_roster else "See the task force", page_url(page, body.slug)
            ),
        )


def _call_to_action(term: Term, day: str, distance: str, *, is_own: bool, is_past: bool) -> str:
    if is_own:
        text = _("Tell your chair or Workgroup staff whether you stay on: your term ends %(day)s, %(distance)s.")
        return text % {"day": day, "distance": distance}
    if is_past:
        text = _("Renew this term or end it: it is past its planned end, and %(person)s still holds the seat.")
        return text % {"person": term.person}
    text = _("Renew this term, or plan who follows: it ends %(day)s, %(distance)s.")
    return text % {"day": day, "distance": distance}


def _why(is_own: bool, is_of_staff: bool, title: str) -> str:
    if is_own:
        return "You get this because the term is yours."
    if is_of_staff:
        return "You get this because you are on the portal's staff."
    return f"You get this because you chair the {title}."
