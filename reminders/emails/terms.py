"""What mails say of terms that come to their end, to their person and to who sees to what follows."""

import datetime as dt

from django.conf import settings
from django.urls import reverse

from accounts.permissions import is_staff
from core.dates import format_date, format_relative_date
from reminders.answers.parts import Offer
from reminders.emails.making import EmailSection, ask
from reminders.models import Reminder
from reminders.rules import ReminderKind
from taskforces.models import Term
from taskforces.permissions import leads


def piece(reminder: Reminder, term: Term, now: dt.datetime) -> EmailSection:
    """What one reminder says of its term as it stands now."""
    person, body = reminder.recipient, term.seat.body
    today = now.astimezone(person.zone).date()
    end = term.planned_end_on or today
    day, is_own, is_past = format_date(end, today), term.person_id == person.pk, reminder.kind == ReminderKind.TERM_PAST
    whose = "Your term" if is_own else f"{term.person}'s term"
    facts = [("Seat", str(term.seat)), ("Person", str(term.person))]
    if term.seat.organization:
        facts.append(("Organization", term.seat.organization.name))
    facts.append(("Planned end", f"{day} ({format_relative_date(end, today)})"))
    is_keeper = is_staff(person) or leads(person, body)
    page = "taskforces:roster" if is_keeper else "taskforces:detail"
    return EmailSection(
        subject=f"{whose} {'ended' if is_past else 'ends'} {day}: {body.title}",
        title=f"{whose} on the {body.title}",
        ask=ask(
            "term",
            is_own=is_own,
            is_past=is_past,
            day=day,
            distance=format_relative_date(end, today),
            person=term.person,
        ),
        facts=facts,
        why=_why(is_own, is_staff(person), body.title),
        button=Offer(
            "Open the roster" if is_keeper else "See the task force",
            settings.SITE_URL + reverse(page, args=[body.slug]),
        ),
    )


def _why(is_own: bool, is_of_staff: bool, title: str) -> str:
    if is_own:
        return "You get this because the term is yours."
    if is_of_staff:
        return "You get this because you are on the portal's staff."
    return f"You get this because you chair the {title}."
