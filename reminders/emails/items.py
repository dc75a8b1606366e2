"""What mails say of action items."""

import datetime as dt

from django.conf import settings
from django.urls import reverse

from actionitems.models import ActionItem
from core.dates import format_date, format_relative_date
from reminders.answers import items as answers
from reminders.answers.parts import Offer
from reminders.emails.making import EmailSection, ask
from reminders.models import Reminder
from reminders.rules import ReminderKind, key_digest


def piece(reminder: Reminder, item: ActionItem, now: dt.datetime) -> EmailSection:
    """What one reminder says of its action item as it stands now."""
    kind, person = reminder.kind, reminder.recipient
    today = now.astimezone(person.zone).date()
    day, distance = format_date(item.due_on, today), format_relative_date(item.due_on, today)
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
    if item.status_note:
        facts.append(("Last note", item.status_note))
    if item.origin_meeting:
        facts.append(("Promised at", item.origin_meeting.title))
    opening = Offer("Open the action item", settings.SITE_URL + reverse("actionitems:detail", args=[item.pk]))
    offers = answers.offers(item, person, key_digest(reminder.key))
    # A chair who is told of somebody else's item looks first; its owner most often says that it is done.
    first, *others = [opening, *offers] if kind == ReminderKind.ITEM_ESCALATED else [*offers, opening]
    return EmailSection(
        subject=subjects[ReminderKind(kind)],
        title=item.text,
        ask=ask("item", kind=kind, day=day, distance=distance, weeks=weeks),
        facts=facts,
        why=_why(reminder, item),
        button=first,
        offers=others,
    )


def _why(reminder: Reminder, item: ActionItem) -> str:
    if reminder.kind == ReminderKind.ITEM_ESCALATED:
        return f"You get this because you chair the {item.body.title}."
    if item.owner_person_id == reminder.recipient_id:
        return "You get this because this action item is yours."
    if item.owner_organization and not item.owner_person_id:
        return f"You get this because you speak for {item.owner_organization}, which owns this action item."
    return "You get this because nobody else can be reached for this action item."
