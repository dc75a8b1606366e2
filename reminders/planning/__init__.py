"""What is to be said, worked out from how things stand now: no watermark, so that no missed run loses anything.

Reading takes a fixed number of queries, whatever the number of meetings, items and people. Each kind of thing has a
module here, beside the one of the same name in `guards` and in `emails`; all of them import from `wanted`, none from
another.
"""

import datetime as dt

from reminders.audience import load
from reminders.models import Preference
from reminders.planning.items import plan_items
from reminders.planning.meetings import plan_meetings
from reminders.planning.organizations import plan_organizations
from reminders.planning.progress import plan_progress
from reminders.planning.wanted import Plan

__all__ = ["Plan", "plan"]
_PLANNERS = (plan_meetings, plan_items, plan_progress, plan_organizations)


def plan(now: dt.datetime) -> Plan:
    """All that should be said, due from 24 hours ago to 48 hours ahead."""
    off = set(Preference.objects.values_list("person", "kind"))
    result = Plan(now, load(), off)
    for add in _PLANNERS:
        add(result)
    return result
