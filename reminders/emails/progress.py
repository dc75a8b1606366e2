"""What mails say of progress updates."""

import datetime as dt

from django.conf import settings
from django.urls import reverse

from core.dates import format_date, format_relative_date
from objectives.models import Strategy
from reminders.answers import progress as answers
from reminders.answers.parts import Offer
from reminders.emails.making import EmailSection, ask
from reminders.models import Reminder
from reminders.planning.progress import progress_due
from reminders.rules import ReminderKind, key_digest


def piece(reminder: Reminder, strategy: Strategy, now: dt.datetime) -> EmailSection:
    """What one reminder says of its strategy as it stands now."""
    person = reminder.recipient
    today = now.astimezone(person.zone).date()
    due_on = progress_due(strategy) or today
    day, distance = format_date(due_on, today), format_relative_date(due_on, today)
    is_late = reminder.kind == ReminderKind.PROGRESS_LATE
    last_reported_on = strategy.last_reported_on
    facts = [
        ("Strategy", strategy.title),
        ("Objective", f"{strategy.objective.number}. {strategy.objective.title}"),
        ("Due", f"{day} ({distance})"),
        ("Last word", format_date(last_reported_on, today) if last_reported_on else "None yet"),
    ]
    if is_late:
        facts.append(("Responsible", str(strategy.responsible_person or "Nobody named")))
    offers = answers.offers(strategy, person, due_on, key_digest(reminder.key))
    is_responsible = strategy.responsible_person_id == person.pk
    return EmailSection(
        subject=f"Progress update {f'late since {day}' if is_late else f'due {day}'}: {strategy.title}",
        title=strategy.title,
        ask=ask("progress", kind=reminder.kind, day=day, may_confirm=bool(offers)),
        facts=facts,
        why="You get this because you are responsible for this strategy."
        if is_responsible and not is_late
        else f"You get this because you chair the {strategy.body.title}.",
        button=Offer("Write the update", settings.SITE_URL + reverse("objectives:write_update", args=[strategy.pk])),
        offers=offers,
    )
