"""The mails of action items."""

import datetime as dt

from django.conf import settings
from django.urls import reverse

from actionitems.models import ActionItem
from core.dates import say_day, say_distance
from mail.messages import Message
from reminders.emails.making import make
from reminders.models import Reminder
from reminders.rules import ReminderKind


def message(reminder: Reminder, item: ActionItem, now: dt.datetime) -> Message:
    """The mail of one reminder about its action item as it stands now."""
    kind = reminder.kind
    person = reminder.recipient
    today = now.astimezone(person.zone).date()
    day, distance = say_day(item.due_on, today), say_distance(item.due_on, today)
    weeks = (today - item.due_on).days // 7
    subjects = {
        ReminderKind.ITEM_DUE: f"Due {distance if item.due_on == today else day}: {item.text}",
        ReminderKind.ITEM_OVERDUE: f"Overdue since {day}: {item.text}",
        ReminderKind.ITEM_ESCALATED: f"{weeks} weeks overdue: {item.text}",
    }
    owners = [str(owner) for owner in (item.owner_person, item.owner_organization) if owner]
    facts = [
        ("Action item", item.text),
        ("Due", f"{day} ({distance})"),
        ("Owner", ", ".join(owners)),
        ("For", item.body.title),
        ("Status", item.get_status_display()),
    ]
    if item.origin_meeting:
        facts.append(("Promised at", item.origin_meeting.title))
    if kind == ReminderKind.ITEM_ESCALATED:
        why = f"You get this because you chair the {item.body.title}."
    elif item.owner_person_id == person.pk:
        why = "You get this because this action item is yours."
    elif item.owner_organization and not item.owner_person_id:
        why = f"You get this because you speak for {item.owner_organization}, which owns this action item."
    else:
        why = "You get this because nobody else can be reached for this action item."
    return make(
        reminder,
        "item",
        subjects[ReminderKind(kind)],
        None,
        item=item,
        day=day,
        distance=distance,
        weeks=weeks,
        facts=facts,
        url=settings.SITE_URL + reverse("actionitems:detail", args=[item.pk]),
        act="Open the action item",
        why=why,
    )
