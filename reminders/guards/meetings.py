"""Whether what a mail says of a meeting is still so, and still for this person."""

import datetime as dt

from meetings.models import RSVP, Meeting
from meetings.rules import LIVE_STATUSES, MeetingStatus, RSVPAnswer
from reminders import wishes
from reminders.audience import load, load_around
from reminders.models import Reminder
from reminders.planning.meetings import meeting_notice_states
from reminders.rules import ReminderKind

AHEAD = (ReminderKind.MEETING_AHEAD, ReminderKind.MEETING_SOON, ReminderKind.RSVP_MISSING)


def find(pk: int) -> Meeting:
    """The meeting with what its mail names. Raises DoesNotExist."""
    return Meeting.objects.select_related("body").get(pk=pk)


def refusal(reminder: Reminder, meeting: Meeting, now: dt.datetime) -> str:
    """Why the reminder should not go; empty when it should."""
    person = reminder.principal_id
    audience = load(person_id=person, body_id=meeting.body_id)
    if meeting.body.dissolved_on or person not in audience.members.get(meeting.body_id, ()):
        return f"No longer belongs to the {meeting.body.title}, or its organization is on leave."
    if meeting.ends_at <= now:
        return "The meeting is over."
    if reminder.kind == ReminderKind.MEETING_CANCELLED:
        return "" if meeting.status == MeetingStatus.CANCELED else "The meeting is not cancelled."
    if meeting.status == MeetingStatus.CANCELED:
        return "The meeting was cancelled."
    if meeting.status not in LIVE_STATUSES:
        return "The meeting is no longer ahead."
    if reminder.kind == ReminderKind.MEETING_CHANGED:
        reader = reminder.recipient_id
        told = meeting_notice_states(now, meeting=meeting.pk, person=reader, but=reminder.pk).get((meeting.pk, reader))
        is_known = told is not None and told.sequence is not None and told.sequence >= meeting.sequence
        return "This person knows of the change already." if is_known else ""
    if reminder.kind == ReminderKind.MEETING_SCHEDULED:
        return _place_refusal(reminder, meeting, now)
    return _ahead_refusal(reminder, meeting, now) if reminder.kind in AHEAD else ""


def _place_refusal(reminder: Reminder, meeting: Meeting, now: dt.datetime) -> str:
    """Why the first news is not for who stands in, or stood in: the person is there on the day, or sends another."""
    person = reminder.delegated_from
    if person is None:
        return ""
    around = load_around(person)
    chosen, day = wishes.load(around.people), max(meeting.starts_at, now)
    if not chosen.is_absent(person, day):
        return f"{person} is back."
    return "" if around.delegate(person, chosen, day) == reminder.recipient else f"Another stands in for {person} now."


def _ahead_refusal(reminder: Reminder, meeting: Meeting, now: dt.datetime) -> str:
    if reminder.subject_version != str(meeting.schedule_version):
        return "The meeting was moved."
    if meeting.status != MeetingStatus.SCHEDULED or meeting.starts_at <= now:
        return "The meeting has begun."
    said = RSVP.objects.filter(meeting=meeting, person=reminder.principal_id).first()
    if said is None:
        return ""
    if reminder.kind == ReminderKind.RSVP_MISSING:
        return "This person has answered."
    if said.answer == RSVPAnswer.ALTERNATE:
        return "" if reminder.delegated_from_id else "This person said not to come."
    return "This person said not to come." if said.answer == RSVPAnswer.NO else ""
