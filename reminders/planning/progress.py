"""The word on a strategy: due by its rhythm, and late."""

import datetime as dt

from objectives.models import Strategy
from objectives.queries.updates import with_latest_update
from objectives.rules import CHAIR_ESCALATION_DAYS, ProgressStatus, progress_due_on
from reminders import rules
from reminders.planning.wanted import Plan
from reminders.rules import ReminderKind, morning_of


def progress_due(strategy: Strategy) -> dt.date | None:
    """The day by which a strategy from `with_latest_update` owes its next word; None when it owes none."""
    if strategy.last_status and ProgressStatus(strategy.last_status).is_final:
        return None
    return progress_due_on(strategy.reporting_frequency, strategy.last_reported_on, strategy.starts_on)


def plan_progress(result: Plan) -> None:
    """The reminders of all open strategies that owe a word."""
    strategies = with_latest_update(Strategy.objects.open()).select_related("responsible_person", "lead_organization")
    for strategy in strategies.order_by("pk"):
        due_on = progress_due(strategy)
        if due_on is None:
            continue
        reporters = result.audience.reporters_of(strategy)
        chairs = result.audience.chairs_of(strategy.body_id)
        steps = [(ReminderKind.PROGRESS_DUE, f"{days}d", -days, reporters) for days in rules.PROGRESS_DAYS]
        steps.append((ReminderKind.PROGRESS_LATE, "late", CHAIR_ESCALATION_DAYS, chairs))
        for kind, offset, days, people in steps:
            for person in people:
                due_at = morning_of(due_on + dt.timedelta(days=days), person.zone)
                if result.in_window(due_at) and due_at > strategy.created_at:
                    result.want(
                        kind,
                        person,
                        subject=strategy.pk,
                        occasion=due_on.isoformat(),
                        offset=offset,
                        subject_version=due_on.isoformat(),
                        due_at=due_at,
                        expires_at=due_at + rules.A_DAY,
                        obsolete_at=max(due_at, morning_of(due_on, person.zone)) + rules.A_DAY,
                    )
