"""What is to be said, worked out from how things stand now: no watermark, so that no missed run loses anything.

Reading takes a fixed number of queries, whatever the number of meetings, items and people. Each kind of thing has a
module here, beside the one of the same name in `guards` and in `emails`; all of them import from `wanted`, none from
another.
"""

import datetime as dt
from collections.abc import Callable

from reminders import audience, rules, wishes
from reminders.models import Reminder
from reminders.planning.chase import plan_chase
from reminders.planning.items import plan_items
from reminders.planning.meetings import plan_meetings
from reminders.planning.minutes import plan_minutes
from reminders.planning.organizations import plan_organizations
from reminders.planning.progress import plan_progress
from reminders.planning.terms import plan_terms
from reminders.planning.troubles import plan_troubles
from reminders.planning.wanted import Plan

__all__ = ["Plan", "plan"]
_PLANNERS = (
    plan_meetings,
    plan_items,
    plan_progress,
    plan_minutes,
    plan_terms,
    plan_troubles,
    plan_organizations,
    plan_chase,
)


def plan(
    now: dt.datetime,
    sink: Callable[[dict[str, Reminder]], None] | None = None,
    *,
    ahead: dt.timedelta = rules.WINDOW_AHEAD,
) -> Plan:
    """All that should be said, due from 24 hours ago to `ahead`; handed to `sink` in batches, where given."""
    result = Plan(now, audience.load(), wishes.load(), sink=sink, ahead=ahead)
    for add in _PLANNERS:
        add(result)
    result.flush()
    return result
