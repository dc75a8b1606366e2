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
from reminders.emails import EmailSection, format_day_and_distance, page_url
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
        """Return the body's chair and the staff, who find a successor; before the end, also the person of the term."""
        people = {person.pk: person for person in (*audience.chairs_of(term.seat.body_id), *audience.staff)}
        people.pop(term.person_id, None)
        own = [audience.people[term.person_id]] if term.person_id in audience.people else []
        return [*(own if kind == ReminderKind.TERM_ENDING else ()), *people.values()]

    def audience_scope(self, term: Term) -> dict[str, Any]:
        return {"body_id": term.seat.body_id}

    def find(self, pk: int) -> Term:
        return Term.objects.select_related("seat__body", "seat__organization", "person").get(pk=pk)

    def closed_reason(self, term: Term) -> str:
        return "" if Term.objects.current().filter(pk=term.pk).exists() else _("The term has ended.")

    def rescheduled_reason(self, term: Term) -> str:
        return _("The end of the term has changed.")

    def reassigned_reason(self, reminder: Reminder, term: Term) -> str:
        if reminder.principal_id == term.person_id:
            return _("The organization of this seat is on leave or has left.")
        return _("No longer the chair or a member of staff.")

    def section(self, reminder: Reminder, term: Term, now: dt.datetime) -> EmailSection:
        person, body = reminder.recipient, term.seat.body
        today = now.astimezone(person.zone).date()
        end = term.planned_end_on or today
        is_own, is_past = term.person_id == person.pk, reminder.kind == ReminderKind.TERM_PAST
        day = format_date(end, today)
        values = {"person": term.person, "day": day, "body": body.title}
        facts = [(_("Seat"), str(term.seat)), (_("Person"), str(term.person))]
        if term.seat.organization:
            facts.append((_("Organization"), term.seat.organization.name))
        facts.append((_("Planned end"), format_day_and_distance(end, today)))
        can_edit_roster = is_staff(person) or leads(person, body)
        page = "taskforces:roster" if can_edit_roster else "taskforces:detail"
        return EmailSection(
            subject=_subject(is_own, is_past) % values,
            title=(_("Your term: %(body)s") if is_own else _("%(person)s's term: %(body)s")) % values,
            call_to_action=_call_to_action(term, day, format_relative_date(end, today), is_own=is_own, is_past=is_past),
            facts=facts,
            why=_why(is_own, is_staff(person), body.title),
            button=ActionButton(
                _("Open the roster") if can_edit_roster else _("Open the task force's page"), page_url(page, body.slug)
            ),
            summary=_("an expired term") if is_past else _("a term that ends %(day)s") % values,
        )


def _subject(is_own: bool, is_past: bool) -> str:
    if is_own:
        return _("Your term ends %(day)s: %(body)s")
    return _("%(person)s's term ended %(day)s: %(body)s") if is_past else _("%(person)s's term ends %(day)s: %(body)s")


def _call_to_action(term: Term, day: str, distance: str, *, is_own: bool, is_past: bool) -> str:
    if is_own:
        text = _("Your term ends %(day)s (%(distance)s). Let your chair or staff know if you plan to continue.")
        return text % {"day": day, "distance": distance}
    if is_past:
        text = _("This term has expired and %(person)s still holds the seat. Please renew or end the term.")
        return text % {"person": term.person}
    text = _("This term ends %(day)s (%(distance)s). Please renew it or plan for a successor.")
    return text % {"day": day, "distance": distance}


def _why(is_own: bool, is_of_staff: bool, title: str) -> str:
    if is_own:
        return _("You're receiving this because this is your term.")
    if is_of_staff:
        return _("You're receiving this because you're a member of Workgroup staff.")
    return _("You're receiving this because you chair the %(body)s.") % {"body": title}
