"""What emails say about meetings: notices carry the calendar entry, reminders the agenda."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Person
from core.dates import format_date, format_relative_date, format_time, format_time_range, timezone_abbreviation
from mail.messages import Calendar
from meetings.calendars import Method, calendar_file
from meetings.models import RSVP, AgendaItem, Meeting
from meetings.rules import RSVPAnswer
from reminders.emails import EmailSection, page_url
from reminders.link_actions import ActionButton
from reminders.models import Reminder
from reminders.rules import ReminderKind, key_digest, policy_of
from reminders.subjects.meetings.notices import meeting_notice_states
from reminders.subjects.meetings.responses import action_buttons

_MAX_AGENDA_ITEMS = 12


def meeting_section(reminder: Reminder, meeting: Meeting, now: dt.datetime) -> EmailSection:
    """What one reminder says about its meeting as it is now."""
    kind, person = reminder.kind, reminder.recipient
    start = meeting.local_start
    today = now.astimezone(meeting.zone).date()
    when = f"{format_date(start.date(), today)}, {format_time(start)} {timezone_abbreviation(start)}"
    is_canceled = kind == ReminderKind.MEETING_CANCELED
    answer = RSVP.objects.filter(meeting=meeting, person=person).first()
    first, *others = _buttons(reminder, meeting, answer, is_canceled)
    section = EmailSection(
        subject=_subject(kind, meeting, when, today),
        title=f"{meeting.body.title}, {when}",
        call_to_action=_call_to_action(kind, answer is not None, format_relative_date(start.date(), today)),
        facts=[
            *_facts(meeting, answer, is_canceled, format_time_range(start, meeting.local_end, today)),
            *_replaced_facts(reminder, meeting, now),
        ],
        why=f"You get this because you belong to the {meeting.body.title}.",
        button=first,
        action_buttons=others,
        points_title="Agenda",
        points=[] if is_canceled else _agenda(meeting),
    )
    if not policy_of(kind).is_notice:
        return section
    # A notice is about the meeting as it is now, so its version is known only now.
    calendar = _calendar("CANCEL" if is_canceled else "REQUEST", meeting, person)
    return replace(section, calendar=calendar, subject_version=str(meeting.sequence))


def _subject(kind: str, meeting: Meeting, when: str, today: dt.date) -> str:
    start, title = meeting.local_start, meeting.body.title
    distance = format_relative_date(start.date(), today)
    return {
        ReminderKind.MEETING_SCHEDULED: f"{title} meets {when}",
        ReminderKind.MEETING_CHANGED: f"Changed: {title} meets {when}",
        ReminderKind.MEETING_CANCELED: f"Cancelled: {title} on {when}",
        ReminderKind.MEETING_AHEAD: f"{title} meets {distance}: {when}",
        ReminderKind.MEETING_SOON: f"{title} meets at {format_time(start)} {timezone_abbreviation(start)} {distance}",
        ReminderKind.RSVP_MISSING: f"Will you come? {title} meets {when}",
    }[ReminderKind(kind)]


def _call_to_action(kind: str, has_answered: bool, distance: str) -> str:
    match (kind, has_answered):
        case (ReminderKind.MEETING_SCHEDULED, _any):
            return _("You are invited. Say whether you come.")
        case (ReminderKind.MEETING_CHANGED, True):
            return _("This meeting changed. Check that you can still come.")
        case (ReminderKind.MEETING_CHANGED, False):
            return _("This meeting changed. Say whether you come.")
        case (ReminderKind.MEETING_CANCELED, _any):
            return _("This meeting will not take place. There is nothing to do.")
        case (ReminderKind.MEETING_SOON, True):
            return _("The meeting starts soon.")
        case (ReminderKind.MEETING_SOON, False):
            return _("The meeting starts soon. Say whether you come.")
        case (ReminderKind.RSVP_MISSING, _any):
            return _("Say whether you come: nobody has heard from you yet.")
        case (_kind, True):
            return _("You said that you come. See the agenda before you do.")
    return _("Say whether you come: the meeting is %(distance)s.") % {"distance": distance}


def _buttons(reminder: Reminder, meeting: Meeting, answer: RSVP | None, is_canceled: bool) -> list[ActionButton]:
    """The answers and the meeting's page, the one for the button first."""
    label = "See the meeting" if is_canceled else "See the meeting and its agenda"
    page = ActionButton(label, page_url("meetings:detail", meeting.pk))
    if is_canceled:
        return [page]
    buttons = action_buttons(meeting, reminder.recipient, key_digest(reminder.key))
    if answer and reminder.kind != ReminderKind.MEETING_CHANGED:
        return [page, *(button for button in buttons if not button.url.endswith(f"/{answer.answer}/"))]
    return [*buttons, page]


def _facts(meeting: Meeting, answer: RSVP | None, is_canceled: bool, span: str) -> list[tuple[str, str]]:
    facts = [("Meeting", meeting.title), ("When", span)]
    if is_canceled:
        return [*facts, ("Why", meeting.cancel_reason)] if meeting.cancel_reason else facts
    facts += [("Where", meeting.location)] if meeting.location else []
    facts += [("Join", meeting.join_link)] if meeting.join_link else []
    return [*facts, ("Your answer", str(RSVPAnswer(answer.answer).label))] if answer else facts


def _replaced_facts(reminder: Reminder, meeting: Meeting, now: dt.datetime) -> list[tuple[str, str]]:
    """What a change replaced: the meeting as this person was notified of it last."""
    if reminder.kind != ReminderKind.MEETING_CHANGED:
        return []
    states = meeting_notice_states(now, meeting=meeting.pk, person=reminder.recipient_id, exclude=reminder.pk)
    known = states.get((meeting.pk, reminder.recipient_id))
    if known is None or known.sequence is None:
        return []
    old = meeting.history.filter(sequence=known.sequence).order_by("-history_id").first()
    if old is None:
        return []
    zone, today = ZoneInfo(old.time_zone), now.astimezone(meeting.zone).date()
    facts = []
    if (old.starts_at, old.ends_at) != (meeting.starts_at, meeting.ends_at):
        span = format_time_range(old.starts_at.astimezone(zone), old.ends_at.astimezone(zone), today)
        facts.append(("Not any more", span))
    if old.location and old.location != meeting.location:
        facts.append(("Not in", old.location))
    if old.join_link and old.join_link != meeting.join_link:
        facts.append(("Not by", old.join_link))
    return facts


def _agenda(meeting: Meeting) -> list[str]:
    lines = AgendaItem.objects.filter(meeting=meeting, removed_at=None)[:_MAX_AGENDA_ITEMS]
    return [f"{line.title} ({line.duration_minutes} min)" if line.duration_minutes else line.title for line in lines]


def _calendar(method: Method, meeting: Meeting, person: Person) -> Calendar:
    content = calendar_file(
        meeting,
        method=method,
        with_join_link=True,
        url=page_url("meetings:detail", meeting.pk),
        organizer=settings.DEFAULT_FROM_EMAIL,
        attendee=person,
    )
    return Calendar(method, content)
