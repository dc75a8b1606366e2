"""Meetings: the notices that a person lacks, and what is said of a meeting ahead."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from mail.rules import DeliveryState
from meetings.models import RSVP, Meeting, MeetingQuerySet
from meetings.rules import LIVE_STATUSES, Answer, MeetingStatus
from members.models import Person
from reminders import rules
from reminders.models import Reminder
from reminders.planning.wanted import Plan
from reminders.rules import NOTICE_KINDS, ReminderKind, ReminderState, morning_of
from taskforces.rules import ReminderOffset

# States in which what a mail was to say did not reach its person.
UNSENT_STATES = (ReminderState.SKIPPED, ReminderState.EXPIRED, ReminderState.FAILED)


@dataclass
class NoticeState:
    """What one person has been told of one meeting."""

    kinds: set[tuple[str, str]] = field(default_factory=set)
    # The highest sequence that was sent or may have been; None while nothing was.
    sequence: int | None = None
    last_notice_at: dt.datetime | None = None
    # When the meeting begins as far as the person knows.
    starts_at: dt.datetime | None = None
    # In whose place it was told, where that was not in their own right.
    delegated_from: int | None = None

    def learn(self, sequence: int) -> None:
        self.sequence = sequence if self.sequence is None else max(sequence, self.sequence)


def meeting_notice_states(
    now: dt.datetime, *, meeting: int | None = None, person: int | None = None, but: int | None = None
) -> dict[tuple[int, int], NoticeState]:
    """What is known of meetings that are not over, by meeting and person: from mails, and from one's own acts.

    Of one `meeting` and one `person`, where given; `but` is a reminder that does not count.
    """
    ahead = Meeting.objects.filter(ends_at__gt=now).exclude(status=MeetingStatus.DRAFT)
    if meeting is not None:
        ahead = ahead.filter(pk=meeting)
    told: dict[tuple[int, int], NoticeState] = {}
    _read_mails(told, ahead, person, but)
    starts = _read_acts(told, ahead, person)
    for (pk, _), entry in told.items():
        entry.starts_at = None if entry.sequence is None else starts.get((pk, entry.sequence))
    return told


def _read_mails(
    told: dict[tuple[int, int], NoticeState], ahead: MeetingQuerySet, person: int | None, but: int | None
) -> None:
    notices = Reminder.objects.filter(kind__in=NOTICE_KINDS, subject_id__in=ahead.order_by().values("pk"))
    if person is not None:
        notices = notices.filter(recipient=person)
    if but is not None:
        notices = notices.exclude(pk=but)
    rows = notices.values_list(
        "subject_id",
        "recipient",
        "delegated_from",
        "kind",
        "subject_version",
        "due_at",
        "state",
        "delivery__state",
        "delivery__indeterminate_count",
    )
    for meeting, reader, principal, kind, subject_version, due_at, state, delivery_state, indeterminate_count in rows:
        entry = told.setdefault((meeting, reader), NoticeState())
        entry.delegated_from = entry.delegated_from or principal
        if delivery_state is None and state == ReminderState.PLANNED:
            continue  # it waits for the morning and is still lacked
        entry.kinds.add((kind, subject_version if kind == ReminderKind.MEETING_CHANGED else ""))
        arrived = delivery_state in (DeliveryState.SENT, DeliveryState.UNKNOWN) or bool(indeterminate_count)
        if state in (ReminderState.SENT, ReminderState.MERGED) or (arrived and state not in UNSENT_STATES):
            entry.learn(int(subject_version))
        entry.last_notice_at = max(due_at, entry.last_notice_at or due_at)


def _read_acts(
    told: dict[tuple[int, int], NoticeState], ahead: MeetingQuerySet, person: int | None
) -> dict[tuple[int, int], dt.datetime]:
    """Who scheduled, changed or called off a meeting knows of it and is not told of their own act.

    Returns when each meeting began at each of its sequences.
    """
    starts: dict[tuple[int, int], dt.datetime] = {}
    rows = Meeting.history.filter(id__in=ahead.order_by().values("pk")).exclude(status=MeetingStatus.DRAFT)
    for meeting, sequence, status, actor, at, starts_at in rows.order_by("history_id").values_list(
        "id", "sequence", "status", "history_user", "history_date", "starts_at"
    ):
        is_act = (meeting, sequence) not in starts
        starts.setdefault((meeting, sequence), starts_at)
        if not is_act or actor is None or person not in (None, actor):
            continue
        entry = told.setdefault((meeting, actor), NoticeState())
        entry.learn(sequence)
        entry.kinds.add((ReminderKind.MEETING_SCHEDULED, ""))
        if status == MeetingStatus.CANCELLED:
            entry.kinds.add((ReminderKind.MEETING_CANCELLED, ""))
        entry.last_notice_at = max(at, entry.last_notice_at or at)
    return starts


def plan_meetings(result: Plan) -> None:
    """The notices and reminders of all meetings that are not over."""
    now = result.now
    told = meeting_notice_states(now)
    places = _told_in_a_place(told)
    said = {
        (meeting, person): answer
        for meeting, person, answer in RSVP.objects.filter(meeting__ends_at__gt=now).values_list(
            "meeting", "person", "answer"
        )
    }
    statuses = (*LIVE_STATUSES, MeetingStatus.CANCELLED)
    meetings = Meeting.objects.filter(status__in=statuses, ends_at__gt=now, body__dissolved_on=None)
    for meeting in meetings.select_related("body").order_by("starts_at", "pk"):
        members = result.audience.members_of(meeting.body_id)
        readers = {person.pk: _reader(result, meeting, person) for person in members}
        last_notices: dict[int, dt.datetime | None] = {}
        for reader, principal in _told_of(result, readers, places[meeting.pk]):
            entry = told.get((meeting.pk, reader.pk), NoticeState())
            notice = _notice(meeting, entry)
            if notice:
                _want_notice(result, meeting, reader, principal, notice, entry)
            last_notices[reader.pk] = now if notice else entry.last_notice_at
        if meeting.status == MeetingStatus.SCHEDULED:
            for person in members:
                answer = said.get((meeting.pk, person.pk), "")
                _want_ahead(result, meeting, person, answer, last_notices[readers[person.pk].pk])


def _reader(result: Plan, meeting: Meeting, person: Person) -> Person:
    """Who gets the news of a meeting for a member: who stands in, where the member is away on its day."""
    day = max(meeting.starts_at, result.now)
    if not result.wishes.is_absent(person, day):
        return person
    return result.audience.delegate(person, result.wishes, day) or person


def _told_in_a_place(told: dict[tuple[int, int], NoticeState]) -> dict[int, list[tuple[int, int]]]:
    """Of each meeting who heard of it while they stood in, and for whom."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for (meeting, reader), entry in told.items():
        if entry.delegated_from and entry.sequence is not None:
            found[meeting].append((reader, entry.delegated_from))
    return found


def _told_of(
    result: Plan, readers: dict[int, Person], places: list[tuple[int, int]]
) -> Iterator[tuple[Person, Person | None]]:
    """Who gets the news of a meeting, each once, and in whose place; who heard of it in a place hears the rest too."""
    people = result.audience.people
    found: dict[int, tuple[Person, Person | None]] = {
        pk: (reader, None) for pk, reader in readers.items() if reader.pk == pk
    }
    for pk, reader in readers.items():
        found.setdefault(reader.pk, (reader, people[pk]))
    for pk, principal in places:
        if {pk, principal} <= people.keys():
            found.setdefault(pk, (people[pk], people[principal]))
    yield from found.values()


def _notice(meeting: Meeting, told: NoticeState) -> ReminderKind | None:
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


def _want_notice(
    result: Plan, meeting: Meeting, reader: Person, principal: Person | None, kind: ReminderKind, told: NoticeState
) -> None:
    # Who believes that it begins earlier must know by then.
    starts = [meeting.starts_at, *([told.starts_at] if told.starts_at and told.starts_at > result.now else [])]
    result.want(
        kind,
        principal or reader,
        reader=reader,
        subject=meeting.pk,
        occasion=_occurrence(meeting),
        offset=f"s{meeting.sequence}" if kind == ReminderKind.MEETING_CHANGED else "once",
        subject_version=str(meeting.sequence),
        due_at=result.now,
        expires_at=meeting.ends_at,
        obsolete_at=min(starts) - rules.NOTICE_USEFUL_PERIOD,
    )


def _want_ahead(
    result: Plan, meeting: Meeting, person: Person, answer: str, last_notice_at: dt.datetime | None
) -> None:
    if answer == Answer.NO:
        return
    for kind, offset, due_at, expires_at in _times_ahead(meeting, person, answer):
        # What falls before a notice, or within a day after it, gives way to it.
        is_said = last_notice_at is not None and due_at < last_notice_at + rules.A_DAY
        if result.in_window(due_at) and due_at < meeting.starts_at and not is_said:
            result.want(
                kind,
                person,
                subject=meeting.pk,
                occasion=f"{_occurrence(meeting)}v{meeting.schedule_version}",
                offset=offset,
                subject_version=str(meeting.schedule_version),
                due_at=due_at,
                expires_at=min(expires_at, meeting.starts_at),
                obsolete_at=meeting.starts_at,
                sends_alternate=answer == Answer.ALTERNATE,
            )


def _times_ahead(
    meeting: Meeting, person: Person, answer: str
) -> Iterator[tuple[ReminderKind, str, dt.datetime, dt.datetime]]:
    """Each reminder before a meeting: what, its name in the key, when it is due and until when.

    Days are calendar arithmetic, in the morning of the person's zone; hours are real ones.
    """
    times = meeting.ahead
    for ahead in times:
        if ahead.days:
            due_at = morning_of(meeting.starts_on - dt.timedelta(days=ahead.days), person.zone)
            yield ReminderKind.MEETING_AHEAD, ahead.code, due_at, due_at + rules.A_DAY
        else:
            due_at = meeting.starts_at - dt.timedelta(hours=ahead.hours)
            yield ReminderKind.MEETING_SOON, ahead.code, due_at, meeting.starts_at
    # The reminder of the same morning asks for the answer already.
    if times and not answer and ReminderOffset(days=rules.RSVP_DAYS) not in times:
        due_at = morning_of(meeting.starts_on - dt.timedelta(days=rules.RSVP_DAYS), person.zone)
        yield ReminderKind.RSVP_MISSING, f"{rules.RSVP_DAYS}d", due_at, due_at + rules.A_DAY


def _occurrence(meeting: Meeting) -> str:
    return f"{meeting.original_start_at.astimezone(dt.UTC):%Y%m%dT%H%MZ}"
