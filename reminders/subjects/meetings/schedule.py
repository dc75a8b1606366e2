"""One pass over all meetings that are not over: the notices that a person lacks, and the reminders before a meeting."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from accounts.models import Person
from meetings.models import RSVP, Meeting
from meetings.rules import LIVE_STATUSES, MeetingStatus, RSVPAnswer
from reminders import rules
from reminders.plan import ReminderPlan
from reminders.rules import ReminderKind, morning_of
from reminders.subjects.meetings.notices import NoticeState, NoticeStates, meeting_notice_states
from taskforces.rules import ReminderOffset


def plan_meetings(plan: ReminderPlan) -> None:
    """Add the notices and reminders of all meetings that are not over."""
    now = plan.now
    states = meeting_notice_states(now)
    delegates = _notified_delegates(states)
    answers = {
        (meeting, person): answer
        for meeting, person, answer in RSVP.objects.filter(meeting__ends_at__gt=now).values_list(
            "meeting", "person", "answer"
        )
    }
    statuses = (*LIVE_STATUSES, MeetingStatus.CANCELED)
    meetings = Meeting.objects.filter(status__in=statuses, ends_at__gt=now, body__dissolved_on=None)
    for meeting in meetings.select_related("body").order_by("starts_at", "pk"):
        members = plan.audience.members_of(meeting.body_id)
        recipients = {person.pk: plan.delegate_of(person, meeting.starts_at) or person for person in members}
        last_notices = _add_notices(plan, meeting, states, _notice_recipients(plan, recipients, delegates[meeting.pk]))
        if meeting.status == MeetingStatus.SCHEDULED:
            for person in members:
                answer = answers.get((meeting.pk, person.pk), "")
                _add_reminders(plan, meeting, person, answer, last_notices[recipients[person.pk].pk])


def _notified_delegates(states: NoticeStates) -> dict[int, list[tuple[int, int]]]:
    """By meeting, who was notified of it as a delegate, and for whom."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for (meeting, recipient), state in states.items():
        if state.delegated_from and state.sequence is not None:
            found[meeting].append((recipient, state.delegated_from))
    return found


def _notice_recipients(
    plan: ReminderPlan, recipients: dict[int, Person], delegates: list[tuple[int, int]]
) -> Iterator[tuple[Person, Person | None]]:
    """Who gets the notices of a meeting, each once, and for whom as delegate.

    Whoever was notified as a delegate gets the later notices too.
    """
    people = plan.audience.people
    found: dict[int, tuple[Person, Person | None]] = {
        pk: (recipient, None) for pk, recipient in recipients.items() if recipient.pk == pk
    }
    for pk, recipient in recipients.items():
        found.setdefault(recipient.pk, (recipient, people[pk]))
    for pk, principal in delegates:
        if {pk, principal} <= people.keys():
            found.setdefault(pk, (people[pk], people[principal]))
    yield from found.values()


def _add_notices(
    plan: ReminderPlan, meeting: Meeting, states: NoticeStates, recipients: Iterator[tuple[Person, Person | None]]
) -> dict[int, dt.datetime | None]:
    """Add the notice that each recipient lacks. Returns when each got the last one; now for one that was added."""
    last_notices: dict[int, dt.datetime | None] = {}
    for recipient, principal in recipients:
        state = states.get((meeting.pk, recipient.pk), NoticeState())
        kind = state.missing_notice(meeting)
        if kind:
            _add_notice(plan, meeting, recipient, principal, kind, state)
        last_notices[recipient.pk] = plan.now if kind else state.last_notice_at
    return last_notices


def _add_notice(
    plan: ReminderPlan,
    meeting: Meeting,
    recipient: Person,
    principal: Person | None,
    kind: ReminderKind,
    state: NoticeState,
) -> None:
    # Who believes that it begins earlier must know by then.
    starts = [meeting.starts_at, *([state.starts_at] if state.starts_at and state.starts_at > plan.now else [])]
    plan.add_reminder(
        kind,
        principal or recipient,
        recipient=recipient,
        subject=meeting.pk,
        occasion=_occasion(meeting),
        offset=f"s{meeting.sequence}" if kind == ReminderKind.MEETING_CHANGED else "once",
        subject_version=str(meeting.sequence),
        due_at=plan.now,
        expires_at=meeting.ends_at,
        obsolete_at=min(starts) - rules.NOTICE_USEFUL_PERIOD,
    )


def _add_reminders(
    plan: ReminderPlan, meeting: Meeting, person: Person, answer: str, last_notice_at: dt.datetime | None
) -> None:
    if answer == RSVPAnswer.NO:
        return
    for kind, offset, due_at, expires_at in _reminder_times(meeting, person, answer):
        # A notice replaces the reminders before it and within a day after it.
        is_replaced = last_notice_at is not None and due_at < last_notice_at + rules.ONE_DAY
        if plan.in_window(due_at) and due_at < meeting.starts_at and not is_replaced:
            plan.add_reminder(
                kind,
                person,
                subject=meeting.pk,
                occasion=f"{_occasion(meeting)}v{meeting.schedule_version}",
                offset=offset,
                subject_version=str(meeting.schedule_version),
                due_at=due_at,
                expires_at=min(expires_at, meeting.starts_at),
                obsolete_at=meeting.starts_at,
                sends_alternate=answer == RSVPAnswer.ALTERNATE,
            )


def _reminder_times(
    meeting: Meeting, person: Person, answer: str
) -> Iterator[tuple[ReminderKind, str, dt.datetime, dt.datetime]]:
    """Each reminder before a meeting: its kind, its name in the key, when it is due and when it expires.

    Days are calendar arithmetic, in the morning of the person's zone; hours are real ones.
    """
    offsets = rules.MEETING_OFFSETS if meeting.reminder_offsets is None else meeting.reminder_offsets
    for offset in offsets:
        if offset.days:
            due_at = morning_of(meeting.starts_on - dt.timedelta(days=offset.days), person.zone)
            yield ReminderKind.MEETING_AHEAD, offset.code, due_at, due_at + rules.ONE_DAY
        else:
            due_at = meeting.starts_at - dt.timedelta(hours=offset.hours)
            yield ReminderKind.MEETING_SOON, offset.code, due_at, meeting.starts_at
    # The reminder of the same morning asks for the answer already.
    if offsets and not answer and ReminderOffset(days=rules.RSVP_DAYS) not in offsets:
        due_at = morning_of(meeting.starts_on - dt.timedelta(days=rules.RSVP_DAYS), person.zone)
        yield ReminderKind.RSVP_MISSING, f"{rules.RSVP_DAYS}d", due_at, due_at + rules.ONE_DAY


def _occasion(meeting: Meeting) -> str:
    return f"{meeting.original_start_at.astimezone(dt.UTC):%Y%m%dT%H%MZ}"
