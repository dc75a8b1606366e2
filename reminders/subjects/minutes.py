"""Minutes that are still a draft some days after their meeting: to who takes them."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Person
from core.dates import format_date
from meetings.models import Meeting
from meetings.rules import MeetingStatus, MinutesStatus
from reminders import rules
from reminders.audience import Audience
from reminders.emails import EmailSection, format_day_and_distance, page_url
from reminders.link_actions import ActionButton
from reminders.models import Reminder
from reminders.plan import ReminderPlan
from reminders.rules import ReminderKind
from reminders.subjects.base import Step, SteppedSubject


class Minutes(SteppedSubject):
    """Reminders of draft minutes, counted from the last day of the meeting."""

    kinds = (ReminderKind.MINUTES_WAITING,)
    steps = tuple(Step(ReminderKind.MINUTES_WAITING, f"{days}d", days) for days in rules.MINUTES_DAYS)

    def subjects(self, plan: ReminderPlan) -> Iterable[Meeting]:
        longest = dt.timedelta(days=max(rules.MINUTES_DAYS) + 3)
        drafts = Meeting.objects.filter(
            status=MeetingStatus.CLOSED,
            minutes_status=MinutesStatus.DRAFT,
            ends_at__range=(plan.now - longest, plan.now),
            body__dissolved_on=None,
        )
        return drafts.order_by("pk")

    def anchor(self, meeting: Meeting) -> dt.date:
        return meeting.local_end.date()

    def known_since(self, meeting: Meeting) -> None:
        """Minutes are missing from the end of the meeting on, whenever it was recorded."""
        return

    def people(self, kind: str, meeting: Meeting, audience: Audience) -> list[Person]:
        return audience.minute_takers_of(meeting.body_id)

    def audience_scope(self, meeting: Meeting) -> dict[str, Any]:
        return {"body_id": meeting.body_id}

    def occasion(self, meeting: Meeting) -> str:
        return f"v{meeting.schedule_version}"

    def version(self, meeting: Meeting) -> str:
        return MinutesStatus.DRAFT

    def find(self, pk: int) -> Meeting:
        return Meeting.objects.select_related("body").get(pk=pk)

    def closed_reason(self, meeting: Meeting) -> str:
        return "" if meeting.minutes_status == MinutesStatus.DRAFT else _("The minutes have been published.")

    def reassigned_reason(self, reminder: Reminder, meeting: Meeting) -> str:
        return _("No longer takes the minutes of the %(body)s.") % {"body": meeting.body.title}

    def section(self, reminder: Reminder, meeting: Meeting, now: dt.datetime) -> EmailSection:
        today = now.astimezone(meeting.zone).date()
        held_on = meeting.local_start.date()
        day = format_date(held_on, today)
        values = {"day": day, "body": meeting.body.title}
        return EmailSection(
            subject=_("Minutes to publish: %(body)s, %(day)s") % values,
            title=_("Minutes of %(body)s, %(day)s") % values,
            call_to_action=_("These minutes are still a draft. Please review and publish them."),
            facts=[(_("Meeting"), meeting.title), (_("Date"), format_day_and_distance(held_on, today))],
            why=_("You're receiving this because you take the minutes of the %(body)s.") % values,
            summary=_("draft minutes from %(day)s") % values,
            button=ActionButton(_("Open the minutes"), page_url("meetings:minutes", meeting.pk)),
        )
