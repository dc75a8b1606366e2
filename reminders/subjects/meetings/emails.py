"""What emails say about meetings: notices carry the calendar entry, reminders the agenda."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Person
from core.dates import (
    format_datetime,
    format_relative_date,
    format_time,
    format_time_range,
    timezone_abbreviation,
)
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
from taskforces.models import Term
from taskforces.rules import CHAIR_ROLES

_MAX_AGENDA_ITEMS = 12


def meeting_section(reminder: Reminder, meeting: Meeting, now: dt.datetime) -> EmailSection:
    """Return the section of one reminder about the current state of its meeting."""
    kind, person = reminder.kind, reminder.recipient
    start = meeting.local_start
    today = now.astimezone(meeting.zone).date()
    when = format_datetime(start, today)
    is_canceled = kind == ReminderKind.MEETING_CANCELED
    answer = RSVP.objects.filter(meeting=meeting, person=person).first()
    first, *others = _buttons(reminder, meeting, answer, is_canceled)
    section = EmailSection(
        subject=_subject(kind, meeting, when, today),
        title=_("%(body)s, %(when)s") % {"body": meeting.body.title, "when": when},
        call_to_action=_call_to_action(kind, answer is not None, format_relative_date(start.date(), today)),
        facts=[
            *_facts(meeting, answer, is_canceled, format_time_range(start, meeting.local_end, today)),
            *_replaced_facts(reminder, meeting, now),
        ],
        why=_("You're receiving this because you're a member of the %(body)s.") % {"body": meeting.body.title},
        summary=_("a meeting %(distance)s") % {"distance": format_relative_date(start.date(), today)},
        button=first,
        action_buttons=others,
        points_title=_("Agenda"),
        points=[] if is_canceled else _agenda(meeting),
    )
    if not policy_of(kind).is_notice:
        return section
    # A notice is about the meeting as it is now, so its version is known only now.
    calendar = _calendar("CANCEL" if is_canceled else "REQUEST", meeting, person)
    return replace(section, calendar=calendar, subject_version=str(meeting.sequence), notice=_notice(meeting))


def _subject(kind: str, meeting: Meeting, when: str, today: dt.date) -> str:
    start = meeting.local_start
    values = {
        "body": meeting.body.title,
        "when": when,
        "distance": format_relative_date(start.date(), today),
        "time": format_time(start),
        "zone": timezone_abbreviation(start),
    }
    text = {
        ReminderKind.MEETING_SCHEDULED: _("New meeting: %(body)s, %(when)s"),
        ReminderKind.MEETING_CHANGED: _("Changed: %(body)s, %(when)s"),
        ReminderKind.MEETING_CANCELED: _("Canceled: %(body)s, %(when)s"),
        ReminderKind.MEETING_AHEAD: _("Meeting %(distance)s: %(body)s, %(when)s"),
        ReminderKind.MEETING_SOON: _("Starting soon: %(body)s, %(distance)s at %(time)s %(zone)s"),
        ReminderKind.RSVP_MISSING: _("RSVP: %(body)s, %(when)s"),
    }[ReminderKind(kind)]
    return text % values


def _call_to_action(kind: str, has_answered: bool, distance: str) -> str:
    match (kind, has_answered):
        case (ReminderKind.MEETING_SCHEDULED, _any):
            return _("You're invited. Please RSVP.")
        case (ReminderKind.MEETING_CHANGED, True):
            return _("This meeting has changed. Please check that you can still attend.")
        case (ReminderKind.MEETING_CHANGED, False):
            return _("This meeting has changed. Please RSVP.")
        case (ReminderKind.MEETING_CANCELED, _any):
            return _("This meeting is canceled. You don't need to do anything.")
        case (ReminderKind.MEETING_SOON, True):
            return _("This meeting starts soon.")
        case (ReminderKind.MEETING_SOON, False):
            return _("This meeting starts soon. Please RSVP.")
        case (ReminderKind.RSVP_MISSING, _any):
            return _("Please respond. We have not heard from you.")
        case (_kind, True):
            return _("You're attending. Please review the agenda.")
    return _("Please RSVP. The meeting is %(distance)s.") % {"distance": distance}


def _buttons(reminder: Reminder, meeting: Meeting, answer: RSVP | None, is_canceled: bool) -> list[ActionButton]:
    """Return the buttons that answer and the one that opens the meeting's page, the main button first."""
    label = _("Open the meeting") if is_canceled else _("Open the meeting and agenda")
    page = ActionButton(label, page_url("meetings:detail", meeting.pk))
    if is_canceled:
        return [page]
    buttons = action_buttons(meeting, reminder.recipient, key_digest(reminder.key))
    if answer and reminder.kind != ReminderKind.MEETING_CHANGED:
        return [page, *(button for button in buttons if not button.url.endswith(f"/{answer.answer}/"))]
    return [*buttons, page]


def _facts(meeting: Meeting, answer: RSVP | None, is_canceled: bool, span: str) -> list[tuple[str, str]]:
    facts = [(_("Meeting"), meeting.title), (_("When"), span)]
    if is_canceled:
        return [*facts, (_("Reason"), meeting.cancel_reason)] if meeting.cancel_reason else facts
    facts += [(_("Location"), meeting.location)] if meeting.location else []
    facts += [(_("Join online"), meeting.join_link)] if meeting.join_link else []
    return [*facts, (_("Your response"), str(RSVPAnswer(answer.answer).label))] if answer else facts


def _replaced_facts(reminder: Reminder, meeting: Meeting, now: dt.datetime) -> list[tuple[str, str]]:
    """Return the facts that a change replaced, as they were when this person was last notified of the meeting."""
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
        facts.append((_("Was"), span))
    if old.location and old.location != meeting.location:
        facts.append((_("Old location"), old.location))
    if old.join_link and old.join_link != meeting.join_link:
        facts.append((_("Old link (do not use)"), old.join_link))
    return facts


def _agenda(meeting: Meeting) -> list[str]:
    lines = AgendaItem.objects.filter(meeting=meeting, removed_at=None)[:_MAX_AGENDA_ITEMS]
    timed = _("%(title)s (%(minutes)d min)")
    return [
        timed % {"title": line.title, "minutes": line.duration_minutes} if line.duration_minutes else line.title
        for line in lines
    ]


def _notice(meeting: Meeting) -> str:
    """Why a notice cannot be switched off, and whom to contact to leave the body."""
    chairs = Term.objects.current().filter(
        seat__body=meeting.body_id, seat__role__in=CHAIR_ROLES, person__is_active=True
    )
    # "chair" sorts before "co_chair".
    chair = chairs.select_related("person").order_by("seat__role", "pk").first()
    if chair is None:
        return _("All members get notices about meetings. No longer a member? Contact Workgroup staff.")
    text = _("All members get notices about meetings. No longer a member? Contact %(name)s, %(address)s.")
    return text % {"name": chair.person.name, "address": chair.person.email}


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
