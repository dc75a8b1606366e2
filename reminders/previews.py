"""The mails that one person gets next, to look at as they will be received; nothing is stored."""

import datetime as dt
from dataclasses import dataclass

from mail.showing import Shown, shown
from members.models import Person
from reminders import guards
from reminders.emails import message_for
from reminders.queries import upcoming
from reminders.rules import ReminderKind

SHOWN = 20


@dataclass(frozen=True)
class Ahead:
    """One mail that is to come: when, of what kind, and what it says; or why it will not go as things stand."""

    due_at: dt.datetime
    kind: str
    shown: Shown | None
    refusal: str = ""


def mails_ahead(person: Person, now: dt.datetime) -> list[Ahead]:
    """What goes to the person in the next 48 hours as things stand, the next one first."""
    rows = [row for row in upcoming(now) if row.recipient_id == person.pk][:SHOWN]
    found = []
    for row in rows:
        subject, refusal = guards.check(row, now)
        if subject is None or refusal:
            found.append(Ahead(row.due_at, ReminderKind(row.kind).label, None, refusal))
        else:
            found.append(Ahead(row.due_at, ReminderKind(row.kind).label, shown(message_for(row, subject, now))))
    return found
