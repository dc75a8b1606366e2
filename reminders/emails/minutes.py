"""What mails say of minutes that wait."""

import datetime as dt

from django.conf import settings
from django.urls import reverse

from core.dates import format_date, format_relative_date
from meetings.models import Meeting
from reminders.answers.parts import Offer
from reminders.emails.making import EmailSection
from reminders.models import Reminder


def piece(reminder: Reminder, meeting: Meeting, now: dt.datetime) -> EmailSection:
    """What one reminder says of its meeting's minutes as they stand now."""
    today = now.astimezone(meeting.zone).date()
    day = format_date(meeting.local_start.date(), today)
    return EmailSection(
        subject=f"Minutes of {day} wait: {meeting.body.title}",
        title=f"Minutes of {meeting.body.title}, {day}",
        ask="Check these minutes and publish them: they are still a draft.",
        facts=[
            ("Meeting", meeting.title),
            ("Held", f"{day} ({format_relative_date(meeting.local_start.date(), today)})"),
        ],
        why=f"You get this because you keep the minutes of the {meeting.body.title}.",
        button=Offer("Open the minutes", settings.SITE_URL + reverse("meetings:minutes", args=[meeting.pk])),
    )
