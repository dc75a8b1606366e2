"""The check right before a mail goes: whether what it says is still so, and still for this person."""

import datetime as dt

from django.core.exceptions import ObjectDoesNotExist

from actionitems.models import ActionItem
from meetings.models import RSVP, Meeting
from meetings.rules import LIVE_STATUSES, MeetingStatus
from objectives.models import Strategy
from objectives.queries import with_last_word
from reminders.audience import load
from reminders.models import Preference, Reminder
from reminders.planning import STAYS_AWAY, progress_due, told_of_meetings
from reminders.rules import ReminderKind

MEETING_KINDS = (
    ReminderKind.MEETING_AHEAD,
    ReminderKind.MEETING_SCHEDULED,
    ReminderKind.MEETING_CHANGED,
    ReminderKind.MEETING_CANCELLED,
)
Subject = Meeting | ActionItem | Strategy
ITEM_KINDS = (ReminderKind.ITEM_DUE, ReminderKind.ITEM_OVERDUE, ReminderKind.ITEM_ESCALATED)


def subject_of(reminder: Reminder) -> Subject:
    """The meeting, item or strategy that a reminder speaks of, with what its mail names. Raises DoesNotExist."""
    if reminder.kind in MEETING_KINDS:
        return Meeting.objects.select_related("body").get(pk=reminder.subject_id)
    if reminder.kind in ITEM_KINDS:
        items = ActionItem.objects.select_related("body", "owner_person", "owner_organization", "origin_meeting")
        return items.get(pk=reminder.subject_id)
    strategies = Strategy.objects.select_related("body", "objective__plan", "responsible_person", "lead_organization")
    return with_last_word(strategies).get(pk=reminder.subject_id)


def check(reminder: Reminder, now: dt.datetime) -> tuple[Subject | None, str]:
    """What the reminder speaks of as it stands now, and why it should not go; the reason is empty when it should."""
    try:
        subject = subject_of(reminder)
    except ObjectDoesNotExist:
        return None, "What this speaks of is not there any more."
    return subject, _refusal(reminder, subject, now)


def _refusal(reminder: Reminder, subject: Subject, now: dt.datetime) -> str:
    if not reminder.recipient.is_active:
        return "This person's account is no longer active."
    if Preference.objects.filter(person=reminder.recipient_id, kind=reminder.kind).exists():
        return "Switched off by this person."
    if isinstance(subject, Meeting):
        return _meeting_refusal(reminder, subject, now)
    if isinstance(subject, ActionItem):
        return _item_refusal(reminder, subject)
    return _progress_refusal(reminder, subject)


def _meeting_refusal(reminder: Reminder, meeting: Meeting, now: dt.datetime) -> str:
    person = reminder.recipient_id
    audience = load(person_id=person, body_id=meeting.body_id)
    if meeting.body.dissolved_on or person not in audience.members.get(meeting.body_id, ()):
        return f"No longer belongs to the {meeting.body.title}, or its organization is on leave."
    if meeting.ends_at <= now:
        return "The meeting is over."
    if reminder.kind == ReminderKind.MEETING_CANCELLED:
        return "" if meeting.status == MeetingStatus.CANCELLED else "The meeting is not cancelled."
    if meeting.status == MeetingStatus.CANCELLED:
        return "The meeting was cancelled."
    if meeting.status not in LIVE_STATUSES:
        return "The meeting is no longer ahead."
    if reminder.kind == ReminderKind.MEETING_CHANGED:
        told = told_of_meetings(now, subject_id=meeting.pk, recipient=person).get((meeting.pk, person))
        is_known = told is not None and told.sequence is not None and told.sequence >= meeting.sequence
        return "This person knows of the change already." if is_known else ""
    return _ahead_refusal(reminder, meeting, now) if reminder.kind == ReminderKind.MEETING_AHEAD else ""


def _ahead_refusal(reminder: Reminder, meeting: Meeting, now: dt.datetime) -> str:
    if reminder.speaks_of != str(meeting.start_version):
        return "The meeting was moved."
    if meeting.status != MeetingStatus.SCHEDULED or meeting.starts_at <= now:
        return "The meeting has begun."
    if RSVP.objects.filter(meeting=meeting, person=reminder.recipient_id, answer__in=STAYS_AWAY).exists():
        return "This person said not to come."
    return ""


def _item_refusal(reminder: Reminder, item: ActionItem) -> str:
    if not ActionItem.objects.open().filter(pk=item.pk).exists():
        return f"The item is {item.get_status_display().lower()}."
    if reminder.speaks_of != item.due_on.isoformat():
        return "The item has another due date now."
    audience = load(
        person_id=reminder.recipient_id, body_id=item.body_id, organization_ids=[item.owner_organization_id]
    )
    is_escalated = reminder.kind == ReminderKind.ITEM_ESCALATED
    people = audience.escalated_to(item) if is_escalated else audience.owners_of(item)
    if reminder.recipient_id in {person.pk for person in people}:
        return ""
    return "No longer chairs this body." if is_escalated else "The item has another owner now."


def _progress_refusal(reminder: Reminder, strategy: Strategy) -> str:
    if not Strategy.objects.open().filter(pk=strategy.pk).exists():
        return "The strategy is closed."
    due_on = progress_due(strategy)
    if due_on is None or reminder.speaks_of != due_on.isoformat():
        return "Progress was reported since."
    audience = load(
        person_id=reminder.recipient_id, body_id=strategy.body_id, organization_ids=[strategy.lead_organization_id]
    )
    is_late = reminder.kind == ReminderKind.PROGRESS_LATE
    people = audience.chairs_of(strategy.body_id) if is_late else audience.reporters_of(strategy)
    return "" if reminder.recipient_id in {person.pk for person in people} else "Another person answers for this now."
