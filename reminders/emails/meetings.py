"""The mails of meetings: notices carry the calendar entry, reminders what is on the agenda."""

import datetime as dt

from django.conf import settings
from django.urls import reverse

from core.dates import say_day, say_distance, say_span, say_time, zone_word
from mail.messages import Calendar, Message
from meetings.calendars import Method, calendar_file
from meetings.models import RSVP, AgendaItem, Meeting
from reminders.emails.making import make
from reminders.models import Reminder
from reminders.rules import DUTY_KINDS, ReminderKind


def message(reminder: Reminder, meeting: Meeting, now: dt.datetime) -> Message:
    """The mail of one reminder about its meeting as it stands now."""
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
    return make(
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
