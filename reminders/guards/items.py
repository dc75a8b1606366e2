"""Whether what a mail says of an action item is still so, and still for this person."""

import datetime as dt

from actionitems.models import ActionItem
from reminders.audience import load
from reminders.models import Reminder
from reminders.rules import ReminderKind


def find(pk: int) -> ActionItem:
    """The item with what its mail names. Raises DoesNotExist."""
    items = ActionItem.objects.select_related("body", "owner_person", "owner_organization", "origin_meeting")
    return items.get(pk=pk)


def refusal(reminder: Reminder, item: ActionItem, now: dt.datetime) -> str:
    """Why the reminder should not go; empty when it should."""
    if not ActionItem.objects.open().filter(pk=item.pk).exists():
        return f"The item is {item.get_status_display().lower()}."
    if reminder.subject_version != item.due_on.isoformat():
        return "The item has another due date now."
    audience = load(
        person_id=reminder.principal_id,
        owner_id=item.owner_person_id,
        body_id=item.body_id,
        organization_ids=[item.owner_organization_id],
    )
    is_escalated = reminder.kind == ReminderKind.ITEM_ESCALATED
    people = audience.escalated_to(item) if is_escalated else audience.owners_of(item)
    if reminder.principal_id in {person.pk for person in people}:
        return ""
    return "No longer chairs this body." if is_escalated else "The item has another owner now."
