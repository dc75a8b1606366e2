"""What staff chase, on Monday mornings: only where there is something."""

import datetime as dt

from core.dates import local_today
from reminders import rules
from reminders.chasing import cases
from reminders.planning.wanted import Plan
from reminders.rules import ReminderKind, morning_of


def mondays(result: Plan) -> list[dt.date]:
    """The Mondays of the site's own calendar whose morning falls into the plan's window."""
    zone = rules.site_zone()
    today = local_today(result.now, zone)
    days = [today + dt.timedelta(days=offset) for offset in range(-1, result.ahead.days + 2)]
    return [day for day in days if day.weekday() == rules.MONDAY and result.in_window(morning_of(day, zone))]


def plan_chase(result: Plan) -> None:
    """One list for each of the staff."""
    days = mondays(result)
    if not days or not result.audience.staff or not cases(result.now):
        return
    for day in days:
        due_at = morning_of(day, rules.site_zone())
        for person in result.audience.staff:
            result.want(
                ReminderKind.CHASE,
                person,
                subject=day.toordinal(),
                occasion=day.isoformat(),
                offset="once",
                subject_version=day.isoformat(),
                due_at=due_at,
                expires_at=due_at + rules.A_DAY,
            )
