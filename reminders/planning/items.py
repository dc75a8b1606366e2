"""Action items: before and on their day, then week by week, then once to the chair."""

import datetime as dt
from collections.abc import Iterator

from accounts.models import Person
from actionitems.models import ActionItem
from reminders import rules
from reminders.audience import Audience
from reminders.planning.wanted import Plan
from reminders.rules import ReminderKind, morning_of

_CHUNK = 1000


def plan_items(result: Plan) -> None:
    """The reminders of all open items that have a step in the window."""
    for item in _items_with_a_step(result):
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
                        subject_version=item.due_on.isoformat(),
                        due_at=due_at,
                        expires_at=due_at + rules.A_DAY,
                        obsolete_at=_moot_at(kind, item, person, due_at),
                    )


def _items_with_a_step(result: Plan) -> Iterator[ActionItem]:
    """The open items that are to be looked at, read in chunks that are each read to their end.

    A reading that stays open while the plan is written would hold SQLite at an older state, which then refuses to
    write ("database is locked", at once).
    """
    open_items = ActionItem.objects.open()
    pks = list(open_items.filter(due_on__in=_days_with_a_step(result)).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), _CHUNK):
        chunk = open_items.filter(pk__in=pks[start : start + _CHUNK]).order_by("pk")
        yield from chunk.select_related("owner_person", "owner_organization")


def _item_steps(item: ActionItem, audience: Audience) -> Iterator[tuple[ReminderKind, str, int, list[Person]]]:
    """Each step of an item: what, its name in the key, days after the due date, and who is told."""
    owners = audience.owners_of(item)
    for days in rules.ITEM_DAYS:
        yield ReminderKind.ITEM_DUE, f"{days}d", -days, owners
    for week in rules.OVERDUE_REMINDER_WEEKS:
        yield ReminderKind.ITEM_OVERDUE, f"{week}w", 7 * week, owners
    yield ReminderKind.ITEM_ESCALATED, "chair", 7 * rules.ESCALATION_WEEKS, audience.escalated_to(item)


def _days_with_a_step(result: Plan) -> set[dt.date]:
    """The due dates whose items are to be looked at, a day to spare on either side for the zones of the world."""
    first = (result.now - rules.WINDOW_BACK).date() - dt.timedelta(days=1)
    last = (result.now + result.ahead).date() + dt.timedelta(days=1)
    window = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    steps = [
        *(-days for days in rules.ITEM_DAYS),
        *(7 * week for week in rules.OVERDUE_REMINDER_WEEKS),
        7 * rules.ESCALATION_WEEKS,
    ]
    return {day - dt.timedelta(days=step) for day in window for step in steps}


def _moot_at(kind: ReminderKind, item: ActionItem, person: Person, due_at: dt.datetime) -> dt.datetime:
    """Until the end of its day an item may be said to be due; an overdue one, until the next nag."""
    if kind == ReminderKind.ITEM_DUE:
        return morning_of(item.due_on, person.zone) + rules.A_DAY
    return due_at + rules.A_WEEK
