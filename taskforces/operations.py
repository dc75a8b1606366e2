"""Every write to the workgroup, its history events, bodies, seats, terms and requirements."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.permissions import is_staff
from core.dates import format_date
from core.operations import OperationNotAllowedError, create, lock, require_permission, save_changes
from members.models import Organization, Sector
from taskforces.models import Body, HistoryEvent, Requirement, Seat, Term, Workgroup
from taskforces.permissions import can_edit_body, can_edit_workgroup, leads, people_for
from taskforces.rules import BodyKind, SeatRole


@transaction.atomic
def edit_workgroup(*, actor: Person, workgroup: Workgroup, version: int | None, **values: Any) -> Workgroup:
    """Change the profile of the workgroup. Raises EditConflictError."""
    _require_workgroup_editor(actor)
    workgroup = lock(workgroup, version)
    save_changes(workgroup, actor=actor, **values)
    return workgroup


@transaction.atomic
def add_history_event(*, actor: Person, workgroup: Workgroup, **values: Any) -> HistoryEvent:
    """Add an event to the public history. Its key is made from its date and text. Raises ValidationError."""
    _require_workgroup_editor(actor)
    stem = slugify(f"{values['when']} {values['event']}")[:40].strip("-") or "event"
    taken = set(HistoryEvent.objects.filter(key__startswith=stem).values_list("key", flat=True))
    keys = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(taken) + 2))
    key = next(key for key in keys if key not in taken)
    return create(HistoryEvent, actor=actor, workgroup=workgroup, key=key, **values)


@transaction.atomic
def edit_history_event(*, actor: Person, row: HistoryEvent, version: int | None, **values: Any) -> HistoryEvent:
    """Change an event of the public history. Raises EditConflictError."""
    _require_workgroup_editor(actor)
    row = lock(row, version)
    save_changes(row, actor=actor, **values)
    return row


@transaction.atomic
def add_body(*, actor: Person, workgroup: Workgroup, **values: Any) -> Body:
    """Add a task force, last in the order. Raises ValidationError."""
    _require_body_editor(actor)
    last = Body.objects.filter(workgroup=workgroup).order_by("position").last()
    position = last.position + 1 if last else 1
    return create(Body, actor=actor, workgroup=workgroup, kind=BodyKind.TASK_FORCE, position=position, **values)


@transaction.atomic
def edit_body(*, actor: Person, body: Body, version: int | None, **values: Any) -> Body:
    """Change the text and settings of a body.

    Raises EditConflictError, and OperationNotAllowedError for dissolving the full Workgroup.
    """
    _require_body_editor(actor)
    body = lock(body, version)
    if values.get("dissolved_on") and body.kind == BodyKind.FULL:
        raise OperationNotAllowedError(_("The full Workgroup can't be dissolved."))
    save_changes(body, actor=actor, **values)
    return body


@transaction.atomic
def add_seat(*, actor: Person, body: Body, role: str, organization: Organization | None) -> Seat:
    """Add a vacant seat. Raises OperationNotAllowedError on a dissolved body and for a second chair seat."""
    _require_roster_editor(actor, body)
    body = lock(body)
    if body.dissolved_on:
        raise OperationNotAllowedError(
            _("%(body)s has been dissolved. You can't add seats to it.") % {"body": body.title}
        )
    if role == SeatRole.CHAIR and body.seats.filter(role=SeatRole.CHAIR, closed_on=None).exists():
        raise OperationNotAllowedError(
            _("This body already has a chair seat. Add a co-chair seat, or close that seat first.")
        )
    return create(Seat, actor=actor, body=body, role=role, organization=organization)


@transaction.atomic
def close_seat(*, actor: Person, seat: Seat, version: int | None, today: dt.date) -> Seat:
    """Close a vacant seat today; it stays in the records.

    Raises OperationNotAllowedError while it is filled, and EditConflictError.
    """
    _require_roster_editor(actor, seat.body)
    seat = lock(seat, version)
    if seat.closed_on:
        raise OperationNotAllowedError(_("This seat is already closed."))
    term = _current_term(seat, today)
    if term:
        raise OperationNotAllowedError(
            _("%(name)s holds this seat. End that term first, then close the seat.") % {"name": term.person.name}
        )
    save_changes(seat, actor=actor, closed_on=today)
    return seat


@transaction.atomic
def fill_seat(
    *,
    actor: Person,
    seat: Seat,
    person: Person,
    starts_on: dt.date,
    planned_end_on: dt.date | None,
    today: dt.date,
) -> Term:
    """Start a term of `person` in the seat.

    Raises OperationNotAllowedError if the seat is filled or closed, the person is not eligible, or the dates do not
    fit.
    """
    _require_roster_editor(actor, seat.body)
    seat = lock(seat)
    if seat.closed_on:
        raise OperationNotAllowedError(_("This seat is closed. Add a new one."))
    term = _current_term(seat, today)
    if term:
        raise OperationNotAllowedError(_("%(name)s holds this seat. End that term first.") % {"name": term.person.name})
    if not people_for(seat).filter(pk=person.pk).exists():
        raise OperationNotAllowedError(_ineligibility_reason(seat, person))
    if starts_on > today:
        raise OperationNotAllowedError(_("The start date is in the future. Enter today or an earlier date."))
    if planned_end_on and planned_end_on <= starts_on:
        raise OperationNotAllowedError(
            _("The planned end must be after the start date. Enter a later date, or leave it blank.")
        )
    before = seat.terms.filter(ended_on__gt=starts_on).select_related("person").order_by("-ended_on").first()
    if before and before.ended_on:
        values = {"name": before.person.name, "date": format_date(before.ended_on, today)}
        raise OperationNotAllowedError(
            _("%(name)s held this seat until %(date)s. Enter that date or a later one.") % values
        )
    return create(Term, actor=actor, seat=seat, person=person, starts_on=starts_on, planned_end_on=planned_end_on)


def _current_term(seat: Seat, today: dt.date) -> Term | None:
    """Return the term in a seat that has not ended, with its person."""
    return Term.objects.not_ended(today).filter(seat=seat).select_related("person").first()


def _ineligibility_reason(seat: Seat, person: Person) -> str:
    """Return why `people_for` leaves a person out, for the person who tried to fill the seat."""
    if Term.objects.current().filter(seat__body=seat.body_id, person=person).exists():
        return _("%(name)s already has a seat on %(body)s. End that term first.") % {
            "name": person.name,
            "body": seat.body.title,
        }
    if seat.organization:
        return _("This seat belongs to %(organization)s. Choose one of its representatives.") % {
            "organization": seat.organization.short_name
        }
    return _("%(name)s doesn't represent an organization of the Workgroup.") % {"name": person.name}


@transaction.atomic
def renew_term(*, actor: Person, term: Term, version: int | None, planned_end_on: dt.date, today: dt.date) -> Term:
    """Give a term a later planned end.

    Raises OperationNotAllowedError for a past date or an ended term, and EditConflictError.
    """
    _require_roster_editor(actor, term.seat.body)
    term = lock(term, version)
    if term.ended_on:
        raise OperationNotAllowedError(_("This term has ended. Fill the seat again."))
    if planned_end_on <= today:
        raise OperationNotAllowedError(_("The planned end must be in the future. Enter a later date, or end the term."))
    save_changes(term, actor=actor, planned_end_on=planned_end_on)
    return term


@transaction.atomic
def end_term(*, actor: Person, term: Term, version: int | None, ended_on: dt.date, reason: str, today: dt.date) -> Term:
    """End a term; the seat stays and is vacant.

    Raises OperationNotAllowedError if the date does not fit, and EditConflictError.
    """
    _require_roster_editor(actor, term.seat.body)
    term = lock(term, version)
    if term.ended_on:
        raise OperationNotAllowedError(_("This term has already ended."))
    if ended_on > today:
        raise OperationNotAllowedError(_("The last day is in the future. Enter today or an earlier date."))
    if ended_on < term.starts_on:
        values = {"date": format_date(term.starts_on, today)}
        raise OperationNotAllowedError(
            _("The last day is before the term started. Enter %(date)s or a later date.") % values
        )
    save_changes(term, actor=actor, reason=reason, ended_on=ended_on, end_reason=reason)
    return term


@transaction.atomic
def reassign_organization(*, actor: Person, source: Organization, target: Organization, today: dt.date) -> int:
    """Move every seat of `source` to `target`, closed ones too, with its terms. Returns how many seats moved."""
    require_permission(is_staff(actor), _("Only staff can merge organizations."))
    seats = list(Seat.objects.select_for_update().filter(organization=source))
    for seat in seats:
        save_changes(seat, actor=actor, reason=f"Merged from {source.short_name}", organization=target)
    return len(seats)


@transaction.atomic
def replace_member(
    *, actor: Person, term: Term, successor: Person | None, ended_on: dt.date, reason: str
) -> Term | None:
    """End the term of a person who leaves, and start the term of `successor` on the same day in the same seat.

    Without a successor the seat stays vacant and None is returned. Raises OperationNotAllowedError if the successor
    is not eligible.
    """
    _require_roster_editor(actor, term.seat.body)
    day = max(ended_on, term.starts_on)
    term = end_term(actor=actor, term=term, version=None, ended_on=day, reason=reason, today=day)
    if successor is None:
        return None
    planned = term.planned_end_on if term.planned_end_on and term.planned_end_on > day else None
    return fill_seat(actor=actor, seat=term.seat, person=successor, starts_on=day, planned_end_on=planned, today=day)


@transaction.atomic
def add_requirement(
    *, actor: Person, body: Body, sector: Sector | None, region: str, minimum: int, today: dt.date
) -> Requirement:
    """Require a sector or a region on a body from today on. Raises ValidationError if it is already required."""
    _require_body_editor(actor)
    body = lock(body)
    return create(Requirement, actor=actor, body=body, sector=sector, region=region, minimum=minimum, since_on=today)


@transaction.atomic
def change_requirement(*, actor: Person, requirement: Requirement, version: int | None, minimum: int) -> Requirement:
    """Change the minimum of a requirement.

    Raises EditConflictError, and OperationNotAllowedError once it was removed.
    """
    _require_body_editor(actor)
    requirement = lock(requirement, version)
    if requirement.ended_on:
        raise OperationNotAllowedError(_("This requirement was removed. Add it again."))
    save_changes(requirement, actor=actor, minimum=minimum)
    return requirement


@transaction.atomic
def end_requirement(*, actor: Person, requirement: Requirement, today: dt.date) -> Requirement:
    """Remove a requirement from today on; it stays in the records.

    Raises OperationNotAllowedError if it was already removed.
    """
    _require_body_editor(actor)
    requirement = lock(requirement)
    if requirement.ended_on:
        raise OperationNotAllowedError(_("This requirement was already removed."))
    save_changes(requirement, actor=actor, ended_on=max(today, requirement.since_on))
    return requirement


def _require_workgroup_editor(actor: Person) -> None:
    require_permission(can_edit_workgroup(actor), _("Only staff can change the Workgroup profile and its history."))


def _require_body_editor(actor: Person) -> None:
    require_permission(
        can_edit_body(actor), _("Only staff can change a body's charter, settings, and membership requirements.")
    )


def _require_roster_editor(actor: Person, body: Body) -> None:
    require_permission(
        leads(actor, body),
        _("Only the chair of %(body)s and staff can change its roster.") % {"body": body.title},
    )
