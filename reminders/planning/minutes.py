"""Minutes that are still a draft some days after their meeting: to who keeps them."""

import datetime as dt

from meetings.models import Meeting
from meetings.rules import MeetingStatus, MinutesStatus
from reminders import rules
from reminders.planning.wanted import Plan
from reminders.rules import ReminderKind, morning_of


def plan_minutes(result: Plan) -> None:
    """Reminders of the draft minutes of meetings that ended lately."""
    longest = dt.timedelta(days=max(rules.MINUTES_DAYS) + 3)
    drafts = Meeting.objects.filter(
        status=MeetingStatus.CLOSED,
        minutes_status=MinutesStatus.DRAFT,
        ends_at__range=(result.now - longest, result.now),
        body__dissolved_on=None,
    )
    for meeting in drafts.order_by("pk"):
        for days in rules.MINUTES_DAYS:
            for person in result.audience.minute_takers_of(meeting.body_id):
                due_at = morning_of(meeting.local_end.date() + dt.timedelta(days=days), person.zone)
                if result.in_window(due_at):
                    result.want(
                        ReminderKind.MINUTES_WAITING,
                        person,
                        subject=meeting.pk,
                        occasion=f"v{meeting.schedule_version}",
                        offset=f"{days}d",
                        subject_version=MinutesStatus.DRAFT,
                        due_at=due_at,
                        expires_at=due_at + rules.A_DAY,
                        obsolete_at=due_at + rules.A_WEEK,
                    )
