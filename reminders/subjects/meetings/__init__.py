"""Meetings: notices of new, changed and canceled ones, reminders before them, and a reminder to respond."""

import datetime as dt

from django.utils.translation import gettext as _

from meetings.models import RSVP, Meeting
from meetings.rules import LIVE_STATUSES, MeetingStatus, RSVPAnswer
from reminders.audience import load_audience
from reminders.emails import EmailSection
from reminders.models import Reminder
from reminders.plan import ReminderPlan
from reminders.rules import ReminderKind
from reminders.subjects.base import Subject
from reminders.subjects.meetings.emails import meeting_section
from reminders.subjects.meetings.notices import meeting_notice_states
from reminders.subjects.meetings.responses import LINK_ACTIONS
from reminders.subjects.meetings.schedule import plan_meetings

# Reminders before a meeting, which depend on the answer of the person.
_BEFORE = (ReminderKind.MEETING_AHEAD, ReminderKind.MEETING_SOON, ReminderKind.RSVP_MISSING)


class Meetings(Subject):
    """All six kinds come from one pass over the meetings, since a notice replaces the next reminder."""

    kinds = (
        ReminderKind.MEETING_SCHEDULED,
        ReminderKind.MEETING_CHANGED,
        ReminderKind.MEETING_CANCELED,
        *_BEFORE,
    )
    link_actions = LINK_ACTIONS

    def plan(self, plan: ReminderPlan) -> None:
        plan_meetings(plan)

    def find(self, pk: int) -> Meeting:
        return Meeting.objects.select_related("body").get(pk=pk)

    def section(self, reminder: Reminder, meeting: Meeting, now: dt.datetime) -> EmailSection:
        return meeting_section(reminder, meeting, now)

    def delegation_moment(self, reminder: Reminder, meeting: Meeting, now: dt.datetime) -> dt.datetime | None:
        """Return the start of the meeting for a first notice to a delegate, or now if the meeting has started.

        Such a notice is sent to the delegate of a person who is away on the day of the meeting.
        """
        if reminder.kind == ReminderKind.MEETING_SCHEDULED and reminder.delegated_from_id:
            return max(meeting.starts_at, now)
        return super().delegation_moment(reminder, meeting, now)

    def sends_alternate(self, reminder: Reminder) -> bool:
        rsvps = RSVP.objects.filter(
            meeting=reminder.subject_id, person=reminder.principal_id, answer=RSVPAnswer.ALTERNATE
        )
        return reminder.kind in _BEFORE and rsvps.exists()

    def skip_reason(self, reminder: Reminder, meeting: Meeting, now: dt.datetime) -> str:
        audience = load_audience(person_id=reminder.principal_id, body_id=meeting.body_id)
        if meeting.body.dissolved_on or reminder.principal_id not in audience.members.get(meeting.body_id, ()):
            text = _("No longer a member of the %(body)s, or the organization is on leave.")
            return text % {"body": meeting.body.title}
        if meeting.ends_at <= now:
            return _("The meeting is over.")
        if reminder.kind == ReminderKind.MEETING_CANCELED:
            return "" if meeting.status == MeetingStatus.CANCELED else _("The meeting is not canceled.")
        if meeting.status == MeetingStatus.CANCELED:
            return _("The meeting was canceled.")
        if meeting.status not in LIVE_STATUSES:
            return _("The meeting is no longer scheduled.")
        if reminder.kind == ReminderKind.MEETING_CHANGED:
            return _change_skip_reason(reminder, meeting, now)
        return _before_skip_reason(reminder, meeting, now) if reminder.kind in _BEFORE else ""


def _change_skip_reason(reminder: Reminder, meeting: Meeting, now: dt.datetime) -> str:
    recipient = reminder.recipient_id
    states = meeting_notice_states(now, meeting=meeting.pk, person=recipient, exclude=reminder.pk)
    state = states.get((meeting.pk, recipient))
    is_known = state is not None and state.sequence is not None and state.sequence >= meeting.sequence
    return _("This person already knows about the change.") if is_known else ""


def _before_skip_reason(reminder: Reminder, meeting: Meeting, now: dt.datetime) -> str:
    if reminder.subject_version != str(meeting.schedule_version):
        return _("The meeting time changed.")
    if meeting.status != MeetingStatus.SCHEDULED or meeting.starts_at <= now:
        return _("The meeting has started.")
    rsvp = RSVP.objects.filter(meeting=meeting, person=reminder.principal_id).first()
    if rsvp is None:
        return ""
    if reminder.kind == ReminderKind.RSVP_MISSING:
        return _("This person has responded.")
    is_attending = rsvp.answer == RSVPAnswer.YES
    if rsvp.answer == RSVPAnswer.ALTERNATE:
        is_attending = reminder.delegated_from_id is not None
    return "" if is_attending else _("This person is not attending.")
