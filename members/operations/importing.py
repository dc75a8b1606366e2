"""What an import does to organizations and people once staff have seen it: all of it or nothing."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from core.operations import OperationNotAllowedError, create_many, lock, save_changes
from members.importing import (
    REASON,
    AddOrganization,
    AddPerson,
    AddRepresentation,
    EditOrganization,
    EditPerson,
    EditRepresentation,
)
from members.models import Organization, Person, Representation
from members.operations.organizations import change_status, edit_organization
from members.operations.people import add_people, edit_person
from members.operations.representations import check_single_primary
from members.operations.status_periods import add_first_status_periods
from members.rules import RepresentationKind


@transaction.atomic
def import_members(
    *, actor: Person, acts: Sequence[Any], now: dt.datetime, today: dt.date, address: str | None = None
) -> None:
    """Do what was planned, new rows at once and changed ones one by one, each compared with the row that was seen.

    Raises EditConflictError, OperationNotAllowedError, ValidationError and IntegrityError where the records changed
    since; then nothing is done.
    """
    add_organizations(actor=actor, rows=[act.values for act in acts if isinstance(act, AddOrganization)])
    for act in acts:
        if isinstance(act, EditOrganization):
            _edit_organization(actor, act, now, today)
    add_people(actor=actor, rows=[{"email": a.email, **a.values} for a in acts if isinstance(a, AddPerson)])
    for act in acts:
        if isinstance(act, EditPerson):
            edit_person(actor=actor, person=act.row, version=act.row.version, now=now, address=address, **act.values)
    # Who gives the primary's place up comes before who takes it.
    for takes_it in (False, True):
        wanted = [act for act in acts if _takes_primary(act) == takes_it]
        for act in wanted:
            if isinstance(act, EditRepresentation):
                correct_representation(
                    actor=actor, representation=act.row, version=act.row.version, today=today, **act.values
                )
        add_representations(
            actor=actor, rows=[act for act in wanted if isinstance(act, AddRepresentation)], today=today
        )


def _takes_primary(act: Any) -> bool:
    return (
        isinstance(act, AddRepresentation | EditRepresentation) and act.values.get("kind") == RepresentationKind.PRIMARY
    )


def _edit_organization(actor: Person, act: EditOrganization, now: dt.datetime, today: dt.date) -> None:
    current = edit_organization(actor=actor, organization=act.row, version=act.row.version, today=today, **act.values)
    if act.move:
        change_status(actor=actor, organization=current, version=current.version, now=now, today=today, **act.move)


@transaction.atomic
def add_organizations(*, actor: Person, rows: Iterable[dict[str, Any]]) -> list[Organization]:
    """Many new organizations, each with its key. Raises ValidationError, and IntegrityError for a key in use."""
    added = create_many([Organization(**values) for values in rows], actor=actor, reason=REASON)
    add_first_status_periods(actor=actor, organizations=added)
    return added


@transaction.atomic
def add_representations(*, actor: Person, rows: Sequence[AddRepresentation], today: dt.date) -> list[Representation]:
    """Many new representations, in force at once.

    Raises OperationNotAllowedError where one would start later, where the person or the organization is gone, and for
    a second primary;
    IntegrityError where the person represents the organization already.
    """
    keys, addresses = {row.key for row in rows}, {row.email for row in rows}
    organizations = {
        row.key: row for row in Organization.objects.standing().select_for_update().filter(key__in=keys).order_by("pk")
    }
    people = {row.email: row for row in Person.objects.filter(email__in=addresses, is_active=True)}
    primary = Representation.objects.current(today).filter(kind=RepresentationKind.PRIMARY)
    headed = set(primary.filter(organization__key__in=keys).values_list("organization__key", flat=True))
    new = []
    for row in rows:
        if row.key not in organizations or row.email not in people or row.values["starts_on"] > today:
            raise OperationNotAllowedError(f"{row.email} can no longer represent {row.key}.")
        if row.values["kind"] == RepresentationKind.PRIMARY:
            if row.key in headed:
                raise OperationNotAllowedError(f"{row.key} has a primary representative.")
            headed.add(row.key)
        new.append(Representation(organization=organizations[row.key], person=people[row.email], **row.values))
    return create_many(new, actor=actor, reason=REASON)


@transaction.atomic
def correct_representation(
    *, actor: Person, representation: Representation, version: int | None, today: dt.date, **values: Any
) -> Representation:
    """A current representation with its kind or days put right.

    Raises EditConflictError, and OperationNotAllowedError once it has ended, for a second primary and for days that
    do not fit.
    """
    current = lock(representation, version)
    if current.ended_on is not None:
        raise OperationNotAllowedError("This representation has ended.")
    starts = values.get("starts_on", current.starts_on)
    ends = values.get("planned_end_on", current.planned_end_on)
    if starts > today or (ends and ends < starts):
        raise OperationNotAllowedError("The first day lies ahead, or the planned end before it. Choose other days.")
    if values.get("kind", current.kind) != current.kind:
        check_single_primary(lock(current.organization), values["kind"])
    save_changes(current, actor=actor, reason=REASON, **values)
    return current
