"""The reminders' mails. Each looks again at what it speaks of; nothing is sent here."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.urls import reverse

from actionitems.models import ActionItem
from core.dates import say_day, say_distance, say_span, say_time, zone_word
from mail.messages import Calendar, Message, render
from meetings.calendars import Method, calendar_file
from meetings.models import RSVP, AgendaItem, Meeting
from objectives.models import Strategy
from reminders.links import preferences_url
from reminders.models import Reminder
from reminders.planning import progress_due
from reminders.rules import DUTY_KINDS, ReminderKind
from taskforces.models import Workgroup

_DUTY_HOW = (
    "Everybody who belongs gets the news of new, moved and cancelled meetings. If you have left, tell the chair."
)


def message_for(reminder: Reminder, subject: Meeting | ActionItem | Strategy, now: dt.datetime) -> Message:
    """The mail of one reminder about its subject as it stands now."""
    if isinstance(subject, Meeting):
        return _meeting_message(reminder, subject, now)
    if isinstance(subject, ActionItem):
        return _item_message(reminder, subject, now)
    return _progress_message(reminder, subject, now)


def _message(reminder: Reminder, template: str, subject: str, calendar: Calendar | None, **context: Any) -> Message:
    workgroup = Workgroup.objects.first()
    if workgroup:
        context["sender"] = workgroup.name
    headers = {}
    context["how"] = _DUTY_HOW
    if reminder.kind not in DUTY_KINDS:
        link = preferences_url(reminder.recipient, reminder.kind)
        headers = {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        context |= {"how": "Stop these reminders or choose others", "how_url": link}
    text, html = render(f"reminders/mail/{template}", {"kind": reminder.kind, "subject": subject, **context})
    return Message(subject, text, html, headers=headers, calendar=calendar)


def _meeting_message(reminder: Reminder, meeting: Meeting, now: dt.datetime) -> Message:
    kind = reminder.kind
    start = meeting.local_start
    today = now.astimezone(meeting.zone).date()
    when = f"{say_day(start.date(), today)}, {say_time(start)} {zone_word(start)}"
    span = say_span(start, meeting.local_end, today)
    distance = say_distance(start.date(), today)
    url = settings.SITE_URL + reverse("meetings:detail", args=[meeting.pk])
    subjects = {
        ReminderKind.MEETING_SCHEDULED: f"{meeting.body.title} meets {when}",
        ReminderKind.MEETING_CHANGED: f"Changed: {meeting.body.title} meets {when}",
        ReminderKind.MEETING_CANCELLED: f"Cancelled: {meeting.body.title} on {when}",
        ReminderKind.MEETING_AHEAD: f"{meeting.body.title} meets {distance}: {when}",
    }
    is_off = kind == ReminderKind.MEETING_CANCELLED
    facts = [("Meeting", meeting.title), ("When", span)]
    if is_off:
        facts += [("Why", meeting.cancel_reason)] if meeting.cancel_reason else []
    else:
        facts += [("Where", meeting.place)] if meeting.place else []
        facts += [("Join", meeting.join_link)] if meeting.join_link else []
    calendar = None
    if kind in DUTY_KINDS:
        method: Method = "CANCEL" if is_off else "REQUEST"
        content = calendar_file(
            meeting,
            method=method,
            with_join_link=True,
            url=url,
            organizer=settings.DEFAULT_FROM_EMAIL,
            attendee=reminder.recipient,
        )
        calendar = Calendar(method, content)
    answer = RSVP.objects.filter(meeting=meeting, person=reminder.recipient).first()
    return _message(
        reminder,
        "meeting",
        subjects[ReminderKind(kind)],
        calendar,
        meeting=meeting,
        answer=answer,
        distance=distance,
        agenda=[] if is_off else list(AgendaItem.objects.filter(meeting=meeting, removed_at=None)[:12]),
        facts=facts,
        url=url,
        act="See the meeting" if is_off or answer else "Answer and see the agenda",
        why=f"You get this because you belong to the {meeting.body.title}.",
    )


def _item_message(reminder: Reminder, item: ActionItem, now: dt.datetime) -> Message:
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
    return _message(
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


def _progress_message(reminder: Reminder, strategy: Strategy, now: dt.datetime) -> Message:
    person = reminder.recipient
    today = now.astimezone(person.zone).date()
    due_on = progress_due(strategy) or today
    day, distance = say_day(due_on, today), say_distance(due_on, today)
    is_late = reminder.kind == ReminderKind.PROGRESS_LATE
    last_word_on = strategy.last_word_on  # type: ignore[attr-defined]
    facts = [
        ("Strategy", strategy.title),
        ("Objective", f"{strategy.objective.number}. {strategy.objective.title}"),
        ("Due", f"{day} ({distance})"),
        ("Last word", say_day(last_word_on, today) if last_word_on else "None yet"),
    ]
    if is_late:
        facts.append(("Responsible", str(strategy.responsible_person or "Nobody named")))
    is_responsible = strategy.responsible_person_id == person.pk
    why = (
        "You get this because you are responsible for this strategy."
        if is_responsible and not is_late
        else f"You get this because you chair the {strategy.body.title}."
    )
    subject = f"Progress update late since {day}" if is_late else f"Progress update due {day}"
    return _message(
        reminder,
        "progress",
        f"{subject}: {strategy.title}",
        None,
        strategy=strategy,
        day=day,
        distance=distance,
        facts=facts,
        url=settings.SITE_URL + reverse("objectives:write_update", args=[strategy.pk]),
        act="Write the update",
        why=why,
    )
