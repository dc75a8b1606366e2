"""Whether a term still comes to its end, and whether it still concerns this person."""

import datetime as dt

from reminders.audience import load
from reminders.models import Reminder
from reminders.planning.terms import watchers
from reminders.rules import ReminderKind
from taskforces.models import Term


def find(pk: int) -> Term:
    """The term with what its mail names. Raises DoesNotExist."""
    return Term.objects.select_related("seat__body", "seat__organization", "person").get(pk=pk)


def refusal(reminder: Reminder, term: Term, now: dt.datetime) -> str:
    """Why the reminder should not go; empty when it should."""
    if not Term.objects.current().filter(pk=term.pk).exists():
        return "The term has ended."
    if term.planned_end_on is None or reminder.subject_version != term.planned_end_on.isoformat():
        return "The term has another end now."
    if reminder.kind == ReminderKind.TERM_ENDING and reminder.principal_id == term.person_id:
        return ""
    audience = load(person_id=reminder.principal_id, body_id=term.seat.body_id)
    if reminder.principal_id in {person.pk for person in watchers(term, audience)}:
        return ""
    return "No longer chairs this body, nor is of the staff."
