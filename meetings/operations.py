"""Everything that people do to meetings. Higher floors learn of a change from the meeting's `sequence`."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.permissions import is_staff
from core.dates import format_time_range
from core.operations import EditConflictError, OperationNotAllowedError, create, lock, require_permission, save_changes
from meetings.models import RSVP, AgendaItem, Attendance, Meeting
from meetings.permissions import (
    allowed_answers,
    can_answer,
    can_manage,
    can_schedule,
    can_take_minutes,
    invited_only,
    managers_only,
    meetings_invited_to,
    minute_takers_only,
)
from meetings.rules import (
    LIVE_STATUSES,
    NOTICE_FIELDS,
    OPENS_BEFORE,
    AgendaEdit,
    AgendaLine,
    AttendanceStatus,
    CellEdit,
    MeetingStatus,
    MinutesStatus,
    RSVPAnswer,
    can_transition,
    utc_range_of,
)
from members.models import Organization
from members.operations import OnBehalf, record_act_on_behalf, represented_person
from members.permissions import with_account_rights
from taskforces.models import Body

# Sorts a new item behind every other one until the items are numbered.
_LAST = 1000


@transaction.atomic
def create_draft(*, actor: Person, body: Body, agenda: Iterable[AgendaLine] = (), **values: Any) -> Meeting:
    """Add a draft, for which no notice is sent. `values` are the fields of the form. Raises ValidationError."""
    require_permission(can_schedule(actor, body), managers_only(body))
    starts_at, ends_at = utc_range_of(values)
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

    Once the meeting is announced, a change that a notice is sent for raises `sequence` by one, and a new start also
    raises `schedule_version`.
    """
    require_permission(can_manage(actor, meeting), managers_only(meeting.body))
    row = lock(meeting, version)
    _require_unfinished(row)
    starts_at, ends_at = utc_range_of({**_local_time_values(row), **values})
    values |= {"starts_at": starts_at, "ends_at": ends_at}
    if row.status == MeetingStatus.DRAFT:
        values["original_start_at"] = starts_at
    else:
        if starts_at != row.starts_at:
            _require_future(starts_at, ends_at, row.time_zone, now)
            values["schedule_version"] = row.schedule_version + 1
        if any(name in values and values[name] != getattr(row, name) for name in NOTICE_FIELDS):
            values["sequence"] = row.sequence + 1
    save_changes(row, actor=actor, **values)
    return row


@transaction.atomic
def set_agenda(*, actor: Person, meeting: Meeting, items: Iterable[AgendaEdit], now: dt.datetime) -> None:
    """Add, change, reorder and remove agenda items, without a notice. A removed item keeps its row.

    Items that are not named stay as they are. Raises OperationNotAllowedError, and EditConflictError for an item that
    was changed since.
    """
    require_permission(can_manage(actor, meeting), managers_only(meeting.body))
    row = lock(meeting)
    _require_unfinished(row)
    positions: dict[int, float] = {}
    for item in items:
        values: dict[str, Any] = {"title": item.title, "duration_minutes": item.duration_minutes, "detail": item.detail}
        if item.pk is None:
            new = create(AgendaItem, actor=actor, meeting=row, position=_LAST, **values)
            positions[new.pk] = (item.position or _LAST) - 0.5
            continue
        current = lock(AgendaItem.objects.get(pk=item.pk, meeting=row), item.version)
        if item.remove:
            save_changes(current, actor=actor, removed_at=now)
            continue
        save_changes(current, actor=actor, **values)
        if item.position and item.position != current.position:
            # Moved up, the item goes before the one at its new position; moved down, it goes after it.
            positions[current.pk] = item.position + (-0.5 if item.position < current.position else 0.5)
    _number_items(row, positions, actor)


@transaction.atomic
def schedule(*, actor: Person, meeting: Meeting, version: int | None, now: dt.datetime) -> Meeting:
    """Announce a draft; the next run of the reminders sends the notice.

    Raises OperationNotAllowedError and EditConflictError.
    """
    require_permission(can_manage(actor, meeting), managers_only(meeting.body))
    row = _lock_for_status(meeting, MeetingStatus.SCHEDULED, version)
    _require_future(row.starts_at, row.ends_at, row.time_zone, now)
    save_changes(row, actor=actor, status=MeetingStatus.SCHEDULED, scheduled_at=now, original_start_at=row.starts_at)
    return row


@transaction.atomic
def cancel(*, actor: Person, meeting: Meeting, version: int | None, reason: str, now: dt.datetime) -> Meeting:
    """Cancel a meeting; whoever got its notice gets a notice of this too.

    Raises OperationNotAllowedError and EditConflictError.
    """
    require_permission(can_manage(actor, meeting), managers_only(meeting.body))
    row = _lock_for_status(meeting, MeetingStatus.CANCELED, version)
    if not reason.strip():
        raise OperationNotAllowedError(
            _("Enter a reason for canceling. The people invited to the meeting will see it.")
        )
    announced = row.status != MeetingStatus.DRAFT
    if announced and row.ends_at <= now:
        raise OperationNotAllowedError(_("You can't cancel this meeting because it is over. Close it instead."))
    save_changes(
        row,
        actor=actor,
        reason=reason,
        status=MeetingStatus.CANCELED,
        cancel_reason=reason.strip(),
        sequence=row.sequence + (1 if announced else 0),
    )
    return row


@transaction.atomic
def start(*, actor: Person, meeting: Meeting, now: dt.datetime) -> Meeting:
    """Open the meeting, an hour before its start at the earliest. Raises OperationNotAllowedError."""
    require_permission(can_manage(actor, meeting), managers_only(meeting.body))
    row = _lock_for_status(meeting, MeetingStatus.IN_SESSION)
    _require_reached(row.starts_at - OPENS_BEFORE, row, now)
    save_changes(row, actor=actor, status=MeetingStatus.IN_SESSION)
    return row


@transaction.atomic
def close(*, actor: Person, meeting: Meeting, now: dt.datetime) -> Meeting:
    """End a meeting that has begun. Raises OperationNotAllowedError."""
    require_permission(can_manage(actor, meeting), managers_only(meeting.body))
    row = _lock_for_status(meeting, MeetingStatus.CLOSED)
    _require_reached(row.starts_at, row, now)
    save_changes(row, actor=actor, status=MeetingStatus.CLOSED)
    return row


@transaction.atomic
def record_rsvp(
    *,
    actor: Person,
    meeting: Meeting,
    answer: str,
    now: dt.datetime,
    how: str = "",
    on_behalf: OnBehalf | None = None,
) -> RSVP:
    """Record the actor's answer to an invitation, or as staff the answer of the person in `on_behalf`.

    A person has one row for each meeting; a later answer replaces the earlier one. `how` is the change reason in the
    history, such as "By link". Raises OperationNotAllowedError.
    """
    allowed = is_staff(actor) if on_behalf else can_answer(actor, meeting)
    require_permission(allowed, invited_only(meeting.body))
    row = lock(meeting)
    person = represented_person(actor, on_behalf)
    if not can_answer(person, row):
        raise OperationNotAllowedError(invited_only(row.body))
    if row.status not in LIVE_STATUSES or row.ends_at <= now:
        raise OperationNotAllowedError(_("Responses are closed for this meeting."))
    if answer not in allowed_answers(person):
        raise OperationNotAllowedError(_("Select one of the answers shown."))
    reason = on_behalf.reason if on_behalf else how
    rsvp = RSVP.objects.filter(meeting=row, person=person.pk).first()
    values: dict[str, Any] = {"answer": RSVPAnswer(answer), "responded_at": now}
    if rsvp is None:
        rsvp = create(RSVP, actor=actor, change_reason=reason, meeting=row, person_id=person.pk, **values)
    else:
        rsvp = lock(rsvp)
        if rsvp.answer == answer:
            return rsvp
        save_changes(rsvp, actor=actor, reason=reason, **values)
    what = _("“%(meeting)s”: %(answer)s") % {"meeting": row.title, "answer": rsvp.get_answer_display()}
    record_act_on_behalf(actor=actor, on_behalf=on_behalf, row=rsvp, what=what)
    return rsvp


@transaction.atomic
def record_attendance(
    *,
    actor: Person,
    meeting: Meeting,
    entries: Mapping[Person, CellEdit],
    organizations: Mapping[int, Organization],
    now: dt.datetime,
) -> None:
    """Record who attended. `organizations` is the organization that each attended for, by the person's id.

    Only cells that the actor changed are written, so that two people can fill in the form at the same time. Raises
    OperationNotAllowedError, and EditConflictError where another person changed the same cell.
    """
    require_permission(can_take_minutes(actor, meeting), minute_takers_only(meeting.body))
    row = lock(meeting)
    _validate_held(row, now)
    stored = {item.person_id: item for item in Attendance.objects.filter(meeting=row)}
    for person, entry in entries.items():
        current = stored.get(person.pk)
        if not _must_save(entry, current.presence if current else "", current or row):
            continue
        presence = AttendanceStatus(entry.new)
        if current is None:
            organization = organizations.get(person.pk)
            create(Attendance, actor=actor, meeting=row, person=person, organization=organization, presence=presence)
        else:
            save_changes(lock(current), actor=actor, presence=presence)


@transaction.atomic
def write_minutes(
    *,
    actor: Person,
    meeting: Meeting,
    notes: Mapping[int, CellEdit],
    now: dt.datetime,
    minutes: CellEdit | None = None,
) -> None:
    """Write the minutes of agenda items (by the item's id) and of the meeting: a draft, or a correction once published.

    Only cells that the actor changed are written, so that two people can write at the same time. Raises
    OperationNotAllowedError, and
    EditConflictError where another person changed the same cell.
    """
    require_permission(can_take_minutes(actor, meeting), minute_takers_only(meeting.body))
    row = lock(meeting)
    _validate_held(row, now)
    changed = False
    for item in AgendaItem.objects.select_for_update().filter(meeting=row, removed_at=None, pk__in=list(notes)):
        if _must_save(notes[item.pk], item.notes, item):
            changed |= bool(save_changes(item, actor=actor, notes=notes[item.pk].new))
    values: dict[str, Any] = {}
    if minutes is not None and _must_save(minutes, row.minutes, row):
        values["minutes"] = minutes.new
    if (changed or values) and row.minutes_status == MinutesStatus.NONE:
        values["minutes_status"] = MinutesStatus.DRAFT
    save_changes(row, actor=actor, **values)


@transaction.atomic
def publish_minutes(*, actor: Person, meeting: Meeting, now: dt.datetime) -> Meeting:
    """Show the minutes to everyone who can see the meeting. Raises OperationNotAllowedError."""
    require_permission(can_manage(actor, meeting), managers_only(meeting.body))
    row = lock(meeting)
    _validate_held(row, now)
    if row.status != MeetingStatus.CLOSED:
        raise OperationNotAllowedError(_("Close the meeting before you publish its minutes."))
    if row.minutes_status == MinutesStatus.NONE:
        raise OperationNotAllowedError(_("There are no minutes to publish yet. Write them first."))
    save_changes(row, actor=actor, minutes_status=MinutesStatus.PUBLISHED)
    return row


@transaction.atomic
def reassign_organization(*, actor: Person, source: Organization, target: Organization, today: dt.date) -> int:
    """Move all attendance recorded for `source`, a duplicate, to `target`. Return the number of rows."""
    require_permission(is_staff(actor), _("Only staff can merge organizations."))
    rows = list(Attendance.objects.select_for_update().filter(organization=source).order_by("pk"))
    for row in rows:
        save_changes(row, actor=actor, reason=f"Merged into {target.short_name}", organization=target)
    return len(rows)


@transaction.atomic
def cancel_rsvps(*, actor: Person, person: Person, now: dt.datetime) -> int:
    """Change to "no" a departing person's answers to upcoming meetings that no longer invite them. Return how many."""
    require_permission(is_staff(actor), _("Only staff can end a person's roles."))
    rows = list(
        RSVP.objects.select_for_update(of=("self",))
        .filter(person=person, meeting__in=Meeting.objects.upcoming(now).order_by().values("pk"))
        .exclude(meeting__in=meetings_invited_to(with_account_rights(person)).order_by().values("pk"))
        .exclude(answer=RSVPAnswer.NO)
        .order_by("pk")
    )
    for row in rows:
        save_changes(row, actor=actor, reason="No longer a member of the body", answer=RSVPAnswer.NO, responded_at=now)
    return len(rows)


def _number_items(meeting: Meeting, positions: Mapping[int, float], actor: Person) -> None:
    """Save new positions for the items, counted from 1, in the order of their current positions.

    `positions` maps the id of an item to a position that is used for the order in place of its current one.
    """
    items = AgendaItem.objects.select_for_update().filter(meeting=meeting, removed_at=None)
    ordered = sorted(items, key=lambda item: (positions.get(item.pk, item.position), item.pk))
    for position, item in enumerate(ordered, start=1):
        save_changes(item, actor=actor, position=position)


def _local_time_values(row: Meeting) -> dict[str, Any]:
    """Return the fields of the meeting from which start and end are computed."""
    return {name: getattr(row, name) for name in ("starts_on", "starts_time", "duration_minutes", "time_zone")}


def _lock_for_status(meeting: Meeting, target: MeetingStatus, version: int | None = None) -> Meeting:
    """Return the locked meeting if its status may change to `target`.

    Raises OperationNotAllowedError and EditConflictError.
    """
    row = lock(meeting, version)
    if not can_transition(row.status, target):
        raise OperationNotAllowedError(
            _("This meeting's status is “%(status)s”. It can't change to “%(target)s”.")
            % {"status": row.get_status_display(), "target": target.label}
        )
    return row


def _require_unfinished(row: Meeting) -> None:
    """Raise OperationNotAllowedError for a meeting that is closed or canceled."""
    if row.status not in (MeetingStatus.DRAFT, *LIVE_STATUSES):
        raise OperationNotAllowedError(
            _("You can't change this meeting or its agenda because its status is “%(status)s”.")
            % {"status": row.get_status_display()}
        )


def _require_future(starts_at: dt.datetime, ends_at: dt.datetime, zone: str, now: dt.datetime) -> None:
    """Raise OperationNotAllowedError if the start has passed."""
    if starts_at <= now:
        local = ZoneInfo(zone)
        when = format_time_range(starts_at.astimezone(local), ends_at.astimezone(local), now.astimezone(local).date())
        raise OperationNotAllowedError(_("The time %(when)s has passed. Enter a time in the future.") % {"when": when})


def _require_reached(moment: dt.datetime, row: Meeting, now: dt.datetime) -> None:
    """Raise OperationNotAllowedError before `moment`."""
    if now < moment:
        when = format_time_range(row.local_start, row.local_end, now.astimezone(row.zone).date())
        raise OperationNotAllowedError(_("It is too early for this. The meeting is on %(when)s.") % {"when": when})


def _validate_held(row: Meeting, now: dt.datetime) -> None:
    """Raise OperationNotAllowedError for a draft, for a canceled meeting, and until an hour before the start."""
    if row.status not in (*LIVE_STATUSES, MeetingStatus.CLOSED):
        raise OperationNotAllowedError(
            _("You can't record attendance or minutes because the meeting's status is “%(status)s”.")
            % {"status": row.get_status_display()}
        )
    _require_reached(row.starts_at - OPENS_BEFORE, row, now)


def _must_save(entry: CellEdit, stored: str, current: AgendaItem | Attendance | Meeting) -> bool:
    """Return True if the cell needs to be written. Raise EditConflictError if another person changed it differently."""
    if not entry.changes(stored):
        return False
    if stored != entry.seen:
        raise EditConflictError(current)
    return True
