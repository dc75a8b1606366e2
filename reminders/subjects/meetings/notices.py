"""What each person knows of each meeting: from the emails they got and from their own changes."""

import datetime as dt
from dataclasses import dataclass, field

from mail.rules import DeliveryState
from meetings.models import Meeting, MeetingQuerySet
from meetings.rules import MeetingStatus
from reminders.models import Reminder
from reminders.rules import NOTICE_KINDS, UNSENT_STATES, ReminderKind, ReminderState


@dataclass
class NoticeState:
    """What one person has been notified of about one meeting."""

    # The notices that exist, each with the sequence where that tells two of them apart.
    kinds: set[tuple[str, str]] = field(default_factory=set)
    # The highest sequence that was sent or may have been; None while nothing was.
    sequence: int | None = None
    last_notice_at: dt.datetime | None = None
    # When the meeting begins as far as the person knows.
    starts_at: dt.datetime | None = None
    # For whom the person was notified as delegate, where it was not in their own right.
    delegated_from: int | None = None

    def record_notice(self, sequence: int) -> None:
        self.sequence = sequence if self.sequence is None else max(sequence, self.sequence)

    def missing_notice(self, meeting: Meeting) -> ReminderKind | None:
        """Return which notice the person lacks, or None.

        Whoever was never notified of a meeting is not notified of its change or its cancellation.
        """
        if meeting.status == MeetingStatus.CANCELED:
            lacks = self.sequence is not None and (ReminderKind.MEETING_CANCELED, "") not in self.kinds
            return ReminderKind.MEETING_CANCELED if lacks else None
        if (ReminderKind.MEETING_SCHEDULED, "") not in self.kinds:
            return ReminderKind.MEETING_SCHEDULED
        if self.sequence is None or self.sequence >= meeting.sequence:
            return None
        is_planned = (ReminderKind.MEETING_CHANGED, str(meeting.sequence)) in self.kinds
        return None if is_planned else ReminderKind.MEETING_CHANGED


NoticeStates = dict[tuple[int, int], NoticeState]


def meeting_notice_states(
    now: dt.datetime, *, meeting: int | None = None, person: int | None = None, exclude: int | None = None
) -> NoticeStates:
    """Return the notice states of meetings that have not ended, by meeting and person.

    Returns only those of `meeting` and `person`, if given; ignores the reminder with the id `exclude`.
    """
    meetings = Meeting.objects.filter(ends_at__gt=now).exclude(status=MeetingStatus.DRAFT)
    if meeting is not None:
        meetings = meetings.filter(pk=meeting)
    states: NoticeStates = {}
    _read_reminders(states, meetings, person, exclude)
    starts = _read_own_changes(states, meetings, person)
    for (pk, _person), state in states.items():
        state.starts_at = None if state.sequence is None else starts.get((pk, state.sequence))
    return states


def _read_reminders(states: NoticeStates, meetings: MeetingQuerySet, person: int | None, exclude: int | None) -> None:
    notices = Reminder.objects.filter(kind__in=NOTICE_KINDS, subject_id__in=meetings.order_by().values("pk"))
    if person is not None:
        notices = notices.filter(recipient=person)
    if exclude is not None:
        notices = notices.exclude(pk=exclude)
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
    for meeting, recipient, principal, kind, version, due_at, state, delivery_state, ambiguous in rows:
        entry = states.setdefault((meeting, recipient), NoticeState())
        entry.delegated_from = entry.delegated_from or principal
        if delivery_state is None and state == ReminderState.PLANNED:
            continue  # it waits for the morning, so the person still lacks it
        entry.kinds.add((kind, version if kind == ReminderKind.MEETING_CHANGED else ""))
        arrived = delivery_state in (DeliveryState.SENT, DeliveryState.UNKNOWN) or bool(ambiguous)
        if state in (ReminderState.SENT, ReminderState.MERGED) or (arrived and state not in UNSENT_STATES):
            entry.record_notice(int(version))
        entry.last_notice_at = max(due_at, entry.last_notice_at or due_at)


def _read_own_changes(
    states: NoticeStates, meetings: MeetingQuerySet, person: int | None
) -> dict[tuple[int, int], dt.datetime]:
    """Who scheduled, changed or canceled a meeting knows of it and is not notified of their own change.

    Returns when each meeting began at each of its sequences.
    """
    starts: dict[tuple[int, int], dt.datetime] = {}
    rows = Meeting.history.filter(id__in=meetings.order_by().values("pk")).exclude(status=MeetingStatus.DRAFT)
    for meeting, sequence, status, actor, at, starts_at in rows.order_by("history_id").values_list(
        "id", "sequence", "status", "history_user", "history_date", "starts_at"
    ):
        is_change = (meeting, sequence) not in starts
        starts.setdefault((meeting, sequence), starts_at)
        if not is_change or actor is None or person not in (None, actor):
            continue
        entry = states.setdefault((meeting, actor), NoticeState())
        entry.record_notice(sequence)
        entry.kinds.add((ReminderKind.MEETING_SCHEDULED, ""))
        if status == MeetingStatus.CANCELED:
            entry.kinds.add((ReminderKind.MEETING_CANCELED, ""))
        entry.last_notice_at = max(at, entry.last_notice_at or at)
    return starts
