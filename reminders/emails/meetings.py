"""What mails say of meetings: notices carry the calendar entry, reminders what is on the agenda."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from accounts.models import Person
from core.dates import format_date, format_relative_date, format_time, format_time_range, timezone_abbreviation
from mail.messages import Calendar
from meetings.calendars import Method, calendar_file
from meetings.models import RSVP, AgendaItem, Meeting
from meetings.rules import RSVPAnswer
from reminders.answers import meetings as answers
from reminders.answers.parts import Offer
from reminders.emails.making import EmailSection, ask
from reminders.models import Reminder
from reminders.planning.meetings import meeting_notice_states
from reminders.rules import ReminderKind, key_digest

# The news of meetings, each with its calendar entry.
_METHODS: dict[str, Method] = {
    ReminderKind.MEETING_SCHEDULED: "REQUEST",
    ReminderKind.MEETING_CHANGED: "REQUEST",
    ReminderKind.MEETING_CANCELLED: "CANCEL",
}
_MAX_AGENDA_ITEMS = 12


def piece(reminder: Reminder, meeting: Meeting, now: dt.datetime) -> EmailSection:
    """What one reminder says of its meeting as it stands now."""
    kind, person = reminder.kind, reminder.recipient
    start = meeting.local_start
    today = now.astimezone(meeting.zone).date()
    when = f"{format_date(start.date(), today)}, {format_time(start)} {timezone_abbreviation(start)}"
    distance = format_relative_date(start.date(), today)
    subjects = {
        ReminderKind.MEETING_SCHEDULED: f"{meeting.body.title} meets {when}",
        ReminderKind.MEETING_CHANGED: f"Changed: {meeting.body.title} meets {when}",
        ReminderKind.MEETING_CANCELLED: f"Cancelled: {meeting.body.title} on {when}",
        ReminderKind.MEETING_AHEAD: f"{meeting.body.title} meets {distance}: {when}",
        ReminderKind.MEETING_SOON: f"{meeting.body.title} meets at {format_time(start)} {timezone_abbreviation(start)} {distance}",
        ReminderKind.RSVP_MISSING: f"Will you come? {meeting.body.title} meets {when}",
    }
    is_off = kind == ReminderKind.MEETING_CANCELLED
    answer = RSVP.objects.filter(meeting=meeting, person=person).first()
    first, *others = _offers(reminder, meeting, answer, is_off)
    return EmailSection(
        subject=subjects[ReminderKind(kind)],
        title=f"{meeting.body.title}, {when}",
        ask=ask("meeting", kind=kind, answer=answer, distance=distance),
        facts=[
            *_facts(meeting, answer, is_off, format_time_range(start, meeting.local_end, today)),
            *_before(reminder, meeting, now),
        ],
        why=f"You get this because you belong to the {meeting.body.title}.",
        button=first,
        offers=others,
        points_title="Agenda",
        points=[] if is_off else _agenda(meeting),
        calendar=_calendar(_METHODS[kind], meeting, person) if kind in _METHODS else None,
    )


def _url(meeting: Meeting) -> str:
    return settings.SITE_URL + reverse("meetings:detail", args=[meeting.pk])


def _offers(reminder: Reminder, meeting: Meeting, answer: RSVP | None, is_off: bool) -> list[Offer]:
    """The answers and the meeting's page, the one for the button first."""
    page = Offer("See the meeting" if is_off else "See the meeting and its agenda", _url(meeting))
    if is_off:
        return [page]
    offers = answers.offers(meeting, reminder.recipient, key_digest(reminder.key))
    if answer and reminder.kind != ReminderKind.MEETING_CHANGED:
        return [page, *(offer for offer in offers if not offer.url.endswith(f"/{answer.answer}/"))]
    return [*offers, page]


def _facts(meeting: Meeting, answer: RSVP | None, is_off: bool, span: str) -> list[tuple[str, str]]:
    facts = [("Meeting", meeting.title), ("When", span)]
    if is_off:
        return [*facts, ("Why", meeting.cancel_reason)] if meeting.cancel_reason else facts
    facts += [("Where", meeting.location)] if meeting.location else []
    facts += [("Join", meeting.join_link)] if meeting.join_link else []
    return [*facts, ("Your answer", RSVPAnswer(answer.answer).label)] if answer else facts


def _before(reminder: Reminder, meeting: Meeting, now: dt.datetime) -> list[tuple[str, str]]:
    """What a change replaced: the meeting as this person was told of it last."""
    if reminder.kind != ReminderKind.MEETING_CHANGED:
        return []
    told = meeting_notice_states(now, meeting=meeting.pk, person=reminder.recipient_id, but=reminder.pk)
    known = told.get((meeting.pk, reminder.recipient_id))
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
        url=_url(meeting),
        organizer=settings.DEFAULT_FROM_EMAIL,
        attendee=person,
    )
    return Calendar(method, content)
