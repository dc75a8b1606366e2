"""What mails say of progress updates."""

import datetime as dt

from django.conf import settings
from django.urls import reverse

from core.dates import say_day, say_distance
from objectives.models import Strategy
from reminders.answers import progress as answers
from reminders.answers.parts import Offer
from reminders.emails.making import Piece, ask
from reminders.models import Reminder
from reminders.planning.progress import progress_due
from reminders.rules import ReminderKind, mail_word


def piece(reminder: Reminder, strategy: Strategy, now: dt.datetime) -> Piece:
    """What one reminder says of its strategy as it stands now."""
    person = reminder.recipient
    today = now.astimezone(person.zone).date()
    due_on = progress_due(strategy) or today
    day, distance = say_day(due_on, today), say_distance(due_on, today)
    is_late = reminder.kind == ReminderKind.PROGRESS_LATE
    last_word_on = strategy.last_word_on  # type: ignore[attr-defined]
    facts = [
        ("Strategy", strategy.title),
        ("Objective", f"{strategy.objective.number}. {strategy.objective.title}"),
        ("Due", f"{day} ({distance})"),
        ("Last word", say_day(last_word_on, today) if last_word_on else "None yet"),
    ]
    if is_late:
        facts.append(("Responsible", str(strategy.responsible_person or "Nobody named")))
    offers = answers.offers(strategy, person, due_on, mail_word(reminder.key))
    is_responsible = strategy.responsible_person_id == person.pk
    return Piece(
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
