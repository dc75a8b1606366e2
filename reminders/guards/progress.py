"""Whether a word on a strategy is still owed, and still by this person."""

import datetime as dt

from objectives.models import Strategy
from objectives.queries.updates import with_latest_update
from reminders.audience import load
from reminders.models import Reminder
from reminders.planning.progress import progress_due
from reminders.rules import ReminderKind


def find(pk: int) -> Strategy:
    """The strategy with its last word and what its mail names. Raises DoesNotExist."""
    strategies = Strategy.objects.select_related("body", "objective__plan", "responsible_person", "lead_organization")
    return with_latest_update(strategies).get(pk=pk)


def refusal(reminder: Reminder, strategy: Strategy, now: dt.datetime) -> str:
    """Why the reminder should not go; empty when it should."""
    if not Strategy.objects.open().filter(pk=strategy.pk).exists():
        return "The strategy is closed."
    due_on = progress_due(strategy)
    if due_on is None or reminder.subject_version != due_on.isoformat():
        return "Progress was reported since."
    audience = load(
        person_id=reminder.principal_id, body_id=strategy.body_id, organization_ids=[strategy.lead_organization_id]
    )
    is_late = reminder.kind == ReminderKind.PROGRESS_LATE
    people = audience.chairs_of(strategy.body_id) if is_late else audience.reporters_of(strategy)
    return "" if reminder.principal_id in {person.pk for person in people} else "Another person answers for this now."
