"""Everything that people do to meetings. What higher floors must know of a change they read from `sequence`."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import Person
from core.dates import format_time_range
from core.operations import EditConflictError, OperationNotAllowedError, create, lock, save_changes
from meetings.models import RSVP, AgendaItem, Attendance, Meeting
from meetings.permissions import allowed_responses, can_answer, meetings_invited_to
from meetings.rules import (
    LIVE_STATUSES,
    NOTICE_FIELDS,
    OPENS_BEFORE,
    AgendaLine,
    Answer,
    AttendanceStatus,
    MeetingStatus,
    MinutesStatus,
    can_transition,
    moments,
)
from members.models import Organization
from members.operations import OnBehalf, record_act_on_behalf, represented_person
from members.permissions import with_account_rights
from taskforces.models import Body

# Behind every item until it is numbered.
_LAST = 1000


@dataclass(frozen=True)
class AgendaEdit:
    """What an agenda item shall become: `pk` None is a new one; `version` is the one that the person saw.

    `position` is where it shall stand, counted from 1; None keeps its place, and puts a new one last.
    """

    title: str
    position: int | None = None
    duration_minutes: int | None = None
    detail: str = ""
    pk: int | None = None
    version: int | None = None
    remove: bool = False


@dataclass(frozen=True)
class Entry:
    """One cell of a sheet that several people may fill at once: what the person saw there, and says now."""

    seen: str
    said: str


@transaction.atomic
def create_draft(*, actor: Person, body: Body, agenda: Iterable[AgendaLine] = (), **values: Any) -> Meeting:
    """A new draft, which nobody is told of. `values` are the fields of the form. Raises ValidationError."""
    starts_at, ends_at = _moments(values)
    meeting = create(
        Meeting,
        actor=actor,
        body=body,
        created_by=actor,
        starts_at=starts_at,
        ends_at=ends_at,
        original_start_at=starts_at,
        **values,
    )
    for position, line in enumerate(agenda, start=1):
        create(
            AgendaItem,
            actor=actor,
            meeting=meeting,
            position=position,
            title=line.title,
            duration_minutes=line.duration_minutes,
        )
    return meeting


@transaction.atomic
def edit(*, actor: Person, meeting: Meeting, version: int | None, now: dt.datetime, **values: Any) -> Meeting:
    """Change a meeting that is not over. Raises OperationNotAllowedError and EditConflictError.

    Once announced, what people are told of grows `sequence` by one, and a new start also `schedule_version`.
    """
    row = lock(meeting, version)
    if row.status not in (MeetingStatus.DRAFT, *LIVE_STATUSES):
        raise OperationNotAllowedError(
            f"This meeting is {row.get_status_display().lower()}. Only its minutes can still be changed."
        )
    starts_at, ends_at = _moments({**_wall(row), **values})
    values |= {"starts_at": starts_at, "ends_at": ends_at}
    if row.status == MeetingStatus.DRAFT:
        values["original_start_at"] = starts_at
    else:
        if starts_at != row.starts_at:
            _refuse_past(starts_at, ends_at, row.time_zone, now)
            values["schedule_version"] = row.schedule_version + 1
        if any(name in values and values[name] != getattr(row, name) for name in NOTICE_FIELDS):
            values["sequence"] = row.sequence + 1
    save_changes(row, actor=actor, **values)
    return row


@transaction.atomic
def set_agenda(*, actor: Person, meeting: Meeting, items: Iterable[AgendaEdit], now: dt.datetime) -> None:
    """Add, change, reorder and remove agenda items; nobody is told. A removed item keeps its row.

    Items that are not named stay. Raises OperationNotAllowedError, and EditConflictError for an item that somebody
    changed meanwhile.
    """
    row = lock(meeting)
    if row.status not in (MeetingStatus.DRAFT, *LIVE_STATUSES):
        raise OperationNotAllowedError(
            f"This meeting is {row.get_status_display().lower()}. Its agenda can no longer be changed."
        )
    wanted: dict[int, float] = {}
    for item in items:
        values: dict[str, Any] = {"title": item.title, "duration_minutes": item.duration_minutes, "detail": item.detail}
        if item.pk is None:
            new = create(AgendaItem, actor=actor, meeting=row, position=_LAST, **values)
            wanted[new.pk] = (item.position or _LAST) - 0.5
            continue
        current = lock(AgendaItem.objects.get(pk=item.pk, meeting=row), item.version)
        if item.remove:
            save_changes(current, actor=actor, removed_at=now)
            continue
        save_changes(current, actor=actor, **values)
        if item.position and item.position != current.position:
            # Moved up it stands before the one whose place it takes, moved down after it.
            wanted[current.pk] = item.position + (-0.5 if item.position < current.position else 0.5)
    _number(row, wanted, actor)


@transaction.atomic
def schedule(*, actor: Person, meeting: Meeting, version: int | None, now: dt.datetime) -> Meeting:
    """Announce a draft: the reminders' next tick tells its people.

    Raises OperationNotAllowedError and EditConflictError.
    """
    row = _move(meeting, MeetingStatus.SCHEDULED, version)
    _refuse_past(row.starts_at, row.ends_at, row.time_zone, now)
    save_changes(row, actor=actor, status=MeetingStatus.SCHEDULED, scheduled_at=now, original_start_at=row.starts_at)
    return row


@transaction.atomic
def cancel(*, actor: Person, meeting: Meeting, version: int | None, reason: str, now: dt.datetime) -> Meeting:
    """Call a meeting off; who was told of it will be told of this.

    Raises OperationNotAllowedError and EditConflictError.
    """
    row = _move(meeting, MeetingStatus.CANCELLED, version)
    if not reason.strip():
        raise OperationNotAllowedError("Say why the meeting is cancelled: its people read it.")
    told = row.status != MeetingStatus.DRAFT
    if told and row.ends_at <= now:
        raise OperationNotAllowedError("This meeting is over. Close it instead.")
    save_changes(
        row,
        actor=actor,
        reason=reason,
        status=MeetingStatus.CANCELLED,
        cancel_reason=reason.strip(),
        sequence=row.sequence + (1 if told else 0),
    )
    return row


@transaction.atomic
def start(*, actor: Person, meeting: Meeting, now: dt.datetime) -> Meeting:
    """Open the meeting, an hour before its start at the earliest. Raises OperationNotAllowedError."""
    row = _move(meeting, MeetingStatus.IN_SESSION)
    _refuse_before(row.starts_at - OPENS_BEFORE, row, now)
    save_changes(row, actor=actor, status=MeetingStatus.IN_SESSION)
    return row


@transaction.atomic
def close(*, actor: Person, meeting: Meeting, now: dt.datetime) -> Meeting:
    """End the meeting. Raises OperationNotAllowedError, also when it has not begun."""
    row = _move(meeting, MeetingStatus.CLOSED)
    _refuse_before(row.starts_at, row, now)
    save_changes(row, actor=actor, status=MeetingStatus.CLOSED)
    return row


@transaction.atomic
def answer(
    *,
    actor: Person,
    meeting: Meeting,
    answer: str,
    now: dt.datetime,
    how: str = "",
    on_behalf: OnBehalf | None = None,
) -> RSVP:
    """Say whether one comes, or enter what another said; the last word counts, in one row a person.

    Raises OperationNotAllowedError.
    """
    row = lock(meeting)
    says = represented_person(actor, on_behalf)
    if not can_answer(says, row):
        raise OperationNotAllowedError(f"Only the people of the {row.body.title} are invited.")
    if row.status not in LIVE_STATUSES or row.ends_at <= now:
        raise OperationNotAllowedError("This meeting no longer takes answers.")
    if answer not in allowed_responses(says):
        raise OperationNotAllowedError("Choose one of the answers shown.")
    why = on_behalf.reason if on_behalf else how
    said = RSVP.objects.filter(meeting=row, person=says.pk).first()
    if said is None:
        said = create(
            RSVP,
            actor=actor,
            change_reason=why,
            meeting=row,
            person_id=says.pk,
            answer=Answer(answer),
            responded_at=now,
        )
    else:
        said = lock(said)
        if said.answer == answer:
            return said
        save_changes(said, actor=actor, reason=why, answer=Answer(answer), responded_at=now)
    record_act_on_behalf(
        actor=actor, on_behalf=on_behalf, row=said, what=f"“{row.title}”: {said.get_answer_display().lower()}"
    )
    return said


@transaction.atomic
def record_attendance(
    *,
    actor: Person,
    meeting: Meeting,
    entries: Mapping[Person, Entry],
    organizations: Mapping[int, Organization],
    now: dt.datetime,
) -> None:
    """Write who was there. `organizations` says by person for whom each was there.

    Only what differs from what the writer saw is written, so that two may write at once. Raises
    OperationNotAllowedError, and EditConflictError
    where somebody else wrote something else meanwhile.
    """
    row = lock(meeting)
    _validate_held(row, now)
    stored = {item.person_id: item for item in Attendance.objects.filter(meeting=row)}
    for person, entry in entries.items():
        current = stored.get(person.pk)
        if _nothing_new(entry, current.presence if current else "", current or row):
            continue
        presence = AttendanceStatus(entry.said)
        if current is None:
            create(
                Attendance,
                actor=actor,
                meeting=row,
                person=person,
                organization=organizations.get(person.pk),
                presence=presence,
            )
        else:
            save_changes(lock(current), actor=actor, presence=presence)


@transaction.atomic
def write_minutes(
    *,
    actor: Person,
    meeting: Meeting,
    notes: Mapping[int, Entry],
    now: dt.datetime,
    minutes: Entry | None = None,
) -> None:
    """Write minutes by agenda item (its id) and for the whole; a draft until published, a correction after.

    Only what differs from what the writer saw is written, so that two may write at once. Raises
    OperationNotAllowedError, and EditConflictError
    where somebody else wrote something else meanwhile.
    """
    row = lock(meeting)
    _validate_held(row, now)
    changed = False
    for item in AgendaItem.objects.select_for_update().filter(meeting=row, removed_at=None, pk__in=list(notes)):
        if not _nothing_new(notes[item.pk], item.notes, item):
            changed |= bool(save_changes(item, actor=actor, notes=notes[item.pk].said))
    values: dict[str, Any] = {}
    if minutes is not None and not _nothing_new(minutes, row.minutes, row):
        values["minutes"] = minutes.said
    if (changed or values) and row.minutes_status == MinutesStatus.NONE:
        values["minutes_status"] = MinutesStatus.DRAFT
    save_changes(row, actor=actor, **values)


@transaction.atomic
def publish_minutes(*, actor: Person, meeting: Meeting, now: dt.datetime) -> Meeting:
    """Show the minutes to everybody who sees the meeting. Raises OperationNotAllowedError."""
    row = lock(meeting)
    _validate_held(row, now)
    if row.status != MeetingStatus.CLOSED:
        raise OperationNotAllowedError("Close the meeting first, then publish its minutes.")
    if row.minutes_status == MinutesStatus.NONE:
        raise OperationNotAllowedError("There are no minutes to publish yet. Write them first.")
    save_changes(row, actor=actor, minutes_status=MinutesStatus.PUBLISHED)
    return row


def _number(meeting: Meeting, wanted: Mapping[int, float], actor: Person) -> None:
    """Number the items that stand from 1, those in `wanted` by their wish."""
    items = AgendaItem.objects.select_for_update().filter(meeting=meeting, removed_at=None)
    ordered = sorted(items, key=lambda item: (wanted.get(item.pk, item.position), item.pk))
    for position, item in enumerate(ordered, start=1):
        save_changes(item, actor=actor, position=position)


def _wall(row: Meeting) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("starts_on", "starts_time", "duration_minutes", "time_zone")}


def _moments(values: Mapping[str, Any]) -> tuple[dt.datetime, dt.datetime]:
    """Start and end from the wall time among `values`."""
    return moments(
        values["starts_on"], values["starts_time"], values["duration_minutes"], ZoneInfo(values["time_zone"])
    )


def _move(meeting: Meeting, target: MeetingStatus, version: int | None = None) -> Meeting:
    row = lock(meeting, version)
    if not can_transition(row.status, target):
        raise OperationNotAllowedError(
            f"This meeting is {row.get_status_display().lower()}, so it cannot become {target.label.lower()}."
        )
    return row


def _refuse_past(starts_at: dt.datetime, ends_at: dt.datetime, zone: str, now: dt.datetime) -> None:
    if starts_at <= now:
        local = ZoneInfo(zone)
        when = format_time_range(starts_at.astimezone(local), ends_at.astimezone(local), now.astimezone(local).date())
        raise OperationNotAllowedError(f"{when} has passed. Choose a time that lies ahead.")


def _refuse_before(moment: dt.datetime, row: Meeting, now: dt.datetime) -> None:
    if now < moment:
        when = format_time_range(row.local_start, row.local_end, now.astimezone(row.zone).date())
        raise OperationNotAllowedError(f"The meeting is on {when}. To call it off, cancel it.")


def _validate_held(row: Meeting, now: dt.datetime) -> None:
    if row.status not in (*LIVE_STATUSES, MeetingStatus.CLOSED):
        raise OperationNotAllowedError(f"This meeting is {row.get_status_display().lower()}: nobody came to it.")
    _refuse_before(row.starts_at - OPENS_BEFORE, row, now)


def _nothing_new(entry: Entry, stored: str, current: AgendaItem | Attendance | Meeting) -> bool:
    """Whether the cell needs no writing; raises EditConflictError when two people wrote different things into it."""
    if entry.said in (entry.seen, stored):
        return True
    if stored != entry.seen:
        raise EditConflictError(current)
    return False


@transaction.atomic
def reassign_organization(*, actor: Person, source: Organization, target: Organization, today: dt.date) -> int:
    """Say of those who were there for `source`, a duplicate, that they were there for `target`. Returns how many."""
    rows = list(Attendance.objects.select_for_update().filter(organization=source).order_by("pk"))
    for row in rows:
        save_changes(row, actor=actor, reason=f"Merged into {target.short_name}", organization=target)
    return len(rows)


@transaction.atomic
def cancel_rsvps(*, actor: Person, person: Person, now: dt.datetime) -> int:
    """Turn to "no" what a person answered to meetings ahead that no longer invite them. Returns how many."""
    rows = list(
        RSVP.objects.select_for_update(of=("self",))
        .filter(person=person, meeting__in=Meeting.objects.upcoming(now).order_by().values("pk"))
        .exclude(meeting__in=meetings_invited_to(with_account_rights(person)).order_by().values("pk"))
        .exclude(answer=Answer.NO)
        .order_by("pk")
    )
    for row in rows:
        save_changes(row, actor=actor, reason="No longer of the body", answer=Answer.NO, responded_at=now)
    return len(rows)
