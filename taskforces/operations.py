"""Every write to bodies, seats and terms."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from accounts.models import Person
from core.dates import format_date
from core.operations import OperationNotAllowedError, create, lock, save_changes
from members.models import Organization, Sector
from taskforces.models import Body, HistoryEvent, Requirement, Seat, Term, Workgroup
from taskforces.permissions import people_for
from taskforces.rules import BodyKind, SeatRole


@transaction.atomic
def edit_workgroup(*, actor: Person, workgroup: Workgroup, version: int | None, **values: Any) -> Workgroup:
    """The workgroup's record with its new words. Raises EditConflictError."""
    workgroup = lock(workgroup, version)
    save_changes(workgroup, actor=actor, **values)
    return workgroup


@transaction.atomic
def add_history_event(*, actor: Person, workgroup: Workgroup, **values: Any) -> HistoryEvent:
    """A new event of the public timeline; its key is made from its date and words. Raises ValidationError."""
    stem = slugify(f"{values['when']} {values['event']}")[:40].strip("-") or "event"
    taken = set(HistoryEvent.objects.filter(key__startswith=stem).values_list("key", flat=True))
    key = next(
        key for number in range(1, len(taken) + 2) if (key := stem if number == 1 else f"{stem}-{number}") not in taken
    )
    return create(HistoryEvent, actor=actor, workgroup=workgroup, key=key, **values)


@transaction.atomic
def edit_history_event(*, actor: Person, row: HistoryEvent, version: int | None, **values: Any) -> HistoryEvent:
    """The event as it now reads. Raises EditConflictError."""
    row = lock(row, version)
    save_changes(row, actor=actor, **values)
    return row


@transaction.atomic
def add_body(*, actor: Person, workgroup: Workgroup, **values: Any) -> Body:
    """A new task force, last in the order. Raises ValidationError."""
    last = Body.objects.filter(workgroup=workgroup).order_by("position").last()
    position = last.position + 1 if last else 1
    return create(Body, actor=actor, workgroup=workgroup, kind=BodyKind.TASK_FORCE, position=position, **values)


@transaction.atomic
def edit_body(*, actor: Person, body: Body, version: int | None, **values: Any) -> Body:
    """The body with its new settings.

    Raises EditConflictError, and OperationNotAllowedError where the full Workgroup would be dissolved.
    """
    body = lock(body, version)
    if values.get("dissolved_on") and body.kind == BodyKind.FULL:
        raise OperationNotAllowedError("The full Workgroup cannot be dissolved here.")
    save_changes(body, actor=actor, **values)
    return body


@transaction.atomic
def add_seat(*, actor: Person, body: Body, role: str, organization: Organization | None) -> Seat:
    """A new vacant seat. Raises OperationNotAllowedError on a dissolved body and for a second chair's seat."""
    body = lock(body)
    if body.dissolved_on:
        raise OperationNotAllowedError(f"{body.title} was dissolved. Nobody can be seated on it.")
    if role == SeatRole.CHAIR and body.seats.filter(role=SeatRole.CHAIR, closed_on=None).exists():
        raise OperationNotAllowedError("This body has a chair's seat. Add a co-chair's, or close that seat first.")
    return create(Seat, actor=actor, body=body, role=role, organization=organization)


@transaction.atomic
def close_seat(*, actor: Person, seat: Seat, version: int | None, today: dt.date) -> Seat:
    """The seat, closed today; it stays in the records.

    Raises OperationNotAllowedError while somebody sits in it, and EditConflictError.
    """
    seat = lock(seat, version)
    if seat.closed_on:
        raise OperationNotAllowedError("This seat is closed already.")
    sitting = seat.terms.filter(ended_on=None).select_related("person").first()
    if sitting:
        raise OperationNotAllowedError(
            f"{sitting.person.name} sits in this seat. End that term first, then close the seat."
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
    """A new term of `person` in the seat.

    Raises OperationNotAllowedError where somebody sits there, where the person may not, and where the dates do not fit.
    """
    seat = lock(seat)
    if seat.closed_on:
        raise OperationNotAllowedError("This seat was closed. Add a new one.")
    sitting = seat.terms.filter(ended_on=None).select_related("person").first()
    if sitting:
        raise OperationNotAllowedError(f"{sitting.person.name} sits in this seat now. End that term first.")
    if not people_for(seat).filter(pk=person.pk).exists():
        raise OperationNotAllowedError(_why_not(seat, person))
    if starts_on > today:
        raise OperationNotAllowedError(
            "A term starts on the day a person takes the seat. Choose today or an earlier day."
        )
    if planned_end_on and planned_end_on <= starts_on:
        raise OperationNotAllowedError("The planned end is not after the start. Choose a later day, or leave it empty.")
    before = seat.terms.filter(ended_on__gt=starts_on).select_related("person").order_by("-ended_on").first()
    if before and before.ended_on:
        until = format_date(before.ended_on, today)
        raise OperationNotAllowedError(
            f"{before.person.name} sat in this seat until {until}. Choose that day or a later one."
        )
    return create(Term, actor=actor, seat=seat, person=person, starts_on=starts_on, planned_end_on=planned_end_on)


def _why_not(seat: Seat, person: Person) -> str:
    if Term.objects.current().filter(seat__body=seat.body_id, person=person).exists():
        return f"{person.name} sits on {seat.body.title} already. End that term first."
    if seat.organization:
        return f"{person.name} does not represent {seat.organization.short_name}, for which this seat is."
    return f"{person.name} represents no organization of the Workgroup today."


@transaction.atomic
def renew_term(*, actor: Person, term: Term, version: int | None, planned_end_on: dt.date, today: dt.date) -> Term:
    """The term with a later planned end.

    Raises OperationNotAllowedError on a past day or an ended term, and EditConflictError.
    """
    term = lock(term, version)
    if term.ended_on:
        raise OperationNotAllowedError("This term has ended. Fill the seat anew.")
    if planned_end_on <= today:
        raise OperationNotAllowedError("The planned end is not ahead. Choose a later day, or end the term.")
    save_changes(term, actor=actor, planned_end_on=planned_end_on)
    return term


@transaction.atomic
def end_term(*, actor: Person, term: Term, version: int | None, ended_on: dt.date, reason: str, today: dt.date) -> Term:
    """The term, ended; the seat stays and is vacant.

    Raises OperationNotAllowedError where the day does not fit, and EditConflictError.
    """
    term = lock(term, version)
    if term.ended_on:
        raise OperationNotAllowedError("This term has ended already.")
    if ended_on > today:
        raise OperationNotAllowedError("A term is ended on the day the person leaves. Choose today or an earlier day.")
    if ended_on < term.starts_on:
        raise OperationNotAllowedError(
            f"The end is before the start. Choose {format_date(term.starts_on, today)} or a later day."
        )
    save_changes(term, actor=actor, reason=reason, ended_on=ended_on, end_reason=reason)
    return term


@transaction.atomic
def reassign_organization(*, actor: Person, source: Organization, target: Organization, today: dt.date) -> int:
    """Give every seat of `source`, closed ones too, to `target`; who sits in them stays. Returns how many moved."""
    seats = list(Seat.objects.select_for_update().filter(organization=source))
    for seat in seats:
        save_changes(seat, actor=actor, reason=f"{source.short_name} merged", organization=target)
    return len(seats)


@transaction.atomic
def reseat(*, actor: Person, term: Term, successor: Person | None, ended_on: dt.date, reason: str) -> Term | None:
    """End a departing person's term and, where `successor` is given, start theirs on the same day in the same seat.

    Without one the seat stays vacant and None comes back. Raises OperationNotAllowedError where the successor may not
    sit there.
    """
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
    """A sector or a region that a body needs from today on. Raises ValidationError for one that is required already."""
    body = lock(body)
    return create(Requirement, actor=actor, body=body, sector=sector, region=region, minimum=minimum, since_on=today)


@transaction.atomic
def change_requirement(*, actor: Person, requirement: Requirement, version: int | None, minimum: int) -> Requirement:
    """The requirement with another minimum.

    Raises EditConflictError, and OperationNotAllowedError where it was taken away.
    """
    requirement = lock(requirement, version)
    if requirement.ended_on:
        raise OperationNotAllowedError("This requirement was taken away. Add it anew.")
    save_changes(requirement, actor=actor, minimum=minimum)
    return requirement


@transaction.atomic
def end_requirement(*, actor: Person, requirement: Requirement, today: dt.date) -> Requirement:
    """The requirement taken away from today on; it stays in the records.

    Raises OperationNotAllowedError where it was before.
    """
    requirement = lock(requirement)
    if requirement.ended_on:
        raise OperationNotAllowedError("This requirement was taken away already.")
    save_changes(requirement, actor=actor, ended_on=max(today, requirement.since_on))
    return requirement
