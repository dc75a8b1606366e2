"""Meetings: the notices that a person lacks, and what is said of a meeting ahead."""

import datetime as dt
from dataclasses import dataclass, field

from mail.rules import DeliveryState
from meetings.models import RSVP, Meeting
from meetings.rules import LIVE_STATUSES, Answer, MeetingStatus
from members.models import Person
from reminders import rules
from reminders.models import Reminder
from reminders.planning.wanted import Plan
from reminders.rules import NOTICE_KINDS, ReminderKind, morning_of

STAYS_AWAY = (Answer.NO, Answer.ALTERNATE)


@dataclass
class Told:
    """What one person has been told of one meeting."""

    kinds: set[tuple[str, str]] = field(default_factory=set)
    # The highest sequence that was sent or may have been; None while nothing was.
    sequence: int | None = None
    last_notice_at: dt.datetime | None = None


def told_of_meetings(now: dt.datetime, **only: int) -> dict[tuple[int, int], Told]:
    """What was said so far of meetings that are not over, by meeting and person; `only` filters the reminders."""
    ahead = Meeting.objects.filter(ends_at__gt=now).exclude(status=MeetingStatus.DRAFT)
    notices = Reminder.objects.filter(kind__in=NOTICE_KINDS, subject_id__in=ahead.order_by().values("pk"), **only)
    rows = notices.values_list(
        "subject_id", "recipient", "kind", "speaks_of", "due_at", "state", "delivery__state", "delivery__ambiguous"
    )
    told: dict[tuple[int, int], Told] = {}
    for meeting, person, kind, speaks_of, due_at, state, delivery_state, ambiguous in rows:
        entry = told.setdefault((meeting, person), Told())
        entry.kinds.add((kind, speaks_of if kind == ReminderKind.MEETING_CHANGED else ""))
        arrived = delivery_state in (DeliveryState.SENT, DeliveryState.UNKNOWN) or bool(ambiguous)
        if arrived or state == rules.ReminderState.SENT:
            entry.sequence = max(int(speaks_of), -1 if entry.sequence is None else entry.sequence)
        entry.last_notice_at = max(due_at, entry.last_notice_at or due_at)
    return told


def plan_meetings(result: Plan) -> None:
    now = result.now
    told = told_of_meetings(now)
    away = set(RSVP.objects.filter(meeting__ends_at__gt=now, answer__in=STAYS_AWAY).values_list("meeting", "person"))
    statuses = (*LIVE_STATUSES, MeetingStatus.CANCELLED)
    meetings = Meeting.objects.filter(status__in=statuses, ends_at__gt=now, body__dissolved_on=None)
    for meeting in meetings.order_by("starts_at", "pk"):
        for person in result.audience.members_of(meeting.body_id):
            entry = told.get((meeting.pk, person.pk), Told())
            notice = _notice(meeting, entry)
            if notice:
                _want_notice(result, meeting, person, notice)
            if meeting.status == MeetingStatus.SCHEDULED and (meeting.pk, person.pk) not in away:
                _want_ahead(result, meeting, person, now if notice else entry.last_notice_at)


def _notice(meeting: Meeting, told: Told) -> ReminderKind | None:
    """Which notice the person lacks. Whoever was never told of a meeting is not told of its change or its end."""
    if meeting.status == MeetingStatus.CANCELLED:
        lacks = told.sequence is not None and (ReminderKind.MEETING_CANCELLED, "") not in told.kinds
        return ReminderKind.MEETING_CANCELLED if lacks else None
    if (ReminderKind.MEETING_SCHEDULED, "") not in told.kinds:
        return ReminderKind.MEETING_SCHEDULED
    if told.sequence is None or told.sequence >= meeting.sequence:
        return None
    is_planned = (ReminderKind.MEETING_CHANGED, str(meeting.sequence)) in told.kinds
    return None if is_planned else ReminderKind.MEETING_CHANGED


def _want_notice(result: Plan, meeting: Meeting, person: Person, kind: ReminderKind) -> None:
    result.want(
        kind,
        person,
        subject=meeting.pk,
        occasion=_occurrence(meeting),
        offset=f"s{meeting.sequence}" if kind == ReminderKind.MEETING_CHANGED else "once",
        speaks_of=str(meeting.sequence),
        due_at=result.now,
        not_after=meeting.ends_at,
    )


def _want_ahead(result: Plan, meeting: Meeting, person: Person, last_notice_at: dt.datetime | None) -> None:
    for days in rules.MEETING_DAYS:
        due_at = morning_of(meeting.starts_on - dt.timedelta(days=days), person.zone)
        # What falls before a notice, or within a day after it, gives way to it.
        is_said = last_notice_at is not None and due_at < last_notice_at + rules.A_DAY
        if result.in_window(due_at) and due_at < meeting.starts_at and not is_said:
            result.want(
                ReminderKind.MEETING_AHEAD,
                person,
                subject=meeting.pk,
                occasion=f"{_occurrence(meeting)}v{meeting.start_version}",
                offset=f"{days}d",
                speaks_of=str(meeting.start_version),
                due_at=due_at,
                not_after=min(due_at + rules.A_DAY, meeting.starts_at),
            )


def _occurrence(meeting: Meeting) -> str:
    return f"{meeting.original_start_at.astimezone(dt.UTC):%Y%m%dT%H%MZ}"
