"""Action items: before and on their day, then week by week, then once to the chair."""

import datetime as dt
from collections.abc import Iterator

from actionitems.models import ActionItem
from members.models import Person
from reminders import rules
from reminders.audience import Audience
from reminders.planning.wanted import Plan
from reminders.rules import ReminderKind, morning_of


def plan_items(result: Plan) -> None:
    today = result.now.date()
    earliest = today - dt.timedelta(weeks=rules.ESCALATION_WEEKS, days=3)
    items = ActionItem.objects.open().filter(
        due_on__gte=earliest, due_on__lte=today + dt.timedelta(days=max(rules.ITEM_DAYS) + 4)
    )
    for item in items.select_related("owner_person", "owner_organization").order_by("pk"):
        for kind, offset, days, people in _item_steps(item, result.audience):
            for person in people:
                due_at = morning_of(item.due_on + dt.timedelta(days=days), person.zone)
                if result.in_window(due_at) and due_at > item.created_at:
                    result.want(
                        kind,
                        person,
                        subject=item.pk,
                        occasion=item.due_on.isoformat(),
                        offset=offset,
                        speaks_of=item.due_on.isoformat(),
                        due_at=due_at,
                        not_after=due_at + rules.A_DAY,
                    )


def _item_steps(item: ActionItem, audience: Audience) -> Iterator[tuple[ReminderKind, str, int, list[Person]]]:
    """Each step of an item: what, its name in the key, days after the due date, and who is told."""
    owners = audience.owners_of(item)
    for days in rules.ITEM_DAYS:
        yield ReminderKind.ITEM_DUE, f"{days}d", -days, owners
    for week in rules.NAG_WEEKS:
        yield ReminderKind.ITEM_OVERDUE, f"{week}w", 7 * week, owners
    yield ReminderKind.ITEM_ESCALATED, "chair", 7 * rules.ESCALATION_WEEKS, audience.escalated_to(item)
