"""What is to be said, worked out from how things stand now: no watermark, so that no missed run loses anything.

Reading takes a fixed number of queries, whatever the number of meetings, items and people.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from actionitems.models import ActionItem
from mail.rules import DeliveryState
from meetings.models import RSVP, Meeting
from meetings.rules import LIVE_STATUSES, Answer, MeetingStatus
from members.models import Person
from objectives.models import Strategy
from objectives.queries import with_last_word
from objectives.rules import CHAIR_ASKS_AFTER_DAYS, ProgressStatus, progress_due_on
from reminders import rules
from reminders.audience import Audience, load
from reminders.models import Preference, Reminder
from reminders.rules import DUTY_KINDS, ReminderKind, key_of, morning_of

STAYS_AWAY = (Answer.NO, Answer.ALTERNATE)


@dataclass
class Told:
    """What one person has been told of one meeting."""

    kinds: set[tuple[str, str]] = field(default_factory=set)
    # The highest sequence that was sent or may have been; None while nothing was.
    sequence: int | None = None
    last_notice_at: dt.datetime | None = None


@dataclass
class Plan:
    """The reminders that should exist at `now` for what is due in the window; none of them is stored yet."""

    now: dt.datetime
    audience: Audience
    off: set[tuple[int, str]]
    wanted: dict[str, Reminder] = field(default_factory=dict)

    def want(
        self,
        kind: ReminderKind,
        person: Person,
        *,
        subject: int,
        occasion: str,
        offset: str,
        speaks_of: str,
        due_at: dt.datetime,
        not_after: dt.datetime,
    ) -> None:
        if (person.pk, kind) in self.off:
            return
        key = key_of(kind, subject, occasion, offset, person.pk)
        self.wanted[key] = Reminder(
            key=key,
            kind=kind,
            recipient=person,
            subject_id=subject,
            speaks_of=speaks_of,
            due_at=due_at,
            not_after=not_after,
            created_at=self.now,
        )

    def in_window(self, due_at: dt.datetime) -> bool:
        return self.now - rules.WINDOW_BACK <= due_at <= self.now + rules.WINDOW_AHEAD


def plan(now: dt.datetime) -> Plan:
    """All that should be said, due from 24 hours ago to 48 hours ahead."""
    off = set(Preference.objects.values_list("person", "kind"))
    result = Plan(now, load(), off)
    _plan_meetings(result)
    _plan_items(result)
    _plan_progress(result)
    return result


def told_of_meetings(now: dt.datetime, **only: int) -> dict[tuple[int, int], Told]:
    """What was said so far of meetings that are not over, by meeting and person; `only` filters the reminders."""
    ahead = Meeting.objects.filter(ends_at__gt=now).exclude(status=MeetingStatus.DRAFT)
    notices = Reminder.objects.filter(kind__in=DUTY_KINDS, subject_id__in=ahead.order_by().values("pk"), **only)
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


def _plan_meetings(result: Plan) -> None:
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


def _plan_items(result: Plan) -> None:
    today = result.now.date()
    earliest = today - dt.timedelta(weeks=rules.ESCALATION_WEEKS, days=3)
    items = ActionItem.objects.open().filter(
        due_on__gte=earliest, due_on__lte=today + dt.timedelta(days=max(rules.ITEM_DAYS) + 4)
    )
    for item in items.select_related("owner_person", "owner_organization").order_by("pk"):
        for kind, offset, days, people in _item_steps(item, result.audience):
            for person in people:
                due_at = morning_of(item.due_on + dt.timedelta(days=days), person.zone)
                if result.in_window(due_at) and due_at > item.created_at:
                    result.want(
                        kind,
                        person,
                        subject=item.pk,
                        occasion=item.due_on.isoformat(),
                        offset=offset,
                        speaks_of=item.due_on.isoformat(),
                        due_at=due_at,
                        not_after=due_at + rules.A_DAY,
                    )


def _item_steps(item: ActionItem, audience: Audience) -> Iterator[tuple[ReminderKind, str, int, list[Person]]]:
    """Each step of an item: what, its name in the key, days after the due date, and who is told."""
    owners = audience.owners_of(item)
    for days in rules.ITEM_DAYS:
        yield ReminderKind.ITEM_DUE, f"{days}d", -days, owners
    for week in rules.NAG_WEEKS:
        yield ReminderKind.ITEM_OVERDUE, f"{week}w", 7 * week, owners
    yield ReminderKind.ITEM_ESCALATED, "chair", 7 * rules.ESCALATION_WEEKS, audience.escalated_to(item)


def progress_due(strategy: Strategy) -> dt.date | None:
    """The day by which a strategy from `with_last_word` owes its next word; None when it owes none."""
    if strategy.last_status == ProgressStatus.DONE:  # type: ignore[attr-defined]
        return None
    return progress_due_on(strategy.rhythm, strategy.last_word_on, strategy.starts_on)  # type: ignore[attr-defined]


def _plan_progress(result: Plan) -> None:
    strategies = with_last_word(Strategy.objects.open()).select_related("responsible_person", "lead_organization")
    for strategy in strategies.order_by("pk"):
        due_on = progress_due(strategy)
        if due_on is None:
            continue
        reporters = result.audience.reporters_of(strategy)
        chairs = result.audience.chairs_of(strategy.body_id)
        steps = [(ReminderKind.PROGRESS_DUE, f"{days}d", -days, reporters) for days in rules.PROGRESS_DAYS]
        steps.append((ReminderKind.PROGRESS_LATE, "late", CHAIR_ASKS_AFTER_DAYS, chairs))
        for kind, offset, days, people in steps:
            for person in people:
                due_at = morning_of(due_on + dt.timedelta(days=days), person.zone)
                if result.in_window(due_at) and due_at > strategy.created_at:
                    result.want(
                        kind,
                        person,
                        subject=strategy.pk,
                        occasion=due_on.isoformat(),
                        offset=offset,
                        speaks_of=due_on.isoformat(),
                        due_at=due_at,
                        not_after=due_at + rules.A_DAY,
                    )
